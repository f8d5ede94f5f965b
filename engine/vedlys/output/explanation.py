"""The explanation of one rule as Markdown: its verdict, why, its condition part by part, and the smallest change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from vedlys.evaluation.explain import Alternative, Explanation, Part
from vedlys.guidance.edition import ArticleEdition, fact_name
from vedlys.guidance.phrases import Phrases
from vedlys.guidance.render import Scope
from vedlys.markup.escape import code_of, code_span
from vedlys.model.conditions import Truth
from vedlys.model.operators import COMPARISONS, OPPOSITES

_TRUTHS: dict[Truth, str] = {True: "✓", False: "✗", None: "?"}
_VERDICTS = {"applies": "✗", "clear": "✓", "unknown": "?", "not_applicable": "–"}
_MARKS = {"blocker": "✗", "warning": "!", "info": "i"}
_OF_MEMBERS = frozenset({"has", "has_any", "has_all", "lacks", "lacks_any", "has_under", "covers"})
_EITHER = frozenset({"one_of", "none_of", "has_any", "lacks_any"})


def explanation_json(explanation: Explanation) -> bytes:
    """The explanation as JSON, to be read by people too."""
    return msgspec.json.format(msgspec.json.encode(explanation))


class Explainer:
    """Says explanations of the rules of one article, in one locale. `values` are the known facts in normal form."""

    def __init__(self, article: ArticleEdition, say: Phrases, values: Mapping[str, Any]) -> None:
        self._article = article
        self._words = article.words
        self._say = say
        self._scope = Scope(values=values)

    def document(self, explanation: Explanation) -> str:
        """The whole explanation of one rule."""
        say = self._say
        rule = f"{explanation.article}/{explanation.rule}"
        parts = [
            f"# {self.title(explanation.rule)}",
            say(f"explain.verdict.{explanation.verdict}"),
            say("explain.rule", rule=code_span(rule), severity=say(f"severity.{explanation.severity}")),
            *self._reasons(explanation),
            f"## {say('explain.condition')}",
            self.tree(explanation),
            *self._nearest(explanation.nearest),
        ]
        return "\n\n".join(parts) + "\n"

    def appendix(self, explanations: list[Explanation]) -> str:
        """The condition tree of each rule, to stand at the end of an assessment."""
        parts = [f"## {self._say('explain.conditions')}"]
        for explanation in explanations:
            mark = _VERDICTS[explanation.verdict]
            if explanation.verdict == "applies":
                mark = _MARKS[explanation.severity]
            parts += [f"### {mark} {self.title(explanation.rule)}", self.tree(explanation)]
        return "\n\n".join(parts) + "\n"

    def title(self, rule: str) -> str:
        """What the rule checks."""
        return self._article.rules[rule].passage.title.render(self._scope)

    def tree(self, explanation: Explanation) -> str:
        """The condition as nested lists: each part with its truth, what was observed and what it needs."""
        roots = (("given", explanation.given), ("when", explanation.when), ("unless", explanation.unless))
        parts = []
        for name, root in roots:
            if root is not None:
                parts += [self._say(f"explain.{name}"), "\n".join(self._lines(root, ""))]
        return "\n\n".join(parts)

    def _reasons(self, explanation: Explanation) -> Iterator[str]:
        """Why the rule applies, why it does not, or what is missing."""
        for name, found in (("why", explanation.because), ("why_not", explanation.against)):
            if found:
                yield f"## {self._say(f'explain.{name}')}"
                yield "\n".join(f"- {line}" for line in self._article.reasons.lines(found))
        if explanation.missing:
            yield f"## {self._say('explain.missing')}"
            yield "\n".join(
                f"- ? {self._labelled(fact_name(one), one.record)} ({code_span(fact_name(one))})"
                for one in explanation.missing
            )

    def _nearest(self, nearest: Alternative | None) -> Iterator[str]:
        if nearest is None:
            return
        yield f"## {self._say(f'explain.nearest.{nearest.verdict}')}"
        lines = []
        for change in nearest.changes:
            part = change.part
            lines.append(f"- {self._observed(part)} → {self._wanted(part, truth=change.wanted)}")
        yield "\n".join(lines)
        if not nearest.exact:
            yield self._say("explain.nearest.inexact")

    def _lines(self, part: Part, indent: str) -> Iterator[str]:
        yield f"{indent}- {_TRUTHS[part.truth]} {self._line(part)}"
        below = indent + "  "
        for child in part.parts:
            yield from self._lines(child, below)
        for one in part.awaits if part.awaits is not UNSET else ():
            if one.verdict in {"clear", "not_applicable"}:
                continue  # it is settled: what keeps the others waiting is not to be lost among these
            mark = _MARKS[one.severity] if one.verdict == "applies" else _VERDICTS[one.verdict]
            yield f"{below}- {mark} {self.title(one.rule)}"

    def _line(self, part: Part) -> str:
        say = self._say
        match part.kind:
            case "test" if part.derived is True:
                text = say(
                    "explain.derived", label=self._labelled(str(part.fact), part.record), needed=self._needed(part)
                )
            case "test":
                text = say("explain.test", observed=self._observed(part), needed=self._needed(part))
            case "some" | "every":
                text = say(f"explain.{part.kind}", label=self._words.label(str(part.fact)))
                if not part.parts:
                    text = f"{text} {self._value(part)}"
            case kind:
                text = say(f"explain.{kind}")
                if part.record is not UNSET:
                    text = f"{code_of(str(part.record))}, {text}"
        return say("explain.reference", text=text) if part.reference is True else text

    def _observed(self, part: Part) -> str:
        return f"{self._labelled(self._name(part), part.record)}: {self._value(part)}"

    def _value(self, part: Part) -> str:
        if part.observed is None or part.observed is UNSET:
            return self._say("explain.unknown")
        return self._words.display(self._name(part))(part.observed)

    def _labelled(self, name: str, record: object) -> str:
        label = self._words.label(name)
        return label if record is UNSET else f"{label} ({code_of(str(record))})"

    def _name(self, part: Part) -> str:
        return f"{part.fact}.{part.field}" if isinstance(part.field, str) else str(part.fact)

    def _wanted(self, part: Part, *, truth: bool) -> str:
        """What a fact would have to be for a comparison to come out so."""
        if part.kind != "test":
            return self._say("explain.records_so" if truth else "explain.records_not_so")
        if truth:
            return self._needed(part)
        if part.operator == "is" and isinstance(part.needed, bool):
            return self._needed(msgspec.structs.replace(part, needed=not part.needed))
        opposite = OPPOSITES.get(str(part.operator))
        if opposite is not None:
            return self._needed(msgspec.structs.replace(part, operator=opposite))
        return self._say("explain.not_so", needed=self._needed(part))

    def _needed(self, part: Part) -> str:
        """What a comparison needs to be TRUE."""
        say, name, operator, needed = self._say, self._name(part), str(part.operator), part.needed
        if operator == "known":
            return say("need.known" if needed else "need.not_known")
        one = self._words.display(name, member=operator in _OF_MEMBERS)
        if operator in COMPARISONS:
            operator += self._words.comparison(name)
        if needed is None or needed is UNSET:
            text = say("explain.unknown")
        elif operator == "between":
            low, high = needed
            return say("need.between", low=one(low), high=one(high))
        else:
            text = self._operand(needed, operator, one)
        return say(f"need.{operator}", needed=self._with_label(text, part))

    def _operand(self, needed: Any, operator: str, one: Callable[[Any], str]) -> str:
        match needed:
            case dict():
                return self._words.formats.duration(dt.timedelta(**needed))
            case list():
                return self._words.several([one(item) for item in needed], "or" if operator in _EITHER else "and")
            case _ if operator in {"contains", "within"}:
                return code_of(str(needed))
            case _:
                return one(needed)

    def _with_label(self, text: str, part: Part) -> str:
        """What is needed, with what it is called where it is the value of another fact."""
        other = f"{part.fact}.{part.needed_field}" if isinstance(part.needed_field, str) else part.needed_fact
        return text if other is UNSET else self._say("need.other", needed=text, label=self._words.label(str(other)))
