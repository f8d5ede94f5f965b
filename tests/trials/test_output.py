"""Trials as text, in both languages."""

from pathlib import Path

import msgspec
import pytest
from test_run import gated, idle, report, with_cases, with_examples

import building as b
from vedlys.checking.source_lines import source_report
from vedlys.guidance.formatting import formats
from vedlys.guidance.phrases import Phrases
from vedlys.guidance.topics import TRIALS
from vedlys.loading import load_phrases
from vedlys.model.content import SourceText
from vedlys.model.rulebook import UnboundLines
from vedlys.output.trials import TOPIC, source_lines, trial_lines
from vedlys.trials import TrialReport

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=["en", "lt"])
def say(request: pytest.FixtureRequest) -> Phrases:
    interfaces, _ = load_phrases(ROOT)
    phrases = interfaces[request.param].phrases
    assert [name for name in TRIALS if f"{TOPIC}.{name}" not in phrases] == []
    return Phrases(phrases, phrases, formats(request.param), TOPIC)


@pytest.fixture(scope="module")
def english() -> Phrases:
    interfaces, _ = load_phrases(ROOT)
    return Phrases({}, interfaces["en"].phrases, formats("en"), TOPIC)


def lines(book: b.Rulebook, say: Phrases) -> list[str]:
    return list(trial_lines(TrialReport(engines=("compiled",), articles=(report(book),)), say))


def test_all_is_well(english: Phrases) -> None:
    assert lines(b.book(idle(120)), english) == [
        "sample: 3 examples and 0 cases, answered by compiled",
        "Covered: 1 of 1 rules, 3 of 3 verdicts, 1 of 1 parts of conditions.",
        "Mutants: 4 of 4 noticed, 0 accepted as equivalent.",
        "All is as it should be.",
    ]


def test_a_contradiction_says_why(english: Phrases) -> None:
    assert lines(b.book(idle(120, 119)), english)[:2] == [
        "built.yaml:1:1: idle-timeout must be clear, and is applies (compiled).",
        "    when: net.idle less_than 120 → true, observed 119",
    ]


def test_a_survivor_says_which_example_is_missing(english: Phrases) -> None:
    assert lines(b.book(idle(200)), english)[0] == (
        "built.yaml:1:1: idle-timeout: nothing notices “shift when.net.idle.less_than +1”. "
        "Add an example at the boundary, and one just beyond it."
    )


def test_everything_can_be_said(say: Phrases) -> None:
    book = with_cases(
        b.book(
            idle(200, 119),
            gated(given=b.yes("a.given")),
            msgspec.structs.replace(with_examples(idle(120), equivalent=["nothing", "drop when"]), id="other"),
        ),
        quick=({"net.idle": 1}, "clear", {}),
    )
    said = lines(book, say)
    assert all("{{" not in line for line in said)
    assert len(said) > 12


def test_source(say: Phrases, english: Phrases) -> None:
    rule = idle(120)
    book = msgspec.structs.replace(
        b.book(msgspec.structs.replace(rule, lines=((3, 3),))),
        unbound=(UnboundLines(lines=((2, 2),), reason="title", span=b.SPAN),),
    )
    source = SourceText(document="sample.en.md", lines=("---", "Title", "Idle", "", "More"), sha256="0", front_matter=1)
    found = source_report(book, source)
    assert not found.complete
    assert list(source_lines(found, english)) == [
        "2  (title)  Title",
        "3  idle-timeout  Idle",
        "5  not bound to a rule, and no reason given  More",
        "sample.en.md: 1 line is bound to no rule, and no reason is given.",
    ]
    assert len(list(source_lines(found, say))) == 4
