"""Evidence in words, for every operator in both locales."""

from __future__ import annotations

from typing import Any

import pytest

from guidance import small
from vedlys.guidance.reasons import Reasons
from vedlys.model.operators import OPERATORS
from vedlys.model.result import Evidence


def line(locale: str, fact: str, operator: str, needed: Any, observed: Any, **rest: Any) -> str:
    reasons = Reasons(small.edition(locale).words, small.content().vocabulary)
    [said] = reasons.lines([Evidence(fact=fact, operator=operator, needed=needed, observed=observed, **rest)])
    return said.replace("\u00a0", " ")


IDLE, VERSION, ALLOWED = "net.idle_timeout_seconds", "tool.version", "net.allow_list"
CLOUD, DATE = "net.cloud", "tool.checked_on"


AGO = "nuo tada praėjo ne mažiau kaip 2 dienos"
UNDER = "nėra nei `x.lt`, nei jo padomenių"
# fact, operator, needed, observed; whether it is negated; the text in both locales
SENTENCES: list[tuple[tuple[str, str, Any, Any], bool, str, str]] = [
    ((IDLE, "at_least", 120, 150), False, "150 s, t. y. ne mažiau kaip 120 s", "150 s, which is at least 120 s"),
    ((IDLE, "at_least", 120, 100), True, "100 s, t. y. mažiau kaip 120 s", "100 s, which is less than 120 s"),
    (
        (IDLE, "between", [9, 10], 5),
        True,
        "5 s, t. y. nepatenka į intervalą nuo 9 s iki 10 s",
        "5 s, which is not from 9 s to 10 s",
    ),
    ((VERSION, "more_than", "1.2", "1.10"), False, "1.10, t. y. naujesnė už 1.2", "1.10, which is later than 1.2"),
    ((VERSION, "one_of", ["1.1", "1.2"], "1.2"), False, "1.2", "1.2"),
    ((VERSION, "none_of", ["1.1", "1.2"], "3.0"), False, "3.0, o ne 1.1 ar 1.2", "3.0, not 1.1 or 1.2"),
    ((CLOUD, "is", "usgov", "usgov"), False, "vyriausybės debesis", "government cloud"),
    (
        (CLOUD, "is", "usgov", "public"),
        True,
        "viešasis debesis, o ne vyriausybės debesis",
        "public cloud, not government cloud",
    ),
    (("tool.enabled", "is", True, False), True, "ne", "no"),
    ((ALLOWED, "has_any", ["a.lt", "b.lt"], ["b.lt"]), False, "yra `b.lt`", "includes `b.lt`"),
    ((ALLOWED, "has_any", ["a.lt", "b.lt"], []), True, "nėra `a.lt` ir `b.lt`", "does not include `a.lt` and `b.lt`"),
    ((ALLOWED, "lacks_any", ["a.lt", "b.lt"], ["b.lt"]), False, "nėra `a.lt`", "does not include `a.lt`"),
    ((ALLOWED, "has_under", "x.lt", ["a.x.lt", "y.lt"]), False, "yra `a.x.lt`", "includes `a.x.lt`"),
    ((ALLOWED, "has_under", "x.lt", ["y.lt"]), True, UNDER, "includes nothing at or under `x.lt`"),
    ((ALLOWED, "known", False, None), False, "nežinoma", "not known"),
    (
        (DATE, "less_than", "2026-01-02", "2026-01-01"),
        False,
        "2026 m. sausio 1 d., t. y. anksčiau kaip 2026 m. sausio 2 d.",
        "January 1, 2026, which is before January 2, 2026",
    ),
    (
        (DATE, "newer_than", {"days": 2}, "2026-01-01"),
        True,
        f"2026 m. sausio 1 d., {AGO}",
        "January 1, 2026, which is not less than 2 days ago",
    ),
]


@pytest.mark.parametrize(("arguments", "negated", "lt", "en"), SENTENCES)
def test_sentences(arguments: tuple[str, str, Any, Any], negated: bool, lt: str, en: str):
    rest = {"negated": True} if negated else {}
    assert line("lt", *arguments, **rest).partition(": ")[2] == lt
    assert line("en", *arguments, **rest).partition(": ")[2] == en


@pytest.mark.parametrize("locale", small.LOCALES)
@pytest.mark.parametrize("negated", [False, True])
@pytest.mark.parametrize("operator", [name for name in OPERATORS if name not in {"some", "every"}])
def test_every_operator_has_words(locale: str, negated: bool, operator: str):
    needed: Any = {"between": ["1.0", "2.0"], "older_than": {"days": 3}, "newer_than": {"hours": 5}}.get(
        operator, "1.5"
    )
    members = operator.startswith(("has", "lacks", "covers"))
    fact = ALLOWED if members else "tool.checked_on" if isinstance(needed, dict) else VERSION
    observed: Any = ["a.lt"] if members else "2026-01-01" if isinstance(needed, dict) else "1.5"
    said = line(locale, fact, operator, needed, observed, **({"negated": True} if negated else {}))
    assert "{" not in said
    assert "document." not in said


@pytest.mark.parametrize(("operator", "negated"), [("every", False), ("some", True)])
def test_where_there_are_no_records_it_says_so(operator: str, negated: bool):
    rest = {"negated": True} if negated else {}
    said = {locale: line(locale, "ad.domains", operator, None, [], **rest) for locale in small.LOCALES}
    assert {locale: text.partition(": ")[2] for locale, text in said.items()} == {
        "en": "there are none",
        "lt": "nėra nė vieno įrašo",
    }


def test_a_label_with_a_host_in_it_is_code_only_there():
    said = line("lt", ALLOWED, "has", "a.lt", ["a.lt"])
    assert said == "Leidžiamųjų `*.example.lt` sąrašas: yra `a.lt`"


def test_derived_facts_give_their_own_reasons_and_nothing_is_said_twice():
    inner = Evidence(fact="net.cloud", operator="is", needed="usgov", observed="usgov")
    outer = Evidence(fact="net.derived", operator="is", needed=True, observed=True, because=(inner, inner))
    reasons = Reasons(small.edition("en").words, small.content().vocabulary)
    assert reasons.lines([outer, inner]) == ["Cloud: government cloud"]


def test_long_sets_are_cut():
    said = line("en", "net.proxy", "is_not", "x", "y" * 5000)
    assert len(said) < 1200
