"""Single values: what was read is remembered, within bounds."""

from __future__ import annotations

import pytest

from vedlys.intake import scalars
from vedlys.intake.scalars import Remembered
from vedlys.model.values import READERS


def test_what_was_read_is_remembered_and_the_oldest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scalars, "_MOST_REMEMBERED", 2)
    read: list[str] = []

    def reader(text: str) -> int:
        read.append(text)
        return int(text)

    remembered = Remembered(reader)
    assert [remembered[text] for text in ("1", "2", "2", "3", "3", "2", "1")] == [1, 2, 2, 3, 3, 2, 1]
    assert read == ["1", "2", "3", "1"]
    assert list(remembered) == ["3", "1"]


@pytest.mark.parametrize("kind", READERS)
def test_what_cannot_be_read_is_not_remembered(kind: str) -> None:
    remembered = Remembered(READERS[kind][0])
    with pytest.raises(ValueError):  # noqa: PT011 - each reader words it in its own way
        remembered["no such value §"]
    assert not remembered
