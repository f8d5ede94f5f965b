"""What pays to be made is made, and no more."""

from vedlys.answering import worthwhile
from vedlys.answering.worthwhile import PAYS, Worthwhile


class Shouted(Worthwhile[str]):
    """Makes names loud, and none of those that begin with an x."""

    def __init__(self) -> None:
        super().__init__()
        self.tried: list[str] = []

    def is_there(self, name: str) -> bool:
        return not name.startswith("nobody")

    def make(self, name: str) -> str | None:
        self.tried.append(name)
        return None if name.startswith("x") else name.upper()


def test_it_is_made_once_it_was_asked_for_often() -> None:
    things = Shouted()
    assert [things.get("a") for _ in range(PAYS - 1)] == [None] * (PAYS - 1)
    assert things.get("b") is None
    assert not things.tried
    assert [things.get("a") for _ in range(3)] == ["A"] * 3
    assert things.tried == ["a"]
    assert things.made == {"a": "A"}


def test_what_cannot_be_made_is_not_tried_again() -> None:
    things = Shouted()
    for _ in range(3 * PAYS):
        assert things.get("x") is None
    assert things.tried == ["x"]


def test_nobody_takes_no_place() -> None:
    things = Shouted()
    for number in range(1_000):
        for _ in range(PAYS):
            assert things.get(f"nobody-{number}") is None
    assert not things.made
    assert not things.tried


def test_there_are_never_too_many(monkeypatch) -> None:
    monkeypatch.setattr(worthwhile, "_MOST", 3)
    monkeypatch.setattr(worthwhile, "_MOST_COUNTED", 20)
    things = Shouted()
    for number in range(10):
        for _ in range(PAYS):
            things.get(str(number))
    assert list(things.made) == ["0", "1", "2"]
    for number in range(1_000):
        things.get(f"never-{number}")
    assert len(things._asked) <= 20
