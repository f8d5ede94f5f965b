"""The JSON that support systems read, version 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from vedlys.model.result import Assessment

if TYPE_CHECKING:
    from vedlys.evaluation.explain import Explanation


def assessments_json(
    assessments: Sequence[Assessment], explanations: Sequence[Explanation] | None = None, *, pretty: bool = False
) -> bytes:
    """`{"assessments": […]}`, and `"explanations"` beside it only where they were asked for."""
    pieces = assessments_pieces(assessments)
    if explanations is not None:
        pieces[-1:] = [b'],"explanations":', msgspec.json.encode(explanations), b"}"]
    encoded = b"".join(pieces)
    return msgspec.json.format(encoded) if pretty else encoded


def assessments_pieces(assessments: Sequence[Assessment]) -> list[bytes]:
    """What `assessments_json` joins: for whoever joins more than that."""
    pieces = [b'{"assessments":[']
    for assessment in assessments:
        pieces += assessment.json_pieces()
        pieces.append(b",")
    if assessments:
        pieces.pop()
    pieces.append(b"]}")
    return pieces
