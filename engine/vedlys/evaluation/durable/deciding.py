"""One environment as it is decided, stratum by stratum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from vedlys.compiling.encoding import Outcome
from vedlys.errors import RequestError
from vedlys.evaluation.durable.literals import Decider
from vedlys.evaluation.durable.rails import Asked, Leaf, Rail, Rails, RuleRails
from vedlys.evaluation.judge import resolved_of, verdict_of
from vedlys.model.conditions import Literal, Quantified, Resolved, Truth
from vedlys.model.environment import Environment
from vedlys.model.rulebook import Verdict


class Deciding:
    """What is known so far; `symbols` are those that are concluded."""

    def __init__(self, rails: Rails, environment: Environment) -> None:
        self.symbols: set[int] = set(rails.sure)
        self._rails = rails
        self._derived: dict[str, Truth] = {}
        self._verdicts: dict[str, Verdict] = {}
        self._open: dict[str, bool] = {}
        self._decider = Decider(environment, self._derived)

    def decide(self, leaves: tuple[Leaf, ...]) -> None:
        """What Python decides before a stratum is run."""
        for leaf in leaves:
            truth = self._truth_of(leaf.asked)
            if truth is not None:
                self.symbols.add(leaf.rail.true if truth else leaf.rail.false)

    def conclude(self, found: Iterable[int]) -> None:
        """What the stratum's rules said."""
        self.symbols.update(found)

    def settle(self, number: int) -> None:
        """What has not been concluded behind its stratum stays UNKNOWN."""
        stratum = self._rails.strata[number]
        for name in stratum.derived:
            self._derived[name] = self._truth(self._rails.derived[name])
        for rule in stratum.rules:
            self._verdicts[rule], self._open[rule] = self._verdict(self._rails.rules[rule])

    def outcome(self) -> Outcome:
        """Every rule's verdict, in the article's order."""
        rules = self._rails.rules
        return Outcome.of((self._verdicts[rule] for rule in rules), (self._open[rule] for rule in rules))

    def _truth_of(self, asked: Asked) -> Truth:
        match asked:
            case Literal():
                return self._decider.literal(asked)
            case Quantified():
                return self._decider.quantified(asked)
            case Resolved(sections=sections):
                awaited = (rule for section in sections for rule in self._rails.awaited[section])
                return resolved_of(self._verdicts[rule] for rule in awaited)
            case _:
                assert_never(asked)

    def _truth(self, rail: Rail) -> Truth:
        is_true, is_false = rail.true in self.symbols, rail.false in self.symbols
        if is_true and is_false:  # no condition is both: the library has concluded what does not follow
            raise RequestError("engine-failed", engine="durable")
        return True if is_true else False if is_false else None

    def _verdict(self, rails: RuleRails) -> tuple[Verdict, bool]:
        given = True if rails.given is None else self._truth(rails.given)
        unless = False if rails.unless is None else self._truth(rails.unless)
        verdict = verdict_of(given, self._truth(rails.when), unless)
        return verdict, verdict == "unknown" or (verdict == "applies" and unless is None)
