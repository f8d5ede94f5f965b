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
from vedlys.web.routes.assessments import Pieces, decide, decide_beside, is_long

OFFERED = (NDJSON,)

# Answers are sent together: few sends, but no caller of this worker waits long for its turn.
_TOGETHER_BYTES = 512 * 1024
_TOGETHER_SECONDS = 0.005


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
        for line in lines:
            info.lines += 1
            if info.lines > most:
                self._refuse("too-many-lines", info.lines, {"limit": str(most)})
                raise _EnoughError
            if line is None:
                self._refuse("line-too-large", info.lines, {"limit": str(self._limits.line_bytes)})
            elif line and not line.isspace():
                await self._answer_beside(line, info.lines) if is_long(line) else self._answer(line, info.lines)
            if self._size >= _TOGETHER_BYTES or time.perf_counter() - self._flushed >= _TOGETHER_SECONDS:
                await self.flush()

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

    def _answer(self, line: bytes, number: int) -> None:
        try:
            self._add(decide(self._call, line, JSON, number)[1])
        except Exception as error:  # noqa: BLE001 - see `_fail`
            self._fail(error, number)

    async def _answer_beside(self, line: bytes, number: int) -> None:
        try:
            self._add((await decide_beside(self._call, line, JSON, number))[1])
        except Exception as error:  # noqa: BLE001 - see `_fail`
            self._fail(error, number)

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
