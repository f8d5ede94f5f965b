"""The engine's own words in one locale: `kb/<locale>/interface/<topic>.yaml`."""

from __future__ import annotations

import msgspec

from vedlys.diagnostics import Diagnostics
from vedlys.loading.nodes import Entry, Mapping, Node, Scalar, mapping, scalar, sequence
from vedlys.loading.report import Report, each, readable
from vedlys.markup.placeholders import compile_template
from vedlys.markup.template import Template
from vedlys.messages import MESSAGES
from vedlys.messages.message import Message, names_in
from vedlys.source import Source

MESSAGES_TOPIC = "messages"


class Interface(msgspec.Struct, frozen=True, kw_only=True):
    """What one locale calls things: phrases by dotted name, and the text and hints of each code."""

    phrases: dict[str, Template]
    messages: dict[str, tuple[str, tuple[str, ...]]]


def read_phrases(topic: str, root: Mapping, source: Source, report: Report) -> dict[str, Template]:
    """The phrases of one file, by dotted name that begins with the topic."""
    phrases: dict[str, Template] = {}
    waiting: list[tuple[str, Node]] = [(topic, root)]
    while waiting:
        name, node = waiting.pop()
        if isinstance(node, Mapping):
            waiting.extend((f"{name}.{entry.key.text}", entry.value) for entry in reversed(list(node)))
        elif isinstance(node, Scalar):
            phrases[name] = _compiled(node, source, report)
    return phrases


def _compiled(node: Scalar, source: Source, report: Report) -> Template:
    """The template of a scalar, with exact spans where the scalar stands on its line as it reads."""
    line, column = node.span.line, node.span.column + (0 if node.plain else 1)
    exact = (source.line(line) or "").startswith(node.text, column - 1)
    found = Diagnostics()
    template = compile_template(node.text, file=source.file, line=line, column=column, diagnostics=found, kind="plain")
    # folded or escaped: what stands where in the file is not known, so that the scalar as a whole is at fault
    report.diagnostics.extend(fault if exact else msgspec.structs.replace(fault, span=node.span) for fault in found)
    return template


def read_messages(root: Mapping, report: Report) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The messages of one locale by code, each held against the English one: the same names, the same hints."""

    def read_message(entry: Entry) -> tuple[str, tuple[str, tuple[str, ...]]]:
        body = mapping(entry.value)
        code = entry.key.text
        english = MESSAGES.get(code)
        if english is None:
            raise report.fail("unknown-message", entry.key.span, name=code, suggestion=report.nearest(code, MESSAGES))
        text = scalar(body.get("text"))
        hints_node = body.get("hints")
        hints = [] if hints_node is None else each(sequence(hints_node).items, scalar)
        _check_names(text, english.text, report)
        _check_hints(entry, hints, english, report)
        return code, (text.text, tuple(hint.text for hint in hints))

    return dict(readable(root, read_message))


def _check_hints(entry: Entry, hints: list[Scalar], english: Message, report: Report) -> None:
    if len(hints) != len(english.hints):
        raise report.fail("message-hints-differ", entry.key.span, count=len(hints), wanted=len(english.hints))
    for hint, original in zip(hints, english.hints, strict=True):
        _check_names(hint, original, report)


def _check_names(node: Scalar, english: str, report: Report) -> None:
    here, there = names_in(node.text), names_in(english)
    if here != there:
        report.add(
            "message-names-differ",
            node.span,
            missing=", ".join(sorted(there - here)) or None,
            extra=", ".join(sorted(here - there)) or None,
        )
