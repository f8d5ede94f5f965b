"""The use case, on what ships: facts in, the part of the article that applies out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import msgspec
import pytest

from vedlys import Assessment, Catalogue, CatalogueError, FactsError, RequestError
from vedlys.shipped import content_root

ARTICLE = "password-writeback"
AS_OF = "2026-11-22T10:00:00Z"
TROUBLE = {
    "identity": {"user_model": "synced"},
    "licence.writeback.assigned": 0,
    "licence.writeback.available": 25,
    "connect.version": "2.1.1.0",
    "connect.installed": True,
    "net.endpoint.service_bus": False,
    "net.idle_timeout_seconds": 119,
    "report.still_failing": True,
    "ad.domains": [
        {"name": "a.example.lt", "pdc_emulator": "dc1.a.example.lt", "pdc_reachable": True},
        {"name": "b.example.lt", "pdc_emulator": "dc1.b.example.lt", "pdc_reachable": False},
    ],
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture(scope="module")
def trouble(catalogue: Catalogue) -> Assessment:
    return catalogue.assess(TROUBLE, ARTICLE, "lt-LT", AS_OF)


def test_it_says_what_applies_and_why(trouble: Assessment) -> None:
    assert trouble.status == "action_needed"
    assert trouble.locale.used == "lt"
    found = {finding.rule: finding for finding in trouble.findings}
    assert set(found) == {
        "writeback-licence-missing",
        "licence-bought-not-assigned",
        "pdc-unreachable",
        "connect-outdated",
        "endpoint-blocked",
        "idle-timeout-too-short",
    }
    assert found["pdc-unreachable"].matched == ("b.example.lt",)
    [reason] = found["pdc-unreachable"].because
    assert (reason.fact, reason.record, reason.field, reason.observed) == (
        "ad.domains",
        "b.example.lt",
        "pdc_reachable",
        False,
    )
    assert found["connect-outdated"].because[0].reference is True
    assert "119" in found["idle-timeout-too-short"].guidance


def test_what_waits_for_the_rest_is_not_ticked_off(trouble: Assessment, catalogue: Catalogue) -> None:
    assert "turn-writeback-off-and-on" in trouble.clear
    title = catalogue.edition("lt").article(ARTICLE).rules["turn-writeback-off-and-on"].passage.plain.fixed
    assert title is not None
    assert f"✓ {title}" not in trouble.markdown
    assert f"**Tik išsprendus pirmiau nurodytas problemas:** {title}." in trouble.markdown
    working = catalogue.assess({**TROUBLE, "report.still_failing": False}, ARTICLE, "lt", AS_OF)
    assert f"✓ {title}" in working.markdown


def test_the_dictionary_is_the_json(trouble: Assessment, catalogue: Catalogue) -> None:
    plain = trouble.to_dict()
    assert plain["markdown"] == trouble.markdown
    assert json.loads(json.dumps(plain)) == msgspec.json.decode(msgspec.json.encode(trouble))
    body = json.dumps(TROUBLE).encode()
    assert json.loads(catalogue.assess_json(body, ARTICLE, locale="lt-LT", as_of=AS_OF)) == plain
    assert plain["as_of"] == AS_OF
    assert plain["catalogue"] == {"version": catalogue.version, "digest": catalogue.digest}


@pytest.mark.parametrize("engine", ["judge", "compiled"])
def test_every_engine_answers_the_same(catalogue: Catalogue, trouble: Assessment, engine: str) -> None:
    assert catalogue.assess(TROUBLE, ARTICLE, "lt-LT", AS_OF, engine) == trouble


def test_verdicts_alone(catalogue: Catalogue, trouble: Assessment) -> None:
    verdicts = catalogue.verdicts(json.dumps(TROUBLE), ARTICLE, as_of=AS_OF)
    assert [rule for rule, verdict in verdicts.items() if verdict == "clear"] == list(trouble.clear)
    assert len(verdicts) == 25


@pytest.mark.parametrize(
    ("requested", "used"), [("lt-LT", "lt"), ("en-GB, lt;q=0.5", "en"), ("de", "en"), (None, "lt"), ("", "lt")]
)
def test_the_locale_that_answers(catalogue: Catalogue, requested: str | None, used: str) -> None:
    assert catalogue.assess({}, ARTICLE, requested).locale.used == used


def test_only_what_the_facts_bear_on_is_assessed(catalogue: Catalogue) -> None:
    assert [one.article for one in catalogue.assess_all({"sspr.scope": None})] == [ARTICLE]
    assert catalogue.assess_all({}) == ()
    assert [one.article for one in catalogue.assess_all({}, [ARTICLE])] == [ARTICLE]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda c: c.assess({}, "password-writebak"), "unknown-article"),
        (lambda c: c.assess({}, ARTICLE, engine="magic"), "unknown-engine"),
        (lambda c: c.assess({}, ARTICLE, "!!"), "malformed-locale"),
        (lambda c: c.assess({}, ARTICLE, as_of="yesterday"), "malformed-datetime"),
        (lambda c: c.assess({}, ARTICLE, unknown_facts="maybe"), "unknown-choice"),
        (lambda c: c.explain({}, ARTICLE, "pdc-unreachabel"), "unknown-rule"),
        (lambda c: c.watch("magic"), "unknown-engine"),
    ],
)
def test_calls_that_cannot_be_served(catalogue: Catalogue, call: object, code: str) -> None:
    with pytest.raises(RequestError) as raised:
        call(catalogue)
    assert raised.value.code == code


def test_bad_facts_are_refused_whole(catalogue: Catalogue) -> None:
    with pytest.raises(FactsError) as raised:
        catalogue.assess({"conect.version": "2.1", "net": {"idle_timeout_seconds": "119"}}, ARTICLE)
    assert [(fault.code, fault.pointer) for fault in raised.value.faults] == [
        ("unknown-fact", "/conect.version"),
        ("wrong-type", "/net/idle_timeout_seconds"),
    ]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for part in ("rules", "kb"):
        shutil.copytree(content_root() / part, tmp_path / part)
    return tmp_path


def edit(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_missing_translation_falls_back_a_block_at_a_time(copy: Path) -> None:
    path = copy / f"kb/lt/articles/{ARTICLE}.md"
    text = path.read_text("utf-8")
    start = text.index("### ", text.index("{#password-reset-disabled ") - 200)
    end = text.index("### ", text.index("{#password-reset-disabled.erratum") + 10)
    path.write_text(text[:start] + text[end:], "utf-8")
    found = Catalogue.load(copy).assess({"sspr.scope": "none", "licence.writeback.assigned": 0}, ARTICLE, "lt")
    by_rule = {finding.rule: finding for finding in found.findings}
    assert by_rule["password-reset-disabled"].translation == "fallback"
    assert "Self-service password reset" in by_rule["password-reset-disabled"].guidance
    assert "Ši dalis dar neišversta" in found.markdown


def test_a_stale_translation_is_said_to_be_that(copy: Path) -> None:
    edit(copy, f"kb/en/articles/{ARTICLE}.md", "Nobody can reset a password", "No one can reset a password")
    found = Catalogue.load(copy).assess({"sspr.scope": "none"}, ARTICLE, "lt")
    assert found.findings[0].translation == "stale"


def test_guidance_that_is_missing_keeps_the_catalogue_from_loading(copy: Path) -> None:
    edit(copy, f"kb/en/articles/{ARTICLE}.md", "{#password-reset-disabled}", "{#password-reset-off}")
    with pytest.raises(CatalogueError) as raised:
        Catalogue.load(copy)
    assert "unknown-heading" in {diagnostic.code for diagnostic in raised.value.diagnostics}


def test_an_example_that_contradicts_does_not(copy: Path) -> None:
    edit(copy, f"rules/articles/{ARTICLE}.yaml", "- {sspr.scope: none}", "- {sspr.scope: all}")
    assert Catalogue.load(copy).assess({"sspr.scope": "none"}, ARTICLE).status == "action_needed"


def test_a_moved_catalogue_has_the_same_digest(copy: Path, catalogue: Catalogue) -> None:
    assert Catalogue.load(copy).digest == catalogue.digest
