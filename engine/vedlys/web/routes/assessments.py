"""`POST /v1/assessments`: the facts of one environment in, the parts of articles that apply out."""

from __future__ import annotations

import datetime as dt
import time
from functools import lru_cache, partial

from vedlys.errors import Fault
from vedlys.messages import describe
from vedlys.output.json_v1 import assessments_json
from vedlys.web.answers import CONTENT_TYPES, HTML, JSON, MARKDOWN, Answer, Headers
from vedlys.web.beside import LONG, beside
from vedlys.web.call import Call
from vedlys.web.negotiation import Language
from vedlys.web.parts import Decision, RequestInfo
from vedlys.web.requests import read_request
from vedlys.web.titles import title_of

OFFERED = (JSON, MARKDOWN, HTML)


async def assess(call: Call) -> Answer:
    """Answer one request."""
    call.content_of(JSON)
    media_type = call.accepted(OFFERED)
    body = await call.body()
    decision, written = await decide(call, body, media_type)
    call.info.articles = tuple([one.article for one in decision.assessments])
    call.info.statuses = tuple([one.status for one in decision.assessments])
    return Answer(200, _headers(media_type, decision.locale), written)


async def decide(call: Call, body: bytes, media_type: str, line: int | None = None) -> tuple[Decision, bytes]:
    """Assess one body and write its answer, and tell those who count and those who keep.

    `line` is its number in a batch. A long body is read, assessed and answered beside the loop, and so is HTML of a
    long answer. Raises `ProblemError` with every fault.
    """
    if len(body) > LONG:
        decision, written = await beside(call.info, lambda: _answered(call, body, media_type, line))
    else:
        decision = _decided(call, body, line)
        if media_type == HTML and sum([len(one.markdown) for one in decision.assessments]) > LONG:
            written = await beside(call.info, partial(_written, call.info, decision, media_type))
        else:
            written = _written(call.info, decision, media_type)
    call.service.decided(decision)
    return decision, written


def _answered(call: Call, body: bytes, media_type: str, line: int | None) -> tuple[Decision, bytes]:
    decision = _decided(call, body, line)
    return decision, _written(call.info, decision, media_type)


def _decided(call: Call, body: bytes, line: int | None) -> Decision:
    service, catalogue, info = call.service, call.catalogue, call.info
    began = time.perf_counter()
    asked = read_request(body, catalogue, service.settings.limits)
    read = time.perf_counter()
    wanted = asked.locale
    said: Language | None = None
    if not wanted:
        said = call.spoken()
        wanted = said.asked
    assessments = catalogue.assess_reading(asked.reading, asked.articles, wanted)
    decision = Decision(
        request_id=info.id,
        at=dt.datetime.now(dt.UTC),
        caller=None if info.caller is None else info.caller.name,
        line=line,
        locale=catalogue.locale_text(wanted).locale if said is None else said.used,
        reading=asked.reading,
        assessments=assessments,
        catalogue=catalogue,
        size=len(body),
    )
    assessed = time.perf_counter()
    _add_stage(info, "read", read - began)
    _add_stage(info, "assess", assessed - read)
    return decision


def _written(info: RequestInfo, decision: Decision, media_type: str) -> bytes:
    """The answer's body."""
    began = time.perf_counter()
    written = _body(decision, media_type)
    _add_stage(info, "write", time.perf_counter() - began)
    return written


def _body(decision: Decision, media_type: str) -> bytes:
    assessments = decision.assessments
    if media_type == JSON:
        return assessments_json(assessments)
    if media_type == MARKDOWN:
        text = "\n".join([one.markdown for one in assessments]) or _nothing(decision)
        return text.encode()
    from vedlys.output.html import page  # noqa: PLC0415 - lazy: few ask for it

    titles = [title_of(decision.catalogue, one.article, decision.locale) for one in assessments]
    documents = [(one.markdown, str(one.status)) for one in assessments] or [(_nothing(decision), "")]
    return page(" · ".join(titles) or "vedlys", decision.locale, documents).encode()


def _nothing(decision: Decision) -> str:
    """What is said instead of articles where there are none."""
    catalogue = decision.catalogue
    names = ", ".join(f"`{name}`" for name in catalogue.articles)
    said = Fault(code="nothing-touched", pointer="", values={"articles": names})
    return describe(said, catalogue.messages(decision.locale)) + "\n"


@lru_cache(maxsize=256)
def _headers(media_type: str, locale: str) -> Headers:
    return (
        (b"content-type", CONTENT_TYPES[media_type]),
        (b"content-language", locale.encode()),
        (b"vary", b"Accept, Accept-Language"),
        (b"cache-control", b"no-store"),
    )


def _add_stage(info: RequestInfo, stage: str, seconds: float) -> None:
    info.stages[stage] = info.stages.get(stage, 0.0) + seconds
