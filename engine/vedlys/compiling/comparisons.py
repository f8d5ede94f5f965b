"""Comparisons as Python: the text of an expression that is true where an operator holds of two known values.

`judge` decides with the functions in `model.operators`. Where the operand is a constant, much of their work can be
done once, here; where it is another fact, the same function is called unless Python has a word for it. Nothing that
an author wrote becomes part of the text: constants are bound to generated names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vedlys.model.conditions import Operand
from vedlys.model.operators import AGES, OPERATORS
from vedlys.model.types import FactType, ScalarType
from vedlys.model.values import IpNetwork, Version

# Gives the name that a constant is bound to in the generated code.
Bind = Callable[[object], str]

# of two known values in any form
_BINARY = {
    "is": "{value} == {needed}",
    "is_not": "{value} != {needed}",
    "one_of": "{value} in {needed}",
    "none_of": "{value} not in {needed}",
    "at_least": "{value} >= {needed}",
    "at_most": "{value} <= {needed}",
    "more_than": "{value} > {needed}",
    "less_than": "{value} < {needed}",
    "has": "{needed} in {value}",
    "lacks": "{needed} not in {value}",
    "has_any": "not {value}.isdisjoint({needed})",
    "has_all": "{needed} <= {value}",
    "lacks_any": "not {needed} <= {value}",
}


def compared(operator: str, value: str, needed: str, bind: Bind) -> str:
    """The comparison of two names, neither of them None."""
    template = _BINARY.get(operator)
    if template is not None:
        return template.format(value=value, needed=needed)
    return f"{bind(OPERATORS[operator].holds)}({value}, {needed})"


def compared_with(operator: str, value: str, operand: Operand, moment: str, bind: Bind) -> str:
    """The comparison of a name, not None, with a constant; `moment` is the name of what ages are counted from."""
    if operator in AGES:
        return f"{moment} - {value} {'>' if operator == 'older_than' else '<'} {bind(operand)}"
    special = _SPECIAL.get(operator)
    if special is not None:
        return special(value, operand, bind)
    if isinstance(operand, tuple) and not isinstance(operand, Version):  # a version is a tuple, and one value
        return compared(operator, value, bind(frozenset(operand)), bind)
    return compared(operator, value, bind(operand), bind)


def by_days(operator: str, subject: FactType) -> bool:
    """Whether the comparison counts an age from a day, not from a moment."""
    return operator in AGES and isinstance(subject, ScalarType) and subject.kind == "date"


def _equal(value: str, operand: Any, bind: Bind) -> str:
    if operand is True:
        return value
    return f"not {value}" if operand is False else f"{value} == {bind(operand)}"


def _between(value: str, operand: Any, bind: Bind) -> str:
    low, high = operand
    return f"{bind(low)} <= {value} <= {bind(high)}"


def _contains(value: str, operand: Any, bind: Bind) -> str:
    return f"{bind(operand.casefold())} in {value}.casefold()"


def _within(value: str, operand: IpNetwork, bind: Bind) -> str:
    first, last = int(operand.network_address), int(operand.broadcast_address)
    return f"{value}.version == {bind(operand.version)} and {bind(first)} <= int({value}) <= {bind(last)}"


def _has_under(value: str, operand: Any, bind: Bind) -> str:
    # A host name holds no line feed, so that one search through the joined members does for a loop over them. A
    # wildcard `*.host` ends in `.host` as the names beneath it do.
    return f'{bind(operand)} in {value} or {bind(f".{operand}" + chr(10))} in "\\n".join({value}) + "\\n"'


def _covers(value: str, operand: Any, bind: Bind) -> str:
    covered = [f"not {value}.isdisjoint({bind(_covering(pattern))})" for pattern in operand]
    return " and ".join(covered) or "True"


def _covering(pattern: str) -> frozenset[str]:
    """Every entry that covers a host or pattern: it is one of few, so that no entry need be looked at."""
    labels = pattern.removeprefix("*.").split(".")
    wider = () if pattern == "*" else ("*." + ".".join(labels[start:]) for start in range(1, len(labels)))
    return frozenset({pattern, "*", *wider})


_SPECIAL: dict[str, Callable[[str, Any, Bind], str]] = {
    "is": _equal,
    "between": _between,
    "contains": _contains,
    "within": _within,
    "has_under": _has_under,
    "covers": _covers,
}
