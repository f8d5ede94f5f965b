"""What is refused: every code, with the exact pointer."""

import datetime as dt
import json
import math
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from unittest.mock import Mock

import pytest
from posting import INTAKE, found, refused

from building import AS_OF
from vedlys.errors import FactsError, RequestError
from vedlys.intake import Intake
from vedlys.messages import describe
from vedlys.messages.facts import MESSAGES

DOMAIN = {"name": "a.lt"}

VALUES = [
    ("connect.installed", 1, "wrong-type"),
    ("connect.installed", 0, "wrong-type"),
    ("connect.installed", "true", "wrong-type"),
    ("connect.installed", [], "wrong-type"),
    ("net.idle", "3", "wrong-type"),
    ("net.idle", 3.0, "wrong-type"),
    ("net.idle", 3.5, "wrong-type"),
    ("net.idle", True, "wrong-type"),
    ("net.idle", {}, "wrong-type"),
    ("net.idle", -1, "out-of-range"),
    ("net.idle", 2**63, "out-of-range"),
    ("net.shift", 2**63, "out-of-range"),
    ("net.shift", -(2**63) - 1, "out-of-range"),
    ("net.load", "1", "wrong-type"),
    ("net.load", False, "wrong-type"),
    ("net.load", 1.6, "out-of-range"),
    ("net.load", -2, "out-of-range"),
    ("net.share", 2**63, "out-of-range"),
    ("connect.version", 2.5, "wrong-type"),
    ("connect.version", "2", "malformed-version"),
    ("connect.version", "1.2.3.4.5", "malformed-version"),
    ("connect.version", " 1.2", "malformed-version"),
    ("connect.version", "١.٢", "malformed-version"),
    ("sspr.scope", "All", "unknown-value"),
    ("sspr.scope", "", "unknown-value"),
    ("sspr.scope", True, "wrong-type"),
    ("dc.os", 2012, "wrong-type"),
    ("net.proxy.host", "10.0.0.1", "malformed-hostname"),
    ("net.proxy.host", "https://a.lt", "malformed-hostname"),
    ("net.proxy.host", "*.a.lt", "malformed-hostname"),
    ("net.proxy.host", "", "malformed-hostname"),
    ("net.proxy.host", 7, "wrong-type"),
    ("net.proxy.address", "10.0.0", "malformed-ip"),
    ("net.proxy.address", "fe80::1%eth0", "malformed-ip"),
    ("net.proxy.address", 1, "wrong-type"),
    ("log.since", "2026-02-30", "malformed-date"),
    ("log.since", "2026-02-03T00:00:00Z", "malformed-date"),
    ("log.since", 20260203, "wrong-type"),
    ("log.last_seen", "2026-02-03", "malformed-datetime"),
    ("log.last_seen", "2026-02-03T10:00:00", "malformed-datetime"),
    ("log.last_seen", 1760000000, "wrong-type"),
    ("log.note", 1, "wrong-type"),
    ("log.note", "x" * 65537, "text-too-long"),
    ("net.firewall.allow_list", "a.lt", "wrong-type"),
    ("net.firewall.allow_list", {"a.lt": True}, "wrong-type"),
    ("net.ports", 3, "wrong-type"),
    ("ad.domains", DOMAIN, "wrong-type"),
    ("ad.domains", "a.lt", "wrong-type"),
]


@pytest.mark.parametrize(("name", "posted", "code"), VALUES)
def test_value_of_another_type(name, posted, code):
    topic, rest = name.split(".", 1)
    assert found({name: posted}) == [(f"/{name}", code)]
    assert found(json.dumps({name: posted})) == [(f"/{name}", code)]
    assert found(json.dumps({topic: {rest: posted}})) == [(f"/{topic}/{rest}", code)]
    assert found({name: posted}, at="/facts") == [(f"/facts/{name}", code)]


@pytest.mark.parametrize(
    ("value", "pointer", "code"),
    [
        (["a.lt", None], "/1", "null-member"),
        (["a.lt", 3], "/1", "wrong-type"),
        (["a.lt", ["b.lt"]], "/1", "wrong-type"),
        (["-", "a.lt"], "/0", "malformed-host-pattern"),
    ],
)
def test_member_of_a_set(value, pointer, code):
    assert found({"net.firewall.allow_list": value}) == [("/net.firewall.allow_list" + pointer, code)]


