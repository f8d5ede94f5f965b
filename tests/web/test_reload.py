"""Changed content is checked, tested and taken up while requests go on; broken content never is."""

import errno
import gc
import json
import shutil
import weakref
from pathlib import Path

import pytest
from service_load import loading
from service_process import BASE, MARK, copy_base, edit, serving, until

from vedlys.answering.worthwhile import PAYS
from vedlys.assessment import Catalogue
from vedlys.errors import CatalogueError
from vedlys.web.catalogues import Follower, LoadedCatalogue
from vedlys.web.parts import CatalogueState
from vedlys.web.serving.keeping import Keeper, UntriedError
from vedlys.web.serving.shelf import Shelf
from vedlys.web.serving.snapshot import copy_content, signature
from vedlys.web.serving.trying import Trial, Verdict

SLOW = {"net.speed": 10}


class Desk:
    """A content root that somebody edits, the keeper of it and a worker's catalogue, in this process."""

    def __init__(self, folder: Path) -> None:
        self.root = copy_base(folder / "content")
        (folder / "runtime").mkdir()
        self.shelf = Shelf(folder / "runtime")
        self.published: list[CatalogueState] = []
        self.keeper = Keeper(self.root, self.shelf, 0.1, self.published.append)
        self.first = self.keeper.first()
        self.told: list[CatalogueState] = []
        self.catalogues = LoadedCatalogue(self.shelf, self.told.append)

    def break_rules(self, old: str = "net.fast: no", new: str = "net.fats: no") -> None:
        rules = self.root / "rules/articles/network.yaml"
        rules.write_text(rules.read_text("utf-8").replace(old, new), "utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_what_is_published_first_is_in_use(desk: Desk) -> None:
    assert desk.catalogues.current.digest == Catalogue.load(BASE).digest
    assert desk.catalogues.state == desk.first
    assert desk.first.state == "current"
    assert not desk.keeper.look()
    assert not desk.catalogues.look()
    assert desk.told == []


def test_changed_content_is_taken_up(desk: Desk) -> None:
    old = desk.catalogues.current
    edit(desk.root, "Antras leidimas.")
    assert desk.keeper.look()
    assert desk.catalogues.current is old  # until the worker looks
    assert desk.catalogues.look()
    new = desk.catalogues.current
    assert new.digest == Catalogue.load(desk.root).digest == desk.catalogues.state.digest
    assert "Antras leidimas." in new.assess(SLOW, "network", locale="lt").markdown
    assert MARK in old.assess(SLOW, "network", locale="lt").markdown  # requests under way keep theirs
    assert desk.told == desk.published == [desk.catalogues.state]
    assert desk.catalogues.state.loaded_at > desk.first.loaded_at


def test_broken_content_is_refused_until_it_is_mended(desk: Desk) -> None:
    desk.break_rules()
    assert desk.keeper.look()
    assert desk.catalogues.look()
    state = desk.catalogues.state
    assert (state.state, state.digest) == ("refused", desk.first.digest)
    assert [fault.split(": ")[0] for fault in state.faults] == ["rules/articles/network.yaml:12:16"]
    assert desk.catalogues.current.digest == desk.first.digest
    assert not desk.keeper.look()  # what has been tried is not tried again
    desk.break_rules("net.fats: no", "net.fast: no")
    assert desk.keeper.look()
    assert desk.catalogues.look()
    assert desk.catalogues.state == desk.first
    edit(desk.root, "Trečias leidimas.")
    assert desk.keeper.look()
    assert desk.catalogues.look()
    assert desk.catalogues.state.state == "current"


def test_content_that_fails_its_own_examples_is_refused(desk: Desk) -> None:
    desk.break_rules("at_least: 50", "at_least: 40")
    assert desk.keeper.look()
    assert desk.catalogues.look()
    assert desk.catalogues.state.state == "refused"
    assert "`slow`" in desk.catalogues.state.faults[0]


def test_content_that_is_gone_is_refused(desk: Desk) -> None:
    shutil.rmtree(desk.root)
    assert desk.keeper.look()
    assert desk.catalogues.look()
    assert desk.catalogues.state.state == "refused"
    assert desk.catalogues.current.assess(SLOW, "network").status == "attention"
    copy_base(desk.root)
    assert desk.keeper.look()
    assert desk.catalogues.look()
    assert desk.catalogues.state == desk.first


def test_a_root_may_be_a_link_that_is_switched(desk: Desk, tmp_path: Path) -> None:
    releases = [copy_base(tmp_path / name) for name in ("one", "two")]
    edit(releases[1], "Kitas leidimas.")
    link = tmp_path / "link"
    link.symlink_to(releases[0])
    keeper = Keeper(link, desk.shelf, 0.1)
    keeper.first()
    fresh = tmp_path / "fresh"
    fresh.symlink_to(releases[1])
    fresh.replace(link)
    assert keeper.look()
    assert desk.catalogues.look()
    assert desk.catalogues.current.digest == Catalogue.load(releases[1]).digest


def test_a_worker_that_starts_while_content_is_broken_uses_the_last_good(desk: Desk) -> None:
    edit(desk.root, "Antras leidimas.")
    desk.keeper.look()
    good = desk.shelf.standing().digest
    desk.break_rules()
    desk.keeper.look()
    assert LoadedCatalogue(desk.shelf).current.digest == good != desk.first.digest


def test_old_copies_are_let_go(desk: Desk) -> None:
    for edition in range(6):
        edit(desk.root, f"Leidimas {edition}.")
        assert desk.keeper.look()
        assert desk.catalogues.look()
    assert len(list((desk.shelf.root / "content").iterdir())) == 3
    assert desk.shelf.place(desk.catalogues.current.digest).is_dir()


def test_a_copy_that_was_spoilt_is_not_used(desk: Desk) -> None:
    edit(desk.root, "Antras leidimas.")
    desk.keeper.look()
    (desk.shelf.place(desk.shelf.standing().digest) / "rules/articles/network.yaml").write_text("[", "utf-8")
    assert desk.catalogues.look()
    assert desk.catalogues.state.state == "refused"
    assert desk.catalogues.current.digest == desk.first.digest


def test_content_that_cannot_be_used_at_first(tmp_path: Path) -> None:
    root = copy_base(tmp_path / "content")
    (root / "rules/articles/network.yaml").write_text("article: [\n", "utf-8")
    (tmp_path / "runtime").mkdir()
    with pytest.raises(CatalogueError):
        Keeper(root, Shelf(tmp_path / "runtime"), 1.0).first()


def test_a_trial_that_cannot_be_run_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(UntriedError, match="ended with 1"):
        Keeper(desk.root, desk.shelf, 1.0).first()
    edit(desk.root, "Antras leidimas.")
    assert desk.keeper.look()
    assert desk.published[-1].state == "refused"
    assert "ended with 1" in desk.published[-1].faults[0]


def refuse_process(_root: Path) -> Trial:
    raise OSError(errno.EAGAIN, "Resource temporarily unavailable")


def refuse_room(_self: Shelf, _source: Path) -> tuple[Path, str]:
    raise OSError(errno.ENOSPC, "No space left on device")


def kill(trial: Trial) -> Verdict:
    trial.call_off()
    return VERDICT(trial)


def run_out_of_time(trial: Trial) -> Verdict:
    return VERDICT(trial, 0.0)


VERDICT = Trial.verdict
PASSING = [
    ("vedlys.web.serving.keeping.Trial", refuse_process, "Resource temporarily unavailable"),
    ("vedlys.web.serving.keeping.Shelf.stage", refuse_room, "No space left on device"),
    ("vedlys.web.serving.keeping.Trial.verdict", kill, "ended with -9"),
    ("vedlys.web.serving.keeping.Trial.verdict", run_out_of_time, "more than 0 s"),
]


@pytest.mark.parametrize(("place", "fault", "said"), PASSING)
def test_content_that_could_not_be_tried_is_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, place: str, fault: object, said: str
) -> None:
    """A passing fault says nothing of the content: nobody has to change it for it to be taken up."""
    edit(desk.root, "Antras leidimas.")
    with monkeypatch.context() as passing:
        passing.setattr(place, fault)
        assert desk.keeper.look()
        assert desk.published[-1].state == "refused"
        assert said in desk.published[-1].faults[0]
        assert not desk.keeper.look()  # and is not told again
    assert desk.keeper.look()
    assert desk.published[-1].state == "current"
    assert desk.published[-1].digest == Catalogue.load(desk.root).digest


