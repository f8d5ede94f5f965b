"""A root that is edited at random: whatever was known before, what is found after is what is found from scratch."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedlys.checking import OF_ANSWERS
from vedlys.checking.root import Root
from vedlys.model.content import Content
from vedlys.opening import load_checked
from vedlys.storing import files
from vedlys.storing.catalogue import open_catalogue

BASE = Path(__file__).parent / "base"
# a second article beside that of the base, with a topic of its own, that reads one of the other's facts too
SECOND = {
    "rules/facts/disk.yaml": """\
facts:
  disk.free: {type: integer, min: 0, unit: gigabyte}
  disk.kind: {type: enum, values: [ssd, hdd]}
""",
    "rules/articles/disk.yaml": """\
article: disk
derived:
  disk.full: {disk.free: {less_than: 5}}
sections:
  room:
    kind: checklist
    rules:
      no-room:
        severity: blocker
        when: {disk.full: yes}
        examples:
          applies: [{disk.free: 4}]
          clear: [{disk.free: 5}]
          unknown: [{}]
      slow-disk:
        severity: warning
        when: {all: [{disk.kind: hdd}, {net.mode: auto}]}
        examples:
          applies: [{disk.kind: hdd, net.mode: auto}]
          clear: [{disk.kind: ssd}, {net.mode: manual}]
          unknown: [{}]
""",
    "kb/en/articles/disk.md": """\
---
title: The disk
---

## Room {#room}

### Room left {#no-room}

There are {{ disk.free | plural: one: "# gigabyte", other: "# gigabytes" }} left.

### Kind {#slow-disk}

It is a {{ disk.kind }}.
""",
    "kb/en/facts/disk.md": """\
## Room {#disk.free}

How much room is left?

## Kind {#disk.kind}

Which kind of disk is it?

- `ssd`: solid state
- `hdd`: hard disk

## Full {#disk.full}

