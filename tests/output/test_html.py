from html.parser import HTMLParser

import pytest

from vedlys import Catalogue
from vedlys.markup.html import to_html
from vedlys.output.html import page

VOID = {"meta", "br", "hr"}


class Nesting(HTMLParser):
    """Fails where elements are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(text: str) -> Nesting:
    parser = Nesting()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    return parser


def test_the_page_is_well_formed_and_names_its_language() -> None:
    parser = parsed(page("A <title>", "lt", [("# A\n\n- ✓ b\n\n### ✗ c\n", "action_needed")]))
    assert ("html", {"lang": "lt"}) in parser.seen
    assert ("article", {"class": "action_needed"}) in parser.seen
    assert ("span", {"class": "mark fine"}) in parser.seen
    assert ("span", {"class": "mark blocker"}) in parser.seen
    assert ("li", {"class": "marked"}) in parser.seen


def test_nothing_in_a_title_or_a_document_becomes_markup() -> None:
    text = page("</title><script>", "en", [("<script>alert(1)</script>\n", "")])
    assert "<script" not in text
    assert "<title>&lt;/title&gt;&lt;script&gt;</title>" in text


def test_a_document_without_a_status_has_no_empty_class() -> None:
    assert "<article>" in page("t", "lt", [("# a", "")])
    assert '<article class="clear">' in page("t", "lt", [("# a", "clear")])


def test_documents_stand_one_after_another() -> None:
    parser = parsed(page("two", "en", [("# a\n", "clear"), ("# b\n", "attention")]))
    assert [tag for tag, _ in parser.seen].count("article") == 2


@pytest.mark.parametrize(
    "markdown",
    [
        "# a\n\nb\n\n## c\n\n- d\n\n  ```\n  ## no heading\n  ```\n",
        "# a\n\n```sh\n# a comment\n~~~\n## another\n```\n\n## b\n",
        "# a\n\n````\n```\n# in it\n```\n# still\n````\n\n# b\n",
        "# a\n\n~~~ text\n# in it\n~~~~\n\n# out\n",
        "# a\n\n```\n# never closed\n",
        "# a\n\n[there][x]\n\n## b\n\n[x]: https://example.lt/\n",
        "> # quoted\n> text\n\n# out\n",
        "no heading at all\n",
    ],
)
def test_chapters_mean_the_same_by_themselves(markdown: str) -> None:
    assert to_html(markdown) in page("t", "en", [(markdown, "")])


def test_a_document_is_the_same_page_however_often_it_is_asked_for() -> None:
    catalogue = Catalogue.load()
    markdown = catalogue.article_markdown("password-writeback")
    first = page("t", "lt", [(markdown, "")])
    assert first == page("t", "lt", [(markdown, "")])
    assert to_html(markdown) in first
