"""What the shell offers behind the tab key, read off files without loading anything, so that it is there at once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from vedlys.shipped import content_root

_FACT = re.compile(r"^ {2}([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+):", re.MULTILINE)
_KEYWORDS = frozenset({"all", "any", "none", "not"})  # of a section's gate, at the same depth as rules
_RULE = re.compile(r"^ {6}([a-z0-9]+(?:-[a-z0-9]+)*):\s*$", re.MULTILINE)


def complete_article(incomplete: str) -> list[str]:
    """The ids of articles."""
    return sorted(article for article in _articles() if article.startswith(incomplete))


def complete_rule(incomplete: str) -> list[str]:
    """`ARTICLE/RULE`: the articles at first, the rules of one behind its slash."""
    article, slash, _ = incomplete.partition("/")
    if not slash:
        found = [f"{name}/" for name in _articles()]
        return sorted(name for name in found if name.startswith(incomplete))
    text = _read(_root() / "rules" / "articles" / f"{Path(article).name}.yaml")
    rules = (f"{article}/{rule}" for rule in _RULE.findall(text) if rule not in _KEYWORDS)
    return [name for name in rules if name.startswith(incomplete)]


def complete_fact(incomplete: str) -> list[str]:
    """The names of facts."""
    texts = (_read(file) for file in sorted((_root() / "rules" / "facts").glob("*.yaml")))
    return [name for text in texts for name in _FACT.findall(text) if name.startswith(incomplete)]


def complete_locale(incomplete: str) -> list[str]:
    """The locales that there is guidance in."""
    found = (folder.parent.name for folder in (_root() / "kb").glob("*/articles"))
    return sorted(locale for locale in found if locale.startswith(incomplete))


def complete_engine(incomplete: str) -> list[str]:
    """The names of engines."""
    from vedlys.evaluation.engine import ENGINE_NAMES  # noqa: PLC0415 - lazy: nothing else here needs an engine

    return [name for name in ENGINE_NAMES if name.startswith(incomplete)]


def complete_engines(incomplete: str) -> list[str]:
    """The names of engines, and the word for all of them."""
    return [*complete_engine(incomplete), *(["all"] if "all".startswith(incomplete) else [])]


def _articles() -> Iterator[str]:
    for file in (_root() / "rules" / "articles").glob("*.yaml"):
        if not file.name.endswith(".cases.yaml"):
            yield file.stem


def _root() -> Path:
    return Path(os.environ.get("VEDLYS_CONTENT") or content_root())


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8", errors="replace")
    except OSError:
        return ""
