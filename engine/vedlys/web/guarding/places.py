"""Which declared path an address belongs to, for requests that are refused before the application looks."""

from __future__ import annotations

from collections.abc import Iterable

from vedlys.web.guarding.needs import plain_path


class Places:
    """The declared paths of a service; parts in braces stand for anything: `/v1/articles/{article}`."""

    def __init__(self, declared: Iterable[str]) -> None:
        self._plain: set[str] = set()
        self._open: list[tuple[str, list[str]]] = []
        for path in declared:
            if "{" in path:
                self._open.append((path, path.split("/")))
            else:
                self._plain.add(path)

    def of(self, path: str) -> str:
        """The declared path; empty where there is none."""
        plain = plain_path(path)
        if plain in self._plain:
            return plain
        parts = plain.split("/")
        for declared, wanted in self._open:
            if len(parts) == len(wanted) and all(_stands_for(*pair) for pair in zip(wanted, parts, strict=True)):
                return declared
        return ""


def _stands_for(wanted: str, part: str) -> bool:
    return wanted.startswith("{") or wanted == part
