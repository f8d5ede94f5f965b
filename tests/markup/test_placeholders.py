"""Placeholders: where values stand, and where none may."""

from __future__ import annotations

import pytest

from vedlys.diagnostics import Diagnostics
from vedlys.markup.placeholders import Kind, compile_template
from vedlys.markup.plain import without_markup
from vedlys.markup.template import CodeSpan, Grid, Slot, Template, Text, slots


def compiled(text: str, kind: Kind = "blocks") -> tuple[Template, list[tuple[str, str]]]:
    diagnostics = Diagnostics()
    template = compile_template(text, file="f.md", line=3, column=1, diagnostics=diagnostics, kind=kind)
    return template, [(found.code, str(found.span).removeprefix("f.md:")) for found in diagnostics]


def brief(template: Template) -> list[object]:
    """A template without its spans."""
    out: list[object] = []
    for segment in template:
        match segment:
            case Text(text=text):
                out.append(text)
            case Slot():
                out.append((segment.name, segment.filter, segment.context))
            case CodeSpan(parts=parts, cell=cell):
                out.append(["cell code" if cell else "code", *brief(parts)])
            case Grid(rows=rows):
                out.append([[brief(cell) for cell in row] for row in rows])
    return out


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", []),
        ("plain **text**", ["plain **text**"]),
        ("V {{ connect.version }}.", ["V ", ("connect.version", "value", "prose"), "."]),
        ("`a {{ b }} c` d", [["code", "a ", ("b", "value", "code"), " c"], " d"]),
        ("`` `{{ b }} ``", [["code", "`", ("b", "value", "code")]]),
        ("`x` `{{ b }}` `y`", ["`x` ", ["code", ("b", "value", "code")], " `y`"]),
        (
            "[t {{ a }}](https://e.lt/{{ b }}?q)",
            ["[t ", ("a", "value", "prose"), "](https://e.lt/", ("b", "value", "link"), "?q)"],
        ),
        ("- **{{ a }}**\n- x", ["- **", ("a", "value", "prose"), "**\n- x"]),
        ("> {{ a | list }}", ["> ", ("a", "list", "prose")]),
        ("{{ matched | table: name, x_y }}", [("matched", "table", "prose")]),
        (
            "| A | B |\n|---|---|\n| {{ n | number }} | `{{ b }}` \\| c |\n\nx {{ y }}",
            [
                [[["A"], ["B"]], [[("n", "number", "cell")], [["cell code", ("b", "value", "code")], " \\| c"]]],
                "\n\nx ",
                ("y", "value", "prose"),
            ],
        ),
        ("| A |\n|---|\n| {{ n \\| date }} |", [[[["A"]], [[("n", "date", "cell")]]]]),
    ],
)
def test_contexts(text: str, segments: list[object]):
    template, faults = compiled(text)
    assert faults == []
    assert brief(template) == segments


