"""The JSON that support systems read, version 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from vedlys.evaluation.explain import Explanation


class InPieces(Protocol):
    """An assessment, or an answer that comes to one."""

    def json_pieces(self) -> Sequence[bytes]:
        """Its JSON, to be joined."""
        ...


def assessments_json(
    answers: Sequence[InPieces], explanations: Sequence[Explanation] | None = None, *, pretty: bool = False
) -> bytes:
    """`{"assessments": […]}`, and `"explanations"` beside it only where they were asked for."""
    pieces = assessments_pieces(answers)
    if explanations is not None:
        pieces[-1:] = [b'],"explanations":', msgspec.json.encode(explanations), b"}"]
    encoded = b"".join(pieces)
    return msgspec.json.format(encoded) if pretty else encoded


def assessments_pieces(answers: Sequence[InPieces]) -> list[bytes]:
    """What `assessments_json` joins: for whoever joins more than that."""
    pieces = [b'{"assessments":[']
    for answer in answers:
        pieces += answer.json_pieces()
        pieces.append(b",")
    if answers:
        pieces.pop()
    pieces.append(b"]}")
    return pieces
