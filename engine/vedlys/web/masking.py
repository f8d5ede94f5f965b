"""Posted facts as logs may hold them: what is declared to be sensitive is not shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedlys.intake import Reading
from vedlys.model.rulebook import FactDeclaration
from vedlys.model.values import Record, Value, plain

MASK = "***"


class Masking:
    """What one vocabulary declares to be sensitive."""

    def __init__(self, vocabulary: Mapping[str, FactDeclaration]) -> None:
        self._facts = frozenset(name for name, fact in vocabulary.items() if fact.sensitive)
        self._fields = {name: fact.sensitive_fields for name, fact in vocabulary.items() if fact.sensitive_fields}

    def facts(self, reading: Reading) -> dict[str, Any]:
        """The supplied facts by dotted name, sorted, as JSON values.

        A sensitive value is `***`, and so is a sensitive field of a record; null, which is unknown, stays null.
        What reference data supplied is not there. Names that were passed over are not there either: nobody has said
        whether their values are sensitive.
        """
        values = reading.environment.values
        return {name: self._shown(name, values.get(name)) for name in sorted(reading.supplied)}

    def _shown(self, name: str, value: Value | None) -> object:
        if value is None:
            return None
        if name in self._facts:
            return MASK
        hidden = self._fields.get(name)
        if hidden is None or not isinstance(value, tuple):
            return plain(value)
        return [_record(record, hidden) for record in value if isinstance(record, Record)]


def _record(record: Record, hidden: frozenset[str]) -> dict[str, object]:
    return {name: MASK if name in hidden else plain(value) for name, value in record.fields.items()}
