import pytest

from vedlys.output.terminal import Look, inline_text, markdown_lines
from vedlys.output.text import Text
from vedlys.output.wrapping import table, wrap

PLAIN = Look(width=40, colour=False)


def shown(markdown: str, look: Look = PLAIN) -> list[str]:
    return [line.plain for line in markdown_lines(markdown, look)]


def test_lines_break_at_plain_spaces_alone() -> None:
    lines = [line.plain for line in wrap(Text("one two\u00a0three four"), 10)]
    assert lines == ["one", "two\u00a0three", "four"]


def test_what_stands_before_the_lines_counts() -> None:
    lines = [line.plain for line in wrap(Text("aaa bbb ccc"), 8, Text("• "), Text("  "))]
    assert lines == ["• aaa", "  bbb", "  ccc"]


def test_a_long_word_stays_whole() -> None:
    assert [line.plain for line in wrap(Text("see https://example.com/long yes"), 12)] == [
        "see",
        "https://example.com/long",
        "yes",
    ]


def test_wide_and_combining_characters_are_counted_as_they_are_seen() -> None:
    assert [line.plain for line in wrap(Text("漢字 漢字 a\u0301b"), 9)] == ["漢字 漢字", "a\u0301b"]


def test_nothing_is_one_empty_line() -> None:
    assert [line.plain for line in wrap(Text(""), 9, Text("  "))] == [""]


def test_cells_wrap_where_a_table_is_too_wide() -> None:
    rows = [[Text("Name"), Text("Number")], [Text("a rather long name"), Text("12")]]
    assert [line.plain for line in table(rows, ["left", "right"], 18)] == [
        "Name        Number",
        "──────────  ──────",
        "a rather        12",
        "long name",
    ]


def test_marks_stand_in_place_of_bullets() -> None:
    assert shown("- ✓ fine\n- plain\n- ? a rather long text that has to be broken") == [
        "✓ fine",
        "• plain",
        "? a rather long text that has to be",
        "  broken",
    ]


def test_what_follows_a_heading_is_set_in() -> None:
    document = "# Title\n\nState.\n\n## Part\n\nWords.\n\n### ✗ Fault\n\nDo this:\n\n```\ncode\n```\n\n1. one\n1. two\n"
    assert shown(document) == [
        "Title",
        "━" * 40,
        "State.",
        "",
        "",
        "── Part " + "─" * 32,
        "",
        "  Words.",
        "",
        "  ✗ Fault",
        "    Do this:",
        "",
        "      code",
        "",
        "    1. one",
        "    2. two",
    ]


@pytest.mark.parametrize("end", ["end", "&#101;nd"])  # without the parser, and with it
def test_nothing_is_lost_of_lists_that_are_nested_deep(end: str) -> None:
    conditions = "\n".join("  " * level + f"- {level}" for level in range(40))
    lines = shown(f"{conditions}\n\n{end}")
    assert [line.split()[-1] for line in lines if line] == [*map(str, range(40)), "end"]


def test_code_is_never_broken() -> None:
    code = "x" * 90
    assert f"  {code}" in shown(f"```\n{code}\n```")


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("a `b` **c** *d*", "a `b` c d"),
        ("[text](https://example.com)", "text (https://example.com)"),
        ("<https://example.com>", "https://example.com"),
        ("<b>bold</b>", "<b>bold</b>"),
        ("[red]x[/red]", "[red]x[/red]"),
    ],
)
def test_without_colour_all_can_be_read(markdown: str, text: str) -> None:
    assert inline_text(markdown, PLAIN).plain == text


def test_colour_takes_the_place_of_backticks() -> None:
    assert inline_text("a `b`", Look(width=40)).plain == "a b"


def test_quotations_have_a_bar() -> None:
    assert shown("> one\n>\n> two") == ["│ one", "│", "│ two"]


def test_nested_lists_are_set_in() -> None:
    assert shown("- a\n  - ✗ b\n    - c\n- d") == ["• a", "  ✗ b", "    • c", "• d"]


def test_no_line_ends_in_a_space() -> None:
    document = "# T\n\n| a | b |\n| - | - |\n| long | x |\n\n> q\n\n- x\n\n  y\n"
    assert all(line == line.rstrip() for line in shown(document))
