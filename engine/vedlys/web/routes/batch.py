"""`POST /v1/assessments/batch`: a request a line in, an answer or a problem a line out, as they come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from vedlys.errors import Fault
from vedlys.web.answers import CONTENT_TYPES, JSON, NDJSON
from vedlys.web.call import Call, DisconnectedError
from vedlys.web.lines import Lines
from vedlys.web.problems import ProblemError, problem
from vedlys.web.routes.assessments import Pieces, ShortLine, decide_beside, decide_together, is_long

OFFERED = (NDJSON,)

# Answers are sent together: few sends, but no caller of this worker waits long for its turn.
_TOGETHER_BYTES = 512 * 1024
_TOGETHER_SECONDS = 0.005
# They are worked out together too: so many lines, or lines of so many bytes.
_TOGETHER = 16
_TOGETHER_READ = 16 * 1024


async def assess_batch(call: Call) -> None:
    """Answer each line in its turn. The next lines are read when the answers have been taken: nothing piles up."""
    call.content_of(NDJSON)
    call.accepted(OFFERED)
    batch = _Batch(call)
    await batch.begin()
    try:
        async for chunk in call.chunks():
            await batch.take(batch.lines.feed(chunk))
            await batch.flush()
        await batch.take(batch.lines.finish())
    except ProblemError as error:
        # what comes in is cut off; the answer has begun, so the problem can only be its last line
        batch.refuse(error, None)
    except _EnoughError:
        pass
    except DisconnectedError:
        return
    await batch.flush(last=True)


class _EnoughError(Exception):
    """No more lines are answered."""


class _Batch:
    """The state of one batch."""

    def __init__(self, call: Call) -> None:
        limits = call.service.settings.limits
        self.lines = Lines(limits.line_bytes)
        self._limits = limits
        self._call = call
        self._answers: list[bytes] = []  # in pieces
        self._size = 0
        self._flushed = time.perf_counter()

    async def begin(self) -> None:
        """Send the head of the answer."""
        said = self._call.spoken()
        headers = (
            (b"content-type", CONTENT_TYPES[NDJSON]),
            (b"content-language", said.used.encode()),
            (b"vary", b"Accept, Accept-Language"),
            (b"cache-control", b"no-store"),
        )
        self._call.begun = True
        await self._call.send({"type": "http.response.start", "status": 200, "headers": headers})

    async def take(self, lines: Iterable[bytes | None]) -> None:
        """Answer some lines; None is one that is over the limit."""
        info = self._call.info
        most = self._limits.batch_lines
        short: list[ShortLine] = []  # to be answered together
        size = 0
        for line in lines:
            info.lines = number = info.lines + 1
            if line is None or number > most or is_long(line):
                await self._answer(short)
                size = 0
                await self._answer_alone(line, number)
            elif line and not line.isspace():
                short.append(ShortLine(number, line))
                size += len(line)
                if len(short) >= _TOGETHER or size >= _TOGETHER_READ:
                    await self._answer(short)
                    size = 0
        await self._answer(short)

    async def flush(self, *, last: bool = False) -> None:
        """Send the answers so far, and let others have their turn."""
        if self._answers or last:
            body = b"".join(self._answers)
            self._answers.clear()
            self._size = 0
            await self._call.send({"type": "http.response.body", "body": body, "more_body": not last})
        await asyncio.sleep(0)
        self._flushed = time.perf_counter()

    def refuse(self, error: ProblemError, line: int | None) -> None:
        """Answer with a problem."""
        self._refuse(error.code, line, error.values, error.faults, error.locale)

    async def _answer(self, lines: list[ShortLine]) -> None:
        """Answer all of these lines, and take them out."""
        while lines:
            ended = decide_together(self._call, lines, self._flushed + _TOGETHER_SECONDS)
            for line in lines[:ended]:
                if isinstance(line.ended, Exception):
                    self._fail(line.ended, line.number)
                elif line.ended is not None:
                    self._add(line.ended)
            del lines[:ended]
            await self._pause()

    async def _answer_alone(self, line: bytes | None, number: int) -> None:
        """Answer a line that is no short one."""
        most = self._limits.batch_lines
        if number > most:
            self._refuse("too-many-lines", number, {"limit": str(most)})
            raise _EnoughError
        if line is None:
            self._refuse("line-too-large", number, {"limit": str(self._limits.line_bytes)})
        else:
            try:
                self._add((await decide_beside(self._call, line, JSON, number))[1])
            except Exception as error:  # noqa: BLE001 - see `_fail`
                self._fail(error, number)
        await self._pause()

    async def _pause(self) -> None:
        """Send the answers where they are many, or others have waited long enough."""
        if self._size >= _TOGETHER_BYTES or time.perf_counter() - self._flushed >= _TOGETHER_SECONDS:
            await self.flush()

    def _fail(self, error: Exception, number: int) -> None:
        """Answer with what a line ended with: a bug that one line meets must not take the others' answers."""
        if isinstance(error, ProblemError):
            self.refuse(error, number)
        else:
            self._call.info.error = error
            self._refuse("internal-error", number)

    def _refuse(
        self,
        code: str,
        line: int | None,
        values: Mapping[str, str] | None = None,
        faults: Sequence[Fault] = (),
        locale: str | None = None,
    ) -> None:
        call = self._call
        said = call.spoken(locale)
        translations = call.catalogue.messages(said.used)
        members = problem(code, request_id=call.info.id, translations=translations, values=values, faults=faults)
        call.info.problem = code
        self._add((msgspec.json.encode(members if line is None else {**members, "line": line}),))

    def _add(self, answer: Pieces) -> None:
        self._answers += answer
        self._answers.append(b"\n")
        self._size += sum(map(len, answer)) + 1