@pytest.mark.parametrize(
    ("records", "pointer", "code"),
    [
        ([DOMAIN, 3], "/1", "wrong-type"),
        ([None], "/0", "wrong-type"),
        ([["name", "a.lt"]], "/0", "wrong-type"),
        ([{}], "/0", "missing-key-field"),
        ([{"name": None}], "/0", "missing-key-field"),
        ([{"pdc_reachable": True}], "/0", "missing-key-field"),
        ([{"name": 3}], "/0/name", "wrong-type"),
        ([DOMAIN, {"name": "A.LT."}], "/1", "duplicate-record"),
        ([{**DOMAIN, "pdc_reachable": 1}], "/0/pdc_reachable", "wrong-type"),
        ([{**DOMAIN, "preferred_dcs": [None]}], "/0/preferred_dcs/0", "null-member"),
        ([{**DOMAIN, "preferred_dcs": "x"}], "/0/preferred_dcs", "wrong-type"),
        ([{**DOMAIN, "colour/~": 1}], "/0/colour~1~0", "unknown-field"),
        ([{**DOMAIN, "colour": None}], "/0/colour", "unknown-field"),
    ],
)
def test_records(records, pointer, code):
    assert found({"ad.domains": records}) == [("/ad.domains" + pointer, code)]
    assert found(json.dumps({"ad": {"domains": records}})) == [("/ad/domains" + pointer, code)]


def test_a_record_with_a_fault_still_takes_its_key():
    assert found({"ad.domains": [{**DOMAIN, "pdc_reachable": 1}, DOMAIN]}) == [
        ("/ad.domains/0/pdc_reachable", "wrong-type"),
        ("/ad.domains/1", "duplicate-record"),
    ]


@pytest.mark.parametrize(
    ("facts", "pointer", "code"),
    [
        ({"conect.version": "1.2"}, "/conect.version", "unknown-fact"),
        ({"connect": {"verson": "1.2"}}, "/connect/verson", "unknown-fact"),
        ({"conect": {"version": "1.2"}}, "/conect", "unknown-fact"),
        ({"": 1}, "/", "unknown-fact"),
        ({"net": {"": None}}, "/net/", "unknown-fact"),
        ({"net.idle.x": 1}, "/net.idle.x", "unknown-fact"),
        ({"net.": {"idle": 1}}, "/net.", "unknown-fact"),
        ({"a/b~c": 1}, "/a~1b~0c", "unknown-fact"),
        ({"writeback.possible": True}, "/writeback.possible", "derived-fact-posted"),
        ({"writeback": {"possible": None}}, "/writeback/possible", "derived-fact-posted"),
        ({"connect": {"outdated": {}}}, "/connect/outdated", "derived-fact-posted"),
        ({"connect": 3}, "/connect", "topic-not-object"),
        ({"net": {"firewall": ["a.lt"]}}, "/net/firewall", "topic-not-object"),
        ({"net.firewall": "a.lt"}, "/net.firewall", "topic-not-object"),
        ({"connect": None}, "/connect", "topic-not-object"),
        ({"writeback": 1}, "/writeback", "topic-not-object"),
        ({"net.idle": 1, "net": {"idle": 2}}, "/net/idle", "conflicting-values"),
        ({"net.idle": 1, "net": {"idle": None}}, "/net/idle", "conflicting-values"),
        ({"net.idle": None, "net": {"idle": 1}}, "/net/idle", "conflicting-values"),
    ],
)
def test_names(facts, pointer, code):
    assert found(facts) == [(pointer, code)]
    assert found(json.dumps(facts)) == [(pointer, code)]


def test_derived_facts_are_refused_even_where_unknown_names_are_ignored():
    assert found({"writeback": {"possible": True}, "x": 1}, unknown_facts="ignore") == [
        ("/writeback/possible", "derived-fact-posted")
    ]


