"""Documents made to exhaust: each is answered, with an answer of bounded size and work that grows with its length."""

import json
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posting import DERIVED, INTAKE, VOCABULARY

from building import declared
from vedlys.errors import FactsError
from vedlys.intake import Intake, document
from vedlys.intake.faults import LIMIT
from vedlys.messages import describe
from vedlys.model.types import BOOLEAN

MIB = 1024 * 1024
GENEROUS = Intake(VOCABULARY, DERIVED, body_limit=64 * MIB)

DOCUMENTS = {
    "nested lists": b"[" * 10 * MIB,
    "nested objects": b'{"a":' * 2 * MIB,
    "nested facts": b'{"net":' * MIB,
    "nested and closed": b"[" * 5 * MIB + b"]" * 5 * MIB,
    "lists beside each other": b'{"net.ports":[' + b"[]," * MIB + b"1]}",
    "quotation marks": b"[" * 600 + b'"' + b'\\"' * MIB,
    "backslashes": b"[" * 600 + b'"' + b"\\" * MIB,
    "a set of nulls": b'{"net.ports":[' + b"null," * MIB + b"1]}",
    "a set of texts": b'{"net.ports":[' + b'"",' * MIB + b"1]}",
    "one long number": b'{"net.share":' + b"9" * MIB + b"}",
    "one long fraction": b'{"net.idle":0.' + b"9" * MIB + b"}",
    "one long text": b'{"log.note":"' + b"x" * 5 * MIB + b'"}',
    "one long host": b'{"net.proxy.host":"' + b"x." * MIB + b'"}',
    "one long label": ('{"net.proxy.host":"' + "ą" * 1012 + '"}').encode(),
    "one long version": b'{"connect.version":"' + b"1." * MIB + b'"}',
    "one long name": b'{"' + b"a." * MIB + b'":1}',
    "a long name that repeats": b'{"' + b"k" * 200_000 + b'":{' + b'"a":1,' * 20_000 + b'"b":1}}',
    "records with nothing in them": b'{"ad.domains":[' + b"{}," * 300_000 + b"{}]}",
    "records of one key": b'{"ad.domains":[' + b'{"name":"a"},' * 100_000 + b'{"name":"a"}]}',
    "escapes": b'{"log.note":"' + b"\\ud800" * MIB + b'"}',
    "a truncated document": b'{"log.note":"' + b"x" * MIB,
}


