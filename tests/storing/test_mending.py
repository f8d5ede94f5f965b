"""A cache that is damaged, half-written or of no use any more: mended or removed, and nobody is kept from an answer."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from vedlys import Catalogue, CatalogueError, opening
from vedlys.checking import root as roots
from vedlys.loading.content import Loader
from vedlys.opening import check_content, load_content
from vedlys.storing import engine_state, files, unused
from vedlys.storing.indexes import write_index
from vedlys.storing.packs import Damaged, Packs, Place, tidy
from vedlys.storing.place import OWNER, VARIABLE, cache_folder

BASE = Path(__file__).parents[1] / "checking" / "base"
ARTICLE = "network"
DAY = 86_400


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path / "root")
    return tmp_path / "root"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(files, "_DOUBT", -(10**15))
    opening._recovered.cache_clear()
    yield tmp_path / "cache"
    opening._recovered.cache_clear()


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The roots that had to be read."""
    found: list[Path] = []
    check = roots.Root.check
    monkeypatch.setattr(roots.Root, "check", lambda self, **said: found.append(self._root) or check(self, **said))
    return found


def zero_packs(cache: Path) -> None:
    for path in cache.rglob("*.pack"):
        path.write_bytes(bytes(path.stat().st_size))


def touch_an_article(root: Path) -> None:
    (root / f"kb/lt/articles/{ARTICLE}.md").touch()


# --- checking with a cache that is of no use ---


def test_checking_with_a_damaged_pack(root: Path, cache: Path) -> None:
    assert check_content(root)[0] == []
    zero_packs(cache)
    touch_an_article(root)
    diagnostics, content = check_content(root)
    assert diagnostics == []
    assert content is not None
    assert Catalogue(content).article_markdown(ARTICLE, "lt")


