"""Keeping the answers: written after each of them, so that none is lost, and never over a file of somebody else's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from vedlys.cli.inputs import InputError, input_error, shown_name


class Keeper:
    """A file that answers are kept in: the one named, else the one they were loaded from, else a new one."""

    def __init__(self, named: Path | None, loaded: Path | None, article: str) -> None:
        """`InputError` where the named file is there already, and is not the one that was loaded, or has no folder."""
        self._article = article
        wanted = named or loaded
        self.path = None if wanted is None else wanted.resolve()
        self._is_ours = loaded is not None and self.path == loaded.resolve()
        if self.path is not None and not self._is_ours and self.path.exists():
            raise InputError("ask.exists", file=shown_name(str(named)))
        if self.path is not None and not self.path.parent.is_dir():
            raise InputError("ask.no_folder", folder=shown_name(str(self.path.parent)))
        self.is_copy = loaded is not None and not self._is_ours  # of facts that were loaded from elsewhere
        self.written = False

    def keep(self, facts: Mapping[str, Any]) -> None:
        """Write the facts, whole or not at all; `InputError` where that cannot be done."""
        text = msgspec.json.format(msgspec.json.encode(facts)) + b"\n"
        try:
            path = self._claimed()
            beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
            try:
                beside.write_bytes(text)
                shutil.copymode(path, beside)
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)
        except OSError as error:
            raise input_error(str(self.path or Path.cwd()), error) from error
        self.written = True

    def _claimed(self) -> Path:
        """The file, made now where it is to be new: nobody else's can be hit, even one that has just appeared."""
        if self.path is not None and self._is_ours:
            return self.path
        for number in count(1):
            path = self.path or Path(f"vedlys-{self._article}{'' if number == 1 else f'-{number}'}.json").resolve()
            try:
                path.open("x").close()
            except FileExistsError:
                if self.path is not None:
                    raise InputError("ask.exists", file=str(path)) from None
                continue
            self.path, self._is_ours = path, True
            return path
        raise AssertionError  # there is always another number
