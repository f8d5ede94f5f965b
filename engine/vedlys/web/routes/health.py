"""What those ask who run the service: whether it lives, whether it is ready, and what it has counted."""

from __future__ import annotations

from typing import Any

import msgspec

from vedlys.messages import sentence
from vedlys.web.answers import JSON, Answer
from vedlys.web.call import Call

_NO_STORE = (b"cache-control", b"no-store")
METRICS = "text/plain"
_METRICS_TYPE = b"text/plain; version=0.0.4; charset=utf-8"


async def healthz(call: Call) -> Answer:  # noqa: ARG001 - an operation is given its call
    """Whether the process answers at all."""
    return Answer(200, ((b"content-type", JSON.encode()), _NO_STORE), b'{"status":"alive"}')


async def readyz(call: Call) -> Answer:
    """Whether requests should be sent here. A refused reload is told, but the catalogue before it goes on answering."""
    said = call.spoken()
    translations = call.catalogue.messages(said.used)
    state = call.service.catalogues.state
    reasons: dict[str, str] = {}
    notes: dict[str, str] = {}
    if call.service.draining.draining:
        reasons["draining"] = sentence("not-ready-draining", {}, translations)[0]
    if state.state == "refused":
        text, hints = sentence("reload-refused", {"count": str(len(state.faults))}, translations)
        notes["reload"] = " ".join((text, *hints))
    members: dict[str, Any] = {
        "ready": not reasons,
        "reasons": reasons,
        "notes": notes,
        "catalogue": {"digest": state.digest, "loaded_at": state.loaded_at, "state": state.state},
    }
    headers = (
        (b"content-type", JSON.encode()),
        (b"content-language", said.used.encode()),
        (b"vary", b"Accept, Accept-Language"),
        _NO_STORE,
    )
    retry = () if not reasons else ((b"retry-after", b"5"),)
    return Answer(503 if reasons else 200, (*headers, *retry), msgspec.json.encode(members))


async def metrics(call: Call) -> Answer:
    """What the workers have counted, as Prometheus reads it."""
    return Answer(200, ((b"content-type", _METRICS_TYPE), _NO_STORE), call.service.observer.metrics())