@pytest.mark.parametrize(
    ("facts", "suggestion"),
    [
        ({"conect.version": "1"}, "connect.version"),
        ({"version": "1"}, "connect.version"),
        ({"Net.Idle": 1}, "net.idle"),
        ({"conect": {"version": "1"}}, "connect"),
        ({"net": {"fire_wall": {"allow_list": []}}}, "net.firewall"),
        ({"nothing.like.it": 1}, None),
    ],
)
def test_suggestions(facts, suggestion):
    (fault,) = refused(facts)
    assert fault.values.get("suggestion") == suggestion


def test_each_of_many_unknown_names_is_told_of_and_the_first_with_a_near_name():
    faults = refused({f"net.idle{number:03}": 1 for number in range(700)})
    assert [fault.pointer for fault in faults] == [f"/net.idle{number:03}" for number in range(700)]
    suggested = [fault.values.get("suggestion") for fault in faults]
    told = suggested.count("net.idle")
    assert 50 < told < 600
    assert suggested == ["net.idle"] * told + [None] * (700 - told)


@pytest.mark.parametrize(
    ("name", "posted", "right"),
    [
        ("net.idle", 3.0, "3"),
        ("net.idle", "3", "3"),
        ("net.idle", "03", None),
        ("net.idle", 3.5, None),
        ("net.load", "0.5", "0.5"),
        ("connect.installed", "yes", "true"),
        ("connect.installed", 0, "false"),
        ("connect.installed", 2, None),
        ("connect.version", 2.5, '"2.5"'),
        ("connect.version", 2, None),
        ("dc.os", 2012, '"2012"'),
        ("dc.os", 2013, None),
        ("log.note", 2012, '"2012"'),
        ("net.firewall.allow_list", "a.lt", '["a.lt"]'),
        ("net.firewall.allow_list", "-", None),
    ],
)
def test_what_was_probably_meant(name, posted, right):
    (fault,) = refused({name: posted})
    assert fault.values.get("right") == right


def test_conflict_names_both_places():
    (fault,) = refused({"net": {"proxy": {"host": "b"}, "proxy.host": "a"}})
    assert fault.values == {"name": "net.proxy.host", "value": '"b"', "other": '"a"', "where": "/net/proxy.host"}
    assert fault.pointer == "/net/proxy/host"


