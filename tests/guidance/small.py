"""The small catalogue of `root/`, with the real phrases, and findings made by hand."""

from __future__ import annotations

import datetime as dt
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from vedlys.guidance.compose import Composer, Said
from vedlys.guidance.edition import Edition
from vedlys.guidance.render import Scope
from vedlys.loading import load
from vedlys.model.content import Content
from vedlys.model.result import Evidence, Finding, Missing, Question, SourceReference, Undecided
from vedlys.model.values import Record, Version

HERE = Path(__file__).parent
INTERFACES = HERE.parents[1] / "kb"
LOCALES = ("en", "lt")

VALUES: dict[str, Any] = {
    "net.cloud": "usgov",
    "net.proxy": "<b>evil|proxy</b> www.e.lt",
    "net.idle_timeout_seconds": 150,
    "net.allow_list": frozenset({"*.example.com", "reset.example.lt"}),
    "net.sites": (
        Record("a.example.lt", {"name": "a.example.lt", "open": False, "users": 12000}),
        Record("b.example.lt", {"name": "b.example.lt", "open": True, "users": 1}),
        Record("c.example.lt", {"name": "c.example.lt", "open": False}),
    ),
    "tool.version": Version.read("1.10.0"),
    "tool.latest_version": Version.read("2.5.79.0"),
    "tool.checked_on": dt.date(2026, 9, 30),
    "tool.enabled": False,
    "tool.licences": 2,
}

_CLOSED = [
    Evidence(fact="net.sites", record=name, field="open", operator="is", needed=False, observed=False)
    for name in ("a.example.lt", "c.example.lt")
]
EVIDENCE: dict[str, tuple[list[Evidence], list[Any]]] = {
    "cloud": ([Evidence(fact="net.cloud", operator="is", needed="usgov", observed="usgov")], []),
    "licences": ([Evidence(fact="tool.licences", operator="less_than", needed=3, observed=2)], []),
    "enabled": (
        [
            Evidence(fact="tool.enabled", operator="is", needed=False, observed=False),
            Evidence(fact="net.proxy", operator="contains", needed="evil", observed=VALUES["net.proxy"]),
        ],
        ["tool.enabled", "net.proxy"],
    ),
    "untranslated": (
        [Evidence(fact="tool.checked_on", operator="older_than", needed={"days": 30}, observed="2026-09-30")],
        [],
    ),
    "version": (
        [
            Evidence(
                fact="tool.version",
                operator="less_than",
                needed="2.5.79.0",
                observed="1.10.0",
                needed_fact="tool.latest_version",
                reference=True,
            )
        ],
        [],
    ),
    "sites": (_CLOSED, ["a.example.lt", "c.example.lt"]),
    "allow-list": (
        [
            Evidence(
                fact="net.allow_list",
                operator="covers",
                needed=["reset.example.lt", "*.bus.example.lt"],
                observed=["*.example.com", "reset.example.lt"],
                negated=True,
            )
        ],
        ["*.bus.example.lt"],
    ),
    "idle": ([Evidence(fact="net.idle_timeout_seconds", operator="between", needed=[120, 179], observed=150)], []),
}


@cache
def content() -> Content:
    """The small catalogue; it has no fault."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        shutil.copytree(HERE / "root", root)
        for locale in LOCALES:
            (root / "kb" / locale / "interface").mkdir()
            name = Path("kb", locale, "interface", "document.yaml")
            shutil.copy(HERE.parents[1] / name, root / name)
        loaded, diagnostics = load(root)
    assert loaded is not None, [(str(found.span), found.code, found.values) for found in diagnostics]
    return loaded


@cache
def edition(locale: str) -> Edition:
    return Edition(content(), locale)


@cache
def composer(locale: str) -> Composer:
    return Composer(edition(locale).article("gate"))


def finding(locale: str, rule: str) -> Finding:
    """The finding of a rule as the assessment makes it."""
    article = edition(locale).article("gate")
    text = article.rules[rule]
    because, matched = EVIDENCE[rule]
    made = Finding(
        rule=rule,
        section=text.rule.section,
        severity=text.rule.severity,
        title="",
        guidance="",
        because=tuple(because),
        matched=tuple(matched),
        source=SourceReference(document="gate.en.md", lines=text.rule.lines),
        erratum=None,
        translation="current",
    )
    scope = article.scope(rule, VALUES, made.matched)
    title, guidance, erratum, translation = article.finding_texts(rule, scope)
    return msgspec.structs.replace(made, title=title, guidance=guidance, erratum=erratum, translation=translation)


def question(locale: str, missing: Missing, decides: tuple[str, ...]) -> Question:
    text, how = edition(locale).question_texts(missing, Scope(values=VALUES))
    return Question(
        fact=missing.fact,
        record=missing.record,
        field=missing.field,
        question=text,
        how=how,
        type="text",
        decides=decides,
    )


def undecided(rule: str, *missing: Missing) -> Undecided:
    return Undecided(rule=rule, section="setup", severity="blocker", missing=missing)


def everything(locale: str) -> Said:
    """Every rule a finding."""
    return composer(locale).said(
        status="action_needed", findings=tuple(finding(locale, rule) for rule in EVIDENCE), values=VALUES
    )


def mixed(locale: str) -> Said:
    """A finding, open questions, one rule nobody can decide, and the rest."""
    site = Missing(fact="net.sites", record="b`.example.lt", field="open")
    return composer(locale).said(
        status="attention",
        findings=(finding(locale, "idle"),),
        undecided=(
            undecided("version", Missing(fact="tool.version")),
            undecided("sites", site),
            undecided("licences", Missing(fact="tool.licences")),
        ),
        questions=(
            question(locale, Missing(fact="tool.version"), ("version",)),
            question(locale, site, ("enabled", "sites")),
        ),
        clear=("enabled", "allow-list"),
        not_applicable=("cloud", "untranslated"),
        values=VALUES,
    )


def clear(locale: str) -> Said:
    return composer(locale).said(status="clear", clear=tuple(EVIDENCE), values=VALUES)


def nothing_applies(locale: str) -> Said:
    return composer(locale).said(status="not_applicable", not_applicable=tuple(EVIDENCE), values=VALUES)


OUTCOMES = {"everything": everything, "mixed": mixed, "clear": clear, "nothing-applies": nothing_applies}
