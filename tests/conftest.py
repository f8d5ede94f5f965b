"""What all tests share: properties are not held to the clock, which says more of the machine than of the code."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# built on the profile in force, so that runs in CI stay the same from run to run
settings.register_profile("no clock", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no clock")

# what a test leaves behind is nobody's cache; tests of the cache switch it on for themselves
os.environ["VEDLYS_CACHE"] = "off"
