"""The durable engine beside the compiled one: agreement, time, memory. Run it; it is no test.

python tests/benchmarks/durable.py                      # all of it, some minutes
python tests/benchmarks/durable.py --books 200 --evaluations 30000
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import building
import strategies
from vedlys.compiling.program import Program, compile_program
from vedlys.evaluation.durable.engine import DurableEngine
from vedlys.evaluation.engine import CompiledEngine, JudgeEngine
from vedlys.model.conditions import Condition
from vedlys.model.environment import Environment
from vedlys.model.rulebook import Rulebook
from vedlys.model.types import ScalarType
from vedlys.model.values import Value

SEED = 20_261_122
INTEGER = ScalarType(kind="integer")
# rules and facts
SIZES = ((25, 20), (300, 60), (3_000, 200))


def main() -> None:
    """Print the three tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--books", type=int, default=2_000, help="random rulebooks to compare")
    options.add_argument("--environments", type=int, default=10, help="random environments for each")
    options.add_argument("--evaluations", type=int, default=300_000, help="evaluations to watch memory over")
    options.add_argument("--seed", type=int, default=SEED)
    chosen = options.parse_args()
    print(f"Python {sys.version.split()[0]}, seed {chosen.seed}")
    if chosen.books:
        agreement(chosen.books, chosen.environments, chosen.seed)
    times(random.Random(chosen.seed))
    if chosen.evaluations:
        memory(chosen.evaluations, random.Random(chosen.seed))


# --- agreement ---


