"""`POST /v1/assessments`: the facts of one environment in, the parts of articles that apply out."""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial

import msgspec

from vedlys.errors import Fault
from vedlys.messages import describe
from vedlys.output.json_v1 import assessments_pieces
from vedlys.web.answers import CONTENT_TYPES, HTML, JSON, MARKDOWN, Answer, Headers
from vedlys.web.beside import LONG, beside
from vedlys.web.call import Call
from vedlys.web.negotiation import Language
from vedlys.web.parts import Decision, RequestInfo
from vedlys.web.requests import Asked, read_request
from vedlys.web.titles import title_of

OFFERED = (JSON, MARKDOWN, HTML)

Pieces = Sequence[bytes]  # of an answer, to be joined once with whatever is sent with it


async def assess(call: Call) -> Answer:
    """Answer one request."""
    call.content_of(JSON)
    media_type = call.accepted(OFFERED)
    body = await call.body()
    if is_long(body):
        decision, written = await decide_beside(call, body, media_type)
    elif media_type == HTML:
        decision, written = await _decide_for_html(call, body)
    else:
        decision, written = decide(call, body, media_type)
    call.info.articles = tuple([one.article for one in decision.answers])
    call.info.statuses = tuple([one.status for one in decision.answers])
    return Answer(200, _headers(media_type, decision.locale), b"".join(written))


def is_long(body: bytes) -> bool:
    """Whether others are not to wait until a body is assessed."""
    return len(body) > LONG


def decide(call: Call, body: bytes, media_type: str, line: int | None = None) -> tuple[Decision, Pieces]:
    """Assess one body and write its answer, and tell those who count and those who keep.

    `line` is its number in a batch. Raises `ProblemError` with every fault.
    """
    decision, written = _answered(call, body, media_type, line)
    call.service.decided(decision)
    return decision, written


async def decide_beside(call: Call, body: bytes, media_type: str, line: int | None = None) -> tuple[Decision, Pieces]:
    """What `decide` does, beside the loop."""
    decision, written = await beside(call.info, partial(_answered, call, body, media_type, line))
    call.service.decided(decision)
    return decision, written


class ShortLine(msgspec.Struct, eq=False):
    """A short line of a batch, and what has become of it: each step is taken once, however often others have a turn."""

    number: int
    body: bytes
    asked: Asked | None = None
    decision: Decision | None = None
    ended: Pieces | Exception | None = None  # its answer, or what it ended with instead


def decide_together(call: Call, lines: Sequence[ShortLine], until: float) -> int:
    """What `decide` does, for short lines of a batch, as JSON; how many of the first of them have ended, at least one.

    Each step is taken for all lines before the next one: what a step needs is then at hand in the processor, and a line
    takes a tenth less. Where it is later than `until` (`time.perf_counter()`), no further line is begun on.
    """
    catalogue, limits, stages = call.catalogue, call.service.settings.limits, call.info.stages

    def read_line(line: ShortLine) -> None:
        line.asked = line.asked or read_request(line.body, catalogue, limits)

    def assess_line(line: ShortLine) -> None:
        assert line.asked is not None
        line.decision = _assessed(call, line.asked, len(line.body), line.number)

    def write_line(line: ShortLine) -> None:
        assert line.decision is not None
        answer = assessments_pieces(line.decision.answers)
        call.service.decided(line.decision)
        line.ended = answer

    came = lines
    steps = (("read", read_line, until), ("assess", assess_line, until), ("write", write_line, math.inf))
    for stage, work, end in steps:
        came, spent = _step(work, came, end)
        stages[stage] = stages.get(stage, 0.0) + spent
    return next((place for place, line in enumerate(lines) if line.ended is None), len(lines))


def _step(work: Callable[[ShortLine], None], lines: Iterable[ShortLine], until: float) -> tuple[list[ShortLine], float]:
    """Take a step for lines that have not ended; those that came through, and the seconds that it took for them.

    What ends with a fault counts for no stage, here as elsewhere.
    """
    came: list[ShortLine] = []
    spent = 0.0
    before = time.perf_counter()
    for line in lines:
        if line.ended is None:
            try:
                work(line)
            except Exception as error:  # noqa: BLE001 - a bug that one line meets must not take the others' answers
                line.ended = error
                before = time.perf_counter()
            else:
                after = time.perf_counter()
                came.append(line)
                spent += after - before
                before = after
            if before > until:
                break
    return came, spent


async def _decide_for_html(call: Call, body: bytes) -> tuple[Decision, Pieces]:
    """What `decide` does for HTML, a long answer in which is written beside the loop."""
    decision = _decided(call, body, None)
    write = partial(_written, call.info, decision, HTML)
    is_short = sum([len(one.markdown) for one in decision.answers]) <= LONG
    written = write() if is_short else await beside(call.info, write)
    call.service.decided(decision)
    return decision, written


def _answered(call: Call, body: bytes, media_type: str, line: int | None) -> tuple[Decision, Pieces]:
    decision = _decided(call, body, line)
    return decision, _written(call.info, decision, media_type)


def _decided(call: Call, body: bytes, line: int | None) -> Decision:
    stages = call.info.stages
    began = time.perf_counter()
    asked = read_request(body, call.catalogue, call.service.settings.limits)
    read = time.perf_counter()
    decision = _assessed(call, asked, len(body), line)
    stages["read"] = stages.get("read", 0.0) + read - began
    stages["assess"] = stages.get("assess", 0.0) + time.perf_counter() - read
    return decision


def _assessed(call: Call, asked: Asked, size: int, line: int | None) -> Decision:
    catalogue, info = call.catalogue, call.info
    wanted = asked.locale
    said: Language | None = None
    if not wanted:
        said = call.spoken()
        wanted = said.asked
    answers = catalogue.answers(asked.reading, asked.articles, wanted)
    return Decision(
        request_id=info.id,
        at=dt.datetime.now(dt.UTC),
        caller=None if info.caller is None else info.caller.name,
        line=line,
        locale=catalogue.locale_text(wanted).locale if said is None else said.used,
        reading=asked.reading,
        answers=answers,
        catalogue=catalogue,
        size=size,
    )


def _written(info: RequestInfo, decision: Decision, media_type: str) -> Pieces:
    """The answer's body."""
    began = time.perf_counter()
    written = _body(decision, media_type)
    stages = info.stages
    stages["write"] = stages.get("write", 0.0) + time.perf_counter() - began
    return written


def _body(decision: Decision, media_type: str) -> Pieces:
    answers = decision.answers
    if media_type == JSON:
        return assessments_pieces(answers)
    if media_type == MARKDOWN:
        text = "\n".join([one.markdown for one in answers]) or _nothing(decision)
        return (text.encode(),)
    from vedlys.output.html import page  # noqa: PLC0415 - lazy: few ask for it

    titles = [title_of(decision.catalogue, one.article, decision.locale) for one in answers]
    documents = [(one.markdown, str(one.status)) for one in answers] or [(_nothing(decision), "")]
    return (page(" · ".join(titles) or "vedlys", decision.locale, documents).encode(),)


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
