"""What ships holds together: no fault, no warning and no note, in either language."""

from vedlys.checking import check
from vedlys.loading import load
from vedlys.shipped import content_root


def test_nothing_is_found() -> None:
    content, diagnostics = load(content_root())
    assert list(diagnostics) == []
    assert content is not None
    assert [(one.code, str(one.span), one.values) for one in check(content)] == []
