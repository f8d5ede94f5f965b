"""What the two processes say to each other: frames of a length and a MessagePack body, one answer to each question.

Only numbers and generated names are in them: no text of a rule or a request ever reaches the worker.
"""

from __future__ import annotations

import struct

import msgspec

from vedlys.evaluation.durable.rulesets import Ruleset

HEAD = struct.Struct("<I")  # the length of the body in bytes


class Install(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """Make these rulesets, stratum by stratum, and put them in a slot, in place of those that are there."""

    slot: int
    strata: tuple[tuple[Ruleset, ...], ...]
    seconds: float  # the worker ends itself when it is not done by then


class Evaluate(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """Run one stratum of a slot over the symbols that are concluded so far."""

    slot: int
    stratum: int
    symbols: list[int]
    seconds: float


class Remove(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """Free a slot."""

    slot: int
    seconds: float


Question = Install | Evaluate | Remove


class Done(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """Installed or removed."""


class Concluded(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """The symbols that the stratum concluded, sorted, and the time that the library took."""

    symbols: tuple[int, ...]
    nanoseconds: int


class Ready(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """The first frame of every worker: it runs, and whether the library could be imported."""

    usable: bool


class Broken(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """The library did what it should not; the worker ends."""


Answer = Done | Concluded | Ready | Broken

_encoder = msgspec.msgpack.Encoder()
_questions: msgspec.msgpack.Decoder[Question] = msgspec.msgpack.Decoder(Question)
_answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def frame(message: Question | Answer) -> bytes:
    """The message as bytes to send."""
    body = _encoder.encode(message)
    return HEAD.pack(len(body)) + body


def question(body: bytes) -> Question:
    """A question from the body of its frame."""
    return _questions.decode(body)


def answer(body: bytes) -> Answer:
    """An answer from the body of its frame; msgspec.MsgspecError where it is none."""
    return _answers.decode(body)
