"""The content of a root: out of the cache where it stands there, else read and checked, and then kept there."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from vedlys.diagnostics import Diagnostic, Diagnostics
from vedlys.errors import CatalogueError
from vedlys.model.content import Content
from vedlys.source import Span
from vedlys.storing.catalogue import open_catalogue
from vedlys.storing.indexes import forget
from vedlys.storing.place import cache_folder

if TYPE_CHECKING:
    from vedlys.checking import Check


def load_content(root: Path) -> Content:
    """The content of a root that answers, out of the cache where it is there; see `Catalogue.load`."""
    folder = cache_folder(root)
    recover = partial(_recovered, root, folder)
    if folder is not None:
        content = open_catalogue(root, folder, recover)
        if content is not None:
            return content
    from vedlys.checking.root import Root  # noqa: PLC0415 - lazy: nothing has to be read where nothing has changed

    known = Root(root, folder)
    checked = known.check(authoring=False)
    if not checked.answers:
        raise CatalogueError(checked.diagnostics)
    if checked.whole is not None:
        return checked.whole
    known.save(answers=True)
    return known.content(recover)


def check_content(root: Path) -> tuple[list[Diagnostic], Content | None]:
    """Every fault of every file of a root, sorted, and its content where none of them is an error."""
    from vedlys.checking.root import Root  # noqa: PLC0415 - lazy, as above

    folder = cache_folder(root)
    known = Root(root, folder)
    checked = known.check()
    known.save(answers=checked.answers)
    if any(one.level == "error" for one in checked.diagnostics):
        return checked.diagnostics, None
    return checked.diagnostics, checked.whole or known.content(partial(_recovered, root, folder))


@lru_cache(maxsize=4)
def _recovered(root: Path, folder: Path | None, digest: str) -> Content:
    """All of the content out of its files, for when the cache turns out to be damaged while it is in use.

    The next process finds no cache, and makes it anew. Raises `CatalogueError` where the files are not those of that
    digest any more: an answer comes from one state of the content, never from two.
    """
    from vedlys.checking import OF_ANSWERS  # noqa: PLC0415 - lazy, as above

    if folder is not None:
        forget(folder)
    content, diagnostics = load_checked(root, OF_ANSWERS)
    if content is None or diagnostics.has_errors:
        raise CatalogueError(diagnostics.sorted())
    if content.digest != digest:
        reason = "it has changed since it was loaded, and what was remembered of it is damaged"
        values = {"reason": reason}
        raise CatalogueError([Diagnostic(code="unreadable-file", span=Span.whole_line("rules", 1), values=values)])
    return content


def load_checked(root: Path, checks: tuple[Check, ...] | None = None) -> tuple[Content | None, Diagnostics]:
    """The content of a root, as far as it loads, and what loading and the checks found; all checks where None."""
    from vedlys.checking import CHECKS, check  # noqa: PLC0415 - lazy: YAML and Markdown
    from vedlys.loading import load  # noqa: PLC0415

    content, diagnostics = load(root)
    if content is not None:
        diagnostics.extend(check(content, CHECKS if checks is None else checks))
    return content, diagnostics
