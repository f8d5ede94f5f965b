"""YAML, the strict part of it: one document of mappings, lists and texts, with spans.

Read from the parser's events, one by one, into a tree: depth is bounded before anything recursive sees it, and
what makes YAML surprising (anchors, aliases, tags, merge keys, a key twice, typed scalars) never gets in.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
import yaml

from vedlys.loading.nodes import Broken, Entry, Mapping, Node, Scalar, Sequence
from vedlys.loading.report import Report
from vedlys.source import Source, Span

DEPTH_LIMIT = 50

# a text that YAML takes for something of its own: an alias, an anchor, a tag, a directive
_UNQUOTED = re.compile(r"(?<![^\s,\[{])[*&!%@`][^\s,\[\]{}]*")

# libyaml's parser is iterative; only its composer recurses, and that one is never used here.
_LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(source: Source, report: Report) -> Node | None:
    """The one document of a file; None where the file is empty or cannot be read to its end."""
    tree = _Tree(source.file, report)
    try:
        loader = _LOADER(source.text)
        next_event, take = loader.get_event, tree.take
        while True:
            event = next_event()
            if event is None or type(event) is yaml.StreamEndEvent:
                break
            if not take(event):
                return None
    except yaml.MarkedYAMLError as error:
        _malformed(source, error, tree.last_quoted, report)
        return None
    if tree.root is None:
        report.add("empty-file", Span.whole_line(source.file, 1))
    return tree.root


def _malformed(source: Source, error: yaml.MarkedYAMLError, quoted: Span | None, report: Report) -> None:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    text = source.line(line) or ""
    indentation = text[: len(text) - len(text.lstrip())]
    if "\t" in indentation:
        at = indentation.index("\t") + 1
        report.add("tab-indentation", Span(source.file, line, at, line, at + 1))
        return
    word = next((word for word in _UNQUOTED.finditer(text) if word.start() < column <= word.end() + 1), None)
    if word is not None:
        span = Span(source.file, line, word.start() + 1, line, word.end() + 1)
        report.add("quotes-needed", span, value=word[0])
        return
    began = error.context_mark.line + 1 if error.context_mark else line
    if quoted is not None and quoted.line < quoted.end_line == line:
        began = quoted.line  # a quote left open, and closed by the next one: here the text between quotes ends
    report.add(
        "malformed-yaml", Span(source.file, line, column, line, column + 1), began=began if began != line else None
    )


class _Open(msgspec.Struct):
    """A list or mapping whose end has not come yet."""

    span: Span
    items: list[Node] | None  # of a list
    entries: dict[str, Entry]  # of a mapping
    key: Scalar | Broken | None = None  # of a mapping, while its value is awaited
    complete: bool = True  # of a mapping: no key was refused


class _Tree:
    """Builds the tree out of events; `take` answers False where reading on makes no sense."""

    def __init__(self, file: str, report: Report) -> None:
        self.root: Node | None = None
        self.last_quoted: Span | None = None  # of the last text, where that stands in quotes
        self._file = file
        self._report = report
        self._open: list[_Open] = []

    def take(self, event: Any) -> bool:
        # by type, the most frequent first, and not by `isinstance`: a large root has millions of events
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._add(self._scalar(event))
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            return self._start(event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._end(event)
        elif kind is yaml.AliasEvent:
            span = self._span(event)
            self._report.add("yaml-alias", span, name=event.anchor)
            self._add(Broken(span))
        elif kind is yaml.DocumentStartEvent and self.root is not None:
            self._report.add("several-documents", self._span(event))
            return False
        return True

    def _span(self, event: yaml.Event) -> Span:
        start, end = event.start_mark, event.end_mark
        assert start is not None
        assert end is not None
        return Span(self._file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar | Broken:
        if event.anchor is not None or event.tag is not None:
            self._refuse_features(event)
        span = self._span(event)
        plain = not event.style  # None or "", by parser
        self.last_quoted = None if plain or event.style not in {"'", '"'} else span
        if plain and not event.value:
            key = self._open[-1].key if self._open and self._open[-1].items is None else None
            if key is None or isinstance(key, Broken):
                self._report.add("empty-value", span)
            else:
                self._report.add("empty-value", key.span, key=key.text)
            return Broken(span)
        return Scalar(event.value, span, plain)

    def _refuse_features(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            self._report.add("yaml-anchor", self._span(event), name=event.anchor)
        if event.tag is not None:
            self._report.add("yaml-tag", self._span(event), name=event.tag.replace("tag:yaml.org,2002:", "!!"))

    def _start(self, event: yaml.CollectionStartEvent) -> bool:
        if event.anchor is not None or event.tag is not None:
            self._refuse_features(event)
        span = self._span(event)
        if len(self._open) == DEPTH_LIMIT:
            self._report.add("nested-too-deep", span, limit=DEPTH_LIMIT)
            return False
        is_list = isinstance(event, yaml.SequenceStartEvent)
        self._open.append(_Open(span=span, items=[] if is_list else None, entries={}))
        return True

    def _end(self, event: yaml.CollectionEndEvent) -> None:
        done = self._open.pop()
        start, end = done.span, self._span(event)
        if (end.line, end.column) == (end.end_line, end.end_column):  # a block: it ends where its last part does
            end = _last(done) or start
        span = Span(start.file, start.line, start.column, end.end_line, end.end_column)
        if done.items is None:
            self._add(Mapping(done.entries, span, done.complete))
        else:
            self._add(Sequence(tuple(done.items), span))

    def _add(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if parent.items is not None:
            parent.items.append(node)
        elif parent.key is None:
            parent.key = self._key(node, parent)
            if not isinstance(parent.key, Scalar):
                parent.complete = False
        else:
            if isinstance(parent.key, Scalar):
                parent.entries[parent.key.text] = Entry(parent.key, node)
            parent.key = None

    def _key(self, node: Node, parent: _Open) -> Scalar | Broken:
        """The node as a key; Broken where its entry is to be left out."""
        if isinstance(node, Scalar):
            if node.text == "<<" and node.plain:
                self._report.add("yaml-merge-key", node.span)
            elif node.text in parent.entries:
                first = parent.entries[node.text].key.span.line
                self._report.add("duplicate-key", node.span, key=node.text, line=first)
            else:
                return node
        elif not isinstance(node, Broken):
            self._report.add("key-not-text", node.span)
        return Broken(node.span)


def _last(done: _Open) -> Span | None:
    if done.items is not None:
        return done.items[-1].span if done.items else None
    return next(reversed(done.entries.values())).value.span if done.entries else None
