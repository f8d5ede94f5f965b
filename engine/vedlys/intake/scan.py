"""JSON read slowly: every fault with its pointer, or its line and column, and what could be read all the same."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from vedlys.intake.document import DEPTH_LIMIT
from vedlys.intake.faults import Faults
from vedlys.intake.pointer import below
from vedlys.intake.scalars import INTEGER_LEAST, INTEGER_MOST
from vedlys.messages.shown import visible

ABSENT = object()  # what is read of a document that is not JSON

_WHITE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"')
_STRING_BEGUN = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(\.[0-9]++)?([eE][+-]?[0-9]++)?")
_WORD = re.compile(r"[A-Za-z0-9_.+-]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LITERALS = {"true": True, "false": False, "null": None}
_NOT_NUMBERS = {"NaN", "Infinity", "-Infinity"}
_DIGITS = 1_000  # an integer of more is not even read: Python refuses some thousand, and takes its time
_ENCODINGS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


class _StopError(Exception):
    """The text is not JSON from here on; the fault is recorded."""


def scan(body: bytes | str, pointer: str, faults: Faults, *, depth: int = DEPTH_LIMIT) -> Any:
    """Read a document that `decode` has refused; all that is wrong with it as JSON goes to `faults`.

    `depth` is how many levels it may be nested. Of a key that stands twice the last value is read, as most parsers
    do. `ABSENT` where there is no document.
    """
    text = body if isinstance(body, str) else _text(body, pointer, faults)
    if text is None:
        return ABSENT
    try:
        return _Scanner(text.removeprefix("\ufeff"), pointer, faults, depth).run()
    except _StopError:
        return ABSENT


def _text(body: bytes, pointer: str, faults: Faults) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        line, column = _place(body[: error.start].decode(), error.start)
        encoding = next((name for mark, name in _ENCODINGS if body.startswith(mark)), None)
        faults.add("document-not-utf8", pointer, line=line, column=column, encoding=encoding)
        return None


def _place(text: str, position: int) -> tuple[str, str]:
    """Line and column, from 1, in characters."""
    before = text[:position]
    return str(before.count("\n") + 1), str(len(before) - (before.rfind("\n") + 1) + 1)


class _Scanner:
    """One pass over one text, with a stack of its own: no depth of nesting can exhaust Python's."""

    def __init__(self, text: str, pointer: str, faults: Faults, depth: int) -> None:
        self._text = text
        self._depth = depth
        self._at = 0
        self._root = pointer
        self._faults = faults
        # the objects and lists that are open, and the key or index that is being read in each
        self._open: list[dict[str, Any] | list[Any]] = []
        self._keys: list[str | int] = []

    def run(self) -> Any:
        """The whole document."""
        while True:
            value = self._value()
            if value is ABSENT:  # an object or list was opened: its first value comes next
                continue
            value = self._place_value(value)
            if value is not ABSENT:
                if self._next():
                    self._stop()
                return value

    def _value(self) -> Any:
        """A scalar or an empty container; ABSENT once a container with something in it is open."""
        character = self._next()
        if character == "{":
            return self._begin({}, "}")
        if character == "[":
            return self._begin([], "]")
        if character == '"':
            return self._string(is_key=False)
        if number := _NUMBER.match(self._text, self._at):
            following = _WORD.match(self._text, number.end())
            if following is None:
                self._at = number.end()
                return self._number(number)
        word = _WORD.match(self._text, self._at)
        if word is not None and word[0] in _LITERALS:
            self._at = word.end()
            return _LITERALS[word[0]]
        if word is not None and word[0] in _NOT_NUMBERS:
            self._at = word.end()
            self._faults.settle("not-a-finite-number", self._pointer(), value=word[0])
            return math.nan
        return self._stop()

    def _begin(self, container: dict[str, Any] | list[Any], closing: str) -> Any:
        if len(self._open) == self._depth:
            line, column = _place(self._text, self._at)
            self._faults.add("document-too-deep", self._root, limit=str(self._depth), line=line, column=column)
            raise _StopError
        self._at += 1
        if self._next() == closing:
            self._at += 1
            return container
        self._open.append(container)
        self._keys.append(0)
        if closing == "}":
            self._key()
        return ABSENT

    def _place_value(self, value: Any) -> Any:
        """Put a value into what is open, and close what ends with it. The document, where all is closed."""
        while self._open:
            container = self._open[-1]
            if isinstance(container, dict):
                container[self._keys[-1]] = value  # type: ignore[index]  # an object's key is text
            else:
                container.append(value)
            closing = "}" if isinstance(container, dict) else "]"
            character = self._next()
            if character == ",":
                self._at += 1
                if isinstance(container, dict):
                    self._key()
                else:
                    self._keys[-1] = len(container)
                return ABSENT
            if character != closing:
                self._stop(f"`,` / `{closing}`")
            self._at += 1
            value = self._open.pop()
            self._keys.pop()
        return value

    def _key(self) -> None:
        if self._next() != '"':
            self._stop('`"`')
        container = self._open[-1]
        key = self._string(is_key=True)
        if key in container:
            self._faults.add("repeated-key", below(self._pointer(parent=True), key), name=visible(key))
        if self._next() != ":":
            self._stop("`:`")
        self._at += 1
        self._keys[-1] = key

    def _string(self, *, is_key: bool) -> str:
        string = _STRING.match(self._text, self._at)
        if string is None:
            begun = _STRING_BEGUN.match(self._text, self._at)
            assert begun is not None  # it begins with a quotation mark
            self._at = begun.end()
            return self._stop()  # type: ignore[no-any-return]  # it raises
        self._at = string.end()
        text = string[0][1:-1]
        if "\\" in text:
            text = json.loads(string[0])
        if not text.isascii() and _SURROGATE.search(text):
            record = self._faults.add if is_key else self._faults.settle
            record("lone-surrogate", self._pointer(parent=is_key), value=visible(text))
        return text

    def _number(self, number: re.Match[str]) -> int | float:
        written = number[0]
        if number[1] or number[2]:
            value = float(written)
            if not math.isfinite(value):
                self._faults.settle("not-a-finite-number", self._pointer(), value=visible(written))
            return value
        if len(written) <= _DIGITS:
            return int(written)
        allowed = f"{INTEGER_LEAST} … {INTEGER_MOST}"
        self._faults.settle("out-of-range", self._pointer(), value=visible(written), allowed=allowed)
        return INTEGER_LEAST - 1 if written.startswith("-") else INTEGER_MOST + 1

    def _next(self) -> str:
        """The next character that is not white space; empty at the end."""
        white = _WHITE.match(self._text, self._at)
        assert white is not None  # it matches the empty text
        self._at = white.end()
        return self._text[self._at : self._at + 1]

    def _pointer(self, *, parent: bool = False) -> str:
        """The pointer to the value that is being read, or to the container that it stands in."""
        pointer = self._root
        for key in self._keys[: -1 if parent else None]:
            pointer = below(pointer, str(key))
        return pointer

    def _stop(self, wanted: str | None = None) -> Any:
        """Record that the text is not JSON at this place, and stop."""
        line, column = _place(self._text, self._at)
        if self._at >= len(self._text):
            self._faults.add("truncated-json", self._root, line=line, column=column)
        else:
            word = _WORD.match(self._text, self._at)
            found = visible(word[0] if word else self._text[self._at])
            self._faults.add("malformed-json", self._root, found=found, line=line, column=column, wanted=wanted)
        raise _StopError
