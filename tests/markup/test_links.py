"""Links with their places, and HTML that is safe."""

from __future__ import annotations

from vedlys.markup.html import to_html
from vedlys.markup.links import links


def test_links():
    text = "a [b `c`](x.md#y) <https://q.lt>\n\n- ![i](j.png) [q](https://e.lt/{{ a }}) [z](#z)"
    found = [
        (link.kind, link.address, link.text, link.complete, link.span.line) for link in links(text, file="f", line=10)
    ]
    assert found == [
        ("link", "x.md#y", "b c", True, 10),
        ("autolink", "https://q.lt", "https://q.lt", True, 10),
        ("image", "j.png", "i", True, 12),
        ("link", "https://e.lt/\U000f0000", "q", False, 12),
        ("link", "#z", "z", True, 12),
    ]
    assert [link.span.column for link in links("a [b](x.md) [c](y.md)", file="f", line=1)] == [7, 17]


def test_a_dangerous_link_is_still_found():
    assert [link.address for link in links("[a](javascript:x)", file="f", line=1)] == ["javascript:x"]


def test_html():
    html = to_html("# A <b>\n\n[x](javascript:y) [z](https://e.lt) ![i](j.png)\n\n| a |\n| -: |\n| `b` |\n")
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert "javascript" not in html.replace("(javascript:y)", "")
    assert '<a href="https://e.lt" rel="noopener noreferrer">z</a>' in html
    assert "<img" not in html
    assert "<code>b</code>" in html
