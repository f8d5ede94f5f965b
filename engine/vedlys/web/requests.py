"""The body of `POST /v1/assessments`, and of each line of a batch: read fast where nothing is wrong with it.

The careful walk is the definition and finds every fault at once; what the fast one accepts, the careful one accepts.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import msgspec
from msgspec import UNSET, UnsetType

from vedlys.assessment import Catalogue
from vedlys.errors import FactsError, Fault, RequestError
from vedlys.intake import Reading
from vedlys.intake.document import is_deeper
from vedlys.intake.faults import EnoughError, Faults
from vedlys.intake.intake import UnknownFacts
from vedlys.intake.pointer import below
from vedlys.intake.scan import ABSENT, scan
from vedlys.messages.shown import shown, visible
from vedlys.suggest import nearest
from vedlys.web.negotiation import is_tag
from vedlys.web.problems import ProblemError
from vedlys.web.settings import Limits

_UNKNOWN_FACTS: tuple[UnknownFacts, ...] = get_args(UnknownFacts)
_TOO_LARGE = "document-too-large"
_NOT_JSON = frozenset({"empty-body", "document-not-utf8", "malformed-json", "truncated-json"})


class Body(msgspec.Struct, forbid_unknown_fields=True):
    """The members of a request; null stands for one that is left out, which is UNSET."""

    facts: msgspec.Raw
    articles: list[str] | UnsetType | None = UNSET
    locale: str | UnsetType | None = UNSET
    unknown_facts: Literal["reject", "ignore"] | UnsetType | None = UNSET
    skip: list[str] | UnsetType | None = UNSET
    as_of: str | UnsetType | None = UNSET


class Asked(msgspec.Struct, frozen=True):
    """A request as accepted."""

    reading: Reading
    articles: list[str] | None  # None: each that a supplied fact bears on
    locale: str | None  # that the body asks for


MEMBERS: tuple[str, ...] = Body.__struct_fields__
_DECODER = msgspec.json.Decoder(Body)


def read_request(body: bytes, catalogue: Catalogue, limits: Limits) -> Asked:
    """Read the body of a request; raises `ProblemError` with every fault of it, in the language that it asks for."""
    try:
        return _fast(body, catalogue, limits)
    except Exception:  # noqa: BLE001 - whatever it was, the careful walk says what is wrong, if anything
        return _Careful(catalogue, limits).read(body)


def _fast(body: bytes, catalogue: Catalogue, limits: Limits) -> Asked:
    """Read a request with nothing wrong in it; raises anything on all others."""
    if _may_be_too_much(body, limits):
        raise ValueError
    request = _DECODER.decode(body)
    facts = bytes(request.facts)
    if _repeats(request, body, facts):
        raise ValueError
    articles = None if request.articles is UNSET else request.articles
    locale = None if request.locale is UNSET else request.locale
    if articles is not None:
        _all_known(articles, catalogue)
    if locale is not None and not is_tag(locale):
        raise ValueError
    reading = catalogue.read(
        facts,
        as_of=None if request.as_of is UNSET else request.as_of,
        skip=request.skip or (),
        unknown_facts=request.unknown_facts or "reject",
        at="/facts",
        article=articles[0] if articles else None,
    )
    return Asked(reading, articles, locale)


def _may_be_too_much(body: bytes, limits: Limits) -> bool:
    """Whether the body may be nested too deep, or hold too many names and values: counted roughly, never too low."""
    brackets = body.count(b"{") + body.count(b"[")
    if brackets > limits.depth and is_deeper(body, limits.depth):
        return True
    # no more than one in each byte
    return len(body) > limits.keys and body.count(b":") + body.count(b",") + brackets > limits.keys


def _repeats(request: Body, body: bytes, facts: bytes) -> bool:
    """Whether a member may stand twice: the decoder drops the first of them, but its colon is still in the body."""
    begin = body.find(facts)
    end = begin + len(facts)
    colons = body.count(b":", 0, begin) + body.count(b":", end)
    if colons == 1:
        return False
    if body.find(b"\\", 0, begin) >= 0 or body.find(b"\\", end) >= 0:
        return True  # an escaped colon could make up for one too many
    for value in msgspec.structs.astuple(request):
        if value is UNSET:
            continue
        colons -= 1
        if type(value) is str:
            colons -= value.count(":")
        elif type(value) is list:
            colons -= sum(item.count(":") for item in value)
    return colons != 0


def _all_known(articles: list[str], catalogue: Catalogue) -> None:
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