@pytest.mark.parametrize("body", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_hostile_documents_are_refused(body):
    with pytest.raises(FactsError) as raised:
        GENEROUS.read(body)
    faults = raised.value.faults
    assert 1 <= len(faults) <= LIMIT + 1
    assert sum(len(fault.pointer) + len(describe(fault)) for fault in faults) < 4 * MIB


REPEATED: dict[str, Callable[[int], str]] = {
    "lists beside each other": lambda n: '{"net.ports":[' + "[]," * n + "1]}",
    "a set of nulls": lambda n: '{"net.ports":[' + "null," * n + "1]}",
    "a set of texts": lambda n: '{"net.ports":[' + '"",' * n + "1]}",
    "nested facts": lambda n: '{"net":' * n,
    "records of one key": lambda n: '{"ad.domains":[' + '{"name":"a"},' * n + '{"name":"a"}]}',
    "unknown names": lambda n: json.dumps({f"conect.version{number}": number for number in range(n)}),
    "members of a set": lambda n: json.dumps({"net.firewall.allow_list": [f"{n}-{number}.lt" for number in range(n)]}),
}


def calls(body: str) -> int:
    """How many functions are called to read a document: the work it makes, whatever the machine is doing."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(counted)
    try:
        GENEROUS.read(body)
    except FactsError:
        pass
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("make", REPEATED.values(), ids=REPEATED.keys())
def test_work_grows_with_the_length(make):
    assert calls(make(4_000)) < 2.5 * calls(make(2_000))


@pytest.mark.parametrize("unknown", ["reject", "ignore"])
def test_a_hundred_thousand_unknown_names(unknown):
    body = json.dumps({f"conect.version{number}": number for number in range(100_000)})
    if unknown == "ignore":
        assert len(GENEROUS.read(body, unknown_facts="ignore").ignored) == 100_000
    else:
        with pytest.raises(FactsError) as raised:
            GENEROUS.read(body)
        *faults, last = raised.value.faults
        assert len(faults) == LIMIT
        assert [fault.pointer for fault in faults] == sorted(fault.pointer for fault in faults)
        assert (last.code, last.pointer, last.values) == ("more-faults", "", {"count": "1000"})


def test_unknown_names_in_a_large_vocabulary():
    large = Intake({name: declared(name, BOOLEAN) for name in (f"topic{n % 50}.fact{n}" for n in range(10_000))})
    with pytest.raises(FactsError) as raised:
        large.read(json.dumps({f"topik.fact{n}": 1 for n in range(1_000)}))
    assert len(raised.value.faults) == LIMIT


def test_large_valid_documents_are_read():
    hosts = [f"h{number}.example.lt" for number in range(20_000)]
    domains = [{"name": host, "pdc_reachable": True, "preferred_dcs": [host]} for host in hosts[:5000]]
    reading = GENEROUS.read(json.dumps({"net.firewall.allow_list": hosts, "ad.domains": domains, "net.idle": None}))
    assert len(reading.environment.values["net.firewall.allow_list"]) == 20_000


def test_no_stack_is_exhausted_whatever_the_limit_of_recursion():
    before = sys.getrecursionlimit()
    try:
        for limit in (before, 1_000_000):
            sys.setrecursionlimit(limit)
            with pytest.raises(FactsError) as raised:
                GENEROUS.read(b"[" * 10 * MIB)
            assert [fault.code for fault in raised.value.faults] == ["document-too-deep"]
    finally:
        sys.setrecursionlimit(before)


def test_a_deep_caller_is_no_fault_of_the_document():
    def deep(levels: int) -> object:
        return deep(levels - 1) if levels else INTAKE.read(b'{"net.idle": 1, "log": {"note": "a:b"}}').supplied

    assert deep(500) == {"net.idle", "log.note"}


def test_python_documents_as_deep_as_they_like():
    cycle: dict = {}
    cycle["net"] = cycle
    with pytest.raises(FactsError) as raised:
        INTAKE.read(cycle)
    assert [fault.pointer for fault in raised.value.faults] == ["/net/net"]


def test_messages_cannot_be_flooded_or_forged():
    value = "\x1b[2J\n\u202eevil`" + "x" * 1000
    with pytest.raises(FactsError) as raised:
        INTAKE.read({"sspr.scope": value, value: 1})
    for fault in raised.value.faults:
        assert describe(fault).isprintable()
        assert all(len(shown) <= 80 for shown in fault.values.values())
        assert fault.values.get("value", fault.values.get("name")).startswith("\\x1b[2J\\n\\u202eevil\\u0060xxx")
    text = str(raised.value)
    assert text.count("\n") == 1
    assert text.replace("\n", "").isprintable()
    assert len(text) < 1000


@given(st.lists(st.sampled_from([b"[", b"]", b"{", b"}", b'"', b"\\", b":", b"a", b"[]", b"{}", b'"["']), max_size=60))
def test_depth_is_found_out_fast_and_right(parts: list[bytes]) -> None:
    body = b"".join(parts)
    for levels in (1, 2, 3, 5, 8):
        assert document.is_deeper(body, levels) is document._is_deeper(body, levels)


def test_a_long_list_is_flat() -> None:
    body = b'{"a": [' + b", ".join([b'{"b": ["[[[["]}'] * 5000) + b"]}"
    assert document._is_flat(body, 50)
    assert not document.is_deeper(body, 50)
    assert document.is_deeper(b"[" * 51 + b"]" * 51, 50)
    assert not document.is_deeper(b"[" * 50 + b"]" * 50, 50)
    assert document.is_deeper(b"[{" * 26 + b"}]" * 26, 50)
