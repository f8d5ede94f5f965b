"""What is told without parsing is what the parser finds: documents, templates and placeholders come out the same."""

from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedlys.diagnostics import Diagnostics
from vedlys.markup import slot_syntax, tame
from vedlys.markup.document import Document, read_document
from vedlys.markup.liquid_slots import read_liquid
from vedlys.markup.placeholders import Kind, compile_template
from vedlys.markup.slot_syntax import read_slot
from vedlys.markup.template import Template
from vedlys.shipped import content_root
from vedlys.source import Source, Span

SPAN = Span("f.md", 3, 1, 3, 9)
PREFIXES = ["", "", "", "", " ", "  ", "   ", "    ", "- ", "* ", "1. ", "2) ", "> ", "-", "\t", "> - ", "10. "]
WORDS = [
    *("text", "**b**", "*e*", "_x_", "`code`", "``", "`", "```", "```sh", "~~~", "#", "##", "## H {#h}"),
    *("### I {#i}", "#### J {#j.k}", "{#h}", "<b>", "<", "&amp;", "[a](https://e.lt)", "[a](http://e.lt)"),
    *("[a]: https://e.lt", "| a |", "|---|", "---", "===", "-", "--", "\\", "\\`", "7.", "(", ")", ",", ".", ":"),
    *("@", "www.", "https://", "<https://e.lt>", "!", "{{ a.b }}", "{{ a.b | list }}"),
    *("{{ matched | table: x }}", "{{ a", "{% x %}", "{{ x y }}", '{{ n | plural: one: "# a", other: "# b" }}'),
    *("\u00a0", "…", "„", "“"),
]
LINES = st.builds(
    lambda prefix, words, joint: prefix + joint.join(words),
    st.sampled_from(PREFIXES),
    st.lists(st.sampled_from(WORDS), max_size=4),
    st.sampled_from([" ", " ", " ", ""]),
)
TEXTS = st.lists(LINES, max_size=9).map("\n".join)


def document(text: str) -> tuple[Document, list[object]]:
    diagnostics = Diagnostics()
    found = read_document(Source("f.md", text), diagnostics)
    return found, [(one, one.span.place) for one in diagnostics]


def template(text: str, kind: Kind) -> tuple[Template, list[object]]:
    diagnostics = Diagnostics()
    found = compile_template(text, file="f.md", line=3, diagnostics=diagnostics, kind=kind)
    return found, [(one, one.span.place) for one in diagnostics]


def parsed(text: str) -> tuple[Document, list[object]]:
    with mock.patch.object(tame, "headings", return_value=None):
        return document(text)


def compiled(text: str, kind: Kind) -> tuple[Template, list[object]]:
    with (
        mock.patch.object(tame, "running_only", return_value=False),
        mock.patch.object(tame, "words_and_code", return_value=False),
    ):
        return template(text, kind)


@settings(max_examples=600)
@given(TEXTS)
def test_documents(text: str) -> None:
    whole = "---\ntitle: T\n---\n" + text
    assert document(whole) == parsed(whole)


@settings(max_examples=600)
@given(TEXTS)
def test_blocks(text: str) -> None:
    assert template(text, "blocks") == compiled(text, "blocks")


@settings(max_examples=400)
@given(LINES)
def test_titles(text: str) -> None:
    assert template(text, "title") == compiled(text, "title")


def test_what_ships_is_tame() -> None:
    """Else all of this would be for nothing."""
    files = sorted(content_root().glob("kb/*/*/*.md"))
    tamed = 0
    for file in files:
        text = file.read_text("utf-8")
        assert document(text) == parsed(text)
        with mock.patch("vedlys.markup.document.blocks_of", side_effect=AssertionError):
            try:
                document(text)
            except AssertionError:
                continue
        tamed += 1
    assert tamed > len(files) / 2


NAMES = ["a", "a.b", "matched", "true", "a.nil", "empty", "a.first", "x_1.y2", "A", "a-b", "a..b", "1a", "a.b.c", "for"]
FILTERS = [
    *("", "| list", "|list", "| number", "| date", "| table: a, b", "| table: a, a", '| plural: other: "# x"'),
    *("| up", '| plural: one: "# a", other: "# b"', '| plural: one: "a", one: "b", other: "c"'),
    *('| plural: one: "# a"', "| plural: one: '# a', other: '# b'", '| plural: three: "a", other: "b"'),
    *('| plural: one: " ", other: "b"', '| plural: one: "*a*", other: "b"', "| list: a", "| list | list", "|"),
    *('| plural: other: "{"', "x"),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("used", FILTERS)
@pytest.mark.parametrize("form", ["{{{{ {} {} }}}}", "{{{{{} {}}}}}", "{{{{  {}  {}  }}}}"])
def test_placeholders(name: str, used: str, form: str) -> None:
    text = form.format(name, used)
    found, wanted = Diagnostics(), Diagnostics()
    assert read_slot(text, SPAN, found) == read_liquid(text, SPAN, wanted)
    assert list(found) == list(wanted)


def test_most_placeholders_need_no_liquid() -> None:
    with mock.patch.object(slot_syntax, "MARKUP", slot_syntax.MARKUP):
        for text in ("{{ connect.version }}", "{{ matched | list }}", '{{ n | plural: one: "# a", other: "# b" }}'):
            assert slot_syntax._simple(text, SPAN) is not None
