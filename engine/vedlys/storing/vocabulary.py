"""The vocabulary as it is put by: the facts of each topic packed apart, so that few have to be brought in for few."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self

import msgspec

from vedlys.model.rulebook import FactDeclaration
from vedlys.storing.packing import Unpackable, pack, unpack

# each topic with the names of its facts and these as they are packed
_decoder = msgspec.msgpack.Decoder(tuple[tuple[str, tuple[str, ...], bytes], ...])


class Facts(Mapping[str, FactDeclaration]):
    """Facts by name, in authored order. Those of a topic are brought in when one of them is first asked for.

    `topics` has the topic of each name; the facts of a topic stand together.
    """

    def __init__(
        self, topics: Mapping[str, str], packed: Mapping[str, bytes], known: Mapping[str, FactDeclaration]
    ) -> None:
        """`packed` has the facts of topics that were put by; what is not there is `known`."""
        self.topics = topics
        self._packed = packed
        self._known = dict(known)

    @classmethod
    def of(cls, facts: Mapping[str, FactDeclaration]) -> Self:
        """Facts that are all known."""
        return cls({name: fact.topic for name, fact in facts.items()}, {}, facts)

    @classmethod
    def unpacked(cls, data: bytes) -> Self:
        """What `packed` gave; `Unpackable` where it is something else."""
        try:
            parts = _decoder.decode(data)
        except (msgspec.DecodeError, ValueError) as error:
            raise Unpackable from error
        topics = {name: topic for topic, names, _ in parts for name in names}
        return cls(topics, {topic: part for topic, _, part in parts}, {})

    def packed(self) -> bytes:
        """All of them as bytes."""
        names: dict[str, list[str]] = {}
        for name, topic in self.topics.items():
            names.setdefault(topic, []).append(name)
        return msgspec.msgpack.encode([(topic, of, self._part(topic, of)) for topic, of in names.items()])

    def amended(self, facts: Mapping[str, FactDeclaration]) -> Self:
        """The same with other declarations of some topics' facts, whose names and places are the same."""
        changed = {self.topics[name] for name in facts}
        packed = {topic: part for topic, part in self._packed.items() if topic not in changed}
        return type(self)(self.topics, packed, {**self._known, **facts})

    def _part(self, topic: str, names: list[str]) -> bytes:
        return self._packed.get(topic) or pack({name: self._known[name] for name in names})

    def __getitem__(self, name: str) -> FactDeclaration:
        found = self._known.get(name)
        if found is None:
            self._known.update(unpack(self._packed[self.topics[name]]))
            found = self._known[name]
        return found

    def __contains__(self, name: object) -> bool:
        return name in self.topics

    def __iter__(self) -> Iterator[str]:
        return iter(self.topics)

    def __len__(self) -> int:
        return len(self.topics)
