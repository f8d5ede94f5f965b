"""An assessment as it is defined, with nothing remembered: what an assessor must say too."""

from __future__ import annotations

from msgspec import UNSET

from vedlys.evaluation.ask import Questions
from vedlys.evaluation.evidence import because, matched, waiting
from vedlys.evaluation.judge import Judge
from vedlys.evaluation.status import status_of
from vedlys.guidance.compose import Composer, text_of
from vedlys.guidance.edition import Edition
from vedlys.guidance.render import Scope
from vedlys.model.content import Content
from vedlys.model.environment import Environment
from vedlys.model.result import (
    Assessment,
    CatalogueReference,
    Finding,
    LocaleChoice,
    Missing,
    Question,
    SourceReference,
    Undecided,
)
from vedlys.model.types import name_of
from vedlys.model.values import plain

CATALOGUE = CatalogueReference(version="0", digest="sha256:0")
LOCALE = LocaleChoice(requested="en", used="en")


def assessed(content: Content, article: str, locale: str, environment: Environment) -> Assessment:
    """The whole assessment, by the judge alone."""
    book = content.rulebooks[article]
    edition = Edition(content, locale)
    text = edition.article(article)
    judge = Judge(book, environment)
    judged = judge.rules()
    concluded = {name: judge.derived(name).truth for name in book.derived}
    values = environment.values | {name: truth for name, truth in concluded.items() if truth is not None}
    standing = Questions(book, content.vocabulary).about(environment)
    findings = []
    for one in judged:
        if one.verdict == "applies":
            stood_out = tuple(match.value for match in matched(one))
            scope = text.scope(one.rule.id, values, stood_out)
            title, guidance, erratum, translation = text.finding_texts(one.rule.id, scope)
            findings.append(
                Finding(
                    rule=one.rule.id,
                    section=one.rule.section,
                    severity=one.rule.severity,
                    title=title,
                    guidance=guidance,
                    because=because(one),
                    matched=stood_out,
                    source=None
                    if book.source is None
                    else SourceReference(document=book.source.document, lines=one.rule.lines),
                    erratum=erratum,
                    translation=translation,
                )
            )
    questions = []
    for asked in standing.ask([one.rule.id for one in judged if one.is_open]):
        record = UNSET if asked.record is None else asked.record
        field = UNSET if asked.field is None else asked.field
        missing = Missing(fact=asked.fact, record=record, field=field)
        question, how = edition.question_texts(missing, Scope(values=values))
        kind = edition.words.type(asked.fact if asked.field is None else f"{asked.fact}.{asked.field}")
        assert kind is not None
        questions.append(
            Question(
                fact=asked.fact,
                record=record,
                field=field,
                question=question,
                how=how,
                type=name_of(kind),
                decides=asked.decides,
            )
        )
    clear = [one.rule for one in judged if one.verdict == "clear"]
    undecided = tuple(
        Undecided(
            rule=one.rule.id,
            section=one.rule.section,
            severity=one.rule.severity,
            missing=standing.missing(one.rule.id),
        )
        for one in judged
        if one.verdict == "unknown"
    )
    composer = Composer(text)
    said = composer.said(
        status=status_of((one.rule.severity, one.verdict) for one in judged),
        findings=findings,
        undecided=undecided,
        questions=questions,
        clear=tuple(rule.id for rule in clear),
        later=waiting(judge, clear),
        not_applicable=tuple(one.rule.id for one in judged if one.verdict == "not_applicable"),
        values=values,
    )
    return Assessment(
        article=article,
        locale=LOCALE,
        status=said.status,
        findings=tuple(findings),
        undecided=undecided,
        clear=tuple(said.clear),
        not_applicable=tuple(said.not_applicable),
        ask_next=tuple(questions),
        ignored=(),
        markdown=text_of(composer.compose(said)),
        catalogue=CATALOGUE,
        as_of=str(plain(environment.as_of)),
    )
