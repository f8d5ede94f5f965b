"""The command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vedlys.cli.main import main

__all__ = ["main"]


def __getattr__(name: str) -> Any:
    """Import `main` when it is asked for: what is answered at once does without the command line's parser."""
    if name != "main":
        raise AttributeError(name)
    from vedlys.cli.main import main  # noqa: PLC0415 - lazy: Typer

    return main
