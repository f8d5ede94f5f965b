"""How long reading posted facts takes, beside orjson.loads of the same bytes. Run it; it is no test."""

from __future__ import annotations

import json
import timeit
from collections.abc import Callable
from typing import Any

import orjson

from vedlys.intake import Intake
from vedlys.model.rulebook import FactDeclaration
from vedlys.model.types import FactType, RecordsType, ScalarType, SetType
from vedlys.source import Span

SPAN = Span("benchmark", 1, 1, 1, 1)
BOOLEAN, COUNT = ScalarType(kind="boolean"), ScalarType(kind="integer", minimum=0)
HOSTNAME = ScalarType(kind="hostname")
TYPES: dict[str, FactType] = {
    "identity.user_model": ScalarType(kind="enum", values=("cloud_only", "synced", "mixed")),
    "licence.writeback.available": COUNT,
    "licence.writeback.assigned": COUNT,
    "licence.sspr_cloud.assigned": COUNT,
    "accounts.admin.licensed_count": COUNT,
    "accounts.test_user.licensed_count": COUNT,
    "accounts.enabler.origin": ScalarType(kind="enum", values=("cloud_only", "synced_managed", "federated")),
    "ad.prepared": BOOLEAN,
    "ad.domains": RecordsType(
        key="name",
        fields={
            "name": HOSTNAME,
            "pdc_emulator": HOSTNAME,
            "pdc_reachable": BOOLEAN,
            "preferred_dcs": SetType(member=HOSTNAME),
        },
    ),
    "sspr.scope": ScalarType(kind="enum", values=("none", "selected", "all")),
    "sspr.test_user_enabled": BOOLEAN,
    "connect.installed": BOOLEAN,
    "connect.version": ScalarType(kind="version"),
    "connect.latest_version": ScalarType(kind="version"),
    "connect.upgraded_at": ScalarType(kind="datetime"),
    "sync.ad.full_import_done": BOOLEAN,
    "sync.ad.full_sync_done": BOOLEAN,
    "sync.entra.full_import_done": BOOLEAN,
    "sync.entra.full_sync_done": BOOLEAN,
    "net.endpoint.password_reset": BOOLEAN,
    "net.endpoint.service_bus": BOOLEAN,
    "net.firewall.allow_list": SetType(member=ScalarType(kind="host_pattern")),
    "net.idle_timeout_seconds": COUNT,
    "report.still_failing": BOOLEAN,
}
DOTTED: dict[str, Any] = {
    "identity.user_model": "synced",
    "licence.writeback.available": 25,
    "licence.writeback.assigned": 20,
    "accounts.admin.licensed_count": 1,
    "accounts.test_user.licensed_count": 1,
    "accounts.enabler.origin": "cloud_only",
    "ad.prepared": True,
    "sspr.scope": "selected",
    "sspr.test_user_enabled": True,
    "connect.installed": True,
    "connect.version": "2.5.76.0",
    "connect.latest_version": "2.5.79.0",
    "sync.ad.full_import_done": True,
    "sync.ad.full_sync_done": True,
    "sync.entra.full_import_done": True,
    "sync.entra.full_sync_done": True,
    "net.endpoint.password_reset": True,
    "net.endpoint.service_bus": False,
    "net.idle_timeout_seconds": 180,
    "report.still_failing": None,
}
DOMAINS = [
    {"name": f"d{n}.example.lt", "pdc_emulator": f"dc1.d{n}.example.lt", "pdc_reachable": n != 1} for n in range(3)
]


def nested(facts: dict[str, Any]) -> dict[str, Any]:
    """The same facts, each topic an object."""
    document: dict[str, Any] = {}
    for name, value in facts.items():
        *topics, last = name.split(".")
        place = document
        for topic in topics:
            place = place.setdefault(topic, {})
        place[last] = value
    return document


def fastest(action: Callable[[], object]) -> float:
    """Microseconds of one call, in the best of several runs."""
    timer = timeit.Timer(action)
    loops, _ = timer.autorange()
    return min(timer.repeat(5, loops)) / loops * 1e6


def main() -> None:
    """Print a line for each kind of document."""
    spellings = {f"vedlys.filler{n // 10}.fact{n}": BOOLEAN for n in range(10_000)}
    small = Intake({name: declared(name, fact_type) for name, fact_type in TYPES.items()})
    large = Intake({name: declared(name, fact_type) for name, fact_type in (TYPES | spellings).items()})
    documents = {
        "dotted, 20 facts": (small, DOTTED),
        "nested, 20 facts": (small, nested(DOTTED)),
        "dotted, in a vocabulary of 10 000": (large, DOTTED),
        "with 3 records and a set": (
            small,
            DOTTED | {"ad.domains": DOMAINS, "net.firewall.allow_list": ["*.windows.net", "a.b"]},
        ),
        "with a colon in a text": (small, DOTTED | {"connect.upgraded_at": "2026-01-01T10:00:00Z"}),
        "with 3 unknown names, ignored": (small, DOTTED | {"x.a": 1, "x.b": 2, "x.c": 3}),
    }
    print(f"{'document':36}{'orjson.loads':>14}{'read bytes':>12}{'ratio':>8}{'read dict':>12}")
    for title, (intake, document) in documents.items():
        body = json.dumps(document).encode()
        base = fastest(lambda body=body: orjson.loads(body))
        unknown = "ignore" if "ignored" in title else "reject"
        read = fastest(lambda i=intake, body=body, u=unknown: i.read(body, unknown_facts=u))
        mapping = fastest(lambda i=intake, document=document, u=unknown: i.read(document, unknown_facts=u))
        print(f"{title:36}{base:11.2f} µs{read:9.2f} µs{read / base:7.1f}×{mapping:9.2f} µs")


def declared(name: str, fact_type: FactType) -> FactDeclaration:
    """A declaration of that type."""
    return FactDeclaration(name=name, type=fact_type, topic=name.partition(".")[0], order=0, span=SPAN)


if __name__ == "__main__":
    main()
