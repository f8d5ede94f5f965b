"""What besides the content decides what is made of it: this very engine, this very Python, and what ships with it."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

from vedlys.digests import blake2b
from vedlys.shipped import content_root
from vedlys.storing.files import UNSURE, State, state_of, states

_FORMAT = 1

# What content is read, checked and packed with: each package's folder, and what it is distributed as.
_PACKAGES = {
    "babel": "babel",
    "idna": "idna",
    "jsonschema": "jsonschema",
    "liquid": "python_liquid",
    "markdown_it": "markdown_it_py",
    "mdit_py_plugins": "mdit_py_plugins",
    "mdurl": "mdurl",
    "msgspec": "msgspec",
    "nh3": "nh3",
    "yaml": "pyyaml",
}
_OWN = "vedlys"


@cache
def fingerprint() -> str:
    """One text for all of that; another engine's or Python's cache is none of ours.

    In a checkout every file of the engine is part of it, so that who works on vedlys never sees what another state of
    it left. Files of an installed package do not change one by one: there its first file, its version and the record
    of its files stand for all. Of other packages it is the version that counts, and when it was installed.
    """
    package, shipped = Path(__file__).parents[1], content_root()
    found: list[tuple[str, State]] = [(str(package), state_of(package / "__init__.py"))]
    record = b""
    if package not in shipped.parents:
        roots = ((package.parent, [package.name]), (shipped, ["schemas"]), (shipped, interface_folders(shipped)))
        for root, folders in roots:
            for folder, files in sorted(states(root, folders, but="__pycache__").items()):
                found += [(f"{folder}/{name}", state) for name, state in sorted(files.items())]
        found.append(("pyproject.toml", state_of(shipped / "pyproject.toml")))  # it holds the version
    else:
        record = _record(package.parent)
    found += _packages()
    told = [(path, size, modified, inode) for path, (size, modified, _, inode) in found]
    total = repr((_FORMAT, sys.version, sys.implementation.cache_tag, told)).encode() + record
    return blake2b(total, digest_size=32).hexdigest()


def interface_folders(root: Path) -> list[str]:
    """The folders that hold the engine's own phrases."""
    return [path.relative_to(root).as_posix() for path in sorted(root.glob("kb/*/interface"))]


def _packages() -> list[tuple[str, State]]:
    """What tells the other packages apart, found as an import would find them, without one."""
    found: list[tuple[str, State]] = []
    places: dict[str, set[str]] = {}  # where they stand: by folder, what is distributed there
    for package, distribution in _PACKAGES.items():
        for folder in sys.path:
            state = state_of(os.path.join(folder, package, "__init__.py"))  # noqa: PTH118 - many of them
            if state != UNSURE:
                found.append((package, state))
                places.setdefault(folder, set()).add(distribution)
                break
    for folder, wanted in places.items():
        found += sorted((name, state_of(f"{folder or os.curdir}/{name}")) for name in _distributions(folder, wanted))
    return found


def _record(folder: Path) -> bytes:
    """The list of this package's own files, as they were installed in that folder, with their hashes."""
    found = b""
    for name in sorted(_distributions(str(folder), {_OWN})):
        found += name.encode()
        try:
            found += (folder / name / "RECORD").read_bytes()
        except OSError:
            continue
    return found


def _distributions(folder: str, wanted: set[str]) -> list[str]:
    """The names of the folders that describe what is installed there; the version is part of each."""
    try:
        names = os.listdir(folder or os.curdir)  # noqa: PTH208 - names are all that is asked
    except OSError:
        return []
    return [
        name
        for name in names
        if name.endswith((".dist-info", ".egg-info")) and name.partition("-")[0].lower().replace(".", "_") in wanted
    ]
