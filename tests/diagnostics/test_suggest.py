"""Near names: what the standard library finds, without the time it takes."""

from __future__ import annotations

from difflib import get_close_matches

from hypothesis import given
from hypothesis import strategies as st

from vedlys.suggest import nearest

_NAMES = st.text(alphabet="abcd._", min_size=1, max_size=12)


@given(name=_NAMES, known=st.lists(_NAMES, max_size=8))
def test_it_is_what_the_standard_library_finds(name: str, known: list[str]) -> None:
    found = get_close_matches(name, known, n=1, cutoff=0.7)
    if found and name not in known:
        assert nearest(name, known) == found[0]


@given(name=_NAMES, known=st.lists(_NAMES, max_size=8))
def test_what_is_not_close_is_not_meant(name: str, known: list[str]) -> None:
    found = nearest(name, known)
    if found is not None and not get_close_matches(name, known, n=1, cutoff=0.7):
        assert found.endswith("." + name)


def test_letters_of_either_case_are_the_same() -> None:
    assert nearest("Connect.Version", ["connect.version", "connect.versions"]) == "connect.version"
    assert nearest("CONNECT.VERSON", ["connect.version", "net.proxy"]) == "connect.version"


def test_a_forgotten_topic_is_found_where_it_is_the_only_one() -> None:
    assert nearest("version", ["connect.version", "net.proxy"]) == "connect.version"
    assert nearest("used", ["accounts.used", "network.used"]) is None
