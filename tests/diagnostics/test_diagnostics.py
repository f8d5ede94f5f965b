"""Every fault that loading can find, in the smallest content root that has it: the code and the place, exactly."""

from __future__ import annotations

import pytest

from diagnostics.broken_roots import BASE, build, expected, items
from vedlys.loading import load
from vedlys.messages import MESSAGES, files, sentence

ITEMS = items()
# codes whose faults no file of a repository can have
ELSEWHERE = {"unreadable-file"}


def test_the_base_has_no_fault():
    content, found = load(BASE)
    assert list(found) == []
    assert content is not None


@pytest.mark.parametrize("item", [item for _, item in ITEMS], ids=[name for name, _ in ITEMS])
def test_fault(item, tmp_path):
    content, found = load(build(item, tmp_path))
    assert [f"{fault.code} {fault.span}" for fault in found] == expected(item)
    assert content is None
    said = [sentence(fault.code, fault.values) for fault in found]
    for words in item.get("says", ()):
        assert any(words in part for text, hints in said for part in (text, *hints)), words
    for text, hints in said:
        assert "{{" not in text.replace("{{ record }}", "")
        assert all("None" not in part for part in (text, *hints))


def test_every_code_is_found_somewhere():
    found = {line.split()[0] for _, item in ITEMS for line in item["expect"]}
    assert {message.code for message in files.MESSAGES} - ELSEWHERE <= found


def test_every_code_says_a_way_out():
    assert [message.code for message in files.MESSAGES if not message.hints] == ["unreadable-file"]


def test_every_name_is_given_by_some_fault(tmp_path):
    """A hint whose value is never given would never be shown."""
    given: dict[str, set[str]] = {}
    for number, (_, item) in enumerate(ITEMS):
        folder = tmp_path / str(number)
        folder.mkdir()
        for fault in load(build(item, folder))[1]:
            given.setdefault(fault.code, set()).update(fault.values)
    unused = {
        (message.code, name)
        for message in files.MESSAGES
        if message.code not in ELSEWHERE
        for name in MESSAGES[message.code].names - given[message.code]
    }
    assert unused == set()
