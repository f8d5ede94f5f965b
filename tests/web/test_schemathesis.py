"""The service against its own description: requests that fit it and requests that do not, all answered as described."""

from __future__ import annotations

import json
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis.core import NotSet
from schemathesis.specs.openapi.checks import positive_data_acceptance

from vedlys import Catalogue
from vedlys.web.settings import Auth, Settings
from web.serving import client_of, service_of

SERVICE = service_of(Catalogue.load(), Settings(auth=Auth(no_auth=True)))
CLIENT = client_of(SERVICE)
SCHEMA = schemathesis.openapi.from_dict(CLIENT.get("/openapi.json").json())
SCHEMA.app = CLIENT.app

# What the schema of facts cannot say: the service finds it besides, and says so itself.
BEYOND_THE_SCHEMA = {
    "conflicting-values",
    "duplicate-record",
    "malformed-date",
    "malformed-datetime",
    "malformed-host-pattern",
    "malformed-hostname",
    "malformed-ip",
    "malformed-version",
    "wrong-type",  # 3.0 where a whole number is wanted
}

# batches are lines, which no generator writes: they are put together below
described = SCHEMA.exclude(operation_id="assessBatch")
bounded = settings(max_examples=20, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


@described.parametrize()
@bounded
def test_operation(case: schemathesis.Case) -> None:
    response = case.call()
    beyond = response.status_code == 422 and {fault["code"] for fault in response.json()["faults"]} <= BEYOND_THE_SCHEMA
    case.validate_response(response, excluded_checks=[positive_data_acceptance] if beyond else [])


def _line(case: schemathesis.Case) -> bytes:
    if isinstance(case.body, bytes | NotSet):
        return case.body if isinstance(case.body, bytes) else b""
    return json.dumps(case.body).encode()


LINE = st.one_of(
    SCHEMA["/v1/assessments"]["POST"].as_strategy(mode).map(_line) for mode in schemathesis.GenerationMode
).filter(lambda line: line.strip() != b"" and line.splitlines() == [line])
ANSWERS = {
    name: Draft202012Validator({**SCHEMA.raw_schema, "$ref": f"#/components/schemas/{name}"})
    for name in ("Assessments", "ProblemLine")
}


@given(st.lists(LINE, max_size=4))
@bounded
def test_lines_of_a_batch(lines: list[bytes]) -> None:
    """Whatever a single request may hold, and may not: a line is answered as described, and as the request is."""
    answers = CLIENT.batch(b"\n".join(lines))
    assert len(answers) == len(lines)
    for number, (line, answer) in enumerate(zip(lines, answers, strict=True), 1):
        ANSWERS["Assessments" if "assessments" in answer else "ProblemLine"].validate(answer)
        assert answer.pop("line", number) == number
        assert _lasting(answer) == _lasting(CLIENT.post(line).json())


def _lasting(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what is of its moment."""
    assessments = [{**one, "as_of": ""} for one in answer.get("assessments", ())]
    return {**answer, "request_id": "", "assessments": assessments}
