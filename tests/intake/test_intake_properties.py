"""What holds for any facts: no exception but FactsError, no order, one meaning for every spelling."""

import datetime as dt
import json
from typing import Any
from unittest.mock import patch

import jsonschema
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from posting import DERIVED, INTAKE, VOCABULARY

from building import AS_OF
from strategies import environments, vocabularies
from vedlys.errors import FactsError
from vedlys.intake import Intake, Reading, request_schema
from vedlys.messages import describe
from vedlys.model.values import plain

NAMES = st.sampled_from([
    *VOCABULARY, *DERIVED, "net", "net.proxy", "proxy.host", "proxy", "host", "idle", "connect", "version", "name",
    "pdc_reachable", "preferred_dcs", "x", "", ".", "ad", "domains",
])  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.sampled_from([2**63, -(2**64), 1.0, 1.5, -0.0, 1e300, float("nan"), float("inf")])
    | st.sampled_from(
        ["1.2", "1.2.0", "a.lt", "A.lt.", "*.a.lt", "*", "all", "2012", "2026-01-01", "10.0.0.1", "3", "::1"]
    )
    | st.sampled_from(["2026-01-01T00:00:00Z", "3", "::1", "true", "", "a:b", '"', "\\", "\x00", "ą", "\ud800"])
    | st.text(max_size=5)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(NAMES, JSON, max_size=5)
# what only Python has
OBJECTS = st.recursive(
    SCALARS
    | st.binary(max_size=3)
    | st.dates()
    | st.datetimes()
    | st.datetimes(timezones=st.timezones())
    | st.decimals(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(NAMES | st.integers() | st.none(), inner, max_size=4)
    ),
    max_leaves=12,
)
UNKNOWN = st.sampled_from(["reject", "ignore"])


def answer(intake: Intake, facts: Any, unknown: Any = "reject", skip: Any = ()) -> Reading | tuple:
    """The reading, or the faults."""
    try:
        return intake.read(facts, as_of=AS_OF, unknown_facts=unknown, skip=skip)
    except FactsError as error:
        faults = error.faults
    assert faults
    pairs = [(fault.pointer, fault.code) for fault in faults]
    assert pairs == sorted(set(pairs))
    for fault in faults:
        json.dumps([fault.pointer, describe(fault)]).encode()
        fault.pointer.encode()
        assert describe(fault).isprintable()
        assert len(describe(fault)) < 1500
    return faults


def careful(intake: Intake, facts: Any, unknown: Any = "reject") -> Reading | tuple:
    """The same by the careful walk alone."""
    with patch.object(Intake, "_fast", side_effect=AssertionError), patch("vedlys.intake.intake.decode"):
        return answer(intake, facts, unknown)


@given(JSON, UNKNOWN)
def test_any_json_is_read_or_refused(document, unknown):
    body = json.dumps(document)
    result = answer(INTAKE, body, unknown)
    assert result == answer(INTAKE, body.encode(), unknown)
    assert result == careful(INTAKE, body, unknown)


@given(DOCUMENTS, UNKNOWN)
def test_the_fast_walk_agrees_with_the_careful_one(document, unknown):
    result = answer(INTAKE, document, unknown)
    assert result == careful(INTAKE, document, unknown)
    if "NaN" not in json.dumps(document) and "Infinity" not in json.dumps(document):
        assert result == answer(INTAKE, json.dumps(document, ensure_ascii=False), unknown) or not _has_utf8(document)


def _has_utf8(document: Any) -> bool:
    # half a surrogate pair in a name is seen in a body before the name is
    try:
        return bool(json.dumps(document, ensure_ascii=False).encode())
    except UnicodeEncodeError:
        return False


@given(st.dictionaries(NAMES, OBJECTS, max_size=5) | OBJECTS, UNKNOWN, st.lists(NAMES | st.integers(), max_size=2))
def test_any_object_is_read_or_refused(document, unknown, skip):
    answer(INTAKE, document, unknown, skip)


@given(st.binary(max_size=40) | st.text('{}[]":,\\ud8019.eE-+ntrfaulse \n', max_size=30), UNKNOWN)
@example('{"log.note":"\\ud83e\\udd89"}', "reject")
@example(b"\xef\xbb\xbf\xef\xbb\xbf{}", "reject")
def test_any_bytes_are_read_or_refused(body, unknown):
    assert answer(INTAKE, body, unknown) == careful(INTAKE, body, unknown)


@given(DOCUMENTS, st.randoms(use_true_random=False))
def test_order_of_keys_never_matters(document, random):
    def shuffled(node: Any) -> Any:
        if isinstance(node, list):
            return [shuffled(member) for member in node]
        if not isinstance(node, dict):
            return node
        names = list(node)
        random.shuffle(names)
        return {name: shuffled(node[name]) for name in names}

    other = shuffled(document)
    assert answer(INTAKE, document) == answer(INTAKE, other)
    assert answer(INTAKE, json.dumps(document)) == answer(INTAKE, json.dumps(other))


@st.composite
def _posted(draw: st.DrawFn) -> tuple[Intake, Any, dict[str, Any]]:
    """A vocabulary, an environment of it, and what a caller would post to be read as that environment."""
    vocabulary = draw(vocabularies())
    environment = draw(environments(vocabulary))
    facts: dict[str, Any] = {name: _as_json(environment.values.get(name)) for name in vocabulary}
    for name in environment.references:
        del facts[name]
    for name in list(facts):
        if facts[name] is None and vocabulary[name].reference is None and draw(st.booleans()):
            del facts[name]
    return Intake(vocabulary), environment, facts


def _as_json(value: Any) -> Any:
    return plain(value)


def _nested(facts: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for name, value in facts.items():
        *topics, last = name.split(".")
        place = document
        for topic in topics:
            place = place.setdefault(topic, {})
        place[last] = value
    return document


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(_posted())
def test_what_is_posted_is_what_is_read(posted):
    intake, environment, facts = posted
    readings = [
        answer(intake, spelling)
        for document in (facts, _nested(facts), {**_nested(facts), **facts})
        for spelling in (document, json.dumps(document))
    ]
    for reading in readings:
        assert isinstance(reading, Reading)
        assert reading.environment == environment
        assert reading.supplied == facts.keys()


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(_posted())
def test_the_normal_form_of_a_normal_form_is_itself(posted):
    intake, _, facts = posted
    once = answer(intake, facts)
    assert isinstance(once, Reading)
    written = dict.fromkeys(facts) | {name: plain(value) for name, value in once.environment.values.items()}
    again = answer(intake, written)
    assert isinstance(again, Reading)
    assert again.environment.values == once.environment.values


SCHEMA = request_schema(VOCABULARY)


@given(DOCUMENTS)
def test_what_is_accepted_is_valid_by_the_schema(document):
    result = answer(INTAKE, document)
    if isinstance(result, Reading):
        jsonschema.validate(document, SCHEMA, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("year", [1, 9999])
@pytest.mark.parametrize("hours", [-23, 0, 23])
def test_moments_at_the_ends_of_time(year, hours):
    for month, day in ((1, 1), (12, 31)):
        answer(INTAKE, {"log.last_seen": dt.datetime(year, month, day, tzinfo=dt.timezone(dt.timedelta(hours=hours)))})
