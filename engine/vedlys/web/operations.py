"""Every operation of the service: where it stands, what answers it, and what is said of it.

This is the one table: the addresses that are served, the OpenAPI document and the documentation page come from it.
"""

from __future__ import annotations

from vedlys.web.answers import HTML, JSON, MARKDOWN, NDJSON
from vedlys.web.describing.operation import Operation, Parameter
from vedlys.web.describing.routes import Description
from vedlys.web.pages import Pages
from vedlys.web.routes.assessments import assess
from vedlys.web.routes.batch import assess_batch
from vedlys.web.routes.catalogue import CatalogueRoutes
from vedlys.web.routes.health import METRICS, healthz, metrics, readyz

_LOCALES: tuple[Parameter, ...] = ("locale", "Accept-Language")


def operations(pages: Pages) -> tuple[Operation, ...]:
    """All operations, in the order in which they are described; `pages` keeps what changes only with the catalogue."""
    catalogue = CatalogueRoutes(pages)
    listed: tuple[Operation, ...] = (
        Operation(
            id="assess",
            method="POST",
            path="/v1/assessments",
            handler=assess,
            tag="Assessments",
            summary="Assess one environment",
            description=(
                "Applies the articles that `articles` names, or else each that a posted fact bears on, to the facts of "
                "one environment. A fact that is absent or null is unknown, never false. Facts may be nested or "
                "dotted. Wrong facts are refused whole, with every fault at once and a JSON Pointer to each; nothing "
                "is half assessed. The language is that of `locale`, or else of `Accept-Language`; the form is that "
                "of `Accept`."
            ),
            parameters=("Accept-Language",),
            request=(JSON, "Request"),
            answers={JSON: "Assessments", MARKDOWN: None, HTML: None},
            problems=("malformed-request", "body-too-large", "unsupported-media-type", "invalid-request"),
        ),
        Operation(
            id="assessBatch",
            method="POST",
            path="/v1/assessments/batch",
            handler=assess_batch,
            tag="Assessments",
            summary="Assess many environments",
            description=(
                "One request a line, as `POST /v1/assessments` takes it; one answer a line, in the same order: "
                "`assessments`, or a problem with the number of its `line`. Blank lines are passed over, but counted. "
                "Lines are answered as they come, and no more are read while answers wait to be taken: from a "
                "megabyte on, read answers while you send. A line that is too long is answered in its place; after "
                "too many lines the last answer is a problem that says so. The status is 200 once the first line is "
                "being read, whatever the lines hold."
            ),
            parameters=("Accept-Language",),
            request=(NDJSON, "RequestLines"),
            answers={NDJSON: "AnswerLines"},
            problems=("unsupported-media-type",),
        ),
        Operation(
            id="listArticles",
            method="GET",
            path="/v1/articles",
            handler=catalogue.articles,
            tag="Catalogue",
            summary="List the articles",
            description="Every article: its title by locale, and how many sections and rules it has.",
            parameters=("If-None-Match",),
            answers={JSON: "Articles"},
            cached=True,
        ),
        Operation(
            id="readArticle",
            method="GET",
            path="/v1/articles/{article}",
            handler=catalogue.article,
            tag="Catalogue",
            summary="Read a whole article",
            description="The article with the guidance of every rule, as it reads with no environment at hand.",
            parameters=("article", *_LOCALES, "If-None-Match"),
            answers={JSON: "Article", MARKDOWN: None, HTML: None},
            problems=("invalid-parameter", "article-not-found"),
            cached=True,
        ),
        Operation(
            id="listFacts",
            method="GET",
            path="/v1/facts",
            handler=catalogue.facts,
            tag="Catalogue",
            summary="List the facts",
            description=(
                "Every fact that may be posted: its type and values, what it is called, how to ask for it, and how to "
                "find out."
            ),
            parameters=(*_LOCALES, "If-None-Match"),
            answers={JSON: "FactList"},
            problems=("invalid-parameter",),
            cached=True,
        ),
        Operation(
            id="readFactsSchema",
            method="GET",
            path="/v1/facts/schema",
            handler=catalogue.facts_schema,
            tag="Catalogue",
            summary="Read the JSON Schema of facts",
            description=(
                "The schema (draft 2020-12) of `facts`, for those who check a request before they send it. Some faults "
                "only the service finds: one fact in two spellings with different values, or two records of one key."
            ),
            parameters=(*_LOCALES, "If-None-Match"),
            answers={JSON: "JsonSchema"},
            problems=("invalid-parameter",),
            cached=True,
        ),
        Operation(
            id="readCatalogue",
            method="GET",
            path="/v1/catalogue",
            handler=catalogue.catalogue,
            tag="Catalogue",
            summary="See which catalogue answers",
            description=(
                "Version, digest and size of the catalogue in use. An assessment names the same digest. Where changed "
                "content was refused, its faults stand here, and the catalogue before it goes on answering."
            ),
            parameters=("If-None-Match",),
            answers={JSON: "Catalogue"},
            cached=True,
        ),
        Operation(
            id="isAlive",
            method="GET",
            path="/healthz",
            handler=healthz,
            tag="Operation",
            summary="Ask whether the process answers",
            description="Answers 200 as long as the process answers at all.",
            answers={JSON: "Alive"},
            is_open=True,
        ),
        Operation(
            id="isReady",
            method="GET",
            path="/readyz",
            handler=readyz,
            tag="Operation",
            summary="Ask whether requests should be sent here",
            description=(
                "503 once the service has been told to stop, with the reason. A refused reload is noted, but does not "
                "make the service unready."
            ),
            parameters=("Accept-Language",),
            answers={JSON: "Ready"},
            statuses=(200, 503),
            is_open=True,
        ),
        Operation(
            id="readMetrics",
            method="GET",
            path="/metrics",
            handler=metrics,
            tag="Operation",
            summary="Read the metrics",
            description="What the workers have counted, in the text format of Prometheus.",
            answers={METRICS: None},
        ),
    )
    description = Description(pages)
    description.operations = (
        *listed,
        Operation(
            id="readOpenapi",
            method="GET",
            path="/openapi.json",
            handler=description.openapi,
            tag="Description",
            summary="Read this description",
            description="The OpenAPI 3.1 document of the service, with the facts of the catalogue in use.",
            parameters=("If-None-Match",),
            answers={JSON: "OpenapiDocument"},
            is_open=True,
            cached=True,
        ),
        Operation(
            id="readDocumentation",
            method="GET",
            path="/docs",
            handler=description.documentation,
            tag="Description",
            summary="Read the documentation",
            description="This description as a page. It needs nothing from the internet.",
            parameters=("If-None-Match",),
            answers={HTML: None},
            is_open=True,
            cached=True,
        ),
        Operation(
            id="listProblems",
            method="GET",
            path="/problems",
            handler=description.problems,
            tag="Description",
            summary="List the problems",
            description="Every problem, with its status and what it is called.",
            parameters=(*_LOCALES, "If-None-Match"),
            answers={HTML: None, MARKDOWN: None},
            problems=("invalid-parameter",),
            is_open=True,
            cached=True,
        ),
        Operation(
            id="readProblem",
            method="GET",
            path="/problems/{code}",
            handler=description.problem,
            tag="Description",
            summary="Read what a problem means",
            description="Where the `type` of a problem leads.",
            parameters=("code", *_LOCALES, "If-None-Match"),
            answers={HTML: None, MARKDOWN: None},
            problems=("invalid-parameter", "not-found"),
            is_open=True,
            cached=True,
        ),
    )
    return description.operations
