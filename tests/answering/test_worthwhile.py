"""What pays to be made is made, and no more."""

from vedlys.answering import worthwhile
from vedlys.answering.worthwhile import PAYS, Worthwhile


def test_it_is_made_once_it_was_asked_for_often() -> None:
    made: list[str] = []
    things = Worthwhile(lambda name: made.append(name) or name.upper())
    assert [things.get("a") for _ in range(PAYS - 1)] == [None] * (PAYS - 1)
    assert things.get("b") is None
    assert not made
    assert [things.get("a") for _ in range(3)] == ["A"] * 3
    assert made == ["a"]
    assert things.made == {"a": "A"}


def test_what_cannot_be_made_is_not_tried_again() -> None:
    tried: list[str] = []

    def make(name: str) -> None:
        tried.append(name)

    things: Worthwhile[None] = Worthwhile(make)
    for _ in range(3 * PAYS):
        assert things.get("a") is None
    assert tried == ["a"]


def test_there_are_never_too_many(monkeypatch) -> None:
    monkeypatch.setattr(worthwhile, "_MOST", 3)
    monkeypatch.setattr(worthwhile, "_MOST_COUNTED", 20)
    things = Worthwhile(str.upper)
    for number in range(10):
        for _ in range(PAYS):
            things.get(str(number))
    assert list(things.made) == ["0", "1", "2"]
    for number in range(1_000):
        things.get(f"never-{number}")
    assert len(things._asked) <= 20
