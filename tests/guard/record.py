"""Record what the hot path does, on purpose, for several versions of Python at once.

    python tests/guard/record.py [PYTHON …]

Each PYTHON is an interpreter that has the packages of requirements.lock; without one, it is this.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from test_hot_path import RECORDED, count, departures, record, recorded


def main() -> None:
    """Count with each interpreter, say what changes, and write it down."""
    for interpreter in sys.argv[1:] or [sys.executable]:
        version, found = count(interpreter)
        for sentence in departures(found, recorded().get(version, {})):
            print(f"{version}: {sentence}")
        record(version, found)
        print(f"{version}: recorded in {RECORDED}")


if __name__ == "__main__":
    main()
