"""Which files a content root holds, and what each is for.

What fits nowhere is a fault: it would be ignored in silence.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from vedlys.loading.report import Report
from vedlys.source import Span

Kind = Literal["facts", "rulebook", "cases", "article", "fact_text", "interface", "source"]

_LOCALE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_NOT_CONTENT = re.compile(r"(?:README|LICENSE|NOTICE)(?:\.[a-z]+)?")  # notes for whoever opens the folder
_CASES = ".cases"


class ContentFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of content. `name` is its article, topic or document; `locale` that of the folder in `kb/`."""

    path: str  # relative to the root, with forward slashes
    kind: Kind
    name: str
    locale: str = ""
    misnamed: bool = False  # reported, and not read: but what it is about is not missing either


def find_files(root: Path, report: Report) -> list[ContentFile]:
    """Every file of content, sorted by path; what lies in `rules/` and `kb/` and is none is reported."""
    return [file for path in _paths(root, ("rules", "kb"), report) if (file := _classified(path, report))]


def find_interface_files(root: Path, report: Report) -> list[ContentFile]:
    """The files of the engine's own phrases alone."""
    locales = sorted(path.name for path in _folders(root / "kb") if _LOCALE.fullmatch(path.name))
    folders = [f"kb/{locale}/interface" for locale in locales]
    return [file for path in _paths(root, folders, report) if (file := _classified(path, report))]


def _folders(folder: Path) -> Iterable[Path]:
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def _paths(root: Path, folders: Iterable[str], report: Report) -> Iterator[str]:
    paths: list[str] = []
    for top in folders:
        for folder, inner, names in os.walk(root / top, onerror=_reporting(root, report)):
            inner[:] = [name for name in inner if not name.startswith(".")]
            links = [name for name in inner if (Path(folder) / name).is_symlink()]  # not followed: they may lead round
            here = Path(folder).relative_to(root).as_posix()
            paths.extend(f"{here}/{name}" for name in [*names, *links] if not name.startswith("."))
    return (path for path in sorted(paths) if not _NOT_CONTENT.fullmatch(path.rpartition("/")[2]))


def _reporting(root: Path, report: Report) -> Callable[[OSError], None]:
    def add(error: OSError) -> None:
        path = Path(str(error.filename))
        if path.exists():
            report.add("unreadable-file", Span.whole_line(path.relative_to(root).as_posix(), 1), reason=error.strerror)

    return add


def _classified(path: str, report: Report) -> ContentFile | None:
    """What a file is for, by where it lies; None, with the fault reported, where that is nothing."""
    # a name may hold bytes that are no text: they are shown, never handed on
    shown = path.encode("utf-8", "backslashreplace").decode("utf-8")
    parts = path.split("/")
    name = parts[-1]
    stem, suffix = _cut(name)
    wanted, right_suffix = _wanted(path, parts, stem)
    if wanted is not None and suffix == right_suffix and shown == path:
        return wanted
    right = None
    if wanted is not None and suffix.lower() in {".yml", ".yaml", ".md", ".markdown"}:
        right = stem + right_suffix
        right = None if right == name else right
    place = None if wanted is not None else "rules/facts, rules/articles, kb/<locale>/articles, kb/<locale>/facts, …"
    report.add("unexpected-file", Span.whole_line(shown, 1), name=name, right=right, place=place)
    return msgspec.structs.replace(wanted, misnamed=True) if wanted is not None and right is not None else None


def _cut(name: str) -> tuple[str, str]:
    """The name without its extension, and that with its full stop, as `pathlib` has them: there are thousands."""
    at = name.rfind(".")
    return (name[:at], name[at:]) if 0 < at < len(name) - 1 else (name, "")


def _wanted(path: str, parts: list[str], stem: str) -> tuple[ContentFile | None, str]:
    """What a file in that folder is for, and the extension that it needs for it."""
    match parts:
        case ["rules", "facts", _]:
            return ContentFile(path=path, kind="facts", name=stem), ".yaml"
        case ["rules", "articles", _] if stem.endswith(_CASES):
            return ContentFile(path=path, kind="cases", name=stem.removesuffix(_CASES)), ".yaml"
        case ["rules", "articles", _]:
            return ContentFile(path=path, kind="rulebook", name=stem), ".yaml"
        case ["kb", "sources", name]:
            return ContentFile(path=path, kind="source", name=name), ".md"
        case ["kb", locale, "articles", _] if _LOCALE.fullmatch(locale):
            return ContentFile(path=path, kind="article", name=stem, locale=locale), ".md"
        case ["kb", locale, "facts", _] if _LOCALE.fullmatch(locale):
            return ContentFile(path=path, kind="fact_text", name=stem, locale=locale), ".md"
        case ["kb", locale, "interface", _] if _LOCALE.fullmatch(locale):
            return ContentFile(path=path, kind="interface", name=stem, locale=locale), ".yaml"
    return None, ""
