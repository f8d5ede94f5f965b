"""The exit codes, which scripts rely on."""

from __future__ import annotations

FINE = 0
FOUND = 1  # a status of `action_needed` or `attention`, or checks or trials that failed
USAGE = 2  # the call or the facts cannot be accepted
NOT_LOADED = 3  # the content cannot be loaded
INTERNAL = 70  # a mistake of vedlys
OUTPUT = 74  # the answer cannot be written, as where a disk is full
INTERRUPTED = 130  # Ctrl-C
BROKEN_PIPE = 141  # whoever reads the output has gone
