"""The settings while they are gathered: what was given where, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vedlys.messages.shown import visible
from vedlys.suggest import nearest
from vedlys.web.configuring.faults import RefusedError, SettingFault
from vedlys.web.configuring.options import Option, options


class Draft:
    """Values by dotted name, the last one given; the origin of each; and the faults of all."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self.origins: dict[str, str] = {}  # of every setting that anything gave, refused ones too
        self.faults: list[SettingFault] = []

    def fail(self, origin: str, code: str, **values: str) -> None:
        """Note a fault."""
        self.faults.append(SettingFault(origin=origin, code=code, values=values))

    def fail_at(self, name: str, code: str, **values: str) -> None:
        """Note a fault of a setting, at the place that gave it."""
        self.fail(self.origins.get(name, name), code, **values)

    def take(self, option: Option, origin: str, read: Callable[[], object]) -> None:
        """Take a value, or note why not."""
        self.origins[option.name] = origin
        try:
            self.values[option.name] = read()
        except RefusedError as refusal:
            self.fail(origin, refusal.code, **refusal.values)

    def unknown(self, origin: str, name: str) -> None:
        """Note that no setting has the name."""
        known = options()
        groups = {option.rpartition(".")[0] for option in known} - {""}
        suggestion = nearest(name, {*known, *groups})
        shown = {} if suggestion is None else {"suggestion": suggestion}
        group = name.rpartition(".")[0]
        beside = [option for option in known if option.rpartition(".")[0] == group]
        if beside:
            shown["known"] = ", ".join(beside)
        self.fail(origin, "unknown-setting", name=visible(name, 120), **shown)

    def given(self, *names: str) -> bool:
        """Whether anything gave one of the settings, or one below it, rightly or wrongly."""
        return any(known == name or known.startswith(name + ".") for name in names for known in self.origins)

    def path(self, name: str) -> Path | None:
        """A path that was given rightly."""
        value = self.values.get(name)
        return value if isinstance(value, Path) else None
