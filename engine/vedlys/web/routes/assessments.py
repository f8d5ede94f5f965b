"""`POST /v1/assessments`: the facts of one environment in, the parts of articles that apply out."""

from __future__ import annotations

import datetime as dt
import time
from functools import lru_cache

from vedlys.errors import Fault
from vedlys.messages import describe
from vedlys.output.json_v1 import assessments_json
from vedlys.web.answers import CONTENT_TYPES, HTML, JSON, MARKDOWN, Answer, Headers
from vedlys.web.call import Call
from vedlys.web.negotiation import Language
from vedlys.web.parts import Decision, RequestInfo
from vedlys.web.requests import read_in_turn
from vedlys.web.titles import title_of

OFFERED = (JSON, MARKDOWN, HTML)


async def assess(call: Call) -> Answer:
    """Answer one request."""
    call.content_of(JSON)
    media_type = call.accepted(OFFERED)
    body = await call.body()
    decision = await decide(call, body)
    call.info.articles = tuple([one.article for one in decision.assessments])
    call.info.statuses = tuple([one.status for one in decision.assessments])
    began = time.perf_counter()
    answer = Answer(200, _headers(media_type, decision.locale), _written(decision, media_type))
    _add_stage(call.info, "write", time.perf_counter() - began)
    return answer


async def decide(call: Call, body: bytes, line: int | None = None) -> Decision:
    """Read and assess one body, and tell those who count and those who keep; `line` is its number in a batch.

    Raises `ProblemError` with every fault.
    """
    service, catalogue, info = call.service, call.catalogue, call.info
    began = time.perf_counter()
    asked = await read_in_turn(body, catalogue, service.settings.limits)
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
    )
    assessed = time.perf_counter()
    _add_stage(info, "read", read - began)
    _add_stage(info, "assess", assessed - read)
    service.decided(decision)
    return decision


def _written(decision: Decision, media_type: str) -> bytes:
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