Less than 5 GB are left.
""",
}
# what stands in the files, and what an author might write there instead
WORDS = (
    *("disk.free", "disk.kind", "disk.full", "disk.size", "net.mode", "net.speed", "net.fast", "net", "other.fact"),
    *("{type: boolean}", "{type: text, informative: yes}", "{type: integer, min: 0, max: 7}", "severity: info"),
    *(
        "warning",
        "blocker",
        "no-room",
        "room",
        "slow",
        "ssd",
        "hdd",
        "auto",
        "yes",
        "no",
        "5",
        "en",
        "lt",
        "title",
        "#",
    ),
)
PATHS = (
    *("rules/facts/disk.yaml", "rules/facts/net.yaml", "rules/articles/disk.yaml", "rules/articles/network.yaml"),
    *("rules/articles/network.cases.yaml", "kb/en/articles/disk.md", "kb/lt/articles/network.md"),
    *("kb/en/facts/disk.md", "kb/en/facts/net.md", "kb/lt/facts/net.md", "kb/lt/facts/disk.md"),
    *("kb/sources/network.en.md", "rules/facts/more.yaml", "kb/lt/interface/document.yaml", "rules/facts/README.md"),
)


def without(lines: list[str], at: int, word: str) -> list[str]:
    return lines[:at] + lines[at + 1 :]


def twice(lines: list[str], at: int, word: str) -> list[str]:
    return lines[: at + 1] + lines[at:]


def swapped(lines: list[str], at: int, word: str) -> list[str]:
    return lines[:at] + lines[at : at + 2][::-1] + lines[at + 2 :]


def commented(lines: list[str], at: int, word: str) -> list[str]:
    return [*lines[:at], f"# {word}", *lines[at:]]


def reworded(lines: list[str], at: int, word: str) -> list[str]:
    found = next((known for known in WORDS if at < len(lines) and known in lines[at] and known != word), None)
    return lines if found is None else [*lines[:at], lines[at].replace(found, word, 1), *lines[at + 1 :]]


Edit = Callable[[list[str], int, str], list[str]]
EDITS: tuple[Edit, ...] = (without, twice, swapped, commented, reworded, reworded)


class Disk:
    """A root whose files and folders get older with each edit: all are trusted, and every edit shows."""

    def __init__(self, root: Path) -> None:
        shutil.copytree(BASE, root)
        self.root = root
        self._time = 1_000_000_000
        for path, text in SECOND.items():
            self.write(path, text)
        for path in ("kb/lt/articles/disk.md", "kb/lt/facts/disk.md"):
            text = SECOND[path.replace("/lt/", "/en/")]
            head = "title: Diskas\ntranslates: en\n" if "title:" in text else "---\ntranslates: en\n---\n\n"
            plural = 'one: "#", few: "#", many: "#", other: "#"'
            text = text.replace("title: The disk\n", head) if "title:" in text else head + text
            self.write(path, text.replace('one: "# gigabyte", other: "# gigabytes"', plural))
        self.first = {path: (root / path).read_text("utf-8") for path in PATHS if (root / path).exists()}

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        is_new = not file.exists()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        self._age(file)
        if is_new:
            self._moved()

    def _moved(self) -> None:
        """Something has come or gone, and perhaps a folder with it."""
        for path in [self.root, *self.root.rglob("*")]:
            if path.is_dir():
                self._age(path)

    def _age(self, path: Path) -> None:
        self._time += 1
        os.utime(path, (self._time, self._time))

    def edit(self, path: str, how: Edit | str, at: int, word: str, other: str) -> None:
        file = self.root / path
        if how == "restore":
            for one, text in self.first.items():
                if not (self.root / one).exists() or (self.root / one).read_text("utf-8") != text:
                    self.write(one, text)
            for one in PATHS:
                if one not in self.first:
                    (self.root / one).unlink(missing_ok=True)
            self._moved()
        elif how == "new":
            self.write(
                path, f"facts:\n  {word}: {{type: boolean}}\n" if "facts" in path else f"document:\n  why: {word}\n"
            )
        elif not file.exists():
            return
        elif how == "delete":
            file.unlink()
            self._moved()
        elif how == "rename":
            (self.root / other).parent.mkdir(parents=True, exist_ok=True)
            file.rename(self.root / other)
            self._moved()
        elif callable(how):
            lines = file.read_text("utf-8").split("\n")
            self.write(path, "\n".join(how(lines, at % len(lines), word)))


def found_by(known: Root, *, authoring: bool) -> tuple[object, bool]:
    checked = known.check(authoring=authoring)
    return [(one, one.span.place) for one in checked.diagnostics], checked.answers


def from_scratch(root: Path, *, authoring: bool) -> tuple[tuple[object, bool], Content | None]:
    content, diagnostics = load_checked(root) if authoring else load_checked(root, OF_ANSWERS)
    of_answers = diagnostics if not authoring else load_checked(root, OF_ANSWERS)[1]
    answers = content is not None and not of_answers.has_errors
    return ([(one, one.span.place) for one in diagnostics.sorted()], answers), content if answers else None


def same(cached: Content, plain: Content) -> None:
    """What is put together out of parts is what is read whole."""
    assert cached.digest == plain.digest
    assert list(cached.vocabulary.items()) == list(plain.vocabulary.items())
    assert [fact.span.place for fact in cached.vocabulary.values()] == [
        fact.span.place for fact in plain.vocabulary.values()
    ]
    assert list(cached.rulebooks) == list(plain.rulebooks)
    for article, book in cached.rulebooks.items():
        assert [rule.when for rule in book.rules] == [rule.when for rule in plain.rulebooks[article].rules]
    assert cached.guidance.original == plain.guidance.original
    for locale, text in plain.guidance.locales.items():
        assert dict(cached.guidance.locales[locale].articles) == dict(text.articles)
        assert dict(cached.guidance.locales[locale].facts) == dict(text.facts)


def no_recovery(digest: str) -> Content:
    raise AssertionError(digest)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(PATHS),
        st.sampled_from([*EDITS, *EDITS, "restore", "restore", "delete", "rename", "new"]),
        st.integers(0, 40),
        st.sampled_from(WORDS),
        st.sampled_from(PATHS),
        st.sampled_from(["go on", "go on", "save", "next process", "answers only"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=20, deadline=None)
@given(STEPS)
def test_what_is_found_after_edits_is_what_is_found_from_scratch(
    steps: list[tuple[str, Edit | str, int, str, str, str]],
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "_DOUBT", -(10**15))
        disk, cache = Disk(Path(folder) / "root"), Path(folder) / "cache"
        cache.mkdir()
        known = Root(disk.root, cache)
        assert known.check().answers
        known.save(answers=True)
        for path, how, at, word, other, then in steps:
            disk.edit(path, how, at, word, other)
            if then == "next process":
                known = Root(disk.root, cache)
            authoring = then != "answers only"
            wanted, plain = from_scratch(disk.root, authoring=authoring)
            assert found_by(known, authoring=authoring) == wanted
            if then == "go on":
                continue
            known.save(answers=wanted[1])
            opened = open_catalogue(disk.root, cache, no_recovery)
            if plain is not None and opened is not None:
                same(opened, plain)


def test_texts_that_were_read_while_facts_were_at_fault(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "root")
    known = Root(disk.root)
    for text in ("facts\n", None):  # a file that cannot be read, then none at all
        disk.edit("rules/facts/disk.yaml", "delete", 0, "", "")
        if text is not None:
            disk.write("rules/facts/disk.yaml", text)
        assert found_by(known, authoring=True) == from_scratch(disk.root, authoring=True)[0]
