"""The shape of a file, held against its JSON Schema: which keys there are, which are needed, what they hold.

The schemas are those that an author's editor uses. What depends on the vocabulary (conditions, facts with
their values) is marked `x-decoded` there and left to the decoders here: they know the types.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from vedlys.loading.nodes import Broken, Mapping, Node, Scalar, Sequence, to_plain
from vedlys.loading.report import Report
from vedlys.loading.shape import Fits, shape_test
from vedlys.shipped import content_root
from vedlys.source import Span

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

SchemaName = Literal["facts", "rulebook", "cases", "interface", "messages"]

_TYPE_CODES = {"object": "needs-mapping", "array": "needs-list"}


def check_shape(node: Node, schema: SchemaName, report: Report) -> bool:
    """Report every way in which the file does not have the shape that its schema describes.

    False where something in it is called what it must not be called: whatever names it otherwise is not wrong.
    """
    fits = _shape_test(schema)
    if fits is not None and fits(node):
        return True
    errors = [_Error.of(node, error) for error in _validator(schema).iter_errors(to_plain(node))]
    misspelt = {(id(error.node), meant) for error in errors for meant in error.meant_keys(report)}
    for error in errors:
        # what was refused while reading has no shape to be wrong
        if not isinstance(error.node, Broken):
            _EXPLAIN[error.keyword](error, misspelt, report)
    return not any("propertyNames" in error.path for error in errors)


@functools.cache
def _schema(name: SchemaName) -> dict[str, Any]:
    path = content_root() / "schemas" / f"{name}.schema.json"
    schema: dict[str, Any] = _without_decoded(msgspec.json.decode(path.read_bytes()))
    return schema


@functools.cache
def _shape_test(name: SchemaName) -> Fits | None:
    return shape_test(_schema(name))


@functools.cache
def _validator(name: SchemaName) -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - lazy: only a file that is not as it should be
    from referencing import Registry  # noqa: PLC0415

    # an empty registry: nothing is ever fetched, whatever a `$ref` says
    return Draft202012Validator(_schema(name), registry=Registry())


def _without_decoded(schema: Any) -> Any:
    if isinstance(schema, dict):
        if schema.get("x-decoded"):
            return True
        return {key: _without_decoded(part) for key, part in schema.items()}
    if isinstance(schema, list):
        return [_without_decoded(part) for part in schema]
    return schema


class _Error(msgspec.Struct, frozen=True, kw_only=True):
    """One error of jsonschema, its own text left behind: the keyword that failed, and where.

    `key` is what holds the node (None at the top and in lists), `holder` the node around it.
    """

    keyword: str
    value: Any  # of the keyword
    instance: Any  # what was held against it: the node, or the name of one of its entries
    schema: dict[str, Any]  # that the keyword stands in
    path: tuple[str, ...]  # to the keyword
    node: Node
    key: Scalar | None = None
    holder: Node | None = None

    @classmethod
    def of(cls, root: Node, error: ValidationError) -> _Error:
        node, key, holder = root, None, None
        for step in error.absolute_path:
            match node:
                case Mapping(entries=entries):
                    entry = entries[str(step)]
                    node, key, holder = entry.value, entry.key, node
                case Sequence(items=items):
                    node, key, holder = items[int(step)], None, node
        return cls(
            keyword=str(error.validator),
            value=error.validator_value,
            instance=error.instance,
            schema=error.schema if isinstance(error.schema, dict) else {},
            path=tuple(map(str, error.absolute_schema_path)),
            node=node,
            key=key,
            holder=holder,
        )

    @property
    def owner(self) -> Span:
        """Where a fault of the node as a whole is shown: at its key, or where it begins."""
        span = self.node.span
        if self.key is not None:
            return self.key.span
        if span.line == span.end_line:
            return span
        return Span(span.file, span.line, span.column, span.line, span.column + 1)

    @property
    def known_keys(self) -> list[str]:
        """The keys that the schema describes."""
        return list(self.schema.get("properties", ()))

    @property
    def unknown_keys(self) -> Iterator[Scalar]:
        """The keys that the mapping has besides."""
        assert isinstance(self.node, Mapping)
        known = self.known_keys
        return (entry.key for name, entry in self.node.entries.items() if name not in known)

    def meant_keys(self, report: Report) -> Iterator[str]:
        """The keys that are there in another spelling: it is not said of them besides that they are missing."""
        if self.keyword == "additionalProperties":
            for key in self.unknown_keys:
                meant = report.nearest(key.text, self.known_keys)
                if meant is not None:
                    yield meant


_Misspelt = set[tuple[int, str]]


def _explain_type(error: _Error, _: _Misspelt, report: Report) -> None:
    wanted = error.value if isinstance(error.value, list) else [error.value]
    code = _TYPE_CODES.get(wanted[0], "needs-text")
    report.add(code, error.owner, key=error.key and error.key.text)


def _explain_unknown_keys(error: _Error, _: _Misspelt, report: Report) -> None:
    known = error.known_keys
    for key in error.unknown_keys:
        suggestion = report.nearest(key.text, known)
        allowed = None if suggestion else ", ".join(known)
        report.add("unknown-key", key.span, key=key.text, suggestion=suggestion, allowed=allowed)


def _explain_required(error: _Error, misspelt: _Misspelt, report: Report) -> None:
    for key in error.value:
        if key not in error.instance and (id(error.node), key) not in misspelt:
            report.add("missing-key", error.owner, key=key)


def _explain_choice(error: _Error, _: _Misspelt, report: Report) -> None:
    if not isinstance(error.node, Scalar):
        report.add("needs-text", error.owner, key=error.key and error.key.text)
        return
    allowed = [value for value in error.value if isinstance(value, str)]
    text = error.node.text
    suggestion = report.nearest(text, allowed)
    report.add("unknown-value", error.node.span, value=text, suggestion=suggestion, allowed=", ".join(allowed))


def _explain_text(error: _Error, _: _Misspelt, report: Report) -> None:
    code = error.schema.get("x-code", "empty-text")
    if isinstance(error.node, Mapping):  # the name of an entry, held against `propertyNames`
        report.add(code, error.node.entries[error.instance].key.span, value=error.instance)
    else:
        report.add(code, error.node.span, value=error.instance)


def _explain_empty_list(error: _Error, _: _Misspelt, report: Report) -> None:
    report.add("empty-list", error.owner)


def _explain_empty_mapping(error: _Error, _: _Misspelt, report: Report) -> None:
    report.add("empty-mapping", error.owner)


def _explain_repeated(error: _Error, _: _Misspelt, report: Report) -> None:
    seen: set[str] = set()
    for item in error.node.items if isinstance(error.node, Sequence) else ():
        if isinstance(item, Scalar):
            if item.text in seen:
                report.add("duplicate-item", item.span, value=item.text)
            seen.add(item.text)


def _explain_unfit(error: _Error, _: _Misspelt, report: Report) -> None:
    """Of `dependentSchemas`: a key that is there and does not go with the type that is declared."""
    last = len(error.path) - 1 - error.path[::-1].index("dependentSchemas")
    key = error.path[last + 1]
    assert isinstance(error.holder, Mapping)
    report.add("key-not-for-type", error.holder.entries[key].key.span, key=key, type=error.instance)


# every keyword that the schemas use and that can fail by itself
_EXPLAIN = {
    "type": _explain_type,
    "additionalProperties": _explain_unknown_keys,
    "required": _explain_required,
    "enum": _explain_choice,
    "pattern": _explain_text,
    "minLength": _explain_text,
    "minItems": _explain_empty_list,
    "minProperties": _explain_empty_mapping,
    "uniqueItems": _explain_repeated,
    "not": _explain_unfit,
}
