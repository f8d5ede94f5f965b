"""`vedlys`, and `python -m vedlys`: the commands for one environment, for content, and for the service."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from vedlys.cli.quick import answer
from vedlys.cli.streams import use_utf8


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; `arguments` are those of the process where None. It never raises."""
    use_utf8()
    answered = answer(sys.argv[1:] if arguments is None else list(arguments))
    if answered is not None:
        return answered
    from vedlys import cli  # noqa: PLC0415 - lazy: Typer and all commands
    from vedlys.operating import COMMANDS  # noqa: PLC0415

    return cli.main(arguments, more=COMMANDS)


if __name__ == "__main__":
    sys.exit(main())