def test_plural():
    template, faults = compiled('Yra {{ n | plural: zero: "nė vienos", one: \'# licencija\', other: "# licencijų" }}.')
    [slot] = slots(template)
    assert faults == []
    assert (slot.forms, slot.filter) == ({"zero": "nė vienos", "one": "# licencija", "other": "# licencijų"}, "plural")
    assert (slot.span.line, slot.span.column) == (3, 5)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a {{ }}", [("malformed-placeholder", "3:3")]),
        ("{{ a b }}", [("malformed-placeholder", "3:1")]),
        ("{{ a | }}", [("malformed-placeholder", "3:1")]),
        ('{{ a["b"] }}', [("malformed-placeholder", "3:1")]),
        ("{{ 1 }}", [("malformed-placeholder", "3:1")]),
        ("{{- a -}}", [("malformed-placeholder", "3:1")]),
        ("{{ a | list | number }}", [("malformed-placeholder", "3:1")]),
        ("a\n{{ b | lits }}", [("unknown-filter", "4:1")]),
        ("{{ b | list: 3 }}", [("filter-arguments", "3:1")]),
        ("{{ b | table }}", [("filter-arguments", "3:1")]),
        ("{{ b | table: x, x }}", [("filter-arguments", "3:1")]),
        ("{{ b | plural }}", [("filter-arguments", "3:1")]),
        ('{{ b | plural: one: "x" }}', [("filter-arguments", "3:1")]),
        ('{{ b | plural: one: "x", one: "y", other: "z" }}', [("filter-arguments", "3:1")]),
        ('{{ b | plural: on: "x", other: "z" }}', [("unknown-plural-form", "3:1")]),
        ('{{ b | plural: one: "*x*", other: "z" }}', [("plural-form-markup", "3:1")]),
        ("{% if a %}", [("template-tag", "3:1")]),
        ("a {{ b\n}}", [("unclosed-placeholder", "3:3")]),
        ("<b>{{ a }}</b> <i x={{ b }}>", [("placeholder-in-html", "3:21")]),
        ("```\n{{ a }}\n```", [("placeholder-in-code-block", "4:1")]),
        ("``` {{ a }}\nx\n```", [("placeholder-in-code-block", "3:5")]),
        ("    {{ a }}", [("placeholder-in-code-block", "3:5")]),
        ("<https://e.lt/{{ a }}>", [("placeholder-in-autolink", "3:15")]),
        ("[a](https://{{ a }}/)", [("placeholder-in-link-host", "3:13")]),
        ("[a]({{ a }})", [("placeholder-in-link-host", "3:5")]),
        ("[a](https://e.lt/{{ a | list }})", [("placeholder-in-link-host", "3:18")]),
        ('[a](https://e.lt "{{ a }}")', [("placeholder-in-link-title", "3:19")]),
        ("![{{ a }}](x.png)", [("placeholder-in-image", "3:3")]),
        ("[a]: https://e.lt/{{ a }}", [("placeholder-in-definition", "3:19")]),
        ("a {{ matched | table: name }}", [("table-place", "3:3")]),
        ("- {{ matched | table: name }}", [("table-place", "3:3")]),
        ("`{{ matched | table: name }}`", [("table-place", "3:2")]),
        ("{{ a }}{{ b }}", [("placeholder-neighbour", "3:1")]),
        ("\\{{ a }}", [("placeholder-neighbour", "3:2")]),
        ("&{{ a }};", [("placeholder-neighbour", "3:2")]),
        ("{{ a }}. x", [("placeholder-neighbour", "3:1")]),
        ("a `x`{{ a }}", [("placeholder-neighbour", "3:6")]),
        ("x**{{ a }}**", [("placeholder-neighbour", "3:4")]),
        ("https://{{ a }}", [("placeholder-neighbour", "3:9")]),
        ("{{ a }}@e.lt", [("placeholder-neighbour", "3:1")]),
    ],
)
def test_faults(text: str, found: list[tuple[str, str]]):
    assert compiled(text)[1] == found


def test_a_title_has_words_and_code_spans():
    template, faults = compiled("Ryšys su `*.{{ a }}` ir \\*{{ b }} &amp; `c`", kind="title")
    assert faults == []
    assert brief(template) == [
        "Ryšys su ",
        ["code", "*.", ("a", "value", "code")],
        " ir \\*",
        ("b", "value", "prose"),
        " &amp; ",
        ["code", "c"],
    ]
    assert brief(without_markup(template)) == [
        "Ryšys su ",
        "*.",
        ("a", "value", "code"),
        " ir *",
        ("b", "value", "prose"),
        " & ",
        "c",
    ]
    assert compiled("a *b*", kind="title")[1] == [("title-markup", "3:1")]
    assert compiled("[a](b)", kind="title")[1] == [("title-markup", "3:1")]


def test_plain_text_holds_no_markup():
    template, faults = compiled("**{{ a }}** `{{ b }}`\n    {{ c }}", kind="plain")
    assert faults == []
    assert [slot.name for slot in slots(template)] == ["a", "b", "c"]
    assert not any(isinstance(segment, CodeSpan) for segment in template)
