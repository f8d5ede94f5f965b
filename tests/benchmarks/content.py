"""A workload as the files of a content root, so that vedlys loads what its authors would have written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.workload import ENUM, AllOf, AnyOf, Article, Condition, Fact, Not, Test, Workload

LOCALE = "lt"
_TYPES: dict[str, dict[str, Any]] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "enum": {"type": "enum", "values": list(ENUM)},
    "version": {"type": "version"},
}
_TEXT = "Atverkite **Nustatymai** > **Tinklas** ir paleiskite `w32tm /resync`. Tada palaukite kelias minutes."


def write(workload: Workload, root: Path) -> Path:
    """Write the root, with guidance in one locale; returns it."""
    for folder in ("rules/facts", "rules/articles", f"kb/{LOCALE}/articles", f"kb/{LOCALE}/facts"):
        (root / folder).mkdir(parents=True)
    for article in workload.articles:
        # JSON is YAML
        (root / f"rules/facts/{article.id}.yaml").write_text(json.dumps({"facts": _declared(article)}))
        (root / f"rules/articles/{article.id}.yaml").write_text(json.dumps(_rulebook(article)))
        (root / f"kb/{LOCALE}/articles/{article.id}.md").write_text(_guidance(article))
        (root / f"kb/{LOCALE}/facts/{article.id}.md").write_text(_fact_texts(article))
    return root


def _declared(article: Article) -> dict[str, Any]:
    return {fact.name: {**_TYPES[fact.kind], "cost": "low"} for fact in article.facts}


def _rulebook(article: Article) -> dict[str, Any]:
    rules = {rule.id: {"severity": "blocker", "when": _written(rule.when)} for rule in article.rules}
    return {"article": article.id, "sections": {"checks": {"kind": "checklist", "rules": rules}}}


def _written(condition: Condition) -> dict[str, Any]:
    match condition:
        case Test(fact, "is", operand):
            return {fact.name: _scalar(operand)}
        case Test(fact, operator, operand):
            written = [_scalar(one) for one in operand] if isinstance(operand, tuple) else _scalar(operand)
            return {fact.name: {operator: written}}
        case AllOf(parts):
            return {"all": [_written(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [_written(part) for part in parts]}
        case Not(part):
            return {"not": _written(part)}


def _scalar(value: Any) -> Any:
    """Every scalar of a rulebook is read as text."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _guidance(article: Article) -> str:
    blocks = "\n".join(f"### Taisyklė {rule.id} {{#{rule.id}}}\n\n{_TEXT}\n" for rule in article.rules)
    return f"---\ntitle: Straipsnis {article.id}\n---\n\n## Patikros {{#checks}}\n\n{blocks}"


def _fact_texts(article: Article) -> str:
    return "\n".join(_fact_text(fact) for fact in article.facts)


def _fact_text(fact: Fact) -> str:
    values = "".join(f"- `{value}`: {value}\n" for value in ENUM) + "\n" if fact.kind == "enum" else ""
    return f"## Savybė {fact.plain} {{#{fact.name}}}\n\nKokia yra savybė {fact.plain}?\n\n{values}Pažiūrėkite.\n"
