"""Running the command line in tests: in this process, on a catalogue that is loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from vedlys.assessment import Catalogue

_LOAD = Catalogue.load


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return _LOAD()


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue, tmp_path: Path) -> None:
    """No language, colour or content of whoever runs the tests; the shipped content is loaded once."""
    for name in ("VEDLYS_LOCALE", "VEDLYS_CONTENT", "VEDLYS_DEBUG", "LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def load(path: object = None) -> Catalogue:
        return catalogue if path is None else _LOAD(path)  # type: ignore[arg-type]  # as the command line has it

    monkeypatch.setattr(Catalogue, "load", load)
