"""The service against its own description: requests that fit it and requests that do not, all answered as described."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, settings
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

# batches are lines, which no generator writes: `test_batch` sends them
described = SCHEMA.exclude(operation_id="assessBatch")
bounded = settings(max_examples=20, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


@described.parametrize()
@bounded
def test_operation(case: schemathesis.Case) -> None:
    response = case.call()
    beyond = response.status_code == 422 and {fault["code"] for fault in response.json()["faults"]} <= BEYOND_THE_SCHEMA
    case.validate_response(response, excluded_checks=[positive_data_acceptance] if beyond else [])
