"""A document as one readable page: no address outside it, for screens of any size and for paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape

from vedlys.markup.html import to_html

_MARKS = {"✗": "blocker", "!": "warning", "i": "info", "✓": "fine", "?": "unknown"}
_MARKED = re.compile(r"(<h3>|<li>(?:\n?<p>)?)([✗!i✓?]) ")

_HEADING_OR_FENCE = re.compile(r"^(?:#{1,6} | {0,3}(?P<fence>`{3,}|~{3,})(?P<info>.*)$)", re.MULTILINE)
_REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:", re.MULTILINE)

_LONGEST = 16 * 1024  # characters of a chapter that is remembered

_STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--paper:#fff;--code:#f4f6f8;--link:#0b5cad;
--blocker:#b3261e;--warning:#8a5a00;--info:#0b5cad;--fine:#1a7f37;--unknown:#7a3ea1}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa5b1;--line:#3a424c;--paper:#11161c;--code:#1b222b;
--link:#78b7ff;--blocker:#ff8f87;--warning:#e3b341;--info:#78b7ff;--fine:#5fd07a;--unknown:#d2a8ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.6 system-ui,"Segoe UI",Roboto,sans-serif}
main{max-width:46rem;margin:0 auto;padding:1.5rem 1.25rem 4rem;overflow-wrap:break-word}
article+article{margin-top:4rem}
h1{font-size:1.75rem;line-height:1.25;margin:1rem 0}
h1+p{border-left:.3rem solid var(--accent,var(--line));padding:.6rem 1rem;background:var(--code);font-size:1.125rem}
h2{font-size:1.3rem;line-height:1.3;margin:2.5rem 0 1rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
h3{font-size:1.1rem;line-height:1.35;margin:1.75rem 0 .5rem}
pre,code{font-family:ui-monospace,"Cascadia Mono",Consolas,monospace;font-size:.9em;background:var(--code)}
code{padding:.1em .3em;border-radius:.25em}
pre{padding:.8rem 1rem;overflow-x:auto;border-radius:.4rem}
pre code{padding:0;background:none}
blockquote{margin:1rem 0;padding:.1rem 1rem;border-left:.25rem solid var(--line);color:var(--soft)}
table{display:block;overflow-x:auto;border-collapse:collapse;margin:1rem 0}
th,td{border:1px solid var(--line);padding:.4rem .7rem;text-align:left}
a{color:var(--link)}
.mark{display:inline-block;min-width:1.2em;font-weight:700}
.blocker{color:var(--blocker)}.warning{color:var(--warning)}.info{color:var(--info)}
.fine{color:var(--fine)}.unknown{color:var(--unknown)}
li.marked{list-style:none;margin-left:-1.2em}
.action_needed{--accent:var(--blocker)}.attention{--accent:var(--warning)}
.undetermined{--accent:var(--unknown)}.clear{--accent:var(--fine)}
@media print{:root{--ink:#000;--soft:#444;--line:#999;--paper:#fff;--code:#f4f4f4}body{font-size:11pt}
main{max-width:none;padding:0}h2,h3{break-after:avoid}pre,table,blockquote{break-inside:avoid}
pre{white-space:pre-wrap}article+article{break-before:page}a[href^="http"]::after{content:" (" attr(href) ")"}}
"""


def page(title: str, locale: str, documents: Sequence[tuple[str, str]]) -> str:
    """The page of these documents, each as its Markdown and the status that colours its head (empty for none)."""
    articles = "\n".join(f"<article{_named(status)}>\n{_body(text)}</article>" for text, status in documents)
    return (
        f'<!doctype html>\n<html lang="{escape(locale)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{articles}\n</main>\n</body>\n</html>\n"
    )


def _named(status: str) -> str:
    return f' class="{escape(status)}"' if status else ""


def _body(markdown: str) -> str:
    """The document as HTML, its marks in their colours.

    Documents of one article are made of the same chapters, so that few of them have to be rendered again. A chapter
    means the same by itself unless the document defines what its links refer to.
    """
    if _REFERENCE.search(markdown):
        return _rendered(markdown)
    return "".join([(_remembered if len(one) <= _LONGEST else _rendered)(one) for one in _chapters(markdown)])


def _chapters(markdown: str) -> Iterator[str]:
    """The document cut before each of its headings."""
    begin = 0
    fence = ""
    for line in _HEADING_OR_FENCE.finditer(markdown):
        mark = line["fence"]
        if mark is None:
            if not fence:
                yield markdown[begin : line.start()]
                begin = line.start()
        elif not fence:
            fence = mark
        elif mark.startswith(fence) and not line["info"].strip():
            fence = ""
    yield markdown[begin:]


def _rendered(markdown: str) -> str:
    return _MARKED.sub(_coloured, to_html(markdown))


_remembered = lru_cache(maxsize=512)(_rendered)


def _coloured(found: re.Match[str]) -> str:
    tag, mark = found[1], found[2]
    tag = tag.replace("<li>", '<li class="marked">')
    return f'{tag}<span class="mark {_MARKS[mark]}">{mark}</span> '
