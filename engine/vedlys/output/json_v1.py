"""The JSON that support systems read, version 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from vedlys.evaluation.explain import Explanation
from vedlys.model.result import Assessment


def assessments_json(
    assessments: Sequence[Assessment], explanations: Sequence[Explanation] | None = None, *, pretty: bool = False
) -> bytes:
    """`{"assessments": […]}`, and `"explanations"` beside it only where they were asked for."""
    document: dict[str, Any] = {"assessments": assessments}
    if explanations is not None:
        document["explanations"] = explanations
    encoded = msgspec.json.encode(document)
    return msgspec.json.format(encoded) if pretty else encoded
