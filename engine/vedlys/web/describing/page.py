"""The OpenAPI document as one page: it needs nothing but itself, and reads well on a phone and in the dark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

import msgspec

from vedlys.markup.html import to_html

Document = Mapping[str, Any]

_STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--paper:#fff;--code:#f4f6f8;--link:#0b5cad;
--get:#0b5cad;--post:#1a7f37}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa5b1;--line:#3a424c;--paper:#11161c;--code:#1b222b;
--link:#78b7ff;--get:#78b7ff;--post:#5fd07a}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.6 system-ui,"Segoe UI",Roboto,sans-serif}
.whole{max-width:76rem;margin:0 auto;padding:1.25rem;display:grid;gap:0 3rem}
@media(min-width:60rem){.whole{grid-template-columns:16rem minmax(0,1fr)}
nav{position:sticky;top:0;align-self:start;max-height:100vh;overflow-y:auto;padding:1rem 0}}
@media(max-width:59.99rem){nav{columns:2 9rem;border-bottom:1px solid var(--line)}nav ul{break-inside:avoid}
nav strong{break-after:avoid}}
nav ul{list-style:none;margin:0 0 1rem;padding:0}nav li{padding:.15rem 0;font-size:.95rem}
nav strong{display:block;color:var(--soft);font-size:.85rem;text-transform:uppercase;letter-spacing:.04em}
main{overflow-wrap:anywhere;min-width:0}
h1{font-size:1.9rem;line-height:1.2;margin:1rem 0}
h2{font-size:1.4rem;margin:3rem 0 .5rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
h3{font-size:1.15rem;line-height:1.35;margin:2.5rem 0 .5rem}
h4{font-size:1rem;margin:1.25rem 0 .4rem}
.soft{color:var(--soft)}
.method{font-weight:700;font-size:.85em;padding:.1em .5em;border:1px solid currentcolor;border-radius:.3em}
.get{color:var(--get)}.post{color:var(--post)}
pre,code{font-family:ui-monospace,"Cascadia Mono",Consolas,monospace;font-size:.9em;background:var(--code)}
code{padding:.1em .3em;border-radius:.25em}
pre{padding:.8rem 1rem;overflow:auto;max-height:28rem;border-radius:.4rem;margin:.4rem 0}
pre code{padding:0;background:none;overflow-wrap:normal}
details{margin:.4rem 0}summary{cursor:pointer;color:var(--link)}
table{display:block;overflow-x:auto;border-collapse:collapse;margin:.5rem 0}
th,td{border:1px solid var(--line);padding:.35rem .7rem;text-align:left;vertical-align:top;overflow-wrap:normal}
td p{margin:0}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
@media print{nav{display:none}pre{max-height:none;white-space:pre-wrap}}
"""


def documentation_page(document: Document) -> str:
    """The page of an OpenAPI document."""
    info = document["info"]
    by_tag = _by_tag(document)
    body = [f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>", to_html(info["description"])]
    body.append('<p>This page as data: <a href="openapi.json">openapi.json</a>, OpenAPI 3.1.</p>')
    for tag in document["tags"]:
        name = tag["name"]
        body.append(f'<section><h2 id="{_anchor(name)}">{escape(name)}</h2><p>{escape(tag["description"])}</p>')
        for method, path, operation in by_tag[name]:
            body += _operation(document, method, path, operation)
        body.append("</section>")
    body += _problems(document)
    body += _schemas(document)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(info['title'])}: HTTP API</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<div class="whole">\n{_navigation(document, by_tag)}\n<main>\n{chr(10).join(body)}\n</main>\n</div>\n'
        "</body>\n</html>\n"
    )


