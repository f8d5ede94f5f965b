"""What is declared to be sensitive is in no log."""

from __future__ import annotations

import msgspec
import pytest

from building import declared, scalar, set_of
from vedlys.assessment import Catalogue
from vedlys.intake import Intake
from vedlys.model.types import RecordsType
from vedlys.web.masking import Masking

VOCABULARY = {
    fact.name: fact
    for fact in (
        declared("a.plain", scalar("hostname")),
        declared("a.secret", scalar("hostname"), sensitive=True),
        declared("a.secrets", set_of("ip"), sensitive=True),
        declared("a.pinned", scalar("integer"), reference=3),
        declared("a.version", scalar("version")),
        declared(
            "a.rows",
            RecordsType(
                key="name", fields={"name": scalar("hostname"), "open": scalar("boolean"), "ips": set_of("ip")}
            ),
            sensitive_fields=frozenset({"name", "ips"}),
        ),
        declared("a.all", RecordsType(key="id", fields={"id": scalar("integer")}), sensitive=True),
    )
}


def masked(**facts: object) -> dict[str, object]:
    reading = Intake(VOCABULARY).read(msgspec.json.encode({"a": facts}))
    return Masking(VOCABULARY).facts(reading)


def test_values_are_hidden_and_names_are_not() -> None:
    hidden = {"secret": "dc2.example.lt", "secrets": ["192.0.2.1"], "all": [{"id": 1}, {"id": 2}]}
    assert masked(plain="dc1.example.lt", version="1.2", **hidden) == {
        "a.all": "***",
        "a.plain": "dc1.example.lt",
        "a.secret": "***",
        "a.secrets": "***",
        "a.version": "1.2",
    }


def test_fields_of_records_are_hidden_one_by_one() -> None:
    rows = [{"name": "b.example.lt", "open": True, "ips": ["192.0.2.1"]}, {"name": "c.example.lt"}]
    assert masked(rows=rows) == {"a.rows": [{"name": "***", "open": True, "ips": "***"}, {"name": "***"}]}


def test_unknown_stays_unknown() -> None:
    assert masked(secret=None, plain=None) == {"a.plain": None, "a.secret": None}


def test_only_what_was_supplied() -> None:
    assert masked() == {}
    reading = Intake(VOCABULARY).read(b'{"a.plain": "x", "other": "dc1.example.lt"}', unknown_facts="ignore")
    assert Masking(VOCABULARY).facts(reading) == {"a.plain": "x"}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def test_the_shipped_vocabulary_hides_every_host(catalogue: Catalogue) -> None:
    facts = {
        "ad.domains": [{"name": "secret.example.lt", "pdc_emulator": "secret-dc.example.lt", "pdc_reachable": False,
                        "preferred_dcs": ["secret-dc2.example.lt"]}],
        "ad.domain_controllers": [{"host": "secret-dc.example.lt", "os": "2019"}],
        "net.firewall.allow_list": ["*.secret.example.lt"],
        "sspr.scope": "selected",
    }  # fmt: skip
    shown = Masking(catalogue.content.vocabulary).facts(catalogue.read(msgspec.json.encode(facts)))
    assert b"secret" not in msgspec.json.encode(shown)
    assert shown["sspr.scope"] == "selected"
    assert shown["ad.domains"][0]["pdc_reachable"] is False


def test_no_shipped_fact_of_free_text_or_hosts_is_open(catalogue: Catalogue) -> None:
    revealing = {"text", "hostname", "host_pattern", "ip"}
    for fact in catalogue.content.vocabulary.values():
        kinds = fact.type.fields if isinstance(fact.type, RecordsType) else {"": fact.type}
        for name, kind in kinds.items():
            member = getattr(kind, "member", kind)
            if member.kind in revealing:
                assert fact.sensitive or name in fact.sensitive_fields, f"{fact.name} {name}"
