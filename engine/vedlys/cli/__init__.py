"""The command line: `vedlys`, and `python -m vedlys`."""

from __future__ import annotations

from vedlys.cli.main import main

__all__ = ["main"]
