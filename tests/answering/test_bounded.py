"""A dictionary that forgets its oldest entry for a new one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from vedlys.bounded import Bounded


def test_the_oldest_goes() -> None:
    known: Bounded[str, int] = Bounded(2)
    known.keep("a", 1)
    known.keep("b", 2)
    known.keep("a", 3)
    assert dict(known) == {"a": 3, "b": 2}
    known.keep("c", 4)
    assert dict(known) == {"b": 2, "c": 4}


def test_threads_share_it() -> None:
    known: Bounded[int, int] = Bounded(5)

    def work(seed: int) -> None:
        for number in range(2000):
            known.keep(number * seed % 97, number)
            known.get(number % 97)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(1, 9)))
    assert 0 < len(known) <= 5 + 8  # each thread makes room once for what it adds
