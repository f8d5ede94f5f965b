"""The library itself: rulesets made, warmed, run and deleted. Imported by the worker alone.

The order of calls is what was found to hold: a rule is fired once before anything else, so that what `delete_state`
frees is initialised; there is never more than one live session; it is asserted, drained and deleted without a break.
Whatever is not expected ends the worker: nothing that the library then says could be trusted.
"""

from __future__ import annotations

from collections.abc import Iterable

import durable_rules_engine as library

from vedlys.evaluation.durable.names import BUCKET, SENTINEL, SESSION, WIDE
from vedlys.evaluation.durable.rulesets import Ruleset

LibraryError: type[Exception] = library.error

_HANDLED, _NOT_HANDLED = 0, 1
_SENTINEL_FIRED = f'{{"{SENTINEL}":'


class UnexpectedError(Exception):
    """The library answered what it should not."""


class Sessions:
    """One ruleset of the library."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._heads = ruleset.heads
        self._columns = {symbol: f',"{name}":1' for symbol, name in ruleset.columns.items()}
        self._joined = {
            symbol: f'{{"sid":"{SESSION}","id":"{name}","{name}":1}}' for symbol, name in ruleset.joined.items()
        }
        self._handle = library.create_ruleset("v", ruleset.definition)
        self._warm()

    def delete(self) -> None:
        """Give the ruleset back; nothing may be asked of it afterwards."""
        library.delete_ruleset(self._handle)

    def conclude(self, symbols: set[int]) -> None:
        """Add to the symbols all that follow from them."""
        columns = "".join([text for symbol, text in self._columns.items() if symbol in symbols])
        if not columns:
            return  # every rule tests a column, itself or through what it joins
        state = self._assert(f'{{"sid":"{SESSION}","id":"{WIDE}","{BUCKET}":0{columns}}}')
        waiting = self._drain(state, symbols)
        while waiting:
            for symbol in waiting:
                if self._assert(self._joined[symbol]) != state:
                    raise UnexpectedError("another session")
            waiting = self._drain(state, symbols)
        library.delete_state(self._handle, SESSION)

    def _warm(self) -> None:
        state = self._assert(f'{{"sid":"{SESSION}","id":"{SENTINEL}","{SENTINEL}":1}}')
        started = library.start_action_for_state(self._handle, state)
        if started is None or not started[1].startswith(_SENTINEL_FIRED):
            raise UnexpectedError("the sentinel did not fire")
        if library.complete_and_start_action(self._handle, state) is not None:
            raise UnexpectedError("more than the sentinel fired")
        library.delete_state(self._handle, SESSION)

    def _assert(self, fact: str) -> int:
        code, state = library.assert_fact(self._handle, fact)
        if code not in {_HANDLED, _NOT_HANDLED}:
            raise UnexpectedError("a fact was not taken")
        return int(state)

    def _drain(self, state: int, symbols: set[int]) -> list[int]:
        """Complete all rules that fire; the symbols that are new and have a fact of their own."""
        started = library.start_action_for_state(self._handle, state)
        fired = None if started is None else started[1]
        found: list[int] = []
        while fired is not None:
            new = [symbol for symbol in self._heads[_rule_of(fired)] if symbol not in symbols]
            symbols.update(new)
            found += self._with_facts(new)
            fired = library.complete_and_start_action(self._handle, state)
        return found

    def _with_facts(self, symbols: Iterable[int]) -> list[int]:
        return [symbol for symbol in symbols if symbol in self._joined]


def _rule_of(fired: str) -> int:
    """The number of the rule in `{"r12":{…}}`, without reading the messages behind it."""
    if not fired.startswith('{"r'):
        raise UnexpectedError("a rule of another name fired")
    return int(fired[3 : fired.index('"', 3)])
