"""What the fast reading of a request accepts, the careful one accepts; and nothing else is accepted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedlys import Catalogue
from vedlys.web import requests
from vedlys.web.problems import ProblemError
from vedlys.web.settings import Settings

CATALOGUE = Catalogue.load()
LIMITS = Settings().limits

FACTS = st.sampled_from(
    [
        {},
        {"sspr.scope": "none"},
        {"sspr": {"scope": "all"}},
        {"sspr.scope": None},
        {"no.fact": 1},
        {"sspr.scope": 3},
        [],
    ]
)
WORDS = ["lt", "en-GB", "", ":", "a:b", "reject", "ignore", "sspr.scope", "2026-11-22T10:00:00Z", "é"]
TEXTS = st.sampled_from([*WORDS, "{", "}", "{}", '"facts": {}'])
VALUES = st.one_of(
    FACTS,
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(-1, 1),
    st.lists(TEXTS, max_size=2),
    st.just(["password-writeback"]),
)
SENSIBLE: dict[str, st.SearchStrategy[Any]] = {
    "facts": FACTS,
    "articles": st.sampled_from([["password-writeback"], [], ["x"], None]),
    "locale": st.sampled_from(["lt", "en_GB", ":", None, ""]),
    "unknown_facts": st.sampled_from(["reject", "ignore", None]),
    "skip": st.sampled_from([["sspr.scope"], [], None, ["a:b"]]),
    "as_of": st.sampled_from(["2026-11-22T10:00:00Z", "2026-11-22T10:00:00", None]),
}
NAMES = st.sampled_from([*SENSIBLE, "extra", "Facts"])


@st.composite
def members(draw: st.DrawFn) -> list[tuple[str, Any]]:
    listed = [("facts", draw(FACTS))] if draw(st.booleans()) else []
    for _ in range(draw(st.integers(0, 4))):
        name = draw(NAMES)
        listed.append((name, draw(SENSIBLE.get(name, VALUES) if draw(st.booleans()) else VALUES)))
    return draw(st.permutations(listed))


def written(listed: list[tuple[str, Any]], *, escape: bool) -> bytes:
    parts = []
    for name, value in listed:
        text = json.dumps(value)
        if escape:
            text = text.replace(":", "\\u003a") if type(value) is str else text
        parts.append(f"{json.dumps(name)}: {text}")
    return ("{" + ", ".join(parts) + "}").encode()


def carefully(body: bytes) -> requests.Asked | ProblemError:
    try:
        return requests._Careful(CATALOGUE, LIMITS).read(body)
    except ProblemError as error:
        return error


def fast(body: bytes) -> requests.Asked | None:
    try:
        return requests._fast(body, CATALOGUE, LIMITS)
    except Exception:  # noqa: BLE001 - the fast reading may raise anything at all
        return None


def read_both_ways(body: bytes) -> requests.Asked | ProblemError:
    """What the careful reading says, which the fast one does not contradict."""
    quick, slow = fast(body), carefully(body)
    if quick is not None:
        assert isinstance(slow, requests.Asked), f"only the fast reading accepts {body!r}"
        assert quick.reading.supplied == slow.reading.supplied
        assert quick.reading.environment.values == slow.reading.environment.values
        assert quick.reading.environment.skip == slow.reading.environment.skip
        assert quick.reading.ignored == slow.reading.ignored
        assert [*(quick.articles or ())] == [*(slow.articles or ())]
        assert (quick.locale or None) == (slow.locale or None)
        if b"as_of" in body:
            assert quick.reading.environment.as_of == slow.reading.environment.as_of or b"null" in body
    return slow


@given(listed=members(), escape=st.booleans())
def test_both_readings_agree(listed: list[tuple[str, Any]], escape: bool) -> None:
    slow = read_both_ways(written(listed, escape=escape))
    names = [name for name, _ in listed]
    if len(set(names)) != len(names) or "facts" not in names or not set(names) <= set(requests.MEMBERS):
        assert isinstance(slow, ProblemError)


PARTS = st.sampled_from(
    [b"{", b"}", b"{}", b"[", b"]", b'"', b":", b",", b"\\", b" ", b"\n", b"1", b'"facts": {}', b""]
)


@given(listed=members(), data=st.data())
def test_both_readings_agree_wherever_a_body_is_damaged(listed: list[tuple[str, Any]], data: st.DataObject) -> None:
    """Where facts begin and end is told by brackets alone, which need not be what they seem."""
    body = written(listed, escape=False)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body)))
        body = body[:at] + data.draw(PARTS) + body[at + data.draw(st.integers(0, 3)) :]
    read_both_ways(body)


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_answered(body: bytes) -> None:
    for document in (body, b'{"facts": ' + body + b"}", b'{"facts": {}, ' + body):
        refused = carefully(document)
        if isinstance(refused, ProblemError):
            assert refused.code in {"malformed-request", "invalid-request"}
            assert refused.faults
            assert fast(document) is None


@pytest.mark.parametrize(
    "body",
    [
        b'{"facts": {}}',
        b' {"facts" : {"sspr.scope": "none"} } ',
        b'{\n  "locale": "lt",\n  "facts": {\n    "sspr": {"scope": "none"}\n  }\n}\n',
        b'{"facts": {"report": {}}, "as_of": "2026-11-22T10:00:00+02:00", "locale": "lt"}',
        b'{"facts": {}, "articles": ["password-writeback"], "skip": ["sspr.scope"], "unknown_facts": "ignore"}',
    ],
)
def test_the_usual_request_is_read_fast(body: bytes) -> None:
    assert fast(body) is not None


MOMENT = '"as_of": "2026-11-22T10:00:00Z"'


def test_a_moment_is_read_fast() -> None:
    """It has colons as names have."""
    asked = fast(f'{{"facts": {{"sspr.scope": "none"}}, "locale": "en", {MOMENT}}}'.encode())
    assert asked is not None
    assert asked.reading.supplied == {"sspr.scope"}


@pytest.mark.parametrize(
    "body",
    [
        f'{{"facts": {{}}, {MOMENT}, {MOMENT}}}',
        f'{{"facts": {{"sspr.scope": "none", "sspr.scope": "all"}}, {MOMENT}}}',
        # an escaped colon makes up for the one too many
        '{"facts": {"sspr.scope": "none", "sspr.scope": "all"}, "as_of": "2026-11-22T10\\u003a00:00Z"}',
        '{"locale": "lt", "facts": {}, "locale": "lt", "as_of": "2026-11-22T10\\u003a00:00Z"}',
    ],
)
def test_with_a_moment_too_what_stands_twice_is_seen(body: str) -> None:
    assert fast(body.encode()) is None
    assert isinstance(carefully(body.encode()), ProblemError)


@pytest.mark.parametrize(
    "body",
    [
        b'{"facts": 5, "skip": ["{}"]}',
        b'{"skip": ["{"], "facts": {}, "as_of": "}"}',
        b'{"facts": {"a": 1}, "skip": ["}"]}',
        b'{"locale": "}", "facts": {"sspr.scope": "none"}',
        b'{"facts": {"sspr.scope": "none"}, "facts": {"sspr.scope": "all"}}',
        b'{"facts": {}}{}',
        b'{{}"facts": {}}',
        b'{"facts": }{}',
        b"{}",
        b"{",
        b"}{",
    ],
)
def test_brackets_that_are_not_those_of_facts(body: bytes) -> None:
    assert fast(body) is None
    assert isinstance(carefully(body), ProblemError)


def test_what_stands_around_facts_is_remembered_where_it_is_short() -> None:
    requests._remembered.cache_clear()
    body = b'{"facts": {"sspr.scope": "%b"}, "locale": "lt"%b}'
    for around in (b"", b" ", b" " * 1000):
        for scope in (b"none", b"all"):
            asked = fast(body % (scope, around))
            assert asked is not None
            assert asked.reading.environment.values["sspr.scope"] == scope.decode()
    assert requests._remembered.cache_info()[:2] == (2, 2), "hits and misses"
    assert requests._remembered.cache_info().currsize == 2


def test_a_byte_order_mark_is_read_carefully() -> None:
    body = b"\xef\xbb\xbf" + b'{"facts": {}}'
    assert fast(body) is None
    assert isinstance(carefully(body), requests.Asked)


def test_null_stands_for_a_member_that_is_left_out() -> None:
    body = b'{"facts": {}, "locale": null, "articles": null, "skip": null, "unknown_facts": null, "as_of": null}'
    for asked in (fast(body), carefully(body)):
        assert isinstance(asked, requests.Asked)
        assert (asked.articles, asked.locale) == (None, None)
