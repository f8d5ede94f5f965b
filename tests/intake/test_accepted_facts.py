"""What is accepted, and what it becomes."""

import datetime as dt
import enum
import ipaddress
import json
import types
from collections import OrderedDict, UserDict

import pytest
from posting import INTAKE, VOCABULARY, read, values

from building import AS_OF
from vedlys.errors import RequestError
from vedlys.intake import Intake
from vedlys.model.values import Record, Version


@pytest.mark.parametrize(
    ("name", "posted", "normal"),
    [
        ("connect.installed", True, True),
        ("connect.installed", False, False),
        ("connect.version", "1.1.443", Version.read("1.1.443.0")),
        ("sspr.scope", "all", "all"),
        ("dc.os", "2012", "2012"),
        ("net.idle", 0, 0),
        ("net.shift", -(2**63), -(2**63)),
        ("net.shift", 2**63 - 1, 2**63 - 1),
        ("net.load", 1, 1),
        ("net.load", 1.5, 1.5),
        ("net.load", -1, -1),
        ("net.share", 1e300, 1e300),
        ("net.proxy.host", "DC1.Example.LT.", "dc1.example.lt"),
        ("net.proxy.host", "ŠALIS.lt", "xn--alis-f6a.lt"),
        ("net.proxy.address", "2001:db8:0::1", ipaddress.ip_address("2001:db8::1")),
        ("net.firewall.allow_list", ["*.B.lt", "b.lt", "*.b.lt.", "*"], frozenset({"*.b.lt", "b.lt", "*"})),
        ("net.firewall.allow_list", [], frozenset()),
        ("net.ports", [443, 80, 443], frozenset({80, 443})),
        ("log.since", "2026-09-30", dt.date(2026, 9, 30)),
        ("log.last_seen", "2026-01-31T14:00:00+02:00", AS_OF),
        ("log.note", "", ""),
        ("log.note", "ąčę 🦉 \n", "ąčę 🦉 \n"),
        ("log.note", "x" * 65536, "x" * 65536),
        ("ad.domains", [], ()),
        (
            "ad.domains",
            [{"pdc_reachable": None, "name": "A.lt", "preferred_dcs": []}, {"name": "b.lt", "pdc_reachable": False}],
            (
                Record("A.lt", {"name": "a.lt", "preferred_dcs": frozenset()}),
                Record("b.lt", {"name": "b.lt", "pdc_reachable": False}),
            ),
        ),
    ],
)
def test_value_in_normal_form(name, posted, normal):
    body = json.dumps({name: posted})
    for facts in ({name: posted}, body, body.encode(), json.dumps({name: posted}, ensure_ascii=False)):
        read_value = values(facts)[name]
        assert read_value == normal
        assert type(read_value) is type(normal)


@pytest.mark.parametrize(
    "facts",
    [
        {"net.proxy.host": "a.b", "net.idle": 3},
        {"net": {"proxy": {"host": "a.b"}, "idle": 3}},
        {"net": {"proxy.host": "a.b"}, "net.idle": 3},
        {"net.proxy": {"host": "a.b"}, "net": {"idle": 3}},
        {"net.proxy": {"host": "A.B."}, "net": {"idle": 3, "proxy": {}}, "net.proxy.host": "a.b"},
    ],
)
def test_every_spelling_of_a_name(facts):
    for posted in (facts, json.dumps(facts)):
        reading = read(posted)
        assert reading.supplied == {"net.proxy.host", "net.idle"}
        assert values(posted) == {"net.proxy.host": "a.b", "net.idle": 3}


def test_null_is_unknown_and_supplied():
    for facts in ({"net.idle": None, "net": {"idle": None}}, {"net": {"idle": None}}):
        reading = read(facts)
        assert "net.idle" not in reading.environment.values
        assert reading.supplied == {"net.idle"}


def test_reference_data_is_used_where_the_caller_says_nothing():
    omitted = read({}).environment
    assert omitted.values == {"connect.latest_version": Version.read("2.5.79.0")}
    assert omitted.references == {"connect.latest_version"}


@pytest.mark.parametrize("posted", [None, "2.6.0.0"])
@pytest.mark.parametrize("unusual", [{}, {"log.since": dt.date(2026, 1, 1)}], ids=["fast", "careful"])
def test_reference_data_gives_way_to_the_caller(posted, unusual):
    reading = read({"connect.latest_version": posted, **unusual})
    assert reading.environment.references == frozenset()
    assert reading.environment.values.get("connect.latest_version") == (posted and Version.read(posted))


class Scope(enum.StrEnum):
    ALL = "all"


class Count(enum.IntEnum):
    THREE = 3


