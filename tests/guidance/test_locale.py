"""Which locale answers."""

from __future__ import annotations

import pytest

from vedlys.errors import RequestError
from vedlys.guidance.locale import negotiate


@pytest.mark.parametrize(
    ("requested", "used"),
    [
        ("lt", "lt"),
        ("lt-LT", "lt"),
        ("LT_lt", "lt"),
        ("lt-LT;q=0.8, en;q=0.5", "lt"),
        ("en;q=0.5, lt", "lt"),
        ("de, lt;q=0.1", "lt"),
        (["de", "lt"], "lt"),
        ("de", "en"),
        ("*", "en"),
        ("zh-Hant-TW", "en"),
        ("", "en"),
        (None, "en"),
        ([], "en"),
    ],
)
def test_lookup(requested: str | list[str] | None, used: str):
    assert negotiate(requested, ("en", "lt"), "en").used == used


def test_what_was_asked_for_is_kept():
    assert negotiate("lt-LT", ("en", "lt"), "en").requested == "lt-LT"
    assert negotiate(None, ("en", "lt"), "en").requested == "en"


@pytest.mark.parametrize("requested", ["x!", "lietuvių", "a" * 600, "lt;q=2", ",", "../..", "lt\nen", "<b>"])
def test_malformed(requested: str):
    with pytest.raises(RequestError) as raised:
        negotiate(requested, ("en", "lt"), "en")
    assert raised.value.code == "malformed-locale"
