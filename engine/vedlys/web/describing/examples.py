"""Examples for every operation and every problem, made by what they are examples of."""

from __future__ import annotations

from typing import Any

import msgspec

from vedlys.assessment import Catalogue
from vedlys.errors import Fault
from vedlys.model.values import plain
from vedlys.web.answers import HTML, MARKDOWN
from vedlys.web.problems import problem

_REQUEST_ID = "6f1c2a0e9d4b4c8f8a57d3b1e2f40c96"
_LONGEST = 300
_MOST = 2

# A value for each name that a problem's sentences may use.
_VALUES = {
    "allowed": "GET, HEAD, OPTIONS",
    "article": "password-writebak",
    "header": "Host",
    "limit": "262144",
    "method": "DELETE",
    "offered": "`application/json`, `text/markdown`, `text/html`",
    "parameter": "locale",
    "path": "/v2/assessments",
    "scope": "assess",
    "seconds": "2",
    "suggestion": "password-writeback",
    "value": "?",
    "wanted": "application/json",
}
_FAULTS = {
    "malformed-request": (Fault(code="truncated-json", pointer="", values={"line": "1", "column": "24"}),),
    "invalid-request": (
        Fault(code="unknown-fact", pointer="/facts/conect.version", values={"name": "conect.version"}),
        Fault(code="missing-key-field", pointer="/facts/ad.domains/0", values={"field": "name", "fact": "ad.domains"}),
    ),
}


def problem_example(code: str) -> dict[str, Any]:
    """A problem as it is answered, in English."""
    return problem(code, request_id=_REQUEST_ID, values=_VALUES, faults=_FAULTS.get(code, ()))


class Examples:
    """Examples from one catalogue: the facts of an example of its first rule, and what they are answered with."""

    def __init__(self, catalogue: Catalogue, locale: str) -> None:
        self._catalogue = catalogue
        self._locale = locale
        self._article = catalogue.articles[0]

    def request(self) -> dict[str, Any]:
        """A request."""
        return {"facts": self._facts(), "articles": [self._article], "locale": self._locale}

    def request_lines(self) -> str:
        """A batch: one line that is well and one that is not."""
        lines = (msgspec.json.encode(self.request()), b'{"facts": {}, "skp": []}')
        return "".join(line.decode() + "\n" for line in lines)

    def assessments(self) -> dict[str, Any]:
        """The answer to `request`, shortened."""
        return {"assessments": [shortened(msgspec.json.decode(self._assessed().to_json()))]}

    def answer_lines(self) -> str:
        """The answer to `request_lines`, shortened."""
        refused = {**problem_example("invalid-request"), "line": 2}
        refused["faults"] = [
            {
                "pointer": "/skp",
                "code": "unknown-member",
                "detail": "A request has no member `skp`. Did you mean `skip`?",
            }
        ]
        return "".join(msgspec.json.encode(line).decode() + "\n" for line in (self.assessments(), refused))

    def text(self, media_type: str) -> str:
        """The answer to `request`, or a whole article, as text, shortened."""
        markdown = shortened(self._assessed().markdown)
        if media_type == MARKDOWN:
            return str(markdown)
        return f'<!doctype html>\n<html lang="{self._locale}">…</html>\n' if media_type == HTML else ""

    def _assessed(self) -> Any:
        return self._catalogue.assess(self._facts(), self._article, self._locale, as_of="2026-11-22T10:00:00Z")

    def _facts(self) -> dict[str, Any]:
        for rule in self._catalogue.content.rulebooks[self._article].rules:
            for example in rule.examples:
                if example.verdict == "applies":
                    return {name: plain(value) for name, value in example.environment.values.items()}
        return {}


def shortened(value: Any) -> Any:
    """A JSON value with long texts cut and long lists ended: enough to see the shape."""
    match value:
        case str() if len(value) > _LONGEST:
            return value[:_LONGEST].rstrip() + "…"
        case list():
            return [shortened(item) for item in value[:_MOST]]
        case dict():
            return {name: shortened(item) for name, item in value.items()}
        case _:
            return value
