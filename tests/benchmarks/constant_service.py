"""`vedlys serve` with one handler exchanged: `POST /v1/assessments` reads its body and answers a constant.

`CONSTANT_BYTES` says how long the answer is, and `CONSTANT_HANDLER` what answers:

- `framework`: an ordinary handler of the framework, as its users write them, behind the service's own gate. Everything
  else is the service's own (server, gate, keys, log, counts), so that the difference between the two is what reading
  facts, assessing them and writing the answer costs, less what the framework's requests and responses cost;
- `bare`: a handler which like the service's own passes by these;
- `plain`: an ordinary application of that handler alone, with no gate, keys, log or counts.

Workers import this module again, and with it the exchange.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from litestar import Litestar, Request, Response, post

from vedlys.__main__ import main
from vedlys.web import app
from vedlys.web.answers import CONTENT_TYPES, JSON, Answer
from vedlys.web.call import Call
from vedlys.web.endpoints import Handler
from vedlys.web.service import Service

HANDLER = os.environ["CONSTANT_HANDLER"]
BODY = b"x" * int(os.environ["CONSTANT_BYTES"])
ANSWER = Answer(200, ((b"content-type", CONTENT_TYPES[JSON]),), BODY)
PATH = "/v1/assessments"

own = app.endpoint


async def bare(call: Call) -> Answer:
    """Read the body, and answer the constant."""
    await call.body()
    return ANSWER


@post(PATH, status_code=200)
async def constant(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The same as users of the framework write it."""
    await request.body()
    return Response(BODY, media_type=JSON)


def endpoint(service: Service, path: str, handlers: Mapping[str, Handler]) -> Any:
    """The service's own handler of a path, one path apart."""
    if path != PATH:
        return own(service, path, handlers)
    return own(service, path, {"POST": bare}) if HANDLER == "bare" else constant


def plain(*_: object) -> Litestar:
    """An application with nothing of the service in it."""
    return Litestar([constant], openapi_config=None, logging_config=None)


if HANDLER == "plain":
    app.create_app = plain
else:
    app.endpoint = endpoint

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
