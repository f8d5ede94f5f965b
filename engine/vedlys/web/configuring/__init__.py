"""Settings out of defaults, a file, the environment and flags, each outdoing the one before; or every fault at once."""

from __future__ import annotations

from vedlys.web.configuring.faults import SettingFault, SettingsError
from vedlys.web.configuring.options import Option, options
from vedlys.web.configuring.reading import read_settings

__all__ = ["Option", "SettingFault", "SettingsError", "options", "read_settings"]
