"""No value becomes markup: hostile values, shown by several parsers and left alone by a formatter."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import mdformat
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdformat_gfm._mdit_gfm_autolink_plugin import gfm_autolink_plugin

from vedlys.markup.escape import LONGEST, code_span, escape, quiet, shown, table, width
from vedlys.markup.html import to_html

HOSTILE = [
    "*a*", "__b__", "`c`", "``", "`", "a|b", "\\|", "[x](http://e.lt)", "![i](j)", "<script>alert(1)</script>",
    "&amp;", "&#35;", "www.e.lt", "https://e.lt/a", "jonas@e.lt", "mailto:j@e.lt", "# h", "- x", "1. x", "1) x",
    "1.", "+", "---", "===", "> q", "~~s~~", "a\nb", "a\n\n    b", "a\r\nb", "\x00\x1b[31m", "\u202eevil",
    "z\u200bw", "\\", "\\`", "$x$", ":smile:", "{{ x }}", "{% if %}", "  a  ", "\u00a0", "x" * 3000, "(a)", "a:",
    ":a", "_", "a_b", "e.lt", "<b", "a<b", "| - |", "-", "=", "#", "[ ]", "[x] y", "!", "a!", "„a“", "é",
    "e\u0301", "\ud800", "\ufeff", "𝒳", "日本", "a--b", "©",
]  # fmt: skip

values = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=40),
    st.text(alphabet="`*_[]()<>|\\&#;-+=!~:.@/ \n1aW", max_size=30),
    st.lists(st.sampled_from(HOSTILE), max_size=4).map("".join),
)
GITHUB_LIKE = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).use(gfm_autolink_plugin)


def inline(markdown: str) -> list[tuple[str, str]]:
    """What the running text consists of, wherever it stands."""
    found = []
    for token in GITHUB_LIKE.parse(markdown):
        found += [
            (child.type, child.content) for child in token.children or () if child.content or child.type != "text"
        ]
    return found


def blocks(markdown: str) -> list[str]:
    return [token.type for token in GITHUB_LIKE.parse(markdown)]


def visible(markdown: str) -> str:
    return "".join(content for _, content in inline(markdown))


def formatted(markdown: str) -> str:
    return mdformat.text(markdown, extensions={"gfm"})


@pytest.mark.parametrize("frame", ["{}", "a {} b", "**{}**", "a ({}), b", "- {}", "„{}“ –\n{}"])
@given(value=values)
@settings(max_examples=150, deadline=None)
def test_prose_shows_the_value_and_nothing_else(frame: str, value: str):
    text = escape(value, "prose")
    if not text:
        return
    markdown = frame.replace("{}", text)
    assert visible(markdown) == visible(frame.replace("{}", "Q")).replace("Q", shown(value))
    assert blocks(markdown) == blocks(frame.replace("{}", "Q"))
    assert {kind for kind, _ in inline(markdown)} <= {"text", "code_inline", "strong_open", "strong_close", "softbreak"}
    assert formatted(markdown + "\n") == markdown + "\n"


@given(value=values)
@settings(max_examples=200, deadline=None)
def test_code_shows_the_value(value: str):
    text = escape(value, "code")
    if not text:
        return
    markdown = f"a {code_span(text)} b"
    assert inline(markdown) == [("text", "a "), ("code_inline", shown(value)), ("text", " b")]
    assert formatted(markdown) == markdown + "\n"


@given(row=st.lists(values, min_size=1, max_size=3))
@example(row=["a|b", "\\|", "`|`"])
@settings(max_examples=200, deadline=None)
def test_cells_show_the_values_and_stay_cells(row: list[str]):
    cells = [escape(value, "cell") for value in row]
    markdown = table([["H"] * len(row), cells], [""] * len(row)) + "\n"
    tokens = GITHUB_LIKE.parse(markdown)
    bodies = [after for token, after in pairwise(tokens) if token.type == "td_open"]
    assert ["".join(child.content for child in cell.children or ()) for cell in bodies] == [shown(v) for v in row]
    assert not any(child.type == "link_open" for cell in bodies for child in cell.children or ())


@given(row=st.lists(st.sampled_from(["a", "a|b", "dc1.e.lt", "", "`x`", "ąčę", "10 000"]), min_size=1, max_size=3))
def test_a_table_is_canonical(row: list[str]):
    cells = [escape(value, "cell") for value in row]
    markdown = table([["Antraštė"] * len(row), cells], [""] * len(row)) + "\n"
    assert formatted(markdown) == markdown


@given(value=values)
@settings(max_examples=200, deadline=None)
def test_a_link_leads_where_it_led(value: str):
    markdown = f"[t](https://e.lt/{escape(value, 'link')}?q)"
    [token] = [token for token in GITHUB_LIKE.parse(markdown) if token.type == "inline"]
    [link] = [child for child in token.children or () if child.type == "link_open"]
    assert re.fullmatch(r"https://e\.lt/[A-Za-z0-9%_.~-]*\?q", str(link.attrs["href"]))
    assert visible(markdown) == "t"


@given(value=values)
@settings(max_examples=200, deadline=None)
def test_html_holds_no_tag_of_the_value(value: str):
    html = to_html(escape(value, "prose"))
    assert set(re.findall(r"</?(\w+)", html)) <= {"p", "code"}


@given(value=values)
def test_what_is_shown_is_one_clean_line(value: str):
    text = shown(value)
    assert len(text) <= LONGEST
    assert text == text.strip()
    assert "  " not in text
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Co"} or c in "\u200b\u202e\u00ad" for c in text)
    assert shown(text) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Jonas Jonaitis", "Jonas Jonaitis"),
        ("1.1.443", "1.1.443"),
        ("2026-09-30", "2026-09-30"),
        ("dc1.example.lt", "`dc1.example.lt`"),
        ("jonas@example.lt", "`jonas@example.lt`"),
        ("*.example.lt", "`*.example.lt`"),
        ("a\tb\n\nc", "a b c"),
        ("a\u202eb", "`a\ufffdb`"),
        ("`", "`` ` ``"),
        ("", ""),
        ("Windows Server 2008 R2", "Windows Server 2008 R2"),
        ("ne (dar ne)", "ne (dar ne)"),
    ],
)
def test_what_values_look_like(value: str, text: str):
    assert escape(value, "prose") == text


def test_quiet_is_about_the_whole_text():
    assert quiet("Užkarda")
    assert not quiet("Užkarda*")


def test_width_counts_columns():
    assert [width(text) for text in ("abc", "ąč", "日本", "e\u0301")] == [3, 2, 4, 1]
