"""An assessment as a terminal shows it: the document, with what there is to find out kept short.

In a window that scrolls, twenty questions with the way to each answer would push the findings out of sight. So the
first few say how to find out, and the others only what is asked.
"""

from __future__ import annotations

import msgspec

from vedlys.evaluation.evidence import waiting
from vedlys.evaluation.judge import Judge
from vedlys.guidance.compose import Composer, text_of
from vedlys.guidance.edition import ArticleEdition, fact_name
from vedlys.guidance.phrases import Phrases
from vedlys.markup.escape import code_span
from vedlys.model.environment import Environment
from vedlys.model.result import Assessment, Question

WITH_HOW = 3  # questions that say how to find out


def brief(assessment: Assessment, article: ArticleEdition, environment: Environment, say: Phrases) -> str:
    """The assessment of an environment as Markdown."""
    questions = tuple(_short(question, number) for number, question in enumerate(assessment.ask_next))
    composer = Composer(article)
    said = composer.said(
        status=assessment.status,
        findings=assessment.findings,
        undecided=assessment.undecided,
        questions=questions,
        clear=assessment.clear,
        later=waiting(Judge(article.rulebook, environment), map(article.rulebook.rule, assessment.clear)),
        not_applicable=assessment.not_applicable,
        values=environment.values,
    )
    document = text_of(composer.compose(said))
    if len(questions) > WITH_HOW:
        document += "\n" + say("assess.more_how", n=len(questions)) + "\n"
    if assessment.ignored:
        names = ", ".join(code_span(name) for name in assessment.ignored)
        document += "\n" + say("assess.ignored", names=names) + "\n"
    return document


def _short(question: Question, number: int) -> Question:
    """The question with the fact that it asks for, and how to find out where it is one of the first."""
    text = f"{question.question} ({code_span(fact_name(question))})"
    return msgspec.structs.replace(question, question=text, how=question.how if number < WITH_HOW else "")
