"""Sets of rules in one number: what is put together comes apart."""

from __future__ import annotations

import pytest

from vedlys.evaluation.lanes import Lanes
from vedlys.evaluation.residual import Atom


@pytest.mark.parametrize("count", [1, 8, 9, 25, 33, 64, 70])
def test_lanes_come_apart_as_they_were_put_together(count: int) -> None:
    rules = [f"r{number}" for number in range(count)]
    lanes = Lanes(["f.a", "f.b", "f.c"], rules)
    together = sum(lanes.of(name, ["f.a", "f.c"] if number % 2 else ["f.c"]) for number, name in enumerate(rules))
    odd = sum(lanes.bits[name] for name in rules[1::2])
    expected = [(Atom("f.a"), odd), (Atom("f.c"), 2**count - 1)]
    assert list(lanes.apart(together)) == [(atom, bits) for atom, bits in expected if bits]
    assert list(lanes.apart(0)) == []