def test_a_trial_that_says_nonsense_is_a_failure(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/echo")
    assert "checking it failed" in Trial(desk.root).verdict().failure


def test_the_keeper_goes_on_after_whatever_a_look_meets(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []

    def broken(_source: Path) -> str:
        looks.append(1)
        raise RuntimeError("a mistake")

    with monkeypatch.context() as passing:
        passing.setattr("vedlys.web.serving.keeping.signature", broken)
        desk.keeper.start()
        until(lambda: len(looks) > 2, "looks that go on")
    try:
        assert [state.faults for state in desk.published] == [("RuntimeError: a mistake",)]  # told once
        edit(desk.root, "Antras leidimas.")
        digest = Catalogue.load(desk.root).digest
        until(lambda: desk.shelf.standing().digest == digest, "the new catalogue")
    finally:
        desk.keeper.stop()


def test_a_follower_goes_on_after_whatever_a_look_meets(desk: Desk) -> None:
    failed: list[Exception] = []
    looks: list[int] = []

    class Broken:
        def look(self) -> None:
            looks.append(1)
            raise RuntimeError("a mistake")

    follower = Follower(desk.shelf, Broken(), lambda: None, failed.append)  # type: ignore[arg-type]
    follower.start()
    try:
        until(lambda: len(looks) > 2, "looks that go on")
    finally:
        follower.stop()
    assert [str(error) for error in failed] == ["a mistake"]  # told once


def test_whatever_is_wrong_with_a_copy_it_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_root: Path) -> None:
        raise RuntimeError("a mistake")

    edit(desk.root, "Antras leidimas.")
    desk.keeper.look()
    monkeypatch.setattr("vedlys.web.catalogues.load", broken)
    assert desk.catalogues.look()
    assert (desk.catalogues.state.state, desk.catalogues.state.faults) == ("refused", ("RuntimeError: a mistake",))
    assert desk.catalogues.current.digest == desk.first.digest


def test_the_keeper_stops_in_the_middle_of_a_trial(desk: Desk) -> None:
    desk.keeper.start()
    edit(desk.root, "Antras leidimas.")
    desk.keeper.stop()
    assert desk.shelf.standing().digest in {desk.first.digest, Catalogue.load(desk.root).digest}


def test_a_catalogue_that_is_replaced_is_freed(desk: Desk) -> None:
    """It holds no cycles: the collector, which does not look at settled catalogues, is not needed for it."""
    for _ in range(2 * PAYS):
        desk.catalogues.current.assess(json.dumps(SLOW).encode(), "network").to_json()
        desk.catalogues.current.verdicts(json.dumps(SLOW).encode(), "network")
    assert desk.catalogues.current._deciders.made["network"] is not None
    old = weakref.ref(desk.catalogues.current)
    memory = weakref.ref(desk.catalogues.current._memory)
    answers = weakref.ref(desk.catalogues.current._answers)
    edit(desk.root, "Antras leidimas.")
    desk.keeper.look()
    gc.disable()
    try:
        desk.catalogues.look()
        assert old() is None
        assert memory() is None
        assert answers() is None
    finally:
        gc.enable()
        gc.unfreeze()


def test_a_follower_takes_up_content_and_sees_the_end(desk: Desk) -> None:
    follower = Follower(desk.shelf, desk.catalogues, lambda: None)
    follower.start()
    try:
        edit(desk.root, "Antras leidimas.")
        desk.keeper.look()
        until(lambda: desk.catalogues.state.digest != desk.first.digest, "the new catalogue")
        assert not follower.draining
        desk.shelf.drain()
        until(lambda: follower.draining, "draining")
    finally:
        follower.stop()


def test_a_copy_stands_still_and_holds_what_loads(tmp_path: Path) -> None:
    root = copy_base(tmp_path / "content")
    (root / "rules/.hidden").write_text("no content", "utf-8")
    (root / "README.md").write_text("no content", "utf-8")
    seen = copy_content(root, tmp_path / "copy")
    assert seen == signature(root)
    assert Catalogue.load(tmp_path / "copy").digest == Catalogue.load(root).digest
    assert not (tmp_path / "copy/rules/.hidden").exists()
    assert not (tmp_path / "copy/README.md").exists()


def test_reload_under_load(tmp_path: Path) -> None:
    """Every answer is entirely from one catalogue: its text agrees with its digest, and none is missing."""
    root = copy_base(tmp_path / "content")
    more = ("--workers", "2", "--watch", "--set", "reload.interval=0.1", "--log-level", "info")
    texts = {Catalogue.load(root).digest: MARK}
    with serving(tmp_path, root, *more) as served:
        with loading(served) as load:
            for edition in range(1, 4):
                text = f"Leidimas {edition}."
                edit(root, text)
                digest = Catalogue.load(root).digest
                texts[digest] = text
                until(
                    lambda d=digest: sum(one["digest"] == d for one in served.events("catalogue")) == 2, "two workers"
                )
                count = len(load.answers)
                until(lambda c=count: len(load.answers) > c + 10, "answers")
            rules = root / "rules/articles/network.yaml"
            rules.write_text(rules.read_text("utf-8").replace("net.fast: no", "net.fats: no"), "utf-8")
            served.wait_for("content_refused")
            until(lambda: len(served.events("content_refused")) == 3, "two workers that know, and the first process")
            status, ready = served.ask("GET", "/readyz")
            assert (status, ready["ready"], ready["catalogue"]["state"]) == (200, True, "refused")
            assert served.post()[0] == 200
        # nobody asks any more: one who asked while it stops could be sent away
        assert served.stop() == 0
    assert load.broken == 0
    seen = set()
    for status, answer in load.answers:
        assert status == 200
        [one] = answer["assessments"]
        digest = one["catalogue"]["digest"]
        assert [text for text in texts.values() if text in one["markdown"]] == [texts[digest]]
        seen.add(digest)
    assert seen == set(texts)
    assert json.dumps(sorted(seen)) == json.dumps(sorted(texts))
