"""`vedlys serve` with one handler exchanged: `POST /v1/assessments` reads its body and answers a constant.

Everything else is the service's own (server, framework, gate, keys, log, counts), so that the difference between the
two is what reading facts, assessing them and writing the answer costs. `CONSTANT_BYTES` says how long the answer is.
Workers import this module again, and with it the exchange.
"""

from __future__ import annotations

import os
import sys

from vedlys.__main__ import main
from vedlys.web import operations
from vedlys.web.answers import CONTENT_TYPES, JSON, Answer
from vedlys.web.call import Call

ANSWER = Answer(200, ((b"content-type", CONTENT_TYPES[JSON]),), b"x" * int(os.environ["CONSTANT_BYTES"]))


async def constant(call: Call) -> Answer:
    """Read the body, and answer the constant."""
    await call.body()
    return ANSWER


operations.assess = constant

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
