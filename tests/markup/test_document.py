"""Documents cut into blocks, and every fault at its place."""

from __future__ import annotations

import pytest

from vedlys.diagnostics import Diagnostics
from vedlys.markup.document import digest, read_document
from vedlys.source import Source

HEAD = "---\ntitle: T\n---\n"


def faults(text: str, **options: object) -> list[tuple[str, str]]:
    diagnostics = Diagnostics()
    read_document(Source("f.md", text), diagnostics, **options)  # type: ignore[arg-type]
    return [(found.code, str(found.span).removeprefix("f.md:")) for found in diagnostics]


def test_blocks_with_their_places():
    text = (
        "---\ntitle: 'It''s'\ntranslates: en\n---\n\nIntro.\n\n## A  b {#a digest=0123abcd}\n\nText {{ x }}.\n\n"
        "```\n## no heading\n```\n\n### B {#b.c}\n#### C {#b.c.erratum}\n\nEnd.\n"
    )
    diagnostics = Diagnostics()
    document = read_document(Source("f.md", text), diagnostics)
    assert list(diagnostics) == []
    assert {key: entry.text for key, entry in document.front_matter.items()} == {"title": "It's", "translates": "en"}
    assert (document.introduction, document.introduction_line) == ("Intro.", 6)
    assert [(block.level, block.id, block.title) for block in document.blocks] == [
        (2, "a", "A  b"),
        (3, "b.c", "B"),
        (4, "b.c.erratum", "C"),
    ]
    first, second, third = document.blocks
    assert first.body == "Text {{ x }}.\n\n```\n## no heading\n```"
    assert (first.body_line, first.span.place[1:], first.title_span.place[1:], first.id_span.place[1:]) == (
        10,
        (8, 1, 8, 29),
        (8, 4, 8, 8),
        (8, 10, 8, 12),
    )
    assert first.attributes["digest"].text == "0123abcd"
    assert first.attributes["digest"].span.column == 13
    assert (second.body, third.body, third.body_line) == ("", "End.", 19)


def test_digest_counts_words_not_white_space_nor_attributes():
    one, other = "## A {#a}\n\nb  c\nd\n", "## A {#a digest=00000000}\n\n\nb c d"
    documents = [read_document(Source("f.md", HEAD + text), Diagnostics()) for text in (one, other)]
    assert documents[0].blocks[0].digest == documents[1].blocks[0].digest == digest("A", "b c d")
    assert digest("A", "b") != digest("A", "c")


def test_lines_may_end_as_in_windows():
    document = read_document(Source("f.md", (HEAD + "## A {#a}\n\nb\n").replace("\n", "\r\n")), Diagnostics())
    assert [(block.id, block.body) for block in document.blocks] == [("a", "b")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x", [("missing-front-matter", "1:1")]),
        ("", [("missing-front-matter", "1:1")]),
        ("---\ntitle: T\n", [("unclosed-front-matter", "1:1")]),
        ("---\ntitle T\n---\n", [("missing-front-matter-key", "1:1"), ("malformed-front-matter", "2:1")]),
        ("---\ntitle: [a]\n---\n", [("missing-front-matter-key", "1:1"), ("malformed-front-matter", "2:1")]),
        ("---\ntitle: T\ntitel: x\n---\n", [("unknown-front-matter-key", "3:1")]),
        ("---\ntitle: T\ntitle: x\n---\n", [("duplicate-front-matter-key", "3:1")]),
        (HEAD + "## A\n", [("heading-without-id", "4:4")]),
        (HEAD + "## A {#a}\n## B {#a}\n", [("duplicate-heading-id", "5:7")]),
        (HEAD + "## A {#A}\n", [("malformed-heading-id", "4:7")]),
        (HEAD + "## A {#a foo=1}\n", [("unknown-heading-attribute", "4:10")]),
        (HEAD + "## A {#a digest=xyz}\n", [("malformed-digest", "4:10")]),
        (HEAD + "## A {#a .b}\n", [("malformed-heading-attribute", "4:10")]),
        (HEAD + "## {#a}\n", [("heading-without-text", "4:1")]),
        (HEAD + "# A {#a}\n", [("heading-level", "4:1")]),
        (HEAD + "##### A {#a}\n", [("heading-level", "4:1")]),
        (HEAD + "### A {#a}\n", [("heading-level-jump", "4:1")]),
        (HEAD + "## A {#a}\n#### B {#b}\n", [("heading-level-jump", "5:1")]),
        (HEAD + "A\n---\n", [("underlined-heading", "4:1")]),
        (HEAD + "- # A\n", [("nested-heading", "4:1")]),
        (HEAD + "a <b>c</b>\n", [("html-in-text", "4:3"), ("html-in-text", "4:7")]),
        (HEAD + "`<b>` <b>\n", [("html-in-text", "4:7")]),
        (HEAD + "<!-- x -->\n", [("html-in-text", "4:1")]),
        (HEAD + "a\n\n[x]: https://e.lt\n", [("link-definition", "6:1")]),
        (HEAD + "a \ue000\n", [("private-use-character", "4:3")]),
        (HEAD + '`<b>` \\<b> {{ x | plural: other: "<b>" }} a < b <https://e.lt>\n', []),
    ],
)
def test_faults(text: str, found: list[tuple[str, str]]):
    assert faults(text) == found


def test_front_matter_may_be_left_out_where_nothing_is_required():
    assert faults("## A {#a}\n", keys=("translates",), required=()) == []


@pytest.mark.parametrize(
    "text", ["\x00", "\r\r\r", "---", "---\n---\n", "#" * 5000, "> " * 2000 + "x", "[" * 5000, "`" * 5000]
)
def test_odd_files_do_no_harm(text: str):
    faults(text)
    faults(HEAD + text)
