"""What the figures were measured on."""

from __future__ import annotations

import datetime as dt
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """The machine, the moment, the versions."""

    date: str
    processor: str
    cores: int
    memory: str
    system: str
    python: str
    versions: dict[str, str]

    @property
    def line(self) -> str:
        """The same in one line, without the packages."""
        return f"Python {self.python}, {self.processor}, {self.cores} cores, {self.memory}, {self.system}, {self.date}"


def this_machine(packages: list[str]) -> Machine:
    """This one, now."""
    return Machine(
        date=dt.datetime.now(dt.UTC).date().isoformat(),
        processor=_after("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        cores=os.cpu_count() or 1,
        memory=_memory(),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        versions={package: version_of(package) or "not installed" for package in packages},
    )


def version_of(package: str) -> str | None:
    """The version of an installed package."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def resident(status: str = "/proc/self/status", what: str = "VmRSS") -> float:
    """MiB that a process holds; `VmHWM` is the most it ever held."""
    return int(_after(status, what).split()[0]) / 1_024


def _memory() -> str:
    found = _after("/proc/meminfo", "MemTotal")
    return f"{int(found.split()[0]) / 1_048_576:.0f} GiB" if found else "memory unknown"


def _after(path: str, name: str) -> str:
    if not Path(path).exists():
        return ""
    lines = Path(path).read_text("utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
