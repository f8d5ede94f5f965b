"""Calls that cannot be served. `unknown-article` is said in `files`: a file may name one too."""

from __future__ import annotations

from vedlys.messages.message import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        code="unknown-engine",
        text="No engine is called `{{ engine }}`.",
        hints=("Did you mean `{{ suggestion }}`?", "Engines: {{ known }}."),
    ),
    Message(
        code="engine-unavailable",
        text="The engine `{{ engine }}` is not installed here.",
        hints=(
            "It needs the package durable-rules 2.0.28, built by a C compiler, and Python 3.11 or 3.12.",
            "Every other engine decides the same without it.",
        ),
    ),
    Message(
        code="engine-failed",
        text="The engine `{{ engine }}` failed while it was deciding, and nothing was decided.",
        hints=("The next request starts it anew; the default engine decides the same.",),
    ),
    Message(
        code="engine-timeout",
        text="The engine `{{ engine }}` was not done after {{ seconds }} s and was ended; nothing was decided.",
        hints=("The next request starts it anew; the default engine decides the same.",),
    ),
    Message(
        code="engine-limit",
        text="The engine `{{ engine }}` cannot hold `{{ rule }}`: its limit for `{{ limit }}` is {{ most }}.",
        hints=("Every other engine can.",),
    ),
    Message(
        code="unknown-choice",
        text="`{{ value }}` is not a choice for {{ option }}.",
        hints=("Choices: {{ known }}.",),
    ),
)
