"""The body of `POST /v1/assessments`, and of each line of a batch: read fast where nothing is wrong with it.

The careful walk is the definition and finds every fault at once; what the fast one accepts, the careful one accepts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, get_args

import msgspec
from msgspec import UNSET, UnsetType

import vedlys.intake.careful  # noqa: F401 - lazy elsewhere; here no request should wait for it
from vedlys.assessment import Catalogue
from vedlys.errors import FactsError, Fault, RequestError
from vedlys.intake import Reading
from vedlys.intake.document import is_deeper
from vedlys.intake.faults import EnoughError, Faults
from vedlys.intake.intake import UnknownFacts
from vedlys.intake.pointer import below
from vedlys.intake.scan import ABSENT, scan
from vedlys.messages.shown import shown, visible
from vedlys.model.values import read_datetime
from vedlys.suggest import nearest
from vedlys.web.negotiation import is_tag
from vedlys.web.problems import ProblemError
from vedlys.web.settings import Limits

_UNKNOWN_FACTS: tuple[UnknownFacts, ...] = get_args(UnknownFacts)
_TOO_LARGE = "document-too-large"
_NOT_JSON = frozenset({"empty-body", "document-not-utf8", "malformed-json", "truncated-json"})


class _Facts(msgspec.Struct, forbid_unknown_fields=True):
    """The facts of a request, without their members: those are read by themselves."""


class Body(msgspec.Struct, forbid_unknown_fields=True):
    """The members of a request; null stands for one that is left out, which is UNSET."""

    facts: _Facts
    articles: list[str] | UnsetType | None = UNSET
    locale: str | UnsetType | None = UNSET
    unknown_facts: Literal["reject", "ignore"] | UnsetType | None = UNSET
    skip: list[str] | UnsetType | None = UNSET
    as_of: str | UnsetType | None = UNSET


class Asked(msgspec.Struct, frozen=True):
    """A request as accepted."""

    reading: Reading
    articles: Sequence[str] | None  # None: each that a supplied fact bears on
    locale: str | None  # that the body asks for


class _Beside(msgspec.Struct, frozen=True):
    """What a request says beside its facts."""

    articles: tuple[str, ...] | None
    locale: str | None
    unknown_facts: UnknownFacts
    skip: tuple[str, ...]
    as_of: dt.datetime | None


MEMBERS: tuple[str, ...] = Body.__struct_fields__
_DECODER = msgspec.json.Decoder(Body)
_SHORT = 512  # bytes that may be remembered of what is said beside facts


def read_request(body: bytes, catalogue: Catalogue, limits: Limits) -> Asked:
    """Read the body of a request; raises `ProblemError` with every fault of it, in the language that it asks for."""
    try:
        return _fast(body, catalogue, limits)
    except Exception:  # noqa: BLE001 - whatever it was, the careful walk says what is wrong, if anything
        return _Careful(catalogue, limits).read(body)


def _fast(body: bytes, catalogue: Catalogue, limits: Limits) -> Asked:
    """Read a request with nothing wrong in it; raises anything on all others.

    The facts are the second object that begins and the last but one that ends: no other member may be one. They are
    read apart from what stands around them, which is the same in most requests of a caller. Where the brackets are
    others, in a text for one, the two parts are not both JSON.
    """
    if _may_hold_too_much(body, limits):
        raise ValueError
    begin = body.find(b"{", body.find(b"{") + 1)
    end = body.rfind(b"}", 0, body.rfind(b"}")) + 1
    around = body[:begin] + b"{}" + body[end:]
    beside = _remembered(around) if len(around) <= _SHORT else _beside(around)
    # known facts are no deeper than the vocabulary has them, and the other members are flatter still
    if (catalogue.levels >= limits.depth or beside.unknown_facts == "ignore") and _is_too_deep(body, limits):
        raise ValueError
    articles = beside.articles
    if articles is not None:
        _all_known(articles, catalogue)
    reading = catalogue.read(
        body[begin:end],
        as_of=beside.as_of,
        skip=beside.skip,
        unknown_facts=beside.unknown_facts,
        at="/facts",
        article=articles[0] if articles else None,
    )
    return Asked(reading, articles, beside.locale)


def _may_hold_too_much(body: bytes, limits: Limits) -> bool:
    """Whether the body may hold too many names and values: counted roughly, never too low."""
    # no more than one in each byte
    return len(body) > limits.keys and sum(map(body.count, (b":", b",", b"{", b"["))) > limits.keys


def _is_too_deep(body: bytes, limits: Limits) -> bool:
    """Whether the body is nested too deep."""
    return body.count(b"{") + body.count(b"[") > limits.depth and is_deeper(body, limits.depth)


def _beside(around: bytes) -> _Beside:
    """Read a request whose facts have no members; raises anything where something may be wrong with it."""
    request = _DECODER.decode(around)
    articles, locale, skip, as_of = request.articles, request.locale, request.skip, request.as_of
    # The decoder drops the first of two members of one name, but its colon is still there. Of all that is accepted,
    # only a moment has colons too, and an escaped one could make up for one too many.
    members = len(MEMBERS) - msgspec.structs.astuple(request).count(UNSET)
    if around.count(b":") != members + (as_of.count(":") if as_of else 0) or b"\\" in around:
        raise ValueError
    if type(locale) is str and not is_tag(locale):
        raise ValueError
    return _Beside(
        tuple(articles) if type(articles) is list else None,
        locale or None,
        request.unknown_facts or "reject",
        tuple(skip) if skip else (),
        read_datetime(as_of) if type(as_of) is str else None,
    )


_remembered = lru_cache(maxsize=1024)(_beside)


def _all_known(articles: Sequence[str], catalogue: Catalogue) -> None:
    if not articles:
        raise ValueError
    known = catalogue.content.rulebooks
    for article in articles:
        if article not in known:
            raise ValueError


class _Careful:
    """The careful walk of one request."""

    def __init__(self, catalogue: Catalogue, limits: Limits) -> None:
        self._catalogue = catalogue
        self._limits = limits
        self._faults = Faults()

    def read(self, body: bytes) -> Asked:
        """The request; ProblemError with every fault."""
        complete = True
        document: object = ABSENT
        reading: Reading | None = None
        try:
            if not body.strip():
                self._faults.add("empty-body", "")
            else:
                document = scan(body, "", self._faults, depth=self._limits.depth)
            if document is not ABSENT and not _holds_at_most(document, self._limits.keys):
                self._faults.add("too-many-values", "", limit=str(self._limits.keys))
            elif type(document) is dict:
                reading = self._request(document)
            elif document is not ABSENT:
                self._faults.add("wrong-type", "", value=shown(document), expected="request")
        except EnoughError:
            complete = False
        locale = self._locale(document)
        if self._faults:
            self._refuse(complete=complete, locale=locale)
        assert type(document) is dict
        assert reading is not None
        return Asked(reading, document.get("articles"), locale)

    def _refuse(self, *, complete: bool, locale: str | None) -> None:
        faults = self._faults.sorted(complete=complete)
        for fault in faults:
            if fault.code == _TOO_LARGE:
                raise ProblemError("body-too-large", values=fault.values, locale=locale)
        is_json = _NOT_JSON.isdisjoint(fault.code for fault in faults)
        raise ProblemError("invalid-request" if is_json else "malformed-request", faults=faults, locale=locale)

    def _locale(self, document: object) -> str | None:
        """The language that the body asks for, as far as it can be read: faults are told in it too."""
        locale = document.get("locale") if type(document) is dict else None
        if type(locale) is not str:
            return None
        return locale if is_tag(locale) else None

    def _request(self, document: dict[str, Any]) -> Reading | None:
        faults = self._faults
        for name in document:
            if name not in MEMBERS:
                known = ", ".join(f"`{member}`" for member in MEMBERS)
                suggestion = nearest(name, MEMBERS) if faults.may_suggest(len(MEMBERS)) else None
                faults.add("unknown-member", below("", name), name=visible(name), suggestion=suggestion, known=known)
        self._articles(document.get("articles"))
        self._check_locale(document.get("locale"))
        unknown_facts = self._unknown_facts(document.get("unknown_facts"))
        as_of = self._as_of(document.get("as_of"))
        facts = document.get("facts")
        if "facts" not in document:
            faults.add("missing-member", "", name="facts")
        elif type(facts) is not dict:
            faults.add("facts-not-object", "/facts", value=shown(facts))
        skip = document.get("skip")
        if skip is not None and type(skip) is not list:
            self._wrong("/skip", skip, "names")
            skip = None
        try:
            return self._catalogue.read(
                facts if type(facts) is dict else {},
                as_of=as_of,
                skip=() if skip is None else skip,
                unknown_facts=unknown_facts,
                at="/facts",
            )
        except FactsError as error:
            for fault in error.faults:
                self._add(fault)
        return None

    def _add(self, fault: Fault) -> None:
        if fault.code == "more-faults":
            raise EnoughError
        self._faults.add(fault.code, fault.pointer, **fault.values)

    def _articles(self, posted: object) -> None:
        known = self._catalogue.articles
        if posted is None:
            return
        if type(posted) is not list:
            self._wrong("/articles", posted, "article-names")
            return
        if not posted:
            self._faults.add("empty-list", "/articles")
        for place, name in enumerate(posted):
            if type(name) is not str:
                self._wrong(f"/articles/{place}", name, "text")
            elif name not in self._catalogue.content.rulebooks:
                suggestion = nearest(name, known) if self._faults.may_suggest(len(known)) else None
                pointer = f"/articles/{place}"
                self._faults.add("article-not-found", pointer, article=visible(name), suggestion=suggestion)

    def _check_locale(self, posted: object) -> None:
        if posted is None:
            return
        if type(posted) is not str:
            self._wrong("/locale", posted, "text")
            return
        if not is_tag(posted):
            self._faults.add("malformed-locale", "/locale", locale=visible(posted))

    def _unknown_facts(self, posted: object) -> UnknownFacts:
        for choice in _UNKNOWN_FACTS:
            if posted == choice:
                return choice
        if posted is not None:
            known = ", ".join(_UNKNOWN_FACTS)
            value = visible(posted) if type(posted) is str else shown(posted)
            self._faults.add("unknown-choice", "/unknown_facts", option="unknown_facts", value=value, known=known)
        return "reject"

    def _as_of(self, posted: object) -> str | None:
        if posted is None:
            return None
        if type(posted) is not str:
            self._wrong("/as_of", posted, "datetime")
            return None
        try:
            self._catalogue.read({}, as_of=posted)
        except RequestError as error:
            self._faults.add(error.code, "/as_of", value=visible(posted))
            return None
        return posted

    def _wrong(self, pointer: str, posted: object, expected: str) -> None:
        self._faults.add("wrong-type", pointer, value=shown(posted), expected=expected)


def _holds_at_most(document: object, most: int) -> bool:
    """Whether a document holds no more names and values than that, the document itself not counted."""
    found = 0
    open_ones: list[Any] = [document]
    while open_ones:
        node = open_ones.pop()
        if type(node) is dict:
            found += 2 * len(node)
            open_ones += node.values()
        elif type(node) is list:
            found += len(node)
            open_ones += node
        if found > most:
            return False
    return True
