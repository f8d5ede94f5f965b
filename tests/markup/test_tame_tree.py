"""Trees that are read without the parser are those that the parser makes; and what ships can all be read so."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it.common.utils import isPunctChar, isWhiteSpace

from vedlys.assessment import Catalogue
from vedlys.checking.examples import trials_of
from vedlys.guidance.phrases import Phrases
from vedlys.intake import Reading
from vedlys.markup import tame_running
from vedlys.markup.escape import code_of, code_span, escape, table
from vedlys.markup.node import DEEPEST, Node
from vedlys.markup.tame_tree import blocks
from vedlys.markup.tree import parsed, tree
from vedlys.opening import load_checked
from vedlys.output.brief import brief
from vedlys.output.explanation import Explainer
from vedlys.output.facts import facts_in_full, facts_table
from vedlys.shipped import content_root

SAMPLE = Path(__file__).parents[1] / "samples" / "firewall-blocked.json"

PREFIXES = [
    *("", "", "", "", "", "- ", "- ", "  ", "  ", "   ", "    ", "* ", "+ ", "1. ", "1. ", "2. ", "1) ", "10. ", "0. "),
    *("> ", "> ", ">", "> - ", "- > ", "- - ", "  - ", "   - ", "   1. ", "     ", "> > ", "\t", " ", "123456789. "),
]
PLAIN = [
    *(
        "a",
        "b c",
        "**b**",
        "*e*",
        "_x_",
        "`code`",
        "[a](https://e.lt)",
        "[*a*](https://e.lt/x_y?z=1&w#q)",
        "(",
        ")",
        ",",
    ),
    *(".", "*", "**", "_", "__", "a_b", "*a", "b*", "**a", "b**", "_a", "b_", "*,", '"*', '*"', "_,", "._", "„", "“"),
    *(
        r"\*",
        "a*b",
        "`a`*`b`",
        "*`a`*",
        "`` ` ``",
        "!",
        "#",
        "=",
        "+",
        "1.",
        "2.5",
        "–",
        "$",
        "€",
        "漢",
        "a\u0301",
        "|",
    ),
]
WILD = [
    *(
        "``",
        "`",
        "```",
        "```sh",
        "~~~",
        "````",
        "##",
        "## H",
        "### I #",
        "#",
        "<b>",
        "<",
        "< ",
        "&amp;",
        "&",
        "[a]",
        "***",
    ),
    *(
        "[a]: https://e.lt",
        "[a](mailto:x@y.z)",
        "[a](/b)",
        '[a](https://e.lt "t")',
        "![a](https://e.lt)",
        "<https://e.lt>",
    ),
    *(
        "<https://e.lt>",
        "| a |",
        "|---|",
        "| --- | :-: |",
        "| a | b |",
        r"| `x\|y` | b |",
        "---",
        "===",
        "-",
        "--",
        "___",
        "- - -",
        "\\",
    ),
    *(r"\a", r"\|", r"\`", "  ", "\u00a0", "\u2003", "\u2028", "\u200b", "\x85", "\x1c", "\r", "\0", "\t", "- ", "7."),
]
WORDS = st.sampled_from(PLAIN) | st.sampled_from(WILD)
JOINTS = st.sampled_from([" ", " ", " ", ""])
LINES = st.builds(
    lambda prefix, words, joint: prefix + joint.join(words),
    st.sampled_from(PREFIXES),
    st.lists(WORDS, max_size=4),
    JOINTS,
)
RUNNING = st.builds(lambda words, joint: joint.join(words), st.lists(st.sampled_from(PLAIN), min_size=1), JOINTS)


def set_in(lines: list[str], first: str, rest: str) -> list[str]:
    return [first + lines[0], *(rest + line if line else line for line in lines[1:])]


def listed(marker: str, items: list[list[str]], joint: list[str]) -> list[str]:
    lines = set_in(items[0], marker, " " * len(marker))
    for item in items[1:]:
        lines += joint + set_in(item, marker, " " * len(marker))
    return lines


def tabled(cells: list[list[str]], rules: list[str]) -> list[str]:
    return ["| " + " | ".join(row) + " |" for row in (cells[0], rules, *cells[1:])]


def within(inner: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    markers = st.sampled_from(["- ", "* ", "1. ", "2. ", "10. ", "1) "])
    joints: st.SearchStrategy[list[str]] = st.sampled_from([[], [], [""], ["", ""]])
    return (
        st.builds(listed, markers, st.lists(inner, min_size=1, max_size=3), joints)
        | st.builds(lambda lines: [f"> {line}".rstrip(" ") for line in lines], inner)
        | st.builds(lambda one, joint, other: one + joint + other, inner, joints, inner)
    )


BLOCKS = st.recursive(
    st.lists(RUNNING, min_size=1, max_size=2)
    | st.builds(lambda marks, text: [f"{marks} {text}"], st.sampled_from(["#", "###", "######"]), RUNNING)
    | st.builds(
        lambda marks, lines: [f"{marks}sh", *lines, marks],
        st.sampled_from(["```", "~~~", "````"]),
        st.lists(st.sampled_from(["x", "", "  y", "# z", "- q", "> a", "```"]), max_size=3),
    )
    | st.integers(1, 3).flatmap(
        lambda width: st.builds(
            tabled,
            st.lists(st.lists(RUNNING, min_size=width, max_size=width), min_size=1, max_size=3),
            st.lists(st.sampled_from(["-", "---", ":-", "--:", ":-:"]), min_size=width, max_size=width),
        )
    )
    | st.just(["---"]),
    within,
    max_leaves=5,
)


def same(markdown: str) -> bool:
    """Whether the document was read without the parser; then it was read as by the parser."""
    found = blocks(markdown)
    if found is not None:
        assert found == parsed(markdown)
    return found is not None


@settings(max_examples=600)
@given(st.lists(LINES, max_size=6).map("\n".join))
@example("- a\n  \n- b")
@example("> - a\n>   \n> - b")
@example("- - a\n    \n  b")
@example("- a\n\n\n- b\n\n  c\n\nd")
@example("1. a\n2) b")
@example("a\n2. b\n1. c")
@example("| a | b |\n| - | - |\n| c |")
@example("| a \\|\n| - |")
@example("a |\n-|")
@example("a\n=")
@example("*a **b* c**")
@example("**a *b** c*")
@example("a*b*c *d* _e_f_ g")
@example("``a` b``")
@example("`a\n b`")
@example("a  \nb\\\nc")
@example("[a](https://e.lt\n)")
@example("[a`](https://e.lt)`")
@example("*[a*](https://e.lt)")
@example("a &copy; &b < c <d@e.lt>")
@example("- ```\n  a\n- b\n  ```")
@example("> a\nb")
@example("# a |\n---")
@example("### a | b\n-|-\n\n- # c |\n  :-:")
@example("```a|\n---\n```")
@example("# a #\n## b#\n###\n####### c")
def test_lines(markdown: str) -> None:
    same(markdown)


@settings(max_examples=600)
@given(BLOCKS.map("\n".join))
def test_blocks(markdown: str) -> None:
    same(markdown)


@settings(max_examples=400)
@given(st.text("ab*_`[]()\\.,!„“\n &<", max_size=14))
def test_running_text(text: str) -> None:
    same(text)


@settings(max_examples=50)
@given(st.from_regex(r"https?://[a-z0-9-]{1,3}(\.[a-z0-9-]{1,3}){0,5}(/[A-Za-z0-9_./?=&#-]{0,9})?", fullmatch=True))
@example(f"https://{'a' * 64}.lt")
@example(f"https://{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 63}/")
def test_addresses(address: str) -> None:
    same(f"[a]({address})")


@settings(max_examples=300)
@given(st.text(max_size=20) | RUNNING)
@example("www.example.com")
@example("a|b`c`")
@example("\\")
def test_values_are_what_they_are(value: str) -> None:
    """However a value is written, a document with it is read as by the parser."""
    prose, cell = escape(value, "prose"), escape(value, "cell")
    same(f"# {prose}\n\n- ✗ {prose}: {prose}, {code_of(value)}\n- {code_span(value)}\n")
    same(
        f"Why: {prose}.\n\n1. „{prose}“\n\n   {prose}\n\n"
        + table([["a", "b"], [cell, code_of(value, cell=True)]], ["", ""])
    )


def test_characters_are_told_apart_as_by_the_parser() -> None:
    known = {"Z": (True, False), "P": (False, True), "L": (False, False)}
    for code in (*range(0x20, 0x3200), *range(0xFE00, 0x20000)):
        if unicodedata.category(character := chr(code)) != "Cs":
            assert known[tame_running._kind(character)] == (isWhiteSpace(code), isPunctChar(character))


@pytest.mark.parametrize("deep", [3, DEEPEST // 2 - 1, DEEPEST // 2, DEEPEST // 2 + 1])
def test_the_parser_is_asked_where_it_looks_no_deeper(deep: int) -> None:
    assert same("\n".join("  " * level + "- a" for level in range(deep))) == (deep < DEEPEST // 2)


@pytest.mark.parametrize("markdown", ["a&amp;b", "- a\n b", "a\n===", "[a]: https://e.lt\n\n[a]", "    code", "a\r\nb"])
def test_what_is_not_tame_is_left_to_the_parser(markdown: str) -> None:
    assert blocks(markdown) is None
    assert tree(markdown) == parsed(markdown)


def documents(locale: str) -> Iterator[str]:
    """All that the command line shows in a locale, of the sample and of every case."""
    content, _ = load_checked(content_root())
    assert content is not None
    catalogue = Catalogue(content)
    edition = catalogue.edition(locale)
    say = Phrases(catalogue.locale_text(locale).phrases, {}, edition.words.formats, "terminal")
    facts = list(content.vocabulary.values())
    yield facts_table(facts, edition, say)
    yield facts_in_full(facts, edition, say)
    for name, book in content.rulebooks.items():
        article = edition.article(name)
        yield catalogue.article_markdown(name, locale)
        readings = [catalogue.read(posted) for posted in (SAMPLE.read_bytes(), b"{}")]
        cases = [Reading(environment=trial.environment) for trial in trials_of(book) if trial.case]
        for reading in (*readings, *cases):
            [found] = catalogue.assess_reading(reading, [name], locale)
            yield brief(found, article, reading.environment, say)
            yield found.markdown
        for posted, reading in zip((SAMPLE.read_bytes(), b"{}"), readings, strict=True):
            explainer = Explainer(article, say, reading.environment.values)
            yield from (explainer.document(catalogue.explain(posted, name, rule.id)) for rule in book.rules)


@pytest.mark.parametrize("locale", ["en", "lt"])
def test_what_ships_needs_no_parser(locale: str) -> None:
    """Else all of this would be for nothing."""
    for document in documents(locale):
        assert same(document), document


def test_nodes_compare_by_all_that_they_are() -> None:
    """Else the tests above would say little."""
    assert blocks("- a\n- b") != blocks("- a\n\n- b")
    assert blocks("2. a") != blocks("1. a")
    assert blocks("# a") == [Node("heading", [Node("inline", [Node("text", content="a")], "a")], level=1)]
