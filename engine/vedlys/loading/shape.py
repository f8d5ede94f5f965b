"""Whether a file has the shape that its schema describes: yes or no, at once.

Where the answer is no, jsonschema says why; it takes thirty times as long, and most files are as they should be. What
is decided here is decided as jsonschema does it. A schema that uses what is not known here has no such test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from vedlys.loading.nodes import Broken, Node, Scalar, Sequence
from vedlys.loading.nodes import Mapping as MappingNode

Fits = Callable[[Node], bool]

_ANNOTATIONS = frozenset(
    {"$schema", "$id", "$defs", "title", "description", "default", "examples", "x-code", "x-decoded"}
)


class _NotKnown(Exception):  # noqa: N818 - it says what the schema is
    """The schema uses a keyword in a way that is not known here."""


def shape_test(schema: Mapping[str, Any]) -> Fits | None:
    """The test of a schema (what is decoded elsewhere left out of it already); None where there can be none."""
    try:
        return _Compiler(schema).compile(schema)
    except _NotKnown:
        return None


class _Compiler:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._references: dict[str, list[Fits]] = {}

    def compile(self, schema: Any) -> Fits:
        """The test of a part of the schema."""
        if schema is True:
            return _anything
        if not isinstance(schema, dict):
            raise _NotKnown
        tests: list[Fits] = []
        rest = {key: value for key, value in schema.items() if key not in _ANNOTATIONS}
        if "if" in rest:
            tests.append(self._choice(rest.pop("if"), rest.pop("then", True), rest.pop("else", True)))
        for group in (_OF_MAPPINGS, _OF_LISTS):
            part = {key: rest.pop(key) for key in group if key in rest}
            if part:
                tests.append(self._mapping(part) if group is _OF_MAPPINGS else self._list(part))
        tests += [self._single(key, value) for key, value in rest.items()]
        if len(tests) == 1:
            return tests[0]
        first, *others = tests or [_anything]
        if len(others) == 1:
            second = others[0]
            return lambda node: first(node) and second(node)
        return lambda node: all(test(node) for test in (first, *others))

    def _single(self, keyword: str, value: Any) -> Fits:
        match keyword:
            case "type":
                return _typed(value if isinstance(value, list) else [value])
            case "enum" | "const":
                allowed = frozenset(one for one in (value if keyword == "enum" else [value]) if isinstance(one, str))
                return lambda node: isinstance(node, Scalar) and node.text in allowed
            case "pattern":
                search = re.compile(value).search
                return lambda node: not isinstance(node, Scalar) or search(node.text) is not None
            case "minLength":
                return lambda node: not isinstance(node, Scalar) or len(node.text) >= value
            case "$ref":
                return self._reference(value)
            case "not":
                refused = self.compile(value)
                return lambda node: not refused(node)
            case "allOf":
                parts = [self.compile(part) for part in value]
                return lambda node: all(part(node) for part in parts)
            case "anyOf":
                parts = [self.compile(part) for part in value]
                return lambda node: any(part(node) for part in parts)
            case _:
                raise _NotKnown

    def _choice(self, condition: Any, then: Any, otherwise: Any) -> Fits:
        asked, first, second = self.compile(condition), self.compile(then), self.compile(otherwise)
        return lambda node: first(node) if asked(node) else second(node)

    def _reference(self, target: str) -> Fits:
        """A definition; it may refer to itself, so that it is looked up when it is needed."""
        name = target.removeprefix("#/$defs/")
        if name == target or name not in self._root["$defs"]:
            raise _NotKnown
        if target not in self._references:
            slot = self._references[target] = []
            slot.append(self.compile(self._root["$defs"][name]))
        slot = self._references[target]
        return slot[0] if slot else lambda node: slot[0](node)  # noqa: PLW0108 - not there yet: it refers to itself

    def _mapping(self, part: dict[str, Any]) -> Fits:
        known = {name: self.compile(schema) for name, schema in part.get("properties", {}).items()}
        others = part.get("additionalProperties", True)
        other: Fits | None = None if others is False else self.compile(others)
        required = tuple(part.get("required", ()))
        least = part.get("minProperties", 0)
        names = part.get("propertyNames", {})
        if not isinstance(names, dict) or names.keys() - {"pattern", "x-code", "description"}:
            raise _NotKnown
        named = re.compile(names["pattern"]).search if names else None
        dependent = {name: self.compile(schema) for name, schema in part.get("dependentSchemas", {}).items()}

        def fits(node: Node) -> bool:
            if not isinstance(node, MappingNode):
                return True
            entries = node.entries
            if len(entries) < least or not all(name in entries for name in required):
                return False
            for name, entry in entries.items():
                if named is not None and named(name) is None:
                    return False
                test = known.get(name, other)
                if test is None or not test(entry.value):
                    return False
            return all(test(node) for name, test in dependent.items() if name in entries)

        return fits

    def _list(self, part: dict[str, Any]) -> Fits:
        item = self.compile(part.get("items", True))
        least = part.get("minItems", 0)
        different = part.get("uniqueItems", False)

        def fits(node: Node) -> bool:
            if not isinstance(node, Sequence):
                return True
            items = node.items
            if len(items) < least or not all(map(item, items)):
                return False
            if not different:
                return True
            texts = {one.text for one in items if isinstance(one, Scalar)}
            return len(texts) == len(items)  # of anything but texts it is not said here that they differ

        return fits


_OF_MAPPINGS = (
    "properties",
    "additionalProperties",
    "required",
    "minProperties",
    "propertyNames",
    "dependentSchemas",
)
_OF_LISTS = ("items", "minItems", "uniqueItems")


def _anything(node: Node) -> bool:
    """Whatever was refused while reading is for the slower test, which passes over it."""
    return not isinstance(node, Broken)


_TYPES: dict[str, type[MappingNode | Sequence | Scalar]] = {
    "object": MappingNode,
    "array": Sequence,
    "string": Scalar,
}


def _typed(names: list[str]) -> Fits:
    """Every scalar is a text: of no file is it known here what its author meant by a number."""
    wanted = tuple(_TYPES[name] for name in names if name in _TYPES)
    return lambda node: isinstance(node, wanted)