def test_checking_while_a_file_is_saved(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read is not what was hashed."""
    articles = Loader.articles

    def saved_meanwhile(self: Loader, *given: object) -> object:
        found = articles(self, *given)  # type: ignore[arg-type]  # as it came
        self.hashes = dict.fromkeys(self.hashes, b"another")
        return found

    monkeypatch.setattr(Loader, "articles", saved_meanwhile)
    diagnostics, content = check_content(root)
    assert diagnostics == []
    assert content is not None
    assert load_content(root).digest == content.digest


def test_checking_past_what_is_compared(root: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    assert check_content(root)[0] == []
    before = {path: path.read_bytes() for path in cache.rglob("*") if path.is_file()}
    monkeypatch.setattr(roots, "MOST_COMPARED", -1)
    touch_an_article(root)
    diagnostics, content = check_content(root)
    assert diagnostics == []
    assert content is not None
    assert {path: path.read_bytes() for path in cache.rglob("*") if path.is_file()} == before


def test_checking_a_root_with_a_file_that_cannot_be_read(root: Path) -> None:
    (root / "rules/articles/astray.yaml").symlink_to(root / "nowhere")
    diagnostics, content = check_content(root)
    assert content is None
    assert diagnostics


# --- mending ---


@pytest.mark.parametrize("use", [load_content, lambda root: check_content(root)[1]], ids=["load", "check"])
def test_a_damaged_pack_is_mended_for_the_next_process(
    root: Path, cache: Path, cold: list[Path], use: Callable[[Path], object]
) -> None:
    load_content(root)
    zero_packs(cache)
    assert use(root) is not None
    cold.clear()
    assert Catalogue(load_content(root)).article_markdown(ARTICLE, "lt")
    assert cold == []


@pytest.mark.parametrize("part", ["interface", "vocabulary", "article", "texts"])
def test_a_single_part_that_is_damaged_is_mended(root: Path, cache: Path, cold: list[Path], part: str) -> None:
    load_content(root)
    folder = cache_folder(root)
    assert folder is not None
    index = roots.read_catalogue(folder)
    assert index is not None
    locale = index.locales["lt"]
    place = {
        "interface": locale.interface,
        "vocabulary": index.vocabulary,
        "article": index.articles[ARTICLE],
        "texts": locale.places[0],
    }[part]
    with (folder / index.packs[place.pack][0]).open("r+b") as file:
        file.seek(place.start)
        file.write(bytes(place.length))

    def everything() -> tuple[object, object]:
        content = load_content(root)
        return Catalogue(content).article_markdown(ARTICLE, "lt"), dict(content.guidance.locales["lt"].facts)

    first = everything()  # notes the damage
    assert everything() == first  # makes the cache anew
    cold.clear()
    opening._recovered.cache_clear()
    assert everything() == first
    assert cold == []
    assert opening._recovered.cache_info().misses == 0


@pytest.mark.parametrize("harm", ["gone", "cut"])
def test_an_index_that_is_damaged_is_mended(root: Path, cache: Path, cold: list[Path], harm: str) -> None:
    load_content(root)
    [path] = cache.rglob("catalogue")
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-9])
    load_content(root)
    assert len(cold) == 2
    load_content(root)
    assert len(cold) == 2


def test_two_states_of_the_content_are_never_mixed(root: Path, cache: Path) -> None:
    load_content(root)
    held = Catalogue(load_content(root))
    zero_packs(cache)
    path = root / f"kb/en/articles/{ARTICLE}.md"
    before = path.read_bytes()
    path.write_bytes(before + b"\n")
    for _ in range(2):
        with pytest.raises(CatalogueError, match="has changed since it was loaded"):
            held.article_markdown(ARTICLE, "en")
    path.write_bytes(before)  # what was read meanwhile is not remembered for ever
    assert held.article_markdown(ARTICLE, "en")
    assert held.digest == Catalogue.load(root).digest


# --- what is left behind ---


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
def test_a_write_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    packs = Packs(tmp_path)
    place = packs.add(b"x" * 1000)

    def full(self: object, *given: object) -> BinaryIO:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Packs, "_raw", full)
        with pytest.raises(type(error)):
            packs.written([place])
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(type(error)):
            packs.written([place])
        with pytest.raises(type(error)):
            write_index(tmp_path / "catalogue", Place(0, 1, 2, 3))
    assert list(tmp_path.iterdir()) == []


def test_what_others_never_finished_is_removed_and_what_they_write_now_is_not(tmp_path: Path) -> None:
    for name in ("catalogue.0123abcd.new", f"{'ab' * 8}.pack.new", "notes.new"):
        for age in (10, 2 * 3600):
            path = tmp_path / str(age) / name
            path.parent.mkdir(exist_ok=True)
            path.touch()
            os.utime(path, (time.time() - age,) * 2)
    for folder in tmp_path.iterdir():
        tidy(folder, [])
    assert [path.name for path in (tmp_path / "7200").iterdir()] == ["notes.new"]
    assert len(list((tmp_path / "10").iterdir())) == 3


def test_damaged_values_are_not_moved(tmp_path: Path) -> None:
    packs = Packs(tmp_path)
    places = [packs.add(os.urandom(1000)) for _ in range(4)]
    packs, moved = packs.written(places)
    zero_packs(tmp_path)
    with pytest.raises(Damaged):
        packs.written([moved[places[0]]])
    assert [path.suffix for path in tmp_path.iterdir()] == [".pack"]


# --- roots that nobody uses ---


def folder_of(root: Path, *, days: float) -> Path:
    folder = cache_folder(root)
    assert folder is not None
    (folder / "catalogue").touch()
    (folder / "ab.pack").touch()
    os.utime(folder / OWNER, (time.time() - days * DAY,) * 2)
    return folder


def test_roots_that_are_not_used_are_removed(root: Path, tmp_path: Path, cache: Path) -> None:
    elsewhere = {name: tmp_path / name for name in ("used", "unused", "gone")}
    for path in elsewhere.values():
        path.mkdir()
    kept = folder_of(elsewhere["used"], days=29)
    old, gone = folder_of(elsewhere["unused"], days=31), folder_of(elsewhere["gone"], days=0)
    unknown, others = cache / ("ab" * 16), [cache / ("cd" * 16), cache / "somebody-else"]
    for path in (unknown, *others):
        path.mkdir()
        (path / ("checked" if path == unknown else "file.pack")).touch()
        for each in (*path.iterdir(), path):
            os.utime(each, (0, 0))
    elsewhere["gone"].rmdir()
    load_content(root)
    assert [path.exists() for path in (kept, old, gone, unknown)] == [True, False, False, False]
    assert all((path / "file.pack").exists() for path in others)
    assert sorted(path.name for path in kept.iterdir()) == ["ab.pack", "catalogue", OWNER]


def test_who_uses_a_root_notes_it(root: Path) -> None:
    folder = folder_of(root, days=29)
    assert cache_folder(root) == folder
    assert (folder / OWNER).stat().st_mtime > time.time() - DAY


def test_only_some_are_looked_at_in_one_go(
    tmp_path: Path, root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unused, "_MOST", 3)
    for number in range(10):
        (tmp_path / str(number)).mkdir()
        folder_of(tmp_path / str(number), days=40)
    mine = folder_of(root, days=0)
    unused.remove_unused(mine)
    assert len(list(cache.iterdir())) == 11 - 3
    for _ in range(200):
        unused.remove_unused(mine)
    assert list(cache.iterdir()) == [mine]


# --- what the cache was made with ---


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages whose files all look the same from outside."""
    folder = tmp_path / "site"
    for package, distribution in engine_state._PACKAGES.items():
        (folder / package).mkdir(parents=True)
        (folder / package / "__init__.py").touch()
        (folder / f"{distribution}-1.0.dist-info").mkdir()
    monkeypatch.setattr(engine_state.sys, "path", ["", str(folder)])
    monkeypatch.setattr(engine_state, "state_of", lambda path: (1, 1, 1, 1) if Path(path).exists() else files.UNSURE)
    return folder


def made_with() -> str:
    return engine_state.fingerprint.__wrapped__()


@pytest.mark.parametrize("distribution", sorted(engine_state._PACKAGES.values()))
def test_another_version_of_a_package_is_another_engine(site: Path, distribution: str) -> None:
    before = made_with()
    assert made_with() == before
    (site / f"{distribution}-1.0.dist-info").rename(site / f"{distribution}-1.1.dist-info")
    assert made_with() != before


def test_names_are_written_in_several_ways(site: Path) -> None:
    (site / "pyyaml-1.0.dist-info").rename(site / "PyYAML-1.0.dist-info")
    assert ("PyYAML-1.0.dist-info", (1, 1, 1, 1)) in engine_state._packages()
    (site / "something_else-1.0.dist-info").mkdir()
    assert len(engine_state._packages()) == 2 * len(engine_state._PACKAGES)


def test_every_package_of_this_environment_is_found() -> None:
    found = [name for name, _ in engine_state._packages()]
    for package, distribution in engine_state._PACKAGES.items():
        assert package in found
        assert any(name.lower().startswith(f"{distribution}-") for name in found)


def test_another_build_of_an_installed_engine_is_another_engine(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = site / "vedlys"
    (package / "content").mkdir(parents=True)
    monkeypatch.setattr(engine_state, "__file__", str(package / "storing" / "engine_state.py"))
    monkeypatch.setattr(engine_state, "content_root", lambda: package / "content")
    record = site / "vedlys-0.1.0.dist-info" / "RECORD"
    record.parent.mkdir()
    record.write_text("vedlys/assessment.py,sha256=a,1\n")
    prints = [made_with()]
    record.write_text("vedlys/assessment.py,sha256=b,1\n")
    prints.append(made_with())
    record.parent.rename(site / "vedlys-0.2.0.dist-info")
    prints.append(made_with())
    assert len(set(prints)) == 3
