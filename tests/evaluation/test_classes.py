"""Classes of values: complete, within the type, and one value each."""

from __future__ import annotations

import datetime as dt
import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from building import AS_OF, scalar, set_of
from vedlys.evaluation.classes import Test, classes, mirrored, outcomes, spread
from vedlys.model.conditions import Fact, Field
from vedlys.model.operators import OPERATORS, holds
from vedlys.model.types import KINDS, RecordsType, ScalarType, SetType
from vedlys.model.values import Version, read_host_pattern, read_hostname

TYPES = [*(strategies.scalar_type(kind) for kind in KINDS), *(SetType(member=strategies.scalar_type(k)) for k in KINDS)]

# more of each kind than the literals are drawn from: what lies between and outside
_HOSTS = tuple(map(read_hostname, ("a", "b", "a.b", "c.b", "x.a.b", "y.x.a.b", "xa.b", "z", "q-a.b")))
MORE: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "integer": st.integers(-2, 122),
    "number": st.floats(-1, 3) | st.integers(-1, 3),
    "text": st.text("aAxXsS ß", max_size=4) | st.sampled_from(("", "Straße", "STRASSE dvi", "x")),
    "enum": st.sampled_from(("red", "green", "blue")),
    "version": st.builds(
        lambda *parts: Version.read(".".join(map(str, parts))), *[st.sampled_from((0, 1, 2, 442, 443, 444, 99999))] * 4
    ),
    "date": st.dates(dt.date(2025, 12, 20), dt.date(2026, 2, 5)),
    "datetime": st.datetimes(*map(dt.datetime.fromisoformat, ("2025-12-30", "2026-02-02")), timezones=st.just(dt.UTC))
    | st.sampled_from(strategies.POOLS["datetime"]),
    "hostname": st.sampled_from(_HOSTS),
    "host_pattern": st.sampled_from((*_HOSTS, *map(read_host_pattern, ("*", "*.b", "*.a.b", "*.x.a.b", "*.z")))),
    "ip": st.sampled_from(strategies.POOLS["ip"]) | st.ip_addresses(),
}


def more(fact_type: ScalarType | SetType) -> st.SearchStrategy[Any]:
    if isinstance(fact_type, SetType):
        return st.frozensets(MORE[fact_type.member.kind], max_size=4)
    return MORE[fact_type.kind]


@st.composite
def lists_of_tests(draw: st.DrawFn, fact_type: ScalarType | SetType) -> list[Test]:
    facts = {"a.fact": fact_type}
    found = []
    for _ in range(draw(st.integers(0, 4))):
        literal = draw(strategies.literals(strategies.Scope(facts=facts, known=False)))
        if not isinstance(literal.operand, Fact | Field):
            found.append(Test(literal.operator, literal.operand))
    return found


@pytest.mark.parametrize("fact_type", TYPES, ids=str)
@given(data=st.data())
def test_every_value_is_of_a_class(fact_type: ScalarType | SetType, data: st.DataObject) -> None:
    tests = data.draw(lists_of_tests(fact_type))
    found = outcomes(fact_type, tuple(tests), AS_OF)
    assert found is not None
    assert len(set(found)) == len(found)
    value = data.draw(more(fact_type))
    assert tuple(holds(test.operator, value, test.operand, AS_OF) for test in tests) in found