def _by_tag(document: Document) -> dict[str, list[tuple[str, str, Document]]]:
    by_tag: dict[str, list[tuple[str, str, Document]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            by_tag[operation["tags"][0]].append((method, path, operation))
    return by_tag


def _navigation(document: Document, by_tag: Mapping[str, list[tuple[str, str, Document]]]) -> str:
    parts = ['<nav aria-label="Contents">']
    for tag, listed in by_tag.items():
        links = "".join(
            f'<li><a href="#{operation["operationId"]}">{escape(operation["summary"])}</a></li>'
            for _, _, operation in listed
        )
        parts.append(f"<strong>{escape(tag)}</strong><ul>{links}</ul>")
    parts.append('<strong>Reference</strong><ul><li><a href="#problems">Problems</a></li>')
    parts += [f'<li><a href="#schema-{name}">{escape(name)}</a></li>' for name in document["components"]["schemas"]]
    return "\n".join((*parts, "</ul></nav>"))


def _operation(document: Document, method: str, path: str, operation: Document) -> Iterator[str]:
    yield f'<h3 id="{operation["operationId"]}">{escape(operation["summary"])}</h3>'
    yield f'<p><span class="method {method}">{method.upper()}</span> <code>{escape(path)}</code></p>'
    yield to_html(operation["description"])
    if operation.get("security") == [] and "securitySchemes" in document["components"]:
        yield '<p class="soft">Needs no credentials.</p>'
    parameters = [_found(document, parameter) for parameter in operation.get("parameters", ())]
    if parameters:
        rows = [(_code(one["name"]), escape(one["in"]), to_html(one["description"])) for one in parameters]
        yield "<h4>Parameters</h4>" + _table(("Name", "In", "What"), rows)
    if "requestBody" in operation:
        yield "<h4>Request</h4>"
        for media_type, content in operation["requestBody"]["content"].items():
            yield from _content(media_type, content)
    yield "<h4>Answers</h4>"
    for status, response in operation["responses"].items():
        found = _found(document, response)
        content = found.get("content", {})
        if int(status) < 400 or any(not media_type.endswith("problem+json") for media_type in content):
            yield f"<p><strong>{status}</strong> {escape(found['description'])}</p>"
            for media_type, one in content.items():
                yield from _content(media_type, one)
    refused = [status for status, response in operation["responses"].items() if "$ref" in response]
    links = ", ".join(f'<a href="#problems-{status}">{status}</a>' for status in refused)
    yield f"<p>Problems: {links}.</p>"


def _content(media_type: str, content: Document) -> Iterator[str]:
    schema = content["schema"].get("$ref", "").rpartition("/")[2]
    of = f', <a href="#schema-{schema}">{escape(schema)}</a>' if schema else ""
    yield f"<p>{_code(media_type)}{of}</p>"
    if "examples" in content and not media_type.endswith("problem+json"):
        for example in content["examples"].values():
            yield f"<details><summary>Example</summary>{_pre(example['value'])}</details>"


def _problems(document: Document) -> Iterator[str]:
    yield '<section><h2 id="problems">Problems</h2>'
    yield "<p>Everything that a request may be answered with instead of what it asked for.</p>"
    for response in document["components"]["responses"].values():
        (content,) = response["content"].values()
        first = next(iter(content["examples"].values()))
        status = first["value"]["status"]
        yield f'<h3 id="problems-{status}">{status}</h3>'
        for code, example in content["examples"].items():
            yield f'<p id="problem-{code}"><code>/problems/{code}</code>: {escape(example["summary"])}.</p>'
            yield f"<details><summary>Example</summary>{_pre(example['value'])}</details>"
    yield "</section>"


def _schemas(document: Document) -> Iterator[str]:
    yield '<section><h2 id="schemas">Schemas</h2>'
    for name, schema in document["components"]["schemas"].items():
        yield f'<h3 id="schema-{name}">{escape(name)}</h3>'
        if "description" in schema:
            yield to_html(schema["description"])
        rows = [
            (_code(member), escape(_type(of)), to_html(of.get("description", "") or of.get("title", "")))
            for member, of in schema.get("properties", {}).items()
        ]
        if rows:
            yield _table(("Member", "Type", "What"), rows)
        yield f"<details><summary>Whole schema</summary>{_pre(schema)}</details>"
    yield "</section>"


def _type(schema: Document) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    kind = schema.get("type", "")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _found(document: Document, node: Document) -> Document:
    """What a reference leads to."""
    if "$ref" not in node:
        return node
    found: Any = document
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found  # type: ignore[no-any-return]  # JSON, an object by the table it comes from


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table>"


def _pre(value: object) -> str:
    text = value if isinstance(value, str) else msgspec.json.format(msgspec.json.encode(value)).decode()
    return f'<pre tabindex="0"><code>{escape(text)}</code></pre>'


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _anchor(name: str) -> str:
    return name.lower()
