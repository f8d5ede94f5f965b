"""A small vocabulary with every type of fact, and short ways to post to it."""

from __future__ import annotations

from typing import Any

from building import AS_OF, declared, scalar, set_of
from vedlys.errors import FactsError, Fault
from vedlys.intake import Intake, Reading
from vedlys.model.types import RecordsType
from vedlys.model.values import Version

VOCABULARY = {
    name: declared(name, fact_type, order, reference)
    for order, (name, (fact_type, reference)) in enumerate(
        {
            "connect.installed": (scalar("boolean"), None),
            "connect.version": (scalar("version"), None),
            "connect.latest_version": (scalar("version"), Version.read("2.5.79.0")),
            "sspr.scope": (scalar("enum", values=("none", "selected", "all")), None),
            "dc.os": (scalar("enum", values=("2008r2", "2012", "2016")), None),
            "net.idle": (scalar("integer", minimum=0), None),
            "net.load": (scalar("number", minimum=-1, maximum=1.5), None),
            "net.shift": (scalar("integer"), None),
            "net.share": (scalar("number"), None),
            "net.proxy.host": (scalar("hostname"), None),
            "net.proxy.address": (scalar("ip"), None),
            "net.firewall.allow_list": (set_of("host_pattern"), None),
            "net.ports": (set_of("integer"), None),
            "log.since": (scalar("date"), None),
            "log.last_seen": (scalar("datetime"), None),
            "log.note": (scalar("text"), None),
            "ad.domains": (
                RecordsType(
                    key="name",
                    fields={
                        "name": scalar("hostname"),
                        "pdc_reachable": scalar("boolean"),
                        "preferred_dcs": set_of("hostname"),
                    },
                ),
                None,
            ),
        }.items()
    )
}
DERIVED = frozenset({"writeback.possible", "connect.outdated"})
INTAKE = Intake(VOCABULARY, DERIVED)


def read(facts: Any, **options: Any) -> Reading:
    options.setdefault("as_of", AS_OF)
    return INTAKE.read(facts, **options)


def values(facts: Any, **options: Any) -> dict[str, Any]:
    """The values that the caller supplied, reference data left out."""
    environment = read(facts, **options).environment
    return {name: value for name, value in environment.values.items() if name not in environment.references}


def refused(facts: Any, **options: Any) -> tuple[Fault, ...]:
    """The faults of facts that must be refused."""
    try:
        reading = read(facts, **options)
    except FactsError as error:
        return error.faults
    raise AssertionError(f"accepted: {reading}")


def found(facts: Any, **options: Any) -> list[tuple[str, str]]:
    """The pointer and code of each fault."""
    return [(fault.pointer, fault.code) for fault in refused(facts, **options)]
