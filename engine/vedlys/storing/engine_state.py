"""What besides the content decides what is made of it: this very engine, this very Python, and what ships with it."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

from vedlys.shipped import content_root
from vedlys.storing.files import State, state_of, states

_FORMAT = 1


@cache
def fingerprint() -> str:
    """One text for all of that; another engine's or Python's cache is none of ours.

    In a checkout every file of the engine is part of it, so that who works on vedlys never sees what another state of
    it left. Files of an installed package do not change one by one: there its first file stands for all.
    """
    from hashlib import sha256  # noqa: PLC0415 - lazy: nothing to hash where the cache is off

    package, shipped = Path(__file__).parents[1], content_root()
    found: list[tuple[str, State]] = [(str(package), state_of(package / "__init__.py"))]
    if package not in shipped.parents:
        roots = ((package.parent, [package.name]), (shipped, ["schemas"]), (shipped, interface_folders(shipped)))
        files = (file for root, folders in roots for file in states(root, folders).items())
        found += sorted(file for file in files if not file[0].endswith(".pyc"))
        found.append(("pyproject.toml", state_of(shipped / "pyproject.toml")))  # it holds the version
    told = [(path, state.size, state.modified, state.inode) for path, state in found]
    return sha256(repr((_FORMAT, sys.version, sys.implementation.cache_tag, told)).encode()).hexdigest()


def interface_folders(root: Path) -> list[str]:
    """The folders that hold the engine's own phrases."""
    return [path.relative_to(root).as_posix() for path in sorted(root.glob("kb/*/interface"))]
