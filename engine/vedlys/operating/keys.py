"""`vedlys keys`: the keys that callers of the service send."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from vedlys.cli.app import Command
from vedlys.cli.inputs import input_error
from vedlys.cli.session import running
from vedlys.cli.streams import say, write
from vedlys.errors import RequestError
from vedlys.messages.shown import visible

if TYPE_CHECKING:
    from vedlys.web.guarding.grants import Scope

EXAMPLES = """
vedlys keys add helpdesk --keys-file keys.toml --out helpdesk.key
vedlys keys add monitoring --scope metrics --expires 2027-12-31 --keys-file keys.toml
vedlys keys list --keys-file keys.toml
vedlys keys revoke helpdesk --keys-file keys.toml
"""

Name = Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is.", show_default=False)]
KeysFile = Annotated[
    Path,
    typer.Option(
        "--keys-file",
        metavar="FILE",
        envvar="VEDLYS_AUTH_KEYS_FILE",
        help="The file of keys; it is made where it is not there.",
        show_default=False,
    ),
]


def add(
    name: Name,
    *,
    keys_file: KeysFile,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope", metavar="SCOPE", help="What its caller may ask for; may be repeated. Default: assess and read."
        ),
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option(
            "--expires",
            metavar="MOMENT",
            help="Until when it holds: a date, such as 2027-12-31, or a moment. Default: for ever.",
        ),
    ] = None,
    rate: Annotated[
        int | None,
        typer.Option("--rate", metavar="N", min=0, help="Requests a minute, instead of the service's own; 0: any."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="A new file for the key, which its owner alone can read. Default: standard output.",
        ),
    ] = None,
) -> None:
    """Make a key and write it to standard output, or to a file. The file of keys holds only a hash of it."""
    with running(None) as session:
        from vedlys.web.guarding.grants import DEFAULT_SCOPES  # noqa: PLC0415 - lazy: parts of the service
        from vedlys.web.guarding.key_file import add_key  # noqa: PLC0415

        until = None if expires is None else _moment(expires)
        scopes = _scopes(scope) if scope else DEFAULT_SCOPES
        with _written_to(out) as put:
            try:
                made = add_key(keys_file, name, scopes=scopes, expires=until, requests_per_minute=rate)
            except OSError as error:
                raise input_error(str(keys_file), error) from error
            put(f"{made.text}\n")
        if out is None:
            say(f"vedlys: {session.say('keys.added', caller=made.key.name)}")
        else:
            say(f"vedlys: {session.say('keys.kept', caller=made.key.name, file=visible(str(out), 500))}")


def revoke(name: Name, *, keys_file: KeysFile) -> None:
    """Take a key back: running services refuse it within two seconds."""
    with running(None) as session:
        from vedlys.web.guarding.key_file import revoke_key  # noqa: PLC0415 - lazy: a part of the service

        if not keys_file.exists():
            raise input_error(str(keys_file), FileNotFoundError())
        try:
            key = revoke_key(keys_file, name)
        except OSError as error:
            raise input_error(str(keys_file), error) from error
        say(f"vedlys: {session.say('keys.revoked', caller=key.name)}")


def show(*, keys_file: KeysFile) -> None:
    """List the keys of a file, as far as they are kept: nobody can read a key off them."""
    with running(None) as session:
        from vedlys.web.guarding.key_file import read_keys  # noqa: PLC0415 - lazy: a part of the service

        try:
            keys = read_keys(keys_file)
        except OSError as error:
            raise input_error(str(keys_file), error) from error
        if not keys:
            say(f"vedlys: {session.say('keys.none', file=visible(str(keys_file), 500))}")
        for key in keys:
            expires = session.say("keys.never") if key.expires is None else key.expires.isoformat()
            values = {"created": key.created.isoformat(), "expires": expires, "scopes": ", ".join(key.scopes)}
            write(session.say("keys.line", caller=key.name, id=key.id, **values) + "\n")


@contextlib.contextmanager
def _written_to(out: Path | None) -> Iterator[Callable[[str], object]]:
    """What writes a key; a file is there, and its owner's alone, before the key is made, and gone if none was."""
    if out is None:
        yield write
        return
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise input_error(str(out), error) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            yield file.write
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _scopes(named: list[str]) -> frozenset[Scope]:
    from vedlys.web.guarding.grants import SCOPES  # noqa: PLC0415 - lazy: a part of the service

    for name in named:
        if name not in SCOPES:
            raise RequestError("unknown-choice", option="--scope", value=visible(name), known=", ".join(SCOPES))
    return frozenset(cast("list[Scope]", named))


def _moment(text: str) -> dt.datetime:
    """A date, which ends as it ends in UTC, or a moment."""
    from vedlys.model.values import read_datetime  # noqa: PLC0415 - lazy: the model of facts

    try:
        day = dt.date.fromisoformat(text) if len(text) == 10 else None
        moment = read_datetime(text if day is None else f"{day.isoformat()}T23:59:59Z")
    except ValueError:
        raise RequestError("malformed-datetime", value=visible(text)) from None
    if moment <= dt.datetime.now(dt.UTC):
        raise RequestError("moment-has-passed", option="--expires", value=visible(text))
    return moment


COMMANDS: tuple[Command, ...] = (
    Command("add", add, "vedlys keys add helpdesk --keys-file keys.toml"),
    Command("list", show, "vedlys keys list --keys-file keys.toml"),
    Command("revoke", revoke, "vedlys keys revoke helpdesk --keys-file keys.toml"),
)
