"""The sentences of faults: whole in both languages, and with nothing left open in them."""

import re
from pathlib import Path

import pytest
import yaml
from posting import refused

from vedlys.errors import Fault
from vedlys.messages import MESSAGES, describe, facts, sentence, values
from vedlys.messages.shown import shown, visible

FILE = Path(__file__).parents[2] / "kb" / "lt" / "interface" / "messages.yaml"
LITHUANIAN = {
    code: (entry["text"], tuple(entry.get("hints", ())))
    for code, entry in yaml.safe_load(FILE.read_text("utf-8")).items()
}
HOLE = re.compile(r"\{\{ (\w+) \}\}")
CODES = [message.code for message in (*values.MESSAGES, *facts.MESSAGES)]


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_said_in_lithuanian(code):
    message = MESSAGES[code]
    text, hints = LITHUANIAN[code]
    assert sorted(HOLE.findall(text)) == sorted(HOLE.findall(message.text))
    assert [sorted(HOLE.findall(hint)) for hint in hints] == [sorted(HOLE.findall(hint)) for hint in message.hints]
    outside_code = re.sub(r"`[^`]*`", "", text + " ".join(hints))
    assert '"' not in outside_code
    assert not re.search(r"(?<!\u00a0)–(?= )", outside_code)


SENTENCES = [
    (
        {"net.idle": 3.0},
        "`3.0` is not a whole number. Write 3.",
        "Čia turi būti sveikasis skaičius, o yra `3.0`. Rašykite 3.",
    ),
    (
        {"net.idle": "3"},
        '`"3"` is not a whole number. Write 3.',
        'Čia turi būti sveikasis skaičius, o yra `"3"`. Rašykite 3.',
    ),
    (
        {"conect.version": "1.2"},
        "No fact is called `conect.version`. Did you mean `connect.version`?",
        "Fakto, kurio vardas `conect.version`, nėra. Ar turėjote omenyje vardą `connect.version`?",
    ),
    (
        {"net.firewall": 3},
        (
            "`net.firewall` begins the names of facts and holds an object of them, not `3`. "
            "Facts that begin so: `net.firewall.allow_list`."
        ),
        (
            "Dalimi `net.firewall` prasideda faktų vardai, todėl čia turi būti tų faktų objektas, o yra `3`. "
            "Taip prasidedantys faktai: `net.firewall.allow_list`."
        ),
    ),
    (
        {"net.load": 2},
        "2 is out of range: -1 … 1.5.",
        "Reikšmė 2 nepatenka į leistinas ribas: -1 … 1.5.",
    ),
    (
        '{"net.idle": 1,\n "a" 2}',
        "The document is not JSON: `2` cannot stand at line 2, column 6. Expected there: `:`.",
        "Dokumentas nėra JSON: 2\xa0eilutės 6\xa0stulpelyje negali būti `2`. Ten turi būti `:`.",
    ),
    (
        {"log.note": "x" * 70_000},
        "The text has 70000 characters; 65536 are allowed.",
        "Tekstas per ilgas: jame 70000\xa0ženkl., leidžiama ne daugiau kaip 65536.",
    ),
]


@pytest.mark.parametrize(("facts", "english", "lithuanian"), SENTENCES)
def test_sentences(facts, english, lithuanian):
    (fault,) = refused(facts)
    assert describe(fault) == english
    assert describe(fault, LITHUANIAN) == lithuanian


def test_a_code_without_translation_is_said_in_english():
    assert sentence("repeated-key", {"name": "a"}, {}) == (MESSAGES["repeated-key"].text.replace("{{ name }}", "a"), (
        "Keep one of them.",
    ))  # fmt: skip


def test_a_hint_without_its_values_is_left_out():
    fault = Fault(code="unknown-fact", pointer="", values={"name": "a"})
    assert describe(fault) == "No fact is called `a`."


def test_a_value_is_no_template():
    assert sentence("unknown-fact", {"name": "{{ suggestion }}", "suggestion": "x"})[0] == (
        "No fact is called `{{ suggestion }}`."
    )


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain ąž", "plain ąž"),
        ("a\nb\t\x00\x7f\x85", "a\\nb\\t\\x00\\x7f\\x85"),
        ("\u202ea\u2066\u200b\ufeff\u00ad", "\\u202ea\\u2066\\u200b\\ufeff\\xad"),
        ("`", "\\u0060"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"),
        ("\n" * 80, "\\n" * 39 + "…"),
    ],
)
def test_what_cannot_be_seen_is_made_visible(text, seen):
    assert visible(text) == seen


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (None, "null"),
        (True, "true"),
        (3.0, "3.0"),
        (float("-inf"), "-Infinity"),
        ("a", '"a"'),
        ([], "[]"),
        ({}, "{}"),
        ([1, "b", None], '[1, "b", null]'),
        ({"b": 1, "a": [[[[1]]]]}, '{"a": [[[…]]], "b": 1}'),
        (list(range(9)), "[0, 1, 2, 3, 4, 5, 6, 7, …]"),
        (dict.fromkeys("abcdefghi"), "{…}"),
        (object(), "<object>"),
    ],
)
def test_values_as_messages_show_them(value, seen):
    assert shown(value) == seen


def test_numbers_that_python_refuses_to_write():
    assert (shown(10**5000), shown(-(10**5000))) == ("2^16609…", "-2^16609…")
