"""`vedlys serve`: the service."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from vedlys.cli import exits
from vedlys.cli.session import Session, running
from vedlys.cli.streams import say
from vedlys.errors import RequestError
from vedlys.messages import describe

EXAMPLES = """
vedlys serve --no-auth
vedlys keys add helpdesk --keys-file keys.toml && vedlys serve --keys-file keys.toml
vedlys serve --config vedlys.toml --workers 4 --watch
vedlys serve --no-auth --set limits.concurrency=32 --set log.facts=yes
"""

# what the extra `serve` brings, by the modules that are imported
_NEEDED = ("granian", "litestar", "prometheus_client", "jwt")


def serve(
    *,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="A TOML file with settings. Default: VEDLYS_CONFIG."),
    ] = None,
    content: Annotated[
        Path | None,
        typer.Option(
            "--content", metavar="DIR", help="Read rules and guidance from this folder, which holds rules/ and kb/."
        ),
    ] = None,
    host: Annotated[
        str | None, typer.Option("--host", metavar="HOST", help="What to listen on. Default: 127.0.0.1.")
    ] = None,
    port: Annotated[int | None, typer.Option("--port", metavar="N", help="The port. Default: 8080.")] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", help="How many processes answer. Default: 1.")
    ] = None,
    locale: Annotated[
        str | None,
        typer.Option("--locale", "-l", metavar="TAG", help="The language where a request asks for none. Default: lt."),
    ] = None,
    keys_file: Annotated[
        Path | None,
        typer.Option("--keys-file", metavar="FILE", help="The keys that callers send; see vedlys keys."),
    ] = None,
    no_auth: Annotated[
        bool | None, typer.Option("--no-auth", help="Ask for no key; answers this machine alone.", show_default=False)
    ] = None,
    watch: Annotated[
        bool | None,
        typer.Option(
            "--watch",
            help="Take up content that changes, once it is checked and tested; broken content is refused.",
            show_default=False,
        ),
    ] = None,
    decision_log: Annotated[
        str | None,
        typer.Option("--decision-log", metavar="KIND", help="Keep each decision: none (the default), ndjson, sqlite."),
    ] = None,
    decision_path: Annotated[
        Path | None,
        typer.Option("--decision-path", metavar="PATH", help="The folder of NDJSON files, or the SQLite file."),
    ] = None,
    log_format: Annotated[
        str | None, typer.Option("--log-format", metavar="FORMAT", help="json (the default) or readable.")
    ] = None,
    log_level: Annotated[
        str | None, typer.Option("--log-level", metavar="LEVEL", help="debug, info (the default), warning or error.")
    ] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Any setting by its name; may be repeated."),
    ] = None,
) -> None:
    """Answer over HTTP: POST facts as JSON to /v1/assessments.

    Every setting can also stand in a file, or in a variable: limits.body_bytes is VEDLYS_LIMITS_BODY_BYTES. Flags
    outdo variables, and variables the file. SIGTERM and Ctrl-C stop it, once what is under way has been answered.
    """
    flags: dict[str, object] = {
        "content": content,
        "host": host,
        "port": port,
        "workers": workers,
        "locale": locale,
        "auth.keys_file": keys_file,
        "auth.no_auth": no_auth,
        "reload.watch": watch,
        "decisions.kind": decision_log,
        "decisions.path": decision_path,
        "log.format": log_format,
        "log.level": log_level,
    }
    with running(content, locale) as session:
        require_service()
        _serve(session, config, flags, assignments or ())


def require_service() -> None:
    """Raises `RequestError` where the parts that make the service are not installed."""
    for package in _NEEDED:
        if find_spec(package) is None:
            raise RequestError("service-not-installed", package=package)


def _serve(session: Session, config: Path | None, flags: dict[str, object], assignments: list[str] | tuple[()]) -> None:
    from vedlys.web.configuring import SettingsError, read_settings  # noqa: PLC0415 - lazy: the service's own parts
    from vedlys.web.serving.master import run  # noqa: PLC0415

    try:
        settings = read_settings(config, os.environ, flags, assignments)
    except SettingsError as error:
        for line in error.describe(session.messages).splitlines():
            say(f"vedlys: {line}")
        raise typer.Exit(exits.USAGE) from None
    session.root = settings.content
    if not run(settings):
        say(f"vedlys: {describe(RequestError('workers-do-not-start'), session.messages)}")
        raise typer.Exit(exits.INTERNAL)
