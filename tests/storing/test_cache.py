"""The cache on disk: what comes out of it answers as the files do, and nothing that is wrong with it does any harm."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from building import environment
from vedlys import Catalogue, CatalogueError
from vedlys.checking import OF_ANSWERS
from vedlys.checking import root as roots
from vedlys.opening import check_content, load_checked
from vedlys.shipped import content_root
from vedlys.storing import catalogue as stored
from vedlys.storing import files
from vedlys.storing.packing import Unpackable, pack, unpack
from vedlys.storing.place import VARIABLE, cache_folder, engine_folder

ARTICLE = "password-writeback"
SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for part in ("rules", "kb"):
        shutil.copytree(content_root() / part, tmp_path / "root" / part)
    return tmp_path / "root"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that is switched on, in which no file is too young to be trusted."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(files, "_DOUBT", -(10**15))
    return tmp_path / "cache"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The roots that had to be read, because the cache did not have them."""
    found: list[Path] = []
    check = roots.Root.check

    def noted(self: roots.Root, **options: object) -> object:
        found.append(self._root)
        return check(self, **options)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(roots.Root, "check", noted)
    return found


def plain(root: Path) -> Catalogue:
    """The catalogue as the files have it."""
    content, diagnostics = load_checked(root, OF_ANSWERS)
    assert content is not None
    assert not diagnostics.has_errors
    return Catalogue(content)


def answers(catalogue: Catalogue) -> list[bytes]:
    """What is said of every sample, in both languages, with its explanations."""
    found = []
    for path in sorted(SAMPLES.glob("*.json")):
        body = path.read_bytes()
        for locale in ("lt", "en"):
            said_of_all = catalogue.assess_all(body, locale=locale, as_of="2026-11-22T10:00:00Z")
            found.extend(one.to_json() for one in said_of_all)
        for rule in catalogue.content.rulebooks[ARTICLE].rules:
            said = catalogue.explain(body, ARTICLE, rule.id, as_of="2026-11-22T10:00:00Z")
            found.append(msgspec.json.encode(said))
    return found


def test_out_of_the_cache_the_answers_are_the_same(root: Path, cache: Path, reads: list[Path]) -> None:
    wanted = answers(plain(root))
    assert len(wanted) > 20
    for _ in range(3):
        catalogue = Catalogue.load(root)
        assert answers(catalogue) == wanted
        assert catalogue.article_markdown(ARTICLE, "lt") == plain(root).article_markdown(ARTICLE, "lt")
        assert catalogue.facts_schema("en") == plain(root).facts_schema("en")
        assert catalogue.messages("lt") == plain(root).messages("lt")
        assert (catalogue.articles, catalogue.locales) == (plain(root).articles, plain(root).locales)
    assert len(reads) == 1


FACTS = {
    "identity.user_model": st.sampled_from(["synced", "mixed", "cloud_only", None]),
    "licence.writeback.assigned": st.one_of(st.none(), st.integers(0, 3)),
    "licence.writeback.available": st.one_of(st.none(), st.integers(0, 30)),
    "connect.version": st.sampled_from(["1.1.442", "1.1.443.0", "2.1.1.0", None]),
    "sspr.scope": st.sampled_from(["none", "selected", "all", None]),
    "net.idle_timeout_seconds": st.integers(0, 600),
    "net.endpoint.service_bus": st.booleans(),
    "report.still_failing": st.booleans(),
}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Catalogue, Catalogue]:
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(folder / "cache"))
        patch.setattr(files, "_DOUBT", -(10**15))
        Catalogue.load()
        cached = Catalogue.load()
    assert cached.content.outlines
    return cached, plain(content_root())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.fixed_dictionaries({}, optional=FACTS), st.sampled_from(["lt", "en"]))
def test_many_environments(both: tuple[Catalogue, Catalogue], facts: dict[str, object], locale: str) -> None:
    cached, read = both
    said = [one.assess(facts, ARTICLE, locale, "2026-11-22T10:00:00Z").to_json() for one in both]
    assert said[0] == said[1]
    assert cached.verdicts(facts, ARTICLE) == read.verdicts(facts, ARTICLE)


def test_an_edit_is_seen(root: Path, cache: Path) -> None:
    Catalogue.load(root)
    path = root / f"kb/en/articles/{ARTICLE}.md"
    path.write_text(path.read_text("utf-8").replace("Nobody can reset", "No one can reset"), "utf-8")
    catalogue = Catalogue.load(root)
    assert answers(catalogue) == answers(plain(root))
    assert catalogue.digest == plain(root).digest


def test_a_file_that_was_only_touched_is_read_and_nothing_else(root: Path, cache: Path, reads: list[Path]) -> None:
    before = Catalogue.load(root).digest
    (root / f"kb/en/articles/{ARTICLE}.md").touch()
    assert Catalogue.load(root).digest == before
    assert len(reads) == 2
    assert Catalogue.load(root).digest == before
    assert len(reads) == 2


