import json
import re

import pytest
from commanding import AS_OF, SAMPLE, golden, run

from vedlys.assessment import Catalogue

ESCAPE = "\x1b"


@pytest.mark.parametrize("locale", ["lt", "en"])
def test_the_terminal_shows_the_assessment(locale: str) -> None:
    result = run("assess", SAMPLE, "--locale", locale, "--as-of", AS_OF)
    assert result.exit_code == 1
    assert result.stderr == ""
    assert ESCAPE not in result.stdout
    golden(f"assess.{locale}.txt", result.stdout)


@pytest.mark.parametrize("locale", ["lt", "en"])
def test_explanations_are_added(locale: str) -> None:
    plain = run("assess", SAMPLE, "--locale", locale, "--as-of", AS_OF).stdout
    explained = run("assess", SAMPLE, "--locale", locale, "--as-of", AS_OF, "--explain").stdout
    assert explained.startswith(plain)
    golden(f"assess-explain.{locale}.txt", explained.removeprefix(plain).lstrip("\n"))


def test_lines_fit_the_width_but_for_code_and_addresses() -> None:
    for width in (60, 80, 100):
        text = run("assess", SAMPLE, COLUMNS=str(width)).stdout
        for line in text.splitlines():
            words = line.split()
            too_long = len(line) > width
            assert not too_long or any(len(word) > width - 12 for word in words) or line.startswith("      "), line


def test_lines_are_no_longer_than_can_be_read() -> None:
    rules = [line for line in run("assess", SAMPLE, COLUMNS="300").stdout.splitlines() if line.startswith("━")]
    assert {len(line) for line in rules} == {100}


def test_json_is_the_result_and_nothing_else(catalogue: Catalogue) -> None:
    result = run("assess", SAMPLE, "--format", "json", "--locale", "lt", "--as-of", AS_OF)
    wanted = catalogue.assess(SAMPLE.read_bytes(), "password-writeback", locale="lt", as_of=AS_OF).to_dict()
    assert json.loads(result.stdout) == {"assessments": [json.loads(json.dumps(wanted))]}


def test_json_with_explanations_has_them_beside() -> None:
    found = json.loads(run("assess", SAMPLE, "-f", "json", "--explain").stdout)
    assert list(found) == ["assessments", "explanations"]
    [assessment] = found["assessments"]
    rules = [one["rule"] for one in (*assessment["findings"], *assessment["undecided"])]
    assert [one["rule"] for one in found["explanations"]] == rules


def test_markdown_is_the_document(catalogue: Catalogue) -> None:
    result = run("assess", SAMPLE, "-f", "markdown", "--locale", "en", "--as-of", AS_OF)
    wanted = catalogue.assess(SAMPLE.read_bytes(), "password-writeback", locale="en", as_of=AS_OF)
    assert result.stdout == wanted.markdown


def test_html_is_a_page_of_its_own() -> None:
    text = run("assess", SAMPLE, "-f", "html", "--locale", "lt").stdout
    assert text.startswith('<!doctype html>\n<html lang="lt">')
    assert '<meta name="viewport"' in text
    assert "@media print" in text
    assert "<title>Neveikia slaptažodžių atgalinis įrašymas</title>" in text
    assert '<h3><span class="mark blocker">✗</span> ' in text
    assert not re.search(r"(?:src|@import|url\()", text)
    assert "<link" not in text
    assert "<script" not in text


def test_facts_come_from_stdin_too() -> None:
    piped = run("assess", "-", "-f", "json", "--as-of", AS_OF, typed=SAMPLE.read_bytes())
    assert piped.stdout == run("assess", SAMPLE, "-f", "json", "--as-of", AS_OF).stdout


@pytest.mark.parametrize(
    ("facts", "code"),
    [('{"sspr.scope": "none"}', 1), ('{"identity.user_model": "synced"}', 0), ('{"connect.version": "2.5.1.0"}', 1)],
)
def test_the_exit_code_says_whether_anything_was_found(facts: str, code: int) -> None:
    assert run("assess", "-", "-a", "password-writeback", typed=facts).exit_code == code


def test_facts_that_bear_on_no_article_are_no_fault() -> None:
    result = run("assess", "-", "-f", "json", "--locale", "en", typed="{}")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"assessments": []}
    assert result.stderr == ("vedlys: no article bears on these facts; name one with --article: password-writeback\n")


def test_many_questions_are_kept_short() -> None:
    text = run("assess", "-", "-a", "password-writeback", "--locale", "en", typed="{}").stdout
    assert text.count("\n  ? ") > 15
    assert "How to find out the rest: `vedlys facts`" in " ".join(text.split())


def test_what_cannot_be_found_out_is_not_asked() -> None:
    result = run("assess", "-", "-a", "password-writeback", "-f", "json", "--skip", "connect.version", typed="{}")
    [assessment] = json.loads(result.stdout)["assessments"]
    assert "connect.version" not in [question["fact"] for question in assessment["ask_next"]]


def test_unknown_facts_can_be_passed_over() -> None:
    facts = '{"sspr.scope": "none", "fax.number": 5}'
    assert run("assess", "-", typed=facts).exit_code == 2
    result = run("assess", "-", "--unknown-facts", "ignore", "--locale", "en", typed=facts)
    assert result.exit_code == 1
    assert "Passed over, as nobody has declared them: `fax.number`." in result.stdout


def test_every_engine_says_the_same() -> None:
    answers = {
        run("assess", SAMPLE, "-f", "json", "--as-of", AS_OF, "--engine", name).stdout for name in ("compiled", "judge")
    }
    assert len(answers) == 1


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "lt"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "lt_LT.UTF-8"}, "lt"),
        ({"LANG": "de_DE.UTF-8"}, "lt"),
        ({"LANG": "C.UTF-8"}, "lt"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "de:en"}, "en"),
        ({"LANG": "lt_LT.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "lt_LT.UTF-8", "VEDLYS_LOCALE": "en"}, "en"),
    ],
)
def test_the_language_is_the_systems(environment: dict[str, str], language: str) -> None:
    found = json.loads(run("assess", SAMPLE, "-f", "json", **environment).stdout)
    assert found["assessments"][0]["locale"]["used"] == language