@given(data=st.data())
def test_a_mirrored_test_says_the_same(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    one = strategies.scalar_type(kind)
    left, right = (data.draw(st.sampled_from((one, SetType(member=one)))) for _ in range(2))
    shape = "one" if isinstance(right, ScalarType) else "many"
    taken = [op.name for op in OPERATORS.values() if op.takes(left) and op.shape == shape]
    if not taken:
        return
    operator = data.draw(st.sampled_from(taken))
    known, value = data.draw(more(left)), data.draw(more(right))
    test = mirrored(operator, known)
    if test is None:
        assert operator in {"has_all", "lacks_any"}
    else:
        assert holds(operator, known, value, AS_OF) == holds(test.operator, value, test.operand, AS_OF)


def of(kind: Any, *tests: tuple[str, Any], **limits: Any) -> tuple[Any, ...] | None:
    return classes(scalar(kind, **limits), [Test(*test) for test in tests], AS_OF)


def test_values_stay_within_the_limits() -> None:
    assert of("integer", ("less_than", 1), minimum=0) == (0, 1)
    assert of("integer", ("at_least", 0), minimum=0) == (0,)
    assert of("integer", ("more_than", 9), minimum=0, maximum=9) == (0,)
    assert of("number", ("at_least", 0), minimum=0) == (0,)
    assert of("number", ("more_than", 100), minimum=0, maximum=100) == (0,)
    assert of("enum", ("is", "a"), values=("a", "b", "c")) == ("a", "b")


def test_both_sides_of_a_boundary() -> None:
    assert of("integer", ("between", (120, 179))) == (119, 120)
    assert of("version", ("at_least", Version.read("1.1.443"))) == (
        Version.read("1.1.442.99999"),
        Version.read("1.1.443.0"),
    )
    assert of("version", ("at_least", Version.read("0.0"))) == (Version.read("0.0"),)


def test_moments_are_cut_by_their_age() -> None:
    days = dt.timedelta(days=30)
    found = of("datetime", ("older_than", days), ("newer_than", days))
    assert found == tuple(AS_OF - days + step * dt.timedelta(microseconds=1) for step in (-1, 0, 1))
    assert of("date", ("older_than", days)) == (dt.date(2025, 12, 31), dt.date(2026, 1, 1))
    assert of("date", ("older_than", dt.timedelta(days=999_999))) is None


def test_phrases_alone_and_together() -> None:
    found = of("text", ("contains", "ab"), ("contains", "b"), ("is", "ab"))
    assert found is not None
    assert {("ab" in text, "b" in text, text == "ab") for text in found} == {
        (True, True, True),
        (True, True, False),
        (False, True, False),
        (False, False, False),
    }


def test_phrases_in_host_names() -> None:
    found = of("hostname", ("contains", ".example"), ("contains", "DC1"), ("contains", "no host has this"))
    assert found is not None
    assert len(found) == 4
    assert all(read_hostname(host) == host for host in found)


def test_addresses_inside_and_outside_networks() -> None:
    inner, outer = ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("10.0.0.0/8")
    found = of("ip", ("within", outer), ("within", inner), ("is", ipaddress.ip_address("10.1.0.0")))
    assert found is not None
    assert len(found) == 4
    assert of("ip", ("within", ipaddress.ip_network("::/0"))) is not None


def test_an_allow_list_and_what_is_under_a_host() -> None:
    fact_type = set_of("host_pattern")
    patterns = ("*.servicebus.windows.net", "passwordreset.microsoftonline.com")
    found = classes(fact_type, [Test("covers", patterns), Test("has_under", "windows.net")], AS_OF)
    assert found is not None
    assert len(found) == 4


def test_what_cannot_be_counted_up() -> None:
    assert classes(RecordsType(key="name", fields={"name": scalar("text")}), [], AS_OF) is None
    assert classes(set_of("integer"), [Test("has_all", tuple(range(9)))], AS_OF) is None
    assert of("hostname", *(("contains", letter) for letter in "abcdefghijklmnopqrstuvwxyz")) is None


def test_spread_leaves_room_for_several_values_in_a_gap() -> None:
    assert spread(scalar("integer", minimum=0), (1, 10), 2) == [0, 1, 2, 3, 8, 9, 10, 11, 12]
    assert spread(scalar("integer"), (), 1) == [0, 1]
    assert spread(scalar("integer", maximum=5), (2.5,), 1) == [1, 2, 3, 4, 5]
    assert spread(scalar("number"), (), 1) != []
    assert 2**60 + 1 in spread(scalar("number"), (2**60,), 1)
