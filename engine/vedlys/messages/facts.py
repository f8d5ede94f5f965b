"""Posted facts that cannot be accepted."""

from __future__ import annotations

from vedlys.messages.message import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        code="document-too-large",
        text="The document is too large: {{ limit }} bytes are allowed.",
    ),
    Message(
        code="document-not-utf8",
        text="The document is not UTF-8: line {{ line }}, column {{ column }} is no character.",
        hints=("It looks like {{ encoding }}: save it as UTF-8.",),
    ),
    Message(
        code="document-too-deep",
        text="The document is nested deeper than {{ limit }} levels: line {{ line }}, column {{ column }}.",
    ),
    Message(
        code="malformed-json",
        text="The document is not JSON: `{{ found }}` cannot stand at line {{ line }}, column {{ column }}.",
        hints=("Expected there: {{ wanted }}.",),
    ),
    Message(
        code="truncated-json",
        text="The document is not JSON: it ends too early, at line {{ line }}, column {{ column }}.",
    ),
    Message(
        code="repeated-key",
        text="The key `{{ name }}` stands more than once in one object.",
        hints=("Keep one of them.",),
    ),
    Message(
        code="lone-surrogate",
        text="`{{ value }}` holds half of a surrogate pair, which is no character.",
    ),
    Message(
        code="facts-not-object",
        text="Facts are an object of names and values, not `{{ value }}`.",
    ),
    Message(
        code="name-not-text",
        text="The name `{{ name }}` is not text.",
    ),
    Message(
        code="derived-fact-posted",
        text="The fact `{{ name }}` cannot be posted: it is concluded by the rules.",
        hints=("Post the facts that it follows from.",),
    ),
    Message(
        code="topic-not-object",
        text="`{{ name }}` begins the names of facts and holds an object of them, not `{{ value }}`.",
        hints=("Facts that begin so: {{ facts }}.",),
    ),
    Message(
        code="conflicting-values",
        text="The fact `{{ name }}` is given twice, as `{{ value }}` here and as `{{ other }}` at `{{ where }}`.",
        hints=("Keep one of them.",),
    ),
    Message(
        code="text-too-long",
        text="The text has {{ length }} characters; {{ limit }} are allowed.",
    ),
    Message(
        code="more-faults",
        text="There are more faults than the {{ count }} listed here.",
    ),
    Message(
        code="moment-without-offset",
        text="The point in time `{{ value }}` has no offset from UTC.",
    ),
)
