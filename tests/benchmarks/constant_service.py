"""`vedlys serve` with one handler exchanged: `POST /v1/assessments` reads its body and answers a constant.

Everything else is the service's own (server, framework, gate, keys, log, counts), so that the difference between the
two is what reading facts, assessing them and writing the answer costs. `CONSTANT_BYTES` says how long the answer is,
and `CONSTANT_HANDLER` what answers: an ordinary handler of the `framework`, as its users write them, or a `bare` one,
which like the service's own passes by the framework's requests and responses. Workers import this module again, and
with it the exchange.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, post

from vedlys.__main__ import main
from vedlys.web import app
from vedlys.web.answers import CONTENT_TYPES, JSON, Answer
from vedlys.web.call import Call
from vedlys.web.endpoints import Handler
from vedlys.web.service import Service

BODY = b"x" * int(os.environ["CONSTANT_BYTES"])
ANSWER = Answer(200, ((b"content-type", CONTENT_TYPES[JSON]),), BODY)
PATH = "/v1/assessments"

own = app.endpoint


async def bare(call: Call) -> Answer:
    """Read the body, and answer the constant."""
    await call.body()
    return ANSWER


def endpoint(service: Service, path: str, handlers: Mapping[str, Handler]) -> Any:
    """The service's own handler of a path, one path apart."""
    if path != PATH:
        return own(service, path, handlers)
    if os.environ["CONSTANT_HANDLER"] == "bare":
        return own(service, path, {"POST": bare})

    @post(path, status_code=200)
    async def constant(request: Request[Any, Any, Any]) -> Response[bytes]:
        await request.body()
        return Response(BODY, media_type=JSON)

    return constant


app.endpoint = endpoint

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
