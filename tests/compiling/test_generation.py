"""Generated code: what it looks like, and what it can never hold."""

from __future__ import annotations

from graphlib import CycleError

import pytest

from building import (
    AS_OF,
    all_of,
    any_of,
    book,
    content,
    environment,
    every,
    literal,
    no,
    not_,
    resolved,
    rule,
    scalar,
    section,
    set_of,
    some,
    yes,
)
from vedlys.compiling.dependencies import derived_order
from vedlys.compiling.generation import Generated, generate
from vedlys.compiling.program import ArticleProgram, compile_program
from vedlys.model.conditions import Condition, Fact, Field
from vedlys.model.rulebook import Rulebook, Verdict
from vedlys.model.values import Record, Value, Version


def verdict(condition: Condition, values: dict[str, Value]) -> Verdict:
    (found,) = ArticleProgram(book(rule("one", condition))).outcome(environment(values)).verdicts
    return found


def source(*rules: Condition) -> str:
    return generate(book(*(rule(f"rule-{number}", when) for number, when in enumerate(rules)))).source


HOSTILE = (
    '"',
    "'",
    "\\",
    "\n",
    '"""',
    "{values}",
    "@",
    "c0",
    "__import__('os').abort()",
    ") or True #",
    "%s",
    "\ud800",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_of_authors_and_callers_are_values_only(text: str) -> None:
    when = literal("f.text", "is", text, scalar("text"))
    assert verdict(when, {"f.text": text}) == "applies"
    assert verdict(when, {"f.text": text + "x"}) == "clear"
    plain = source(literal("f.text", "is", "plain", scalar("text")))
    assert source(when) == plain


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_values_only(name: str) -> None:
    program = ArticleProgram(book(rule(name, yes(name)), article=name))
    assert program.verdicts(environment({name: True})) == {name: "applies"}
    field = literal(Field(name), "is", True)
    records = (Record(key="a", fields={name: True}),)
    assert verdict(some(name, field), {name: records}) == "applies"


def test_the_source_follows_from_the_shape_alone() -> None:
    one = generate(book(rule("one", all_of(yes("f.a"), literal("f.n", "at_least", 5, scalar("integer"))))))
    other = generate(book(rule("two", all_of(yes("f.b"), literal("f.m", "at_least", 7, scalar("integer"))))))
    assert (one.source, one.digest) == (other.source, other.digest)
    assert one.constants != other.constants


def test_a_fact_is_fetched_once_and_a_literal_decided_once() -> None:
    shared = literal("f.version", "at_least", Version.read("1.1.443"), scalar("version"))
    written = Version.read("1.1.443.0")
    text = source(
        shared, all_of(yes("f.a"), shared), any_of(literal("f.version", "at_least", written, scalar("version")))
    )
    assert "(v0, v1, ) = row" in text
    assert text.count(">=") == 1


def test_equal_loops_are_walked_once() -> None:
    down = literal(Field("up"), "is", False)
    text = source(some("f.records", down), all_of(yes("f.a"), some("f.records", down)), every("f.records", down))
    assert text.count("for record in") == 2


def test_values_that_only_look_alike_are_kept_apart() -> None:
    one, true = literal("f.n", "is", 1, scalar("integer")), literal("f.m", "has", True, set_of("boolean"))
    text = literal("f.t", "is", "1", scalar("text"))
    constants = generate(book(rule("a", one), rule("b", true), rule("c", text))).constants
    assert [repr(constant) for constant in constants if constant in {1, "1"}] == ["1", "True", "'1'"]


def test_derived_facts_that_no_rule_reads_are_left_out() -> None:
    built = book(rule("one", yes("d.used")), derived={"d.used": yes("f.a"), "d.idle": yes("f.b")})
    assert generate(built).row == {"f.a": ()}


def test_derived_facts_come_after_those_that_they_use() -> None:
    built = book(derived={"d.last": yes("d.middle"), "d.middle": not_(yes("d.first")), "d.first": yes("f.a")})
    assert derived_order(built.derived) == ("d.first", "d.middle", "d.last")


def test_a_circle_of_derived_facts_is_refused() -> None:
    built = book(rule("one", yes("d.a")), derived={"d.a": yes("d.b"), "d.b": yes("d.a")})
    with pytest.raises(CycleError):
        generate(built)


def test_nothing_to_do() -> None:
    generated = generate(book())
    assert generated.constants == ()
    assert ArticleProgram(book()).outcome(environment({})).verdicts == ()
    assert ArticleProgram(book()).verdicts(environment({})) == {}


def test_conditions_of_no_parts() -> None:
    assert verdict(all_of(), {}) == "applies"
    assert verdict(any_of(), {}) == "clear"
    assert verdict(not_(any_of()), {}) == "applies"
    assert verdict(all_of(yes("f.a"), any_of()), {}) == "clear"
    assert verdict(any_of(yes("f.a"), all_of()), {}) == "applies"
    assert verdict(some("f.r", all_of()), {"f.r": (Record(key="a", fields={}),)}) == "applies"
    assert verdict(every("f.r", any_of()), {"f.r": ()}) == "applies"


# What would nest as deep as it is long must not: Python's parser and compiler have their limits.
LONG = 3000


def long_books() -> dict[str, tuple[Rulebook, dict[str, Value], Verdict]]:
    names = [f"f.a{number}" for number in range(LONG)]
    chain = {"d.a0": yes("f.a")} | {f"d.a{n}": yes(f"d.a{n - 1}") for n in range(1, LONG)}
    steps = [
        section(f"s{n}", rule(f"r{n}", resolved(f"s{n - 1}") if n else yes("f.a"), section=f"s{n}"))
        for n in range(LONG // 10)
    ]
    many = section("many", *(rule(f"r{n}", yes(name), section="many") for n, name in enumerate(names)))
    last = section("last", rule("one", all_of(yes("f.a"), not_(resolved("many"))), section="last"))
    known: dict[str, Value] = dict.fromkeys(names, True)
    return {
        "all": (book(rule("one", all_of(*map(yes, names)))), known, "applies"),
        "any": (book(rule("one", any_of(*map(no, names)))), known, "clear"),
        "unknown": (book(rule("one", all_of(*map(yes, names)))), {}, "unknown"),
        "derived": (book(rule("one", yes(f"d.a{LONG - 1}")), derived=chain), {"f.a": True}, "applies"),
        "steps": (book(*steps), {"f.a": True}, "clear"),
        "resolved": (book(many, last), {"f.a": True, **known}, "applies"),
        "one of": (
            book(rule("one", literal("f.t", "one_of", tuple(names), scalar("text")))),
            {"f.t": names[-1]},
            "applies",
        ),
    }


@pytest.mark.parametrize("shape", ["all", "any", "unknown", "derived", "steps", "resolved", "one of"])
def test_length_is_no_depth(shape: str) -> None:
    built, known, expected = long_books()[shape]
    outcome = ArticleProgram(built).outcome(environment(known))
    assert outcome.verdicts[-1] == expected


def test_resolved_is_looked_at_only_where_the_rest_leaves_it_open() -> None:
    built = book(
        section("first", rule("a", yes("f.a"), section="first")),
        section("last", rule("b", all_of(yes("f.still"), resolved("first")), section="last")),
    )
    lines = generate(built).source.splitlines()
    (number,) = (number for number, line in enumerate(lines) if "UNDECIDED" in line)
    assert lines[number - 1].strip().startswith("if ")
    assert lines[number].startswith(" " * 8)


def test_code_is_made_when_it_is_first_run() -> None:
    program = compile_program(content(book(rule("one", yes("f.a"))))).articles["sample"]
    assert "generated" not in vars(program)
    program.verdicts(environment({}))
    made = vars(program)["generated"]
    assert isinstance(made, Generated)
    program.outcome(environment({}))
    assert vars(program)["generated"] is made


def test_what_comes_out_is_the_callers_own() -> None:
    program = ArticleProgram(book(rule("one", yes("f.a"))))
    first = program.verdicts(environment({}))
    first["one"] = "applies"
    first["more"] = "clear"
    assert program.verdicts(environment({"f.a": False})) == {"one": "clear"}


def test_generated_code_reaches_nothing_but_what_it_needs() -> None:
    program = ArticleProgram(book(rule("one", yes("f.a"))))
    program.verdicts(environment({}))
    reached = vars(program)["_run"].__globals__
    assert reached["__builtins__"] == {"int": int}
    assert not {"os", "sys", "open", "eval", "exec"} & reached.keys()


def test_values_and_as_of_are_all_that_it_reads() -> None:
    program = ArticleProgram(book(rule("one", literal("f.n", "is", Fact("f.m"), scalar("integer")))))
    assert vars(program).get("_run") is None
    known = environment({"f.n": 3, "f.m": 3}, as_of=AS_OF)
    assert program.outcome(known) == program.outcome(known)
    assert known == environment({"f.n": 3, "f.m": 3}, as_of=AS_OF)


def test_what_is_used_once_is_put_where_it_is_used() -> None:
    shared = yes("f.a")
    text = source(shared, all_of(shared, yes("f.b")), all_of(shared, yes("f.c"), not_(yes("f.d"))))
    assert [line.split(" = ")[0].strip() for line in text.splitlines() if line.strip().startswith("t")] == ["t0"]
    assert text.count("v1") == text.count("v2") == 3  # in the row, asked for None, and compared


def test_rows_of_records_hold_the_fields_that_are_read() -> None:
    up, host = literal(Field("up"), "is", True), literal(Field("host"), "is", "a", scalar("hostname"))
    generated = generate(book(rule("one", all_of(some("f.r", up), every("f.r", any_of(host, up)), yes("f.a")))))
    assert generated.row == {"f.r": ("up", "host"), "f.a": ()}
