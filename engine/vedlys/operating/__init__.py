"""The commands of whoever runs the service. They start without any part of it: it may not be installed."""

from __future__ import annotations

from vedlys.cli.app import Command
from vedlys.operating import keys, replay, serve

COMMANDS: tuple[Command, ...] = (
    Command("serve", serve.serve, serve.EXAMPLES),
    Command("keys", keys.COMMANDS, keys.EXAMPLES, "Keep the keys that callers of the service send."),
    Command("replay", replay.replay, replay.EXAMPLES),
)
