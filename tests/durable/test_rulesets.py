"""Rulesets: nothing of what authors wrote gets into them, and they stay within what the library holds."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings

import building as b
from engines import needs_durable, started
from strategies import World, worlds
from vedlys.compiling.program import compile_program
from vedlys.errors import RequestError
from vedlys.evaluation.durable import limits
from vedlys.evaluation.durable.names import WORDS, Names, fnv
from vedlys.evaluation.durable.rails import lay_rails
from vedlys.evaluation.durable.rulesets import Ruleset, fit
from vedlys.evaluation.engine import JudgeEngine
from vedlys.model.conditions import Condition
from vedlys.model.rulebook import Rulebook
from vedlys.model.types import ScalarType
from vedlys.model.values import Value

INTEGER = ScalarType(kind="integer")
KNOWN_WORDS = re.compile(r'"(?:all|\$and|\$lte|m|z|b|[crdx][0-9]+)"')
SYNTAX = re.compile(r"[{}\[\],:]|[0-9]{1,3}")


def rulesets(book: Rulebook) -> list[Ruleset]:
    return [ruleset for stratum in lay_rails(book).strata for ruleset in fit(stratum.clauses)]


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(worlds())
def test_no_authors_word_and_no_large_number_is_in_them(world: World) -> None:
    found = rulesets(world.book)
    assert found == rulesets(world.book)
    for ruleset in found:
        rest = SYNTAX.sub("", KNOWN_WORDS.sub("", ruleset.definition))
        assert rest == ""
        assert all(re.fullmatch("[cd][0-9]+", name) for name in (*ruleset.columns.values(), *ruleset.joined.values()))


# --- names ---


def test_hash_is_the_librarys() -> None:
    # from its source: the hashes that it compares words with
    assert fnv("id") == 926444256
    assert fnv("sid") == 3593476751
    assert fnv("all") == 321211332
    assert fnv("$lte") == 2350824890
    assert fnv("$and") == 3746487396


def test_names_have_different_hashes() -> None:
    names = Names()
    found = [name for letter in "cdx" for name, _ in zip(names.supply(letter), range(5_000), strict=False)]
    assert len({fnv(name) for name in found}) == len(found)
    assert len({fnv(f"s!{name}") for name in found}) == len(found)
    assert not {fnv(name) for name in found} & {fnv(word) for word in WORDS}


def test_a_name_whose_hash_is_taken_is_passed_over() -> None:
    names = Names()
    names._taken.add(fnv("c1"))
    names._ids.add(fnv("s!c3"))
    assert [name for name, _ in zip(names.supply("c"), range(3), strict=False)] == ["c0", "c2", "c4"]


# --- rulebooks that go beyond one limit each ---


def literals(count: int) -> list[Condition]:
    return [b.yes(f"f.n{number}") for number in range(count)]


def same_first_condition() -> Rulebook:
    return b.book(
        *(b.rule(f"r{n}", b.all_of(b.yes("f.first"), b.literal("f.count", "at_least", n, INTEGER))) for n in range(400))
    )


def many_first_conditions() -> Rulebook:
    return b.book(*(b.rule(f"r{number}", literal) for number, literal in enumerate(literals(700))))


def identical_conditions() -> Rulebook:
    return b.book(*(b.rule(f"r{number}", b.yes("f.n0")) for number in range(600)))


def long_conjunction() -> Rulebook:
    return b.book(b.rule("long", b.all_of(*literals(700))), b.rule("wide", b.any_of(*literals(700))))


def product() -> Rulebook:
    pairs = [b.any_of(b.yes(f"f.n{number}"), b.no(f"f.n{number + 1}")) for number in range(0, 60, 2)]
    return b.book(b.rule("product", b.all_of(*pairs)), b.rule("sum", b.any_of(*(b.not_(pair) for pair in pairs))))


def derived_chain() -> Rulebook:
    chain: dict[str, Condition] = {"d.n0": b.yes("f.n0")}
    for number in range(1, 300):
        chain[f"d.n{number}"] = b.all_of(b.yes(f"d.n{number - 1}"), b.yes(f"f.n{number}"))
    return b.book(b.rule("end", b.yes("d.n299")), b.rule("middle", b.no("d.n150")), derived=chain)


def many_derived() -> Rulebook:
    derived: dict[str, Condition] = {
        f"d.n{number}": b.any_of(b.yes(f"f.n{number}"), b.yes("f.all")) for number in range(60)
    }
    names = sorted(derived)
    return b.book(
        b.rule("every", b.all_of(*(b.yes(name) for name in names))),
        b.rule("none", b.none_of(*(b.yes(name) for name in names))),
        *(b.rule(f"r{number}", b.all_of(b.yes(names[0]), b.yes(f"f.n{number}"))) for number in range(300)),
        derived=derived,
    )


def known_of_derived() -> Rulebook:
    derived: dict[str, Condition] = {"d.n0": b.yes("f.n0")}
    for number in range(1, 12):
        known = b.literal(f"d.n{number - 1}", "known", operand=False)
        derived[f"d.n{number}"] = b.all_of(known, b.yes(f"f.n{number}"))
    return b.book(*(b.rule(f"r{number}", b.yes(f"d.n{number}")) for number in range(12)), derived=derived)


BEYOND: tuple[Callable[[], Rulebook], ...] = (
    same_first_condition,
    many_first_conditions,
    identical_conditions,
    long_conjunction,
    product,
    derived_chain,
    many_derived,
    known_of_derived,
)


def environments(book: Rulebook) -> list[dict[str, Value]]:
    """All true, all false, nothing known, and mixtures of them."""
    names = compile_program(b.content(book)).articles["sample"].reads
    mixtures: list[dict[str, Value]] = []
    for step in (2, 3, 7):
        mixtures.append({name: True for place, name in enumerate(names) if place % step})
        mixtures.append({name: bool(place % step) for place, name in enumerate(names) if place % 5})
    found: list[dict[str, Value]] = [dict.fromkeys(names, True), dict.fromkeys(names, False), {}, *mixtures]
    return [{name: 120 if name == "f.count" else value for name, value in one.items()} for one in found]


@needs_durable
@pytest.mark.parametrize("built", BEYOND)
def test_beyond_each_limit_the_verdicts_stay_right(built: Callable[[], Rulebook]) -> None:
    book = built()
    program = compile_program(b.content(book))
    durable, judge = started("durable", program), JudgeEngine(program)
    for values in environments(book):
        known = b.environment(values)
        assert durable.outcome("sample", known) == judge.outcome("sample", known)


# Rulesets so small that most rulebooks are cut in several, and most symbols come in from an earlier one.
SMALL = {"RULES_USED": 3, "COLUMNS_USED": 4, "COLUMNS_IN_A_RULE": 2, "JOINED": 2, "FAN_OUT": 2, "PRODUCT": 2}


@needs_durable
@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(world=worlds())
def test_cut_small_the_verdicts_stay_right(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    program = compile_program(world.content)
    wanted = JudgeEngine(program).outcome("sample", world.environment)
    with monkeypatch.context() as patched:
        for name, limit in SMALL.items():
            patched.setattr(limits, name, limit)
        assert started("durable", program).outcome("sample", world.environment) == wanted


@pytest.mark.parametrize("built", BEYOND)
def test_rulesets_stay_within_the_limits(built: Callable[[], Rulebook]) -> None:
    for ruleset in rulesets(built()):
        assert len(ruleset.heads) <= limits.RULES_USED
        assert len(ruleset.columns) <= limits.COLUMNS_USED
        for rule in re.findall(r'"r[0-9]+":\{"all":\[(.*?)\]\}(?=,"r|\}$)', ruleset.definition):
            assert len(re.findall(r'"x[0-9]+":', rule)) <= limits.JOINED


@pytest.mark.parametrize(
    ("limit", "named"),
    [("RULES", "rules"), ("COLUMNS", "columns"), ("TESTS", "tests"), ("TOGETHER", "together"), ("CLAUSES", "clauses")],
)
def test_what_does_not_fit_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, limit: str, named: str) -> None:
    monkeypatch.setattr(limits, limit, 3)
    with pytest.raises(RequestError) as found:
        rulesets(many_first_conditions())
    assert found.value.code == "engine-limit"
    assert found.value.values["limit"] == named
    assert found.value.values["most"] == "3"
    assert re.fullmatch("r[0-9]+", found.value.values["rule"])


@pytest.mark.parametrize(("limit", "named"), [("IDENTICAL", "identical"), ("JOINED", "joined")])
def test_what_is_joined_is_looked_at(monkeypatch: pytest.MonkeyPatch, limit: str, named: str) -> None:
    derived = {f"d.n{number}": b.all_of(b.yes("f.first"), b.yes(f"f.n{number}")) for number in range(4)}
    rules = [b.rule(f"r{n}", b.all_of(*map(b.yes, derived), b.yes(f"f.n{n}"), b.yes("f.last"))) for n in range(8)]
    clauses = lay_rails(b.book(*rules, derived=derived)).strata[0].clauses  # made to fit the limits as they are
    assert len(fit(clauses)) == 1
    monkeypatch.setattr(limits, limit, 3)
    with pytest.raises(RequestError) as found:
        fit(clauses)
    assert found.value.values["limit"] == named
