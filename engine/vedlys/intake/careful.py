"""The careful walk of a document: the definition of what is accepted, and every fault of what is not."""

from __future__ import annotations

from itertools import islice

from vedlys.intake.account import Account
from vedlys.intake.names import Names, Vocabulary
from vedlys.intake.pointer import below
from vedlys.intake.scalars import display
from vedlys.intake.tame import tame
from vedlys.messages.shown import shown, visible
from vedlys.model.values import Value, plain

_FACTS_SHOWN = 5


class CarefulWalk:
    """One walk of one document; faults and ignored names go to the account."""

    def __init__(self, vocabulary: Vocabulary, account: Account) -> None:
        self._vocabulary = vocabulary
        self._account = account
        # every place that a fact was posted at, with its value; None for null
        self._sightings: dict[str, list[tuple[str, Value | None]]] = {}

    def run(self, document: object, pointer: str) -> dict[str, Value | None]:
        """The facts of the document by name, null as None. What was refused is missing, with its faults recorded."""
        tamed = tame(document)
        if type(tamed) is not dict:
            self._account.faults.add("facts-not-object", pointer, value=display(tamed))
            return {}
        self._walk(self._vocabulary.root, tamed, pointer)
        return {name: self._settled(name) for name in sorted(self._sightings)}

    def _walk(self, names: Names, document: dict[object, object], pointer: str) -> None:
        for posted_name, posted in document.items():
            key = self._account.name(posted_name, pointer)
            if key is None:
                continue
            here = below(pointer, key)
            if key in names.facts:
                self._fact(names.facts[key][0], posted, here)
            elif key in names.topics:
                self._topic(names.topics[key], posted, here)
            elif key in names.derived:
                self._account.faults.add("derived-fact-posted", here, name=names.derived[key])
            else:
                self._unknown(names.prefix + key, posted, here)

    def _fact(self, name: str, posted: object, pointer: str) -> None:
        value = None
        if posted is not None:
            value = self._vocabulary.readers[name].explain(posted, pointer, self._account)
            if value is None:
                return
        self._sightings.setdefault(name, []).append((pointer, value))

    def _topic(self, names: Names, posted: object, pointer: str) -> None:
        document = tame(posted)
        if type(document) is dict:
            self._walk(names, document, pointer)
            return
        listed = ", ".join(f"`{name}`" for name, *_ in islice(names.facts.values(), _FACTS_SHOWN))
        if len(names.facts) > _FACTS_SHOWN:
            listed += ", …"
        self._account.faults.add(
            "topic-not-object", pointer, name=names.prefix[:-1], value=display(document), facts=listed or None
        )

    def _unknown(self, name: str, posted: object, pointer: str) -> None:
        # what stands under an unknown name is not looked at
        is_object = type(tame(posted)) is dict
        known = self._vocabulary.prefixes if is_object else self._vocabulary.facts
        self._account.unknown_fact(name, pointer, known)

    def _settled(self, name: str) -> Value | None:
        """The one value of a fact that may have been posted in several spellings."""
        (first, value), *others = sorted(self._sightings[name], key=lambda sighting: sighting[0])
        for pointer, other in others:
            if other != value:
                self._account.faults.add(
                    "conflicting-values",
                    pointer,
                    name=name,
                    value=shown(plain(other)),
                    other=shown(plain(value)),
                    where=visible(first, 200),
                )
        return value