def test_every_fault_at_once_sorted():
    facts = {"z": 1, "net": {"idle": "x", "load": 9}, "connect": 1, "ad.domains": [{}, 3], "net.ports": [None, "x"]}
    expected = [
        ("/ad.domains/0", "missing-key-field"),
        ("/ad.domains/1", "wrong-type"),
        ("/connect", "topic-not-object"),
        ("/net.ports/0", "null-member"),
        ("/net.ports/1", "wrong-type"),
        ("/net/idle", "wrong-type"),
        ("/net/load", "out-of-range"),
        ("/skip/1", "unknown-fact"),
        ("/z", "unknown-fact"),
    ]
    skip = ["net.idle", "net.nothing"]
    assert found(facts, skip=skip) == expected
    assert found(json.dumps(facts), skip=skip) == expected


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (b'{"net.idle": 1, "net.idle": 1}', "/net.idle", "repeated-key"),
        (b'{"net": {"idle": 1}, "net": {"idle": 1}}', "/net", "repeated-key"),
        (b'{"net": {"a": 1}, "net": {"idle": 1}}', "/net", "repeated-key"),
        (b'{"net": {"idle": 1, "\\u0069dle": 1}}', "/net/idle", "repeated-key"),
        (b'{"ad.domains": [{"name": "a"}, {"name": "b", "name": "b"}]}', "/ad.domains/1/name", "repeated-key"),
        (b'{"log.note": "a:b", "log.note": "a:b"}', "/log.note", "repeated-key"),
        (b'{"log.note": "\\u003a", "log.note": "x"}', "/log.note", "repeated-key"),
        (b'{"net.load": NaN}', "/net.load", "not-a-finite-number"),
        (b'{"net.load": -Infinity}', "/net.load", "not-a-finite-number"),
        (b'{"net": {"load": 1e400}}', "/net/load", "not-a-finite-number"),
        (b'{"net.ports": [1, ' + b"9" * 5000 + b"]}", "/net.ports/1", "out-of-range"),
        (b'{"net.shift": 18446744073709551616}', "/net.shift", "out-of-range"),
        (b'{"log.note": "\\ud800"}', "/log.note", "lone-surrogate"),
        (b'{"log.note": "\\udc00\\ud800"}', "/log.note", "lone-surrogate"),
        ('{"log.note": "\ud800"}', "/log.note", "lone-surrogate"),
        (b'{"log.note": "\xff"}', "", "document-not-utf8"),
        (b'{"log.note": "\xed\xa0\x80"}', "", "document-not-utf8"),
        (b"\xff\xfe{\x00}\x00", "", "document-not-utf8"),
        (b"[]", "", "facts-not-object"),
        (b"null", "", "facts-not-object"),
        (b'"{}"', "", "facts-not-object"),
        (b"", "", "truncated-json"),
        (b" \n", "", "truncated-json"),
        (b"{", "", "truncated-json"),
        (b'{"net.idle": 1', "", "truncated-json"),
        (b'{"net.idle', "", "truncated-json"),
        (b'{"net.ports": [1,', "", "truncated-json"),
        (b'{"net.idle": 1,}', "", "malformed-json"),
        (b'{"net.ports": [1,]}', "", "malformed-json"),
        (b"{'net.idle': 1}", "", "malformed-json"),
        (b"{net: 1}", "", "malformed-json"),
        (b'{"net.idle" 1}', "", "malformed-json"),
        (b'{"net.idle": 01}', "", "malformed-json"),
        (b'{"net.idle": 1.}', "", "malformed-json"),
        (b'{"net.idle": +1}', "", "malformed-json"),
        (b'{"net.idle": -}', "", "malformed-json"),
        (b'{"net.idle": .5}', "", "malformed-json"),
        (b'{"net.idle": 1e}', "", "malformed-json"),
        (b'{"net.idle": tru}', "", "malformed-json"),
        (b'{"net.idle": True}', "", "malformed-json"),
        (b'{"log.note": "\n"}', "", "malformed-json"),
        (b'{"log.note": "\\x"}', "", "malformed-json"),
        (b'{"net.idle": 1} {}', "", "malformed-json"),
        (b'{"net.idle": 1}\x00', "", "malformed-json"),
        (b"/* */ {}", "", "malformed-json"),
        (b'{"x": ' * 51 + b"1" + b"}" * 51, "", "document-too-deep"),
        (b'{"x": ' + b"[" * 50 + b"]" * 50 + b"}", "", "document-too-deep"),
    ],
)
def test_json(body, pointer, code):
    unknown = {"unknown_facts": "ignore"}
    assert found(body, **unknown) == [(pointer, code)]
    assert found(body, at="/facts", **unknown) == [("/facts" + pointer, code)]


def test_depth_of_fifty_is_read():
    assert found(b'{"x": ' + b"[" * 49 + b"]" * 49 + b"}") == [("/x", "unknown-fact")]


@pytest.mark.parametrize(
    ("body", "line", "column"),
    [
        ("{\n  'a'", "2", "3"),
        ('{"log.note": "ąčę", x', "1", "21"),
        ('{\r\n"a": 1,\r\n}', "3", "1"),
        ('{"a": 1', "1", "8"),
    ],
)
def test_line_and_column(body, line, column):
    for posted in (body, body.encode()):
        (fault,) = refused(posted)
        assert (fault.values["line"], fault.values["column"]) == (line, column)


def test_line_and_column_of_a_bad_byte():
    (fault,) = refused('{\n"ąč'.encode() + b'\xff"}')
    assert (fault.values["line"], fault.values["column"]) == ("2", "4")
    (fault,) = refused('{"net.idle": 1}'.encode("utf-16"))
    assert fault.values["encoding"] == "UTF-16"


def test_faults_of_json_and_of_facts_in_one_answer():
    body = b'{"net.idle": "3", "net.load": NaN, "x": 1, "x": 2, "sspr": {"scope": "\\udc00"}, "log.since": 1e999}'
    assert found(body) == [
        ("/log.since", "not-a-finite-number"),
        ("/net.idle", "wrong-type"),
        ("/net.load", "not-a-finite-number"),
        ("/sspr/scope", "lone-surrogate"),
        ("/x", "repeated-key"),
        ("/x", "unknown-fact"),
    ]


