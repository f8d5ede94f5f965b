"""Every example of the README runs as it stands: Python, console sessions, and the article that it writes."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from vedlys import Catalogue, CatalogueError
from vedlys.loading import load

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")

# an example file: a line that names it, then its text in a fence
_FILE = re.compile(r"`((?:rules|kb)/[\w./-]+)`[^\n]*\n\n```(?:yaml|markdown)\n(.*?)```\n", re.DOTALL)
_FENCE = re.compile(r"```(\w+)\n(.*?)```\n", re.DOTALL)


def fences(language: str) -> list[str]:
    return [text for found, text in _FENCE.findall(README) if found == language]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content root that the README writes, file by file."""
    root = tmp_path_factory.mktemp("readme")
    files = dict(_FILE.findall(README))
    assert len(files) == 7
    for file, text in files.items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def vedlys(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vedlys", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "120", **environment},
    )


def test_the_article_has_no_faults(example: Path) -> None:
    content, diagnostics = load(example)
    assert content is not None
    assert list(diagnostics) == []
    checked = vedlys("check", "--content", str(example), "--strict", cwd=ROOT)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_article_passes_its_trials(example: Path) -> None:
    tested = vedlys("test", "--content", str(example), cwd=ROOT)
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_the_article_answers_in_both_locales(example: Path) -> None:
    catalogue = Catalogue.load(example)
    english = catalogue.assess({"server.clock_offset_seconds": 3600}, article="clock-skew", locale="en")
    lithuanian = catalogue.assess({"server.clock_offset_seconds": 3600}, article="clock-skew", locale="lt")
    assert "off by 3,600 seconds" in english.markdown
    assert "skirtumas – 3 600 sekundžių" in lithuanian.markdown.replace("\xa0", " ")


def test_python_examples_run() -> None:
    examples = fences("python")
    assert examples
    for text in examples:
        exec(compile(text, "README.md", "exec"), {})


def sessions() -> list[tuple[str, str]]:
    """Each command of the console examples, with what it prints."""
    found = []
    for text in fences("console"):
        for part in text.removeprefix("$ ").split("\n$ "):
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


@pytest.mark.parametrize(("command", "output"), sessions(), ids=[command for command, _ in sessions()])
def test_console_examples_print_what_they_show(command: str, output: str, example: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(example, broken)
    rulebook = broken / "rules/articles/clock-skew.yaml"
    rulebook.write_text(rulebook.read_text("utf-8").replace("when: {server.clock_offset", "when: {server.clock_ofset"))
    if command == "echo $?":
        return  # the exit code of the command before: asserted with it
    binaries = Path(sys.executable).parent
    ran = subprocess.run(
        ["bash", "-c", command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}", "NO_COLOR": "1", "COLUMNS": "120"},
    )
    printed = ran.stdout + ran.stderr
    pattern = ".*".join(re.escape(piece) for piece in re.split(r"…\n|…", output))
    assert re.fullmatch(pattern, printed, re.DOTALL), printed
    following = sessions()[sessions().index((command, output)) + 1 :][:1]
    if following and following[0][0] == "echo $?":
        assert ran.returncode == int(following[0][1])


def test_a_broken_rulebook_cannot_be_loaded(example: Path, tmp_path: Path) -> None:
    shutil.copytree(example, tmp_path / "broken")
    (tmp_path / "broken/rules/articles/clock-skew.yaml").write_text("article: [\n", "utf-8")
    with pytest.raises(CatalogueError):
        Catalogue.load(tmp_path / "broken")


def test_named_files_exist() -> None:
    linked = re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", README + (ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert linked
    assert [name for name in linked if not (ROOT / name).exists()] == []
