"""The few exceptions that callers see. Each compares as a value."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from vedlys.diagnostics import Diagnostic
from vedlys.messages import sentence
from vedlys.messages.shown import visible


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One fault in posted facts: `pointer` is a JSON Pointer into the document that was sent."""

    code: str
    pointer: str
    values: dict[str, str] = {}


class VedlysError(Exception):
    """What every exception of this package derives from."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.args == other.args

    def __hash__(self) -> int:
        return hash(type(self))


class FactsError(VedlysError):
    """The facts were refused, and nothing was evaluated. `faults` holds every fault, sorted by pointer."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(
            f"{visible(f.pointer, 200) or '(document)'}: {sentence(f.code, f.values)[0]}" for f in self.faults
        )


class CatalogueError(VedlysError):
    """The content root cannot be loaded. `diagnostics` holds every fault of every file, sorted."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(f"{d.span}: {sentence(d.code, d.values)[0]}" for d in self.diagnostics)


class RequestError(VedlysError):
    """The call itself cannot be served: no such article, engine or locale tag."""

    def __init__(self, code: str, **values: str) -> None:
        self.code = code
        self.values = values
        super().__init__(code, tuple(sorted(values.items())))

    def __str__(self) -> str:
        return sentence(self.code, self.values)[0]