def test_size():
    small = Intake({}, body_limit=10)
    assert small.read(b" " * 8 + b"{}").supplied == frozenset()
    for body in (b" " * 9 + b"{}", " " * 9 + "{}", '"ąąąą"{}'):
        with pytest.raises(FactsError) as raised:
            small.read(body, at="/facts")
        assert [(fault.pointer, fault.code) for fault in raised.value.faults] == [("/facts", "document-too-large")]


class Hostile(Mapping):
    """A mapping that raises whenever it is touched."""

    def __getitem__(self, name):
        raise RuntimeError

    def __iter__(self):
        raise RuntimeError

    def __len__(self):
        raise RuntimeError


class Liar(str):
    """A text that raises when compared or hashed to its face."""

    __slots__ = ()

    def __eq__(self, other):
        raise RuntimeError

    def __hash__(self):
        return str.__hash__(self)


class Zone(dt.tzinfo):
    def utcoffset(self, _moment):
        raise RuntimeError


CYCLE: list = []
CYCLE.append(CYCLE)


@pytest.mark.parametrize(
    "value",
    [object(), b"x", Decimal(1), 1j, math.nan, CYCLE, Hostile(), Mock(), Mock(spec=int), range(3), type, 10**5000,
     dt.timedelta(1), dt.time(1), AS_OF.replace(tzinfo=None), dt.datetime(2026, 1, 1, tzinfo=Zone()), "\ud800"],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
@pytest.mark.parametrize(
    "name",
    ["connect.installed", "net.idle", "net.share", "log.since", "log.last_seen", "log.note", "net.ports", "ad.domains",
     "sspr.scope", "net.proxy.host", "connect", "nothing"],
)  # fmt: skip
def test_strange_objects_are_faults(name, value):
    for facts in ({name: value}, {"ad.domains": [{"name": value}], name: value}):
        for fault in refused(facts):
            json.dumps(fault.values).encode()
            assert fault.pointer.encode()
            assert describe(fault)


@pytest.mark.parametrize(
    "facts",
    [None, 3, [], object(), Hostile(), Mock(), Mock(spec=str), Mock(spec=dict), {1, 2}, bytearray(b"{}")],
    ids=lambda facts: type(facts).__name__,
)
def test_strange_documents(facts):
    assert found(facts) == [("", "facts-not-object")]


@pytest.mark.parametrize("name", [1, None, ("net", "idle"), b"net.idle", object(), dt.date(2026, 1, 1)])
def test_names_that_are_no_text(name):
    assert found({name: 1}) == [("", "name-not-text")]
    assert found({"net": {name: 1}}) == [("/net", "name-not-text")]
    assert found({"ad.domains": [{"name": "a", name: 1}]}) == [("/ad.domains/0", "name-not-text")]


def test_a_name_of_half_a_surrogate_pair():
    assert found({"a\ud800": 1}) == [("/a?", "unknown-fact")]
    assert INTAKE.read({"a\ud800": 1}, unknown_facts="ignore").ignored == ("a?",)


def test_a_text_that_raises_is_read_as_text():
    assert found({Liar("net.idle"): "x"}) == [("/net.idle", "wrong-type")]
    assert INTAKE.read({"sspr.scope": Liar("all")}).environment.values["sspr.scope"] == "all"


@pytest.mark.parametrize(
    ("skip", "pointer", "code"),
    [
        ("net.idle", "/skip", "wrong-type"),
        (3, "/skip", "wrong-type"),
        (None, "/skip", "wrong-type"),
        (["net.idle", "net.idel"], "/skip/1", "unknown-fact"),
        ([["net.idle"]], "/skip/0", "name-not-text"),
        ([3], "/skip/0", "name-not-text"),
    ],
)
def test_skip(skip, pointer, code):
    assert found({}, skip=skip) == [(pointer, code)]


# asserted where hostile documents and moments are
ELSEWHERE = {"more-faults", "moment-without-offset"}


def test_every_code_of_facts_is_asserted():
    source = Path(__file__).read_text("utf-8")
    missing = {message.code for message in MESSAGES if f'"{message.code}"' not in source}
    assert missing == set()


def test_an_unknown_choice_is_refused():
    with pytest.raises(RequestError) as raised:
        INTAKE.read({}, unknown_facts="x")
    expected = RequestError("unknown-choice", option="unknown_facts", value="x", known="reject, ignore")
    assert raised.value == expected
