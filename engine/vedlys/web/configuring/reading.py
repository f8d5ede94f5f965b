"""From the places that settings are given in to one value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from vedlys.messages.shown import visible
from vedlys.suggest import nearest
from vedlys.web.configuring.draft import Draft
from vedlys.web.configuring.faults import SettingsError
from vedlys.web.configuring.options import PREFIX, options
from vedlys.web.configuring.together import check_together
from vedlys.web.settings import Jwt, Settings

CONFIG_VARIABLE = "VEDLYS_CONFIG"
# variables that begin alike and are no settings of the service: other commands read them
OTHER_VARIABLES = frozenset({CONFIG_VARIABLE, "VEDLYS_DEBUG", "VEDLYS_SERVER", "VEDLYS_KEY", "VEDLYS_CACHE"})
# what Kubernetes sets in every container for a service that is called vedlys
_KUBERNETES = re.compile(r"VEDLYS_SERVICE_(HOST|PORT)\w*|VEDLYS_PORT_[0-9]+_\w+")
_KUBERNETES_PORT = re.compile(r"(tcp|udp|sctp)://\S+")
_FILE_LIMIT = 1024 * 1024

Part = TypeVar("Part", bound=msgspec.Struct)


def read_settings(
    config: Path | None = None,
    environ: Mapping[str, str] | None = None,
    flags: Mapping[str, object] | None = None,
    assignments: Sequence[str] = (),
) -> Settings:
    """The settings that file, environment and flags make together.

    `config` is a TOML file, else `VEDLYS_CONFIG` of `environ` names one. `flags` holds values by dotted name, None
    where a flag was not given; `assignments` are texts `name=value`. Raises `SettingsError` with every fault.
    """
    environ = {} if environ is None else environ
    draft = Draft()
    named = environ.get(CONFIG_VARIABLE, "").strip()
    if config is not None or named:
        _take_file(Path(named) if config is None else config, draft)
    _take_environment(environ, draft)
    _take_assignments(assignments, draft)
    for name, value in (flags or {}).items():
        if value is not None:
            option = options()[name]
            read = option.read_text if isinstance(value, str) else option.read
            draft.take(option, option.flag, partial(read, value))  # type: ignore[arg-type]  # text where it is text
    jwt_given = draft.given("auth.jwt")
    check_together(draft)
    if draft.faults:
        raise SettingsError(draft.faults)
    settings = _assembled(Settings, draft.values, "")
    if not jwt_given:
        return settings
    jwt = _assembled(Jwt, draft.values, "auth.jwt.")
    return msgspec.structs.replace(settings, auth=msgspec.structs.replace(settings.auth, jwt=jwt))


def _take_file(path: Path, draft: Draft) -> None:
    shown = visible(str(path), 300)
    try:
        with path.open("rb") as file:
            content = file.read(_FILE_LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        return draft.fail(shown, "unreadable-file", reason=reason or type(error).__name__)
    if len(content) > _FILE_LIMIT:
        return draft.fail(shown, "file-too-large", limit="1 MiB")
    try:
        document = tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        return draft.fail(shown, "not-utf-8", byte=f"0x{content[error.start]:02x}")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return draft.fail(shown, "malformed-toml", reason=visible(str(error), 200))
    seen: set[str] = set()
    for name, value in _leaves(document, ""):
        origin = f"{shown}: {visible(name, 120)}"
        option = options().get(name)
        if option is None:
            draft.unknown(origin, name)
        elif name in seen:  # `limits.depth` in a table and in quotes
            draft.fail(origin, "setting-given-twice", name=name)
        else:
            seen.add(name)
            draft.take(option, origin, partial(option.read, value, path.parent))
    return None


def _leaves(table: Mapping[str, object], prefix: str) -> Iterator[tuple[str, object]]:
    """The values of a document by dotted name; a table that no setting is in is a value, and unknown."""
    for key, value in table.items():
        name = prefix + key
        if isinstance(value, dict) and any(known.startswith(name + ".") for known in options()):
            yield from _leaves(value, name + ".")
        else:
            yield name, value


def _take_environment(environ: Mapping[str, str], draft: Draft) -> None:
    variables = {option.variable: option for option in options().values()}
    for name in sorted(name for name in environ if name.startswith(PREFIX)):
        text = environ[name]
        if name in OTHER_VARIABLES or _KUBERNETES.fullmatch(name) or not text.strip():
            continue
        if name == "VEDLYS_PORT" and _KUBERNETES_PORT.fullmatch(text):
            continue
        if name in variables:
            option = variables[name]
            draft.take(option, name, partial(option.read_text, text))
        else:
            shown = visible(name, 120)
            suggestion = nearest(name, [*variables, *OTHER_VARIABLES])
            draft.fail(shown, "unknown-variable", name=shown, **({"suggestion": suggestion} if suggestion else {}))


def _take_assignments(assignments: Sequence[str], draft: Draft) -> None:
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        name = name.strip()
        option = options().get(name)
        if not equals:
            draft.fail("--set", "malformed-assignment", value=visible(assignment))
        elif option is None:
            draft.unknown(f"--set {visible(name, 120)}", name)
        else:
            draft.take(option, f"--set {name}", partial(option.read_text, text))


def _assembled(part: type[Part], values: Mapping[str, object], prefix: str) -> Part:
    own: dict[str, Any] = {}
    for field in msgspec.structs.fields(part):
        name = prefix + field.name
        if isinstance(field.default, msgspec.Struct):
            own[field.name] = _assembled(type(field.default), values, name + ".")
        elif name in values:
            own[field.name] = values[name]
    return part(**own)
