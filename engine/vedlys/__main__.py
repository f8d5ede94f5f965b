"""`vedlys`, and `python -m vedlys`: the commands for one environment, for content, and for the service."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

# Objects that come to be before the collector looks for garbage. Nearly all that is made in starting stays, so that
# looking through it again and again finds nothing; more than an answer needs is not left lying around either.
_UNTIL_COLLECTED = 100_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; `arguments` are those of the process where None. It never raises."""
    usual = gc.get_threshold()
    gc.set_threshold(_UNTIL_COLLECTED, *usual[1:])
    try:
        from vedlys.cli.quick import answer  # noqa: PLC0415 - what this brings in is part of the start
        from vedlys.cli.streams import use_utf8  # noqa: PLC0415

        use_utf8()
        answered = answer(sys.argv[1:] if arguments is None else list(arguments))
        if answered is None:
            from vedlys import cli  # noqa: PLC0415 - lazy: Typer and all commands
            from vedlys.operating import COMMANDS  # noqa: PLC0415
    finally:
        gc.set_threshold(*usual)
    if answered is None:
        return cli.main(arguments, more=COMMANDS)
    if arguments is None:
        gc.freeze()  # the process ends, and its memory with it
    return answered


if __name__ == "__main__":
    sys.exit(main())
