"""Every engine says what the judge says, of anything."""

from __future__ import annotations

import io
import re
import tokenize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import building
from engines import EVERY_ENGINE, started
from strategies import World, environments, rulebooks, vocabularies, worlds
from vedlys.compiling.generation import RUNTIME, generate
from vedlys.compiling.program import compile_program
from vedlys.evaluation.compiled import CompiledEngine
from vedlys.evaluation.engine import JudgeEngine
from vedlys.evaluation.judge import Judge
from vedlys.model.environment import Environment

SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)

_GENERATED_NAME = re.compile(r"[ctvx][0-9]+")
_WORDS = {
    *RUNTIME,
    *["def", "run", "row", "as_of", "w", "record"],
    *["return", "if", "else", "is", "not", "in", "and", "or", "for", "break", "None", "False"],
    *["version", "isdisjoint", "casefold", "join", "astimezone", "date", "int"],
}


@pytest.mark.parametrize("name", EVERY_ENGINE)
@SLOW
@given(world=worlds())
def test_every_engine_agrees_with_the_judge(name: str, world: World) -> None:
    program = compile_program(world.content)
    judge, engine = JudgeEngine(program), started(name, program)
    outcome = engine.outcome("sample", world.environment)
    assert outcome == judge.outcome("sample", world.environment)
    verdicts = engine.verdicts("sample", world.environment)
    assert list(verdicts.items()) == list(judge.verdicts("sample", world.environment).items())
    assert tuple(verdicts.values()) == outcome.verdicts


@SLOW
@given(worlds())
def test_open_rules_are_those_that_the_judge_calls_open(world: World) -> None:
    outcome = CompiledEngine(compile_program(world.content)).outcome("sample", world.environment)
    judged = Judge(world.book, world.environment).rules()
    assert outcome.open == bytes(rule.is_open for rule in judged)


@SLOW
@given(worlds())
def test_the_same_rules_give_the_same_source_and_no_authors_word_is_in_it(world: World) -> None:
    generated = generate(world.book)
    assert generated == generate(world.book)
    assert generated.digest == generate(world.book).digest
    for token in tokenize.generate_tokens(io.StringIO(generated.source).readline):
        if token.type == tokenize.NAME:
            assert token.string in _WORDS or _GENERATED_NAME.fullmatch(token.string), token.string
        if token.type == tokenize.STRING:
            assert token.string == '"\\n"'
        if token.type == tokenize.NUMBER:
            assert int(token.string) < 64


@SLOW
@given(worlds(), st.data())
def test_facts_that_an_article_does_not_read_change_nothing(world: World, data: st.DataObject) -> None:
    program = compile_program(world.content)
    reads = program.articles["sample"].reads
    kept = {name: value for name, value in world.environment.values.items() if name in reads}
    engine = CompiledEngine(program)
    less = building.environment(kept, as_of=world.environment.as_of)
    assert engine.outcome("sample", less) == engine.outcome("sample", world.environment)
    posted = data.draw(st.frozensets(st.sampled_from(sorted(world.vocabulary))))
    only = Environment(values=dict.fromkeys(posted, True), as_of=world.environment.as_of)
    assert program.articles_for(only) == (("sample",) if posted & set(reads) else ())


@SLOW
@given(st.data())
def test_articles_of_one_catalogue_do_not_touch_each_other(data: st.DataObject) -> None:
    vocabulary = data.draw(vocabularies())
    books = [data.draw(rulebooks(vocabulary, article=article, max_rules=2)) for article in ("one", "two")]
    known = data.draw(environments(vocabulary))
    together = compile_program(building.content(*books, vocabulary=vocabulary))
    reversed_ = compile_program(building.content(*reversed(books), vocabulary=vocabulary))
    assert together.articles_for(known) == reversed_.articles_for(known)
    for book in books:
        alone = compile_program(building.content(book, vocabulary=vocabulary))
        answers = {
            tuple(CompiledEngine(program).verdicts(book.article, known).items())
            for program in (together, reversed_, alone)
        }
        assert len(answers) == 1