def agreement(books: int, environments: int, number: int) -> None:
    """Random rulebooks and environments, on the judge, the compiled engine and this one."""
    engine: list[DurableEngine] = []
    counts = {"rulebooks": 0, "environments": 0, "verdicts": 0, "differences": 0}

    @st.composite
    def drawn(draw: st.DrawFn) -> tuple[Rulebook, list[Environment]]:
        vocabulary = draw(strategies.vocabularies())
        book = draw(strategies.rulebooks(vocabulary))
        return book, [draw(strategies.environments(vocabulary)) for _ in range(environments)]

    @seed(number)
    @settings(
        max_examples=books,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(drawn())
    def compare(world: tuple[Rulebook, list[Environment]]) -> None:
        book, found = world
        program = compile_program(building.content(book))
        if not engine:
            engine.append(DurableEngine(program))
        engine[0].replace(program)
        counts["rulebooks"] += 1
        for environment in found:
            wanted = JudgeEngine(program).outcome("sample", environment)
            answers = [each.outcome("sample", environment) for each in (CompiledEngine(program), engine[0])]
            counts["environments"] += 1
            counts["verdicts"] += len(wanted.verdicts)
            counts["differences"] += sum(answer != wanted for answer in answers)

    start = time.perf_counter()
    compare()
    took = time.perf_counter() - start
    print("\nAgreement of judge, compiled and durable")
    for what, count in counts.items():
        print(f"  {what:24}{count:>10,}")
    print(f"  {'workers lost':24}{engine[0].statistics.workers - 1:>10,}")
    print(f"  {'seconds':24}{took:>10.0f}")
    engine[0].close()


# --- time ---


def sized(rules: int, facts: int, chance: random.Random) -> tuple[Program, list[Environment]]:
    """A rulebook of that size, and environments that know nine facts in ten."""
    names = [f"topic.fact{number}" for number in range(facts)]

    def literal() -> Condition:
        name = chance.choice(names)
        if name.endswith(("1", "3", "5", "7", "9")):
            return building.literal(name, chance.choice(("at_least", "less_than")), chance.choice((10, 20)), INTEGER)
        return building.yes(name) if chance.random() < 0.5 else building.no(name)

    def condition() -> Condition:
        parts = [literal() for _ in range(chance.randint(1, 3))]
        if chance.random() < 0.3:
            parts.append(building.any_of(literal(), literal()))
        return building.all_of(*parts) if len(parts) > 1 else parts[0]

    derived = {f"topic.derived{number}": condition() for number in range(max(1, rules // 25))}
    concluded = sorted(derived)

    def gated() -> Condition:
        if chance.random() < 0.1:
            return building.all_of(building.yes(chance.choice(concluded)), condition())
        return condition()

    book = building.book(*(building.rule(f"rule-{number}", gated()) for number in range(rules)), derived=derived)

    def value(name: str) -> Value:
        return chance.randrange(30) if name.endswith(("1", "3", "5", "7", "9")) else chance.random() < 0.5

    environments = [
        building.environment({name: value(name) for name in names if chance.random() < 0.9}) for _ in range(20)
    ]
    return compile_program(building.content(book)), environments


def times(chance: random.Random) -> None:
    """One evaluation, in microseconds: medians of one run, the engines taking turns."""
    print("\nOne evaluation, median µs")
    heads = ("rules", "rulesets", "ready, s", "compiled", "durable", "ratio", "library", "the rest")
    print("  " + "".join(f"{head:>11}" for head in heads))
    for rules, facts in SIZES:
        program, environments = sized(rules, facts, chance)
        compiled, durable = CompiledEngine(program), DurableEngine(program)
        start = time.perf_counter()
        durable.outcome("sample", environments[0])
        ready = time.perf_counter() - start
        turns = 15 if rules > 1_000 else 60
        found: dict[str, list[float]] = {"compiled": [], "durable": [], "library": []}
        for environment in environments * turns:
            inside = durable.statistics.nanoseconds
            for name, engine in (("compiled", compiled), ("durable", durable)):
                before = time.perf_counter_ns()
                engine.outcome("sample", environment)
                found[name].append((time.perf_counter_ns() - before) / 1_000)
            found["library"].append((durable.statistics.nanoseconds - inside) / 1_000)
        medians = {name: statistics.median(values) for name, values in found.items()}
        columns = (
            f"{rules:,}",
            f"{rulesets(durable)}",
            f"{ready:.2f}",
            *(f"{medians[name]:.1f}" for name in ("compiled", "durable")),
            f"{medians['durable'] / medians['compiled']:.0f}×",
            *(f"{micros:.1f}" for micros in (medians["library"], medians["durable"] - medians["library"])),
        )
        print("  " + "".join(f"{column:>11}" for column in columns))
        durable.close()


def rulesets(engine: DurableEngine) -> int:
    """How many rulesets the article became."""
    (article,) = engine._executor._articles.values()
    return sum(len(stratum) for stratum in article.rulesets())


# --- memory ---


def memory(evaluations: int, chance: random.Random) -> None:
    """The worker's resident memory over many evaluations, with one worker for all and with workers replaced."""
    program, environments = sized(*SIZES[0], chance)
    print(f"\nThe worker's resident memory, KiB, over {evaluations:,} evaluations of {SIZES[0][0]} rules")
    print(f"  {'':28}{'start':>10}{'middle':>10}{'end':>10}{'workers':>10}{'seconds':>10}")
    for title, recycle in (("one worker", evaluations * 2), ("replaced every 100,000", 100_000)):
        engine = DurableEngine(program, recycle=recycle)
        engine.outcome("sample", environments[0])
        start, sizes = time.perf_counter(), [resident(engine)]
        for half in (evaluations // 2, evaluations - evaluations // 2):
            for environment in cycled(environments, half):
                engine.outcome("sample", environment)
            sizes.append(resident(engine))
        columns = [*sizes, engine.statistics.workers, round(time.perf_counter() - start)]
        print(f"  {title:28}" + "".join(f"{column:>10,}" for column in columns))
        engine.close()


def cycled(environments: list[Environment], count: int) -> Iterator[Environment]:
    """That many environments, over and over."""
    for number in range(count):
        yield environments[number % len(environments)]


def resident(engine: DurableEngine) -> int:
    """KiB of memory that the worker holds."""
    status = Path(f"/proc/{engine.worker}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
