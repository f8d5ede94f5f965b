"""What holds of any rulebook in any environment: monotony, indifference to order, honest evidence."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from strategies import World, completions, full_environments, literals_in, worlds
from vedlys.compiling.program import compile_program
from vedlys.evaluation.compiled import CompiledEngine
from vedlys.evaluation.evidence import against, because, matched
from vedlys.evaluation.judge import Judge
from vedlys.evaluation.proof import Proof, Seen
from vedlys.model.conditions import AllOf, AnyOf, Condition, Fact, Field, Literal, Not, Quantified
from vedlys.model.environment import Environment
from vedlys.model.judgement import RuleJudgement
from vedlys.model.operators import holds
from vedlys.model.result import Evidence
from vedlys.model.rulebook import Rule, Rulebook, Section, Verdict
from vedlys.model.values import Record, plain

SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)

# what learning more may make of a verdict
BECOMES: dict[Verdict, set[Verdict]] = {
    "unknown": {"unknown", "applies", "clear", "not_applicable"},
    "applies": {"applies", "not_applicable"},
    "clear": {"clear", "not_applicable"},
    "not_applicable": {"not_applicable"},
}


# --- monotony ---


@SLOW
@given(worlds(known=False, resolved=False), st.data())
def test_learning_a_fact_never_flips_a_truth(world: World, data: st.DataObject) -> None:
    more = data.draw(completions(world.vocabulary, world.environment))
    before, after = Judge(world.book, world.environment), Judge(world.book, more)
    for rule in world.book.rules:
        one, other = before.rule(rule), after.rule(rule)
        for old, new in ((one.given, other.given), (one.when, other.when), (one.unless, other.unless)):
            assert old is None or new is None or old.truth in {None, new.truth}
        assert other.verdict in BECOMES[one.verdict]
        # what is not open stays: clear and not applicable count as equal
        assert (
            one.is_open or other.verdict == one.verdict or (one.verdict, other.verdict) == ("clear", "not_applicable")
        )


@SLOW
@given(worlds(), st.data())
def test_with_everything_known_no_rule_is_open(world: World, data: st.DataObject) -> None:
    full = data.draw(full_environments(world.vocabulary, world.environment))
    judged = Judge(world.book, full).rules()
    assert not any(rule.is_open or rule.verdict == "unknown" for rule in judged)


# --- order ---


@SLOW
@given(worlds(), st.data())
def test_the_order_of_facts_rules_and_parts_never_matters(world: World, data: st.DataObject) -> None:
    names = data.draw(st.permutations(sorted(world.environment.values)))
    known = msgspec.structs.replace(world.environment, values={name: world.environment.values[name] for name in names})
    shuffled = _shuffled_book(world.book, data)
    expected = Judge(world.book, world.environment).verdicts()
    assert Judge(shuffled, known).verdicts() == expected
    program = compile_program(msgspec.structs.replace(world.content, rulebooks={"sample": shuffled}))
    assert CompiledEngine(program).verdicts("sample", known) == expected


def _shuffled_book(book: Rulebook, data: st.DataObject) -> Rulebook:
    """Rules of a section, derived facts and parts of `all` and `any` in another order."""
    derived = {
        name: msgspec.structs.replace(book.derived[name], condition=_shuffled(book.derived[name].condition, data))
        for name in data.draw(st.permutations(sorted(book.derived)))
    }
    return msgspec.structs.replace(
        book, derived=derived, sections=tuple(_shuffled_section(one, data) for one in book.sections)
    )


def _shuffled_section(section: Section, data: st.DataObject) -> Section:
    rules = [
        msgspec.structs.replace(rule, when=_shuffled(rule.when, data))
        for rule in data.draw(st.permutations(section.rules))
    ]
    return msgspec.structs.replace(section, rules=tuple(rules))


def _shuffled(condition: Condition, data: st.DataObject) -> Condition:
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            mixed = tuple(_shuffled(part, data) for part in data.draw(st.permutations(parts)))
            return msgspec.structs.replace(condition, parts=mixed)
        case Not(part=part) | Quantified(part=part):
            return msgspec.structs.replace(condition, part=_shuffled(part, data))
        case _:
            return condition


@SLOW
@given(worlds(), st.data())
def test_the_order_of_records_never_matters(world: World, data: st.DataObject) -> None:
    mixed = {
        name: tuple(data.draw(st.permutations(value)))
        if isinstance(value, tuple) and all(isinstance(part, Record) for part in value)
        else value
        for name, value in world.environment.values.items()
    }
    known = msgspec.structs.replace(world.environment, values=mixed)
    assert Judge(world.book, known).verdicts() == Judge(world.book, world.environment).verdicts()


# --- evidence ---


@SLOW
@given(worlds(known=False, resolved=False))
def test_the_facts_of_the_evidence_are_enough(world: World) -> None:
    """Whatever `because` does not name may be forgotten, and the rule still applies."""
    for judged in Judge(world.book, world.environment).rules():
        if judged.verdict == "applies":
            less = _restricted(world, judged)
            assert Judge(world.book, less).rule(judged.rule).verdict == "applies"


@SLOW
@given(worlds(known=False, resolved=False), st.data())
def test_nothing_else_can_undo_what_the_evidence_says(world: World, data: st.DataObject) -> None:
    """With the named facts as they are, other values of all the rest leave the rule applying, `unless` aside."""
    for judged in Judge(world.book, world.environment).rules():
        if judged.verdict == "applies":
            other = data.draw(full_environments(world.vocabulary, _restricted(world, judged)))
            assert Judge(world.book, other).rule(judged.rule).verdict in BECOMES["applies"]


@SLOW
@given(worlds())
def test_every_entry_of_the_evidence_is_true(world: World) -> None:
    for judged in Judge(world.book, world.environment).rules():
        stated = set(_stated(world, judged.rule))
        if judged.verdict == "applies":
            entries = list(_entries(because(judged)))
        elif judged.verdict in {"clear", "not_applicable"}:
            entries = list(_entries(against(judged)))
        else:
            entries = []
        for entry in entries:
            if entry.operator in {"some", "every"}:
                assert world.environment.values[entry.fact] == ()
                assert (entry.operator == "every") is (entry.negated is UNSET)
            else:
                assert _line(entry, truth=entry.negated is UNSET) in stated


@SLOW
@given(worlds(known=False, resolved=False))
def test_what_applies_or_does_not_says_why(world: World) -> None:
    for judged in Judge(world.book, world.environment).rules():
        always = not literals_in(judged.rule.when)
        if judged.verdict == "applies":
            assert because(judged) or always
        elif judged.verdict != "unknown":
            assert against(judged)


@SLOW
@given(worlds())
def test_what_stands_out_is_of_facts_that_the_evidence_names(world: World) -> None:
    for judged in Judge(world.book, world.environment).rules():
        if judged.verdict == "applies":
            found = matched(judged)
            assert {match.fact for match in found} <= {entry.fact for entry in because(judged)}
            assert len({(match.kind, match.fact, str(match.value)) for match in found}) == len(found)


@SLOW
@given(worlds())
def test_a_proof_tells_what_the_judge_saw(world: World) -> None:
    judge = Judge(world.book, world.environment)
    knowing = Judge(world.book, world.environment, judge.verdicts())
    for judged in judge.rules():
        if judged.verdict == "applies":
            proof = Proof(judged.rule, world.book)
            assert proof.because(Seen.by(knowing)) == because(judged)
            assert msgspec.json.encode(proof.because(Seen.by(knowing))) == msgspec.json.encode(because(judged))
            assert proof.matched(Seen.by(knowing)) == matched(judged)


@SLOW
@given(worlds())
def test_evidence_fits_json(world: World) -> None:
    for judged in Judge(world.book, world.environment).rules():
        encoded = msgspec.json.encode(because(judged))
        assert msgspec.json.decode(encoded, type=tuple[Evidence, ...]) == because(judged)
        msgspec.json.encode(matched(judged))


def _entries(evidence: tuple[Evidence, ...]) -> Iterator[Evidence]:
    for entry in evidence:
        yield entry
        if entry.because is not UNSET:
            yield from _entries(entry.because)


def _restricted(world: World, judged: RuleJudgement) -> Environment:
    entries = list(_entries(because(judged)))
    operands = {entry.needed_fact for entry in entries if entry.needed_fact is not UNSET}
    named = {entry.fact for entry in entries} | operands
    if operands & world.book.derived.keys():  # a derived fact as an operand does not say why: all may be behind it
        named |= world.environment.values.keys()
    values = {name: value for name, value in world.environment.values.items() if name in named}
    return msgspec.structs.replace(world.environment, values=values)


def _line(entry: Evidence, *, truth: bool) -> str:
    record = None if entry.record is UNSET else entry.record
    field = None if entry.field is UNSET else entry.field
    return repr((entry.fact, record, field, entry.operator, entry.needed, entry.observed, truth))


def _stated(world: World, rule: Rule) -> Iterator[str]:
    """Every comparison of the rulebook in this environment, decided without the judge's walk."""
    known, derived = world.environment, world.book.derived
    judge = Judge(world.book, known)
    given, unless = world.book.gates(rule)
    conditions = [part for part in (given, rule.when, unless) if part is not None]
    conditions += [fact.condition for fact in derived.values()]

    def value(reference: Fact | Field, record: Record | None) -> object:
        if isinstance(reference, Field):
            assert record is not None
            return record.fields.get(reference.name)
        return judge.derived(reference.name).truth if reference.name in derived else known.values.get(reference.name)

    def line(literal: Literal, fact: str, record: Record | None) -> str:
        observed = value(literal.subject, record)
        needed = value(literal.operand, record) if isinstance(literal.operand, Fact | Field) else literal.operand
        if literal.operator == "known":
            truth: bool | None = (observed is not None) is needed
        elif observed is None or needed is None:
            truth = None
        else:
            truth = holds(literal.operator, observed, needed, known.as_of)
        key, field = (None, None) if record is None else (record.key, literal.subject.name)
        return repr((fact, key, field, literal.operator, plain(needed), plain(observed), truth))

    def walk(condition: Condition) -> Iterator[str]:
        match condition:
            case Literal(subject=subject):
                yield line(condition, subject.name, None)
            case AllOf(parts=parts) | AnyOf(parts=parts):
                for part in parts:
                    yield from walk(part)
            case Not(part=part):
                yield from walk(part)
            case Quantified(fact=fact, part=part):
                for record in known.values.get(fact, ()):
                    yield from (line(literal, fact, record) for literal in literals_in(part))

    for condition in conditions:
        yield from walk(condition)
