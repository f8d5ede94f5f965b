"""What is wrong with settings."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from vedlys.errors import VedlysError
from vedlys.messages import Translations, sentence


class SettingFault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with the settings. `origin` is a file and a key, a variable, or a flag."""

    origin: str
    code: str
    values: dict[str, str] = {}


class SettingsError(VedlysError):
    """The settings were refused, and nothing was started. `faults` holds every fault, in the order of the origins."""

    def __init__(self, faults: Sequence[SettingFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)

    def describe(self, translations: Translations | None = None) -> str:
        """A line a fault, in the language of the translations, else in English."""
        lines = []
        for fault in self.faults:
            text, hints = sentence(fault.code, fault.values, translations)
            lines.append(f"{fault.origin}: " + " ".join((text, *hints)))
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.describe()


class RefusedError(Exception):
    """One value is not what its setting may be: the code of the fault, and what its sentence names."""

    def __init__(self, code: str, **values: str) -> None:
        self.code = code
        self.values = values
        super().__init__(code)
