"""Reading the posted value of one fact, by its type, in two ways.

`read` is for valid values as JSON has them: it raises something, anything, on all others. `explain` takes any
object and finds every fault of it. Whatever `read` accepts, `explain` accepts with the same result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from vedlys.intake.account import Account
from vedlys.intake.pointer import below, clean
from vedlys.intake.scalars import RefusalError, ScalarReader, display, scalar_reader, wrong_type
from vedlys.intake.tame import tame
from vedlys.messages.shown import visible
from vedlys.model.types import FactType, FieldType, RecordsType, ScalarType, SetType
from vedlys.model.values import Record, Scalar, Value, plain
from vedlys.suggest import nearest

_FIELDS_SHOWN = 20


class Reader(Protocol):
    """Reads the values of one fact or field."""

    @property
    def read(self) -> Callable[[Any], Any]:
        """Read a valid value; raises on any other."""

    def explain(self, posted: object, pointer: str, account: Account) -> Value | None:
        """Read any object that is not null; None where it was refused, with its faults in the account."""


def reader_of(fact: str, fact_type: FactType) -> Reader:
    """The reader of a fact of that type."""
    match fact_type:
        case ScalarType():
            return _Scalar(fact_type)
        case SetType():
            return _Set(fact_type)
        case RecordsType():
            return _Records(fact, fact_type)


class _Scalar:
    def __init__(self, scalar: ScalarType) -> None:
        self.read = scalar_reader(scalar)

    def explain(self, posted: object, pointer: str, account: Account) -> Scalar | None:
        return _explained(self.read, tame(posted), pointer, account)


def _explained(read: ScalarReader, value: object, pointer: str, account: Account) -> Scalar | None:
    try:
        return read(value)
    except RefusalError as refusal:
        _refuse(refusal, pointer, account)
        return None


def _refuse(refusal: RefusalError, pointer: str, account: Account) -> None:
    account.faults.add(refusal.code, pointer, **refusal.values)


class _Set:
    def __init__(self, set_type: SetType) -> None:
        self._member = scalar_reader(set_type.member)

    def read(self, value: Any) -> frozenset[Scalar]:
        if type(value) is not list:
            raise wrong_type("set", value)
        return frozenset(map(self._member, value))

    def explain(self, posted: object, pointer: str, account: Account) -> frozenset[Scalar] | None:
        value = tame(posted)
        if type(value) is not list:
            _refuse(wrong_type("set", value, self._right(value)), pointer, account)
            return None
        members: list[Scalar] = []
        for place, item in enumerate(value):
            if item is None:
                account.faults.add("null-member", f"{pointer}/{place}")
                continue
            member = _explained(self._member, tame(item), f"{pointer}/{place}", account)
            if member is not None:
                members.append(member)
        return frozenset(members) if len(members) == len(value) else None

    def _right(self, value: object) -> str | None:
        try:
            self._member(value)
        except RefusalError:
            return None
        return f"[{display(value)}]"


class _Records:
    def __init__(self, fact: str, records: RecordsType) -> None:
        self._fact = fact
        self._key = records.key
        self._fields = {name: _field(field) for name, field in records.fields.items()}
        self._read = {name: reader.read for name, reader in self._fields.items()}
        self._listed = ", ".join(f"`{name}`" for name in list(records.fields)[:_FIELDS_SHOWN])
        if len(records.fields) > _FIELDS_SHOWN:
            self._listed += ", …"

    def read(self, value: Any) -> tuple[Record, ...]:
        if type(value) is not list:
            raise wrong_type("records", value)
        read, key = self._read, self._key
        records = []
        keys = set()
        for item in value:
            fields = {}
            for name, posted in dict.items(item):
                reader = read[name]
                if posted is not None:
                    fields[name] = reader(posted)
            identity = fields[key]
            keys.add(identity)
            records.append(Record(_key_text(item[key], identity), fields))
        if len(keys) != len(records):
            raise RefusalError("duplicate-record")
        return tuple(records)

    def explain(self, posted: object, pointer: str, account: Account) -> tuple[Record, ...] | None:
        value = tame(posted)
        if type(value) is not list:
            _refuse(wrong_type("records", value), pointer, account)
            return None
        records = []
        keys: set[object] = set()
        for place, item in enumerate(value):
            identity, record = self._record(item, f"{pointer}/{place}", account)
            # a record with a fault elsewhere still takes its key
            if identity is not None and identity in keys:
                key = visible(str(plain(identity)))
                account.faults.add(
                    "duplicate-record", f"{pointer}/{place}", fact=self._fact, field=self._key, value=key
                )
            elif record is not None:
                records.append(record)
            keys.add(identity)
        return tuple(records) if len(records) == len(value) else None

    def _record(self, posted: object, pointer: str, account: Account) -> tuple[object, Record | None]:
        """The value of the key, where there is one, and the record, where nothing in it was refused."""
        item = tame(posted)
        if type(item) is not dict:
            _refuse(wrong_type("record", item), pointer, account)
            return None, None
        fields: dict[str, Any] = {}
        refused = False
        posted_key: object = None
        for posted_name, posted_value in item.items():
            name = account.name(posted_name, pointer)
            if name is None:
                refused = True
            elif name not in self._fields:
                self._unknown(name, pointer, account)
                refused = refused or not account.ignore_unknown
            elif posted_value is not None:
                if name == self._key:
                    posted_key = tame(posted_value)
                value = self._fields[name].explain(posted_value, below(pointer, name), account)
                refused = refused or value is None
                fields[name] = value
        if posted_key is None:
            account.faults.add("missing-key-field", pointer, fact=self._fact, field=self._key)
        identity = fields.get(self._key)
        if refused or identity is None:
            return identity, None
        return identity, Record(_key_text(posted_key, identity), fields)

    def _unknown(self, name: str, pointer: str, account: Account) -> None:
        if account.ignore_unknown:
            account.ignored.add(f"{self._fact}.{clean(name)}")
            return
        suggestion = nearest(name, self._fields) if account.faults.may_suggest(len(self._fields)) else None
        account.faults.add(
            "unknown-field",
            below(pointer, name),
            fact=self._fact,
            name=visible(name),
            suggestion=suggestion,
            allowed=self._listed,
        )


def _field(field: FieldType) -> Reader:
    return _Scalar(field) if isinstance(field, ScalarType) else _Set(field)


def _key_text(posted: object, identity: Any) -> str:
    """A record goes by its key as the caller wrote it: that is what the caller will look for."""
    return str(posted if isinstance(posted, str) else plain(identity))
