"""The command line: `vedlys`, and `python -m vedlys`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vedlys.cli.app import Command

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None, *, more: Sequence[Command] = ()) -> int:
    """Run the command line with more commands behind its own; it never raises. See `entry.main`."""
    from vedlys.cli.entry import main as run  # noqa: PLC0415 - lazy: Typer, which not every answer needs

    return run(arguments, more=more)
