"""The walk that decodes straight into values: what it accepts, the careful walk accepts with the same result."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from posting import INTAKE, VOCABULARY
from test_intake_properties import DOCUMENTS, answer, careful

from benchmarks.population import nested
from building import AS_OF, declared, scalar
from strategies import World, worlds
from vedlys.compiling.program import ArticleProgram
from vedlys.intake import Intake, Reading
from vedlys.intake.forms import Forms, forms_of, may_be_typed
from vedlys.intake.typed import Values
from vedlys.model.types import BOOLEAN
from vedlys.model.values import plain


def reader(intake: Intake = INTAKE) -> Values:
    forms = intake.forms(list(VOCABULARY))
    assert forms is not None
    return intake.value_reader(forms)


READ = reader()


def typed(body: bytes, intake: Intake = INTAKE, read: Values = READ) -> Reading | None:
    """The reading; None where it is left to others."""
    try:
        return intake.read_typed(read, body, as_of=AS_OF)
    except Exception:  # noqa: BLE001 - it may raise anything
        return None


# what a key or a value may do to the count of colons
_PIECES = rb"""
"net.idle":1  "net.idle":null  "net":{"idle":2}  "net":{"idle":null}  "net":null  "net":{}
"log.note":"a:b"  "log.note":"\u003a"  "log.note":"null"  "log":{"note":":"}  "log.note":""
"sspr.scope":"all"  "sspr":{"scope":"none"}  "log.last_seen":"2026-01-01T00:00:00Z"
"net.proxy":{"host":"a.lt"}  "net":{"proxy.host":"a.lt"}  "net":{"proxy":{"host":"a.lt"}}
"net.proxy.address":"::1"  "net.ports":[1,2]  "net.share":1  "net.share":1.0  "n\u0065t.idle":1
"ad.domains":[{"name":"a","name":"a"}]  "ad.domains":[{"name":"a","pdc_reachable":null},{"name":"b"}]
"ad.domains":[{"name":"a"},{"name":"A"}]  "ad.domains":[]  "ad":{"domains":[{"name":null}]}
"connect.latest_version":null  "connect.latest_version":"2.0"  "connect":{"latest_version":"2.0.0"}
""".split()
BODIES = st.lists(st.sampled_from(_PIECES), max_size=4).map(lambda pieces: b"{" + b",".join(pieces) + b"}")


@given(BODIES)
@example(b'{"log.note":"\\u003a","log.note":"\\u003a","net.idle":1,"net.idle":1}')
@example(b'{"log.note":":","net.idle":null,"net.idle":1}')
def test_what_it_accepts_the_careful_walk_accepts(body: bytes) -> None:
    found = typed(body)
    if found is not None:
        assert found == careful(INTAKE, body)
    assert answer(INTAKE, body) == careful(INTAKE, body)


@given(DOCUMENTS)
def test_it_accepts_no_document_that_is_refused(document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    found = typed(body)
    assert found is None or found == careful(INTAKE, body)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"net.idle": 1, "net": {"load": 0.5, "proxy.host": "A.lt."}, "sspr.scope": null}',
        b'{"net": {"idle": 1, "proxy": {"host": "a.lt"}, "firewall.allow_list": ["*.b", "*.B."]}}',
        b'{"log": {"note": "a:b", "last_seen": "2026-01-01T00:00:00Z"}, "net.proxy.address": "::1"}',
        b'{"ad.domains": [{"name": "A", "pdc_reachable": true, "preferred_dcs": ["b"]}, {"name": "c"}]}',
        b'{"ad.domains": [{"name": "A", "pdc_reachable": null}], "connect.latest_version": null}',
        b'{"net.share": 1, "net.shift": -9223372036854775808, "net.ports": [1, 1, 2]}',
    ],
)
def test_it_reads_what_there_is_nothing_wrong_with(body: bytes) -> None:
    found = typed(body)
    assert found is not None
    assert found == careful(INTAKE, body)
    for name, value in found.environment.values.items():
        assert repr(value) == repr(careful(INTAKE, body).environment.values[name])  # 1 is not 1.0


@pytest.mark.parametrize(
    "body",
    [
        b'{"net.idle": 1, "net.idle": 1}',
        b'{"net.idle": null, "net.idle": 1}',
        b'{"net": {"idle": 1}, "net": {"load": 1}}',
        b'{"net": {"idle": 1}, "net.idle": 2}',
        b'{"net": null}',
        b'{"net.idle": 1.0}',
        b'{"net.idle": true}',
        b'{"net.idle": -1}',
        b'{"net.shift": 9223372036854775808}',
        b'{"net.load": 1.6}',
        b'{"net.share": 1e999}',
        b'{"sspr.scope": "ALL"}',
        b'{"connect.version": "2"}',
        b'{"net.ports": [1, null]}',
        b'{"ad.domains": [{"name": "a"}, {"name": "A."}]}',
        b'{"ad.domains": [{"pdc_reachable": true}]}',
        b'{"ad.domains": [{"name": "a", "name": "b"}]}',
        b'{"ad.domains": [{"name": "a", "more": 1}]}',
        b'{"log.note": "' + b"x" * 70_000 + b'"}',
        b'{"conect.version": "2.1"}',
        b'{"net.idle": 1',
        b"[]",
        b"",
        b"\xff",
    ],
)
def test_what_is_wrong_is_left_to_the_careful_walk(body: bytes) -> None:
    assert typed(body) is None


def test_a_long_document_is_left_alone() -> None:
    short = Intake(VOCABULARY, body_limit=20)
    read = reader(short)
    assert typed(b'{"net.idle": 1}', short, read) is not None
    assert typed(b'{"net.idle": 1     }       ', short, read) is None


def test_facts_of_the_same_topics_may_be_posted_besides() -> None:
    many = {f"other{number}.fact": declared(f"other{number}.fact", BOOLEAN) for number in range(100)}
    near = declared("near.one", BOOLEAN), declared("near.two", scalar("integer"))
    intake = Intake({one.name: one for one in near} | many)
    forms = intake.forms(["near.one"])
    assert forms is not None
    assert tuple(forms.types) == ("near.one", "near.two")
    assert typed(b'{"near.one": true, "near.two": 3}', intake, intake.value_reader(forms)) is not None
    assert typed(b'{"near.one": true, "other1.fact": true}', intake, intake.value_reader(forms)) is None


def test_the_same_facts_share_their_types() -> None:
    types = {name: declaration.type for name, declaration in VOCABULARY.items()}
    assert forms_of(types) is forms_of(dict(types))
    assert forms_of(types).types == types
    assert forms_of(types) is not forms_of({**types, "net.idle": scalar("integer", minimum=1)})


def test_names_of_many_parts_are_left_to_others() -> None:
    assert may_be_typed(["a.b.c.d"])
    assert not may_be_typed([".".join("abcdefghij")])
    intake = Intake({name: declared(name, BOOLEAN) for name in ("a.b", ".".join("abcdefghij"))})
    assert intake.forms(["a.b"]) is None


def test_names_of_authors_never_become_code() -> None:
    names = ["x.class", "x.import", "x.f0", "p.records", "p_found.t0", "body.x", "e1.as_of"]
    vocabulary = {name: declared(name, BOOLEAN) for name in names}
    intake = Intake(vocabulary)
    read = intake.value_reader(Forms(dict.fromkeys(names, BOOLEAN)))
    reading = intake.read_typed(read, json.dumps(dict.fromkeys(names, True)).encode(), as_of=AS_OF)
    assert reading.environment.values == dict.fromkeys(names, True)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), st.data())
def test_verdicts_are_decided_as_of_an_environment(world: World, data: st.DataObject) -> None:
    environment = world.environment
    program = ArticleProgram(world.book)
    intake = Intake(world.vocabulary)
    forms = intake.forms(program.reads)
    assert forms is not None
    decide: Callable[..., Any] = intake.decider(program.code, forms)
    facts = {name: plain(value) for name, value in environment.values.items() if name in forms.types}
    facts = {name: value for name, value in facts.items() if name not in environment.references}
    unknown = [name for name in forms.types if name not in environment.values]
    nulls = data.draw(st.lists(st.sampled_from(unknown), unique=True)) if unknown else []
    missing = [name for name in unknown if world.vocabulary[name].reference is not None]
    facts |= dict.fromkeys({*nulls, *missing})
    for document in (facts, nested(facts)):
        body = json.dumps(document, ensure_ascii=False).encode()
        assert decide(body, environment.as_of).verdicts == program.verdicts(environment)
