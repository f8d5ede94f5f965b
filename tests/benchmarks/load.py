"""How long a large root takes to load, to check, to open from the cache and to re-check, and in how much memory.

    python tests/benchmarks/load.py --articles 3000

Each stage runs in a process of its own with a cache of its own; memory is the most that process ever held. The last
table compares a whole `vedlys assess`, answered from the cache, with `python -c "import orjson"`, all in turn, and with
what it cannot do without. Bytecode is there, as it is wherever a package is installed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from large_root import make_root

SAMPLE = Path(__file__).parents[1] / "samples" / "firewall-blocked.json"
YOUNG = 2.5  # seconds; files that were written less long ago are read again, for they may change unnoticed

# each gives (stage, seconds, processor seconds) a line of JSON, and last the most memory held
_COMMON = """
import json, resource, sys, time
from pathlib import Path
root = Path(sys.argv[1])
def stage(name, work):
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    print(json.dumps([name, time.perf_counter() - wall, time.process_time() - cpu]))
    return found
"""
_END = "\nprint(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))\n"

_COLD = """
def load():
    from vedlys import Catalogue
    return Catalogue.load(root)
catalogue = stage("read, checked, compiled: Catalogue.load, no cache yet", load)
stage("program", lambda: catalogue.program)
"""
_WARM = """
def load():
    from vedlys import Catalogue
    return Catalogue.load(root)
catalogue = stage("ready: Catalogue.load from the cache, with imports", load)
stage("program", lambda: catalogue.program)
name = catalogue.articles[len(catalogue.articles) // 2]
fact = catalogue.program.articles[name].reads[-1]
stage("first assessment of an article", lambda: catalogue.assess({fact: None}, name, "lt"))
"""
_CHECK = """
from vedlys.checking.root import Root
from vedlys.storing.place import cache_folder
def check(changed=None):
    checked = known.check(changed=changed)
    assert checked.answers, checked.diagnostics[:3]
known = Root(root, cache_folder(root))
stage("all checks, nothing checked before (vedlys check)", check)
known.save(answers=True)
known = Root(root, cache_folder(root))
stage("all checks again, next process", check)
stage("all checks again, same process", check)
def edits(path, old, new, what="one edit"):
    file = root / path
    text = file.read_text("utf-8")
    for changed, how in ((None, "all files looked at"), ([path], "told which file")):
        file.write_text(text.replace(old, new, 1), "utf-8")
        stage(f"{what} in {path.split('/')[-3 if path.startswith('kb') else -2]}: {how}", lambda: check(changed))
        file.write_text(text, "utf-8")
        check(changed)
article = sorted((root / "rules/articles").glob("*[0-9].yaml"))[0].stem
topic = sorted((root / "rules/facts").glob("topic*.yaml"))[0].stem
edits(f"rules/articles/{article}.yaml", "severity: blocker", "severity: warning")
edits(f"kb/lt/articles/{article}.md", "title: ", "title: X ")
edits(f"rules/facts/{topic}.yaml", "max: 100000", "max: 100001")
edits(f"rules/facts/{topic}.yaml", "facts:", "# a comment\\nfacts:", "a comment")
"""


def stages(code: str, root: Path, cache: Path) -> None:
    """Run a script of stages in a process of its own, and print what it took."""
    environment = {**os.environ, "VEDLYS_CACHE": str(cache)}
    command = [sys.executable, "-c", _COMMON + code + _END, str(root)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    *rows, memory = map(json.loads, done.stdout.splitlines())
    for name, wall, cpu in rows:
        print(f"{name:<60}{wall:>10.3f}{cpu:>10.3f}")
    print(f"{'  most memory':<60}{memory:>10.0f} MiB")


def cold_start(cache: Path, rounds: int) -> None:
    """A whole process each, in turn."""
    environment = {**os.environ, "VEDLYS_CACHE": str(cache), "VEDLYS_LOCALE": "lt"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    assess = [*_vedlys(), "assess", str(SAMPLE)]
    commands = {
        "vedlys assess --format json": [*assess, "--format", "json"],
        "vedlys assess --format markdown": [*assess, "--format", "markdown"],
        "vedlys assess (terminal)": assess,
        'python -c "import orjson"': [sys.executable, "-c", "import orjson"],
        'python -c "import msgspec"': [sys.executable, "-c", "import msgspec"],
        'python -c "import markdown_it"': [sys.executable, "-c", "import markdown_it"],
        'python -c "pass"': [sys.executable, "-c", "pass"],
    }
    for command in commands.values():
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
    time.sleep(YOUNG)
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 2):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
            if number > 1:
                times[name].append(time.perf_counter() - start)
    unit = statistics.median(times['python -c "import orjson"'])
    for name, found in times.items():
        median = statistics.median(found)
        print(f"{name:<60}{median:>10.3f}{median / unit:>9.1f}×")


def _vedlys() -> list[str]:
    return [sys.executable, "-m", "vedlys"]


def main() -> None:
    """Make a root, measure, and print a table."""
    parser = argparse.ArgumentParser(description="Measure loading, checking, the cache and cold start.")
    parser.add_argument("--articles", type=int, default=3000)
    parser.add_argument("--root", type=Path, help="a root that large_root.py has made, instead of a new one")
    parser.add_argument("--rounds", type=int, default=15, help="of cold starts")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = chosen.root or Path(folder) / "root"
        if chosen.root is None:
            make_root(root, chosen.articles)
        print(f"{chosen.articles} articles" if chosen.root is None else root)
        print(f"{'stage':<60}{'seconds':>10}{'cpu':>10}")
        time.sleep(YOUNG)
        cache = Path(folder) / "cache"
        stages(_COLD, root, cache)
        stages(_WARM, root, cache)
        stages(_CHECK, root, Path(folder) / "another")
        print(f"{'whole process, answered from the cache':<60}{'median':>10}{'ratio':>10}")
        cold_start(cache, chosen.rounds)


if __name__ == "__main__":
    main()
