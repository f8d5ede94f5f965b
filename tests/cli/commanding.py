"""How tests run the command line: in this process, with what it is typed; and texts as they were approved."""

from __future__ import annotations

import os
from pathlib import Path

from typer.testing import CliRunner, Result

from vedlys.cli.app import make_app

TESTS = Path(__file__).parents[1]
SAMPLE = TESTS / "samples" / "firewall-blocked.json"
BROKEN_BASE = TESTS / "diagnostics" / "base"
SOUND_BASE = TESTS / "checking" / "base"
GOLDEN = Path(__file__).parent / "golden"
AS_OF = "2026-11-22T10:00:00Z"


def run(*arguments: object, typed: str | bytes | None = None, **environment: str) -> Result:
    """Run `vedlys` with these arguments; `typed` is what stands on stdin."""
    return CliRunner().invoke(make_app(), [str(one) for one in arguments], input=typed, env=environment)


def golden(name: str, text: str) -> None:
    """Compare with the text as it was approved; `VEDLYS_APPROVE=1` approves what there is now."""
    file = GOLDEN / name
    if os.environ.get("VEDLYS_APPROVE"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8"), f"{name} has changed; approve it with VEDLYS_APPROVE=1"
