"""Which file is for what, by its path alone."""

from pathlib import Path, PurePosixPath

import pytest

from vedlys.diagnostics import Diagnostics
from vedlys.loading.layout import find_files
from vedlys.loading.report import Report

NAMES = ["a.yaml", "a.b.yaml", "a..yaml", "a.cases.yaml", "a b.yaml", "a\\b.yaml", "ą.yaml", "cases.yaml"]


@pytest.mark.parametrize("name", NAMES)
def test_a_rulebook_is_called_after_its_article(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "rules/articles"
    folder.mkdir(parents=True)
    (folder / name).touch()
    diagnostics = Diagnostics()
    (found,) = find_files(tmp_path, Report(diagnostics))
    assert not len(diagnostics)
    stem = PurePosixPath(name).stem
    assert (found.path, found.name) == (f"rules/articles/{name}", stem.removesuffix(".cases"))
    assert found.kind == ("cases" if stem.endswith(".cases") else "rulebook")


@pytest.mark.parametrize(("name", "right"), [("a.yml", "a.yaml"), ("a.b.YAML", "a.b.yaml"), ("a.md", "a.yaml")])
def test_a_file_with_another_extension_is_told_the_right_one(tmp_path: Path, name: str, right: str) -> None:
    folder = tmp_path / "rules/facts"
    folder.mkdir(parents=True)
    (folder / name).touch()
    diagnostics = Diagnostics()
    (found,) = find_files(tmp_path, Report(diagnostics))
    assert found.misnamed
    assert [one.values["right"] for one in diagnostics] == [right]


@pytest.mark.parametrize("name", ["a", "a.", "a.txt", "a.yaml~"])
def test_a_file_without_an_extension_of_ours_fits_nowhere(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "rules/facts"
    folder.mkdir(parents=True)
    (folder / name).touch()
    diagnostics = Diagnostics()
    assert find_files(tmp_path, Report(diagnostics)) == []
    assert [one.code for one in diagnostics] == ["unexpected-file"]