def test_values_of_python():
    tz = dt.timezone(dt.timedelta(hours=2))
    facts = UserDict(
        {
            "log": types.MappingProxyType({"since": dt.date(2026, 9, 30)}),
            "log.last_seen": dt.datetime(2026, 1, 31, 14, tzinfo=tz),
            "net.firewall.allow_list": ("a.b", "A.b"),
            "net.ports": {1, 2},
            "sspr.scope": Scope.ALL,
            "net": OrderedDict(idle=Count.THREE),
            "ad.domains": ({"name": "a.lt", "preferred_dcs": frozenset({"x"})},),
        }
    )
    assert values(facts) == {
        "log.since": dt.date(2026, 9, 30),
        "log.last_seen": AS_OF,
        "net.firewall.allow_list": frozenset({"a.b"}),
        "net.ports": frozenset({1, 2}),
        "sspr.scope": "all",
        "net.idle": 3,
        "ad.domains": (Record("a.lt", {"name": "a.lt", "preferred_dcs": frozenset({"x"})}),),
    }
    assert type(values(facts)["net.idle"]) is int
    assert type(values(facts)["sspr.scope"]) is str


@pytest.mark.parametrize(
    ("facts", "ignored"),
    [
        (
            {"net.idle": 1, "x": {"y": [{}]}, "net": {"speed": 1, "proxy": {"port": 2}}},
            ["net.proxy.port", "net.speed", "x"],
        ),
        ({"x.y": {"z": 1}, "net.idle": 1, "net.idle.x": None}, ["net.idle.x", "x.y"]),
        ({"net": {"idle": 1, "mtu": 1}, "net.mtu": 2}, ["net.mtu"]),
        ({"net.idle": 1, "ad.domains": [{"name": "a", "color": 1}, {"name": "b", "color": 2}]}, ["ad.domains.color"]),
    ],
)
def test_unknown_names_ignored_and_listed(facts, ignored):
    for posted in (facts, json.dumps(facts)):
        reading = read(posted, unknown_facts="ignore")
        assert reading.ignored == tuple(ignored)
        assert reading.environment.values["net.idle"] == 1


def test_skipped_facts_are_kept():
    for skip in (["net.idle"], {"net.idle"}, ("net.idle", "writeback.possible")):
        assert read({}, skip=skip).environment.skip == {"net.idle"}
    reading = read({}, skip=["net.idle", "net.idel"], unknown_facts="ignore")
    assert (reading.environment.skip, reading.ignored) == ({"net.idle"}, ("net.idel",))


def test_as_of():
    assert read({}).environment.as_of == AS_OF
    before = dt.datetime.now(dt.UTC)
    now = INTAKE.read({}).environment.as_of
    assert before <= now <= dt.datetime.now(dt.UTC)
    assert now.utcoffset() == dt.timedelta(0)


@pytest.mark.parametrize(
    ("as_of", "code"),
    [
        (dt.datetime(2026, 1, 1), "moment-without-offset"),  # noqa: DTZ001 - that is the fault
        (dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=5))), "malformed-datetime"),
        ("2026-01-01T00:00:00Z", "malformed-datetime"),
    ],
)
def test_as_of_that_is_no_instant(as_of, code):
    with pytest.raises(RequestError) as raised:
        read({}, as_of=as_of)
    assert raised.value.code == code
    assert str(raised.value)


def test_byte_order_mark_is_passed_over():
    assert values(b'\xef\xbb\xbf{"net.idle": 1}') == {"net.idle": 1}


def test_colons_in_texts_are_no_keys():
    assert values(b'{"log.note": "a:b::c", "log.last_seen": "2026-01-31T12:00:00Z", "log": {}}') == {
        "log.note": "a:b::c",
        "log.last_seen": AS_OF,
    }


def test_many_brackets_are_not_deep():
    domains = [{"name": f"d{number}.lt", "preferred_dcs": ["[[[{{{", "x"][1:]} for number in range(600)]
    body = json.dumps({"ad.domains": domains, "log.note": "[" * 900})
    assert len(values(body)["ad.domains"]) == 600


def test_how_deep_facts_are():
    assert INTAKE.levels == 5  # {"ad": {"domains": [{"preferred_dcs": []}]}}
    shallow = {name: one for name, one in VOCABULARY.items() if name != "ad.domains"}
    assert Intake(shallow).levels == 4  # {"net": {"firewall": {"allow_list": []}}}
    assert Intake({}).levels == 1


def test_the_same_intake_reads_again_and_again():
    facts = {"net.idle": 1}
    assert read(facts) == read(facts)
    assert facts == {"net.idle": 1}
    assert read({}).environment.values.keys() == {"connect.latest_version"}


def test_empty_vocabulary():
    assert Intake({}).read({}, as_of=AS_OF).environment.values == {}


def test_vocabulary_has_every_type():
    assert {fact.type.kind for fact in VOCABULARY.values() if hasattr(fact.type, "kind")} == {
        "boolean", "integer", "number", "text", "enum", "version", "date", "datetime", "hostname", "ip",
    }  # fmt: skip


def test_texts_of_a_derived_class():
    assert values(type("Text", (str,), {})('{"net.idle": 1}')) == {"net.idle": 1}
    assert values(type("Body", (bytes,), {})(b'{"net.idle": 1}')) == {"net.idle": 1}
