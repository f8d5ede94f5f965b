"""The JSON Schema of a request: valid by it means accepted, wherever JSON Schema can say it."""

import jsonschema
import pytest
from posting import INTAKE, VOCABULARY

from building import SPAN, declared, scalar
from vedlys.errors import FactsError
from vedlys.intake import Intake, request_schema
from vedlys.markup.template import Slot, Text
from vedlys.model.guidance import FactText, LocaleText

SCHEMA = request_schema(VOCABULARY)
VALIDATOR = jsonschema.Draft202012Validator(
    SCHEMA, format_checker=jsonschema.FormatChecker(formats=("date", "ipv4", "ipv6"))
)
DOMAIN = {"name": "a.lt"}


def accepted(facts):
    try:
        INTAKE.read(facts)
    except FactsError:
        return False
    return True


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"net.idle": 3},
        {"net": {"idle": 3, "proxy": {"address": "10.0.0.1"}, "firewall.allow_list": ["*", "*.a.lt", "b"]}},
        {"net.proxy": {"host": "a.lt"}, "net.proxy.address": "2001:db8::1"},
        {"net": {}},
        {"net.idle": None, "ad": {"domains": None}, "sspr.scope": None, "net.ports": None},
        {
            "ad.domains": [
                {**DOMAIN, "pdc_reachable": None, "preferred_dcs": None},
                {"name": "b", "preferred_dcs": ["x"]},
            ]
        },
        {"sspr.scope": "all", "connect.version": "1.1.443", "connect": {"installed": True}},
        {"log": {"since": "2026-01-01", "last_seen": "2026-01-01T00:00Z", "note": ""}},
        {"log.last_seen": "2026-01-01 00:00:00.5+02:00", "net.load": 1, "net.share": -1e9},
        {"net.idle": -1},
        {"net.idle": 2**63},
        {"net.shift": -(2**63) - 1},
        {"net.idle": "3"},
        {"net.idle": 3.5},
        {"net.idle": True},
        {"net.load": 1.6},
        {"connect.installed": 1},
        {"connect.installed": "yes"},
        {"connect.version": 2.5},
        {"connect.version": "2"},
        {"sspr.scope": "some"},
        {"dc.os": 2012},
        {"log.since": "2026-02-30"},
        {"log.since": "yesterday"},
        {"log.last_seen": "2026-01-01T00:00:00"},
        {"log.note": 3},
        {"log.note": "x" * 65537},
        {"net.proxy.host": "https://a.lt"},
        {"net.proxy.host": ""},
        {"net.proxy.address": "10.0.0"},
        {"net.firewall.allow_list": "a"},
        {"net.firewall.allow_list": [None]},
        {"net.firewall.allow_list": ["*.*.a"]},
        {"net.ports": ["1"]},
        {"ad.domains": DOMAIN},
        {"ad.domains": [{}]},
        {"ad.domains": [{"name": None}]},
        {"ad.domains": [{**DOMAIN, "colour": 1}]},
        {"ad.domains": [{**DOMAIN, "pdc_reachable": "no"}]},
        {"ad.domains": [None]},
        {"conect.version": "1.2"},
        {"connect": {"verson": "1.2"}},
        {"connect": 3},
        {"connect": None},
        {"net": {"proxy": []}},
        {"writeback.possible": True},
        {"writeback": {"possible": True}},
        {"connect": {"outdated": True}},
        [],
        None,
    ],
    ids=repr,
)
def test_accepted_means_valid(facts):
    assert accepted(facts) == VALIDATOR.is_valid(facts)


def test_texts_of_a_locale():
    label = FactText(
        name="net.cloud",
        label="Debesija",
        question=(Text("Kurią debesiją naudoja "), Slot(name="record", span=SPAN), Text("?")),
        how=(Text("…"),),
        values={"public": "Viešoji"},
        digest="0" * 8,
        span=SPAN,
    )
    lithuanian = LocaleText(locale="lt", articles={}, facts={"net.cloud": label}, phrases={})
    vocabulary = {"net.cloud": declared("net.cloud", scalar("enum", values=("public", "china")), reference="public")}
    schema = request_schema(vocabulary, lithuanian)
    assert schema["$defs"]["net.cloud"] == {
        "title": "Debesija",
        "description": "Kurią debesiją naudoja ‹record›?\n`public`: Viešoji",
        "type": ["string", "null"],
        "enum": ["public", "china", None],
        "default": "public",
    }
    jsonschema.Draft202012Validator.check_schema(schema)


def test_derived_facts_and_their_topics_are_not_in_it():
    assert "writeback" not in SCHEMA["properties"]
    assert "connect.outdated" not in SCHEMA["properties"]


def test_it_grows_with_the_vocabulary_only():
    vocabulary = {name: declared(name, scalar("boolean")) for name in (f"a.b.c.d{n}.e{n}" for n in range(500))}
    assert len(str(request_schema(vocabulary))) < 1_000_000
    assert Intake(vocabulary).read({"a.b": {"c": {"d7.e7": True}}}).supplied == {"a.b.c.d7.e7"}
