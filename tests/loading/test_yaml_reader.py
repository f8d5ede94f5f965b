"""Strict YAML: what is read, where it stands, and that nothing that can be typed is more than a fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedlys.diagnostics import Diagnostics
from vedlys.loading.nodes import Mapping, Scalar, Sequence, to_plain
from vedlys.loading.report import Report
from vedlys.loading.text_reader import SIZE_LIMIT, read_text
from vedlys.loading.yaml_reader import DEPTH_LIMIT, read_yaml
from vedlys.source import Source


def read(text: str):
    found = Diagnostics()
    return read_yaml(Source("a.yaml", text), Report(found)), list(found)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a: no", {"a": "no"}),
        ("on: 12:30", {"on": "12:30"}),
        (
            "a: [1.10, 010, 1_000, 0x1F, .inf, 2025-09-29, ~, null]",
            {"a": ["1.10", "010", "1_000", "0x1F", ".inf", "2025-09-29", "~", "null"]},
        ),
        ("22: title", {"22": "title"}),
        ("a: ''", {"a": ""}),
        ("a: >\n  one\n  two\nb: |\n  one\n  two\n", {"a": "one two\n", "b": "one\ntwo\n"}),
        ('a: "\\u010d"', {"a": "č"}),
        ("{}", {}),
        ("a: {}\nb: []", {"a": {}, "b": []}),
    ],
)
def test_scalars_are_texts(text, plain):
    node, found = read(text)
    assert found == []
    assert to_plain(node) == plain


def test_null_is_what_stands_without_quotes():
    node, _ = read("[null, ~, 'null', \"~\", none]")
    assert [item.is_null for item in node.items] == [True, True, False, False, False]


def test_spans():
    node, _ = read("ąžuolas: 'x 😀'\nlist:\n  - one\n  - {a: b}\nend: 1\n")
    first, second, _ = node
    assert first.key.span.place == ("a.yaml", 1, 1, 1, 8)
    assert first.value.span.place == ("a.yaml", 1, 10, 1, 15)
    assert isinstance(second.value, Sequence)
    assert second.value.span.place == ("a.yaml", 3, 3, 4, 11)
    inner = second.value.items[1]
    assert isinstance(inner, Mapping)
    assert inner.span.place == ("a.yaml", 4, 5, 4, 11)
    assert isinstance(inner.get("a"), Scalar)
    assert inner.get("a").span.place == ("a.yaml", 4, 9, 4, 10)


@pytest.mark.parametrize("nest", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000])
def test_depth_is_bounded(nest):
    node, found = read(nest)
    assert node is None
    assert [fault.code for fault in found] == ["nested-too-deep"]


def test_depth_up_to_the_limit():
    node, found = read("[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT)
    assert node is not None
    assert found == []


def test_aliases_are_not_followed():
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [{', '.join('*' + a for _ in range(9))}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    node, found = read(bomb)
    assert node is not None
    assert {fault.code for fault in found} == {"yaml-anchor", "yaml-alias"}


def test_line_ends_are_one():
    found = Diagnostics()
    windows = read_text("a.yaml", b"a: 1\r\nb: 2\r\n", Report(found))
    assert windows == read_text("a.yaml", b"a: 1\nb: 2\n", Report(found))
    assert list(found) == []


@given(st.binary(max_size=60))
def test_bytes_are_text_or_one_fault(data):
    found = Diagnostics()
    source = read_text("a.yaml", data, Report(found))
    assert (source is None) or not [fault for fault in found if fault.code != "byte-order-mark"]
    assert source is not None or len(found) >= 1


def test_the_limit_is_a_limit():
    found = Diagnostics()
    assert read_text("a.yaml", b" " * SIZE_LIMIT, Report(found)) is not None
    assert read_text("a.yaml", b" " * (SIZE_LIMIT + 1), Report(found)) is None


# pieces that mean something to YAML, so that what comes out is often nearly right
PIECES = st.sampled_from(
    [
        *"abc01:-?[]{},#&*!|>'\"%@` \n\t~<.ąč😀",
        ": ",
        "- ",
        "\n  ",
        "<<: ",
        "!!int ",
        "---\n",
        "...",
        "null",
        "&a ",
        "*a",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_anything_is_read_or_a_fault(text):
    source = read_text("a.yaml", text.encode(), Report(Diagnostics()))
    if source is None:
        return
    node, found = read(source.text)
    assert node is not None or found
    lines = source.lines
    for fault in found:
        assert 1 <= fault.span.line <= len(lines) + 1
        assert fault.span.column >= 1