def test_a_young_file_is_not_trusted_to_show_its_changes(
    root: Path, cache: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_DOUBT", 10**15)
    Catalogue.load(root)
    Catalogue.load(root)
    assert len(reads) == 2


@pytest.mark.parametrize("file", ["catalogue", "checked", "*.pack"])
@pytest.mark.parametrize("harm", ["cut", "flip", "empty", "foreign", "gone"])
def test_a_damaged_cache_does_no_harm(root: Path, cache: Path, file: str, harm: str) -> None:
    wanted = answers(Catalogue.load(root))
    [path] = cache.rglob(file)
    data = path.read_bytes()
    match harm:
        case "cut":
            path.write_bytes(data[: len(data) // 2])
        case "flip":
            path.write_bytes(bytes(byte ^ 0x55 if number % 97 == 20 else byte for number, byte in enumerate(data)))
        case "empty":
            path.write_bytes(b"")
        case "foreign":
            path.write_bytes(b"something else altogether" * 100)
        case "gone":
            path.unlink()
    assert answers(Catalogue.load(root)) == wanted
    assert answers(Catalogue.load(root)) == wanted


def test_another_engine_starts_anew(
    root: Path, cache: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    Catalogue.load(root)
    for module in (stored, roots):
        monkeypatch.setattr(module, "fingerprint", lambda: "another")
    Catalogue.load(root)
    assert len(reads) == 2


def test_faults_are_told_with_a_cache_too(root: Path, cache: Path) -> None:
    Catalogue.load(root)
    path = root / f"kb/en/articles/{ARTICLE}.md"
    path.write_text(path.read_text("utf-8").replace("{#password-reset-disabled}", "{#password-reset-off}"), "utf-8")
    found = load_checked(root, OF_ANSWERS)[1].sorted()
    for _ in range(2):
        with pytest.raises(CatalogueError) as raised:
            Catalogue.load(root)
        assert list(raised.value.diagnostics) == found


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="every name is text there")
def test_a_file_whose_name_is_no_text_is_told_of(root: Path, cache: Path) -> None:
    check_content(root)
    (root / os.fsdecode(b"rules/facts/\xff.yaml")).write_text("facts: {}\n")
    for _ in range(2):
        diagnostics, content = check_content(root)
        assert [one.code for one in diagnostics] == ["unexpected-file"]
        assert content is None


def test_who_holds_a_catalogue_can_go_on_with_it(root: Path, cache: Path) -> None:
    wanted = answers(plain(root))
    Catalogue.load(root)
    held = Catalogue.load(root)
    path = root / f"rules/articles/{ARTICLE}.yaml"
    path.write_text(path.read_text("utf-8").replace("severity: blocker", "severity: warning"), "utf-8")
    changed = Catalogue.load(root)
    assert answers(changed) != wanted
    shutil.rmtree(cache)
    assert answers(held) == wanted


@pytest.mark.skipif(sys.platform == "win32", reason="folders are closed by their profile there")
def test_only_a_folder_of_ones_own_is_used(root: Path, cache: Path) -> None:
    cache.mkdir(mode=0o777)
    cache.chmod(0o777)
    assert cache_folder(root) is None
    assert Catalogue.load(root).articles == (ARTICLE,)
    assert list(cache.iterdir()) == []
    cache.chmod(0o700)
    assert cache_folder(root) is not None


def test_a_link_is_not_followed(root: Path, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    cache.symlink_to(tmp_path / "elsewhere")
    assert cache_folder(root) is None


def test_never_inside_the_content(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(root / "cache"))
    assert cache_folder(root) is None
    assert not (root / "cache").exists()


@pytest.mark.parametrize("word", ["off", "", "0", "OFF", "no"])
def test_it_can_be_switched_off(root: Path, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv(VARIABLE, word)
    assert (cache_folder(root), engine_folder()) == (None, None)


def test_a_place_that_is_a_file_is_no_place(root: Path, cache: Path) -> None:
    cache.write_text("in the way")
    assert cache_folder(root) is None
    assert Catalogue.load(root).articles == (ARTICLE,)


def test_the_usual_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, root: Path) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    folder = cache_folder(root)
    assert folder is not None
    assert folder.parent == tmp_path / "xdg" / "vedlys"


def test_packing_keeps_values_and_their_types() -> None:
    content, _ = load_checked(content_root())
    assert content is not None
    for value in (content.vocabulary, *content.rulebooks.values(), *content.guidance.locales["lt"].articles.values()):
        again = unpack(pack(value))
        assert again == value
        assert pack(again) == pack(value)  # spans are all equal: their places are not
    assert unpack(pack(environment({"a": frozenset({"x"}), "b": 1.5, "c": True}))).values["c"] is True


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x90", json.dumps([1]).encode(), pack((1, 2))[:-1]])
def test_what_was_not_packed_is_not_unpacked(data: bytes) -> None:
    with pytest.raises(Unpackable):
        unpack(data)


def test_a_state_is_doubted_while_the_clock_may_not_have_moved() -> None:
    now = time.time_ns()
    assert files.trusted((1, now, now, 1), now) == files.UNSURE
    old = (1, now - 10**10, now - 10**10, 1)
    assert files.trusted(old, now) == old
