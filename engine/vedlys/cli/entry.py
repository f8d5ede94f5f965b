"""The entry point: runs a command and answers with its exit code, whatever happens."""

from __future__ import annotations

from collections.abc import Sequence

from typer.main import get_command

from vedlys.cli import exits
from vedlys.cli.app import Command, make_app
from vedlys.cli.session import last_resort
from vedlys.cli.streams import pacify, say, use_utf8


def main(arguments: Sequence[str] | None = None, *, more: Sequence[Command] = ()) -> int:
    """Run the command line with more commands behind its own; it never raises.

    `arguments` are those of the process where None.
    """
    use_utf8()
    try:
        get_command(make_app(more)).main(args=arguments, prog_name="vedlys")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else exits.FINE
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    except BrokenPipeError:
        pacify()
        return exits.BROKEN_PIPE
    except OSError as error:  # commands tell their own: this is help or the version, which cannot be written
        pacify()
        say(f"vedlys: <stdout>: cannot be used: {error.strerror or error}")
        return exits.OUTPUT
    except Exception as error:  # noqa: BLE001 - the last resort: nobody shall see a traceback
        return last_resort(error)
    return exits.FINE
