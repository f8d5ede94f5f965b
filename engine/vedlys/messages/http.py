"""What the service says over HTTP: problems, and faults of a request around its facts.

Of a problem, the text is the title, which never changes, and the hints are the detail: what happened, and the way out.
"""

from __future__ import annotations

from vedlys.messages.message import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        code="problem-malformed-request",
        text="The request is not JSON",
        hints=("Nothing was assessed. `faults` says where the body stops being JSON.",),
    ),
    Message(
        code="problem-incomplete-body",
        text="The body of the request is not whole",
        hints=(
            "It ended before it had the length that was announced, or a chunk of it is malformed.",
            "Nothing was assessed. Send it again, whole.",
        ),
    ),
    Message(
        code="problem-invalid-parameter",
        text="A parameter of the address is not valid",
        hints=("`{{ parameter }}` cannot be `{{ value }}`.", "`/docs` lists the parameters."),
    ),
    Message(
        code="problem-invalid-header",
        text="A header of the request is not valid",
        hints=("`{{ header }}` holds something that cannot stand there.",),
    ),
    Message(
        code="problem-unauthenticated",
        text="Nobody is known by these credentials",
        hints=("Send `Authorization: Bearer …` with a valid API key or token.",),
    ),
    Message(
        code="problem-forbidden",
        text="This is not allowed",
        hints=(
            "The caller lacks the scope `{{ scope }}`: the operator can give it to the key or token.",
            "`cors.origins` does not name `{{ origin }}`: its pages may not ask.",
            "Without keys, the service answers `localhost` and loopback addresses alone, not `{{ host }}`.",
        ),
    ),
    Message(
        code="problem-not-found",
        text="There is nothing at this address",
        hints=("The service does not know `{{ path }}`.", "`/docs` lists every address."),
    ),
    Message(
        code="problem-article-not-found",
        text="There is no such article",
        hints=(
            "No article is called `{{ article }}`.",
            "Did you mean `{{ suggestion }}`?",
            "`/v1/articles` lists every article.",
        ),
    ),
    Message(
        code="problem-method-not-allowed",
        text="This address does not know the method",
        hints=("`{{ method }}` means nothing here.", "Methods: {{ allowed }}."),
    ),
    Message(
        code="problem-not-acceptable",
        text="The answer cannot be written in the form that was asked for",
        hints=("`Accept` must admit one of these: {{ offered }}.",),
    ),
    Message(
        code="problem-request-timeout",
        text="The request took too long",
        hints=("It was not complete after {{ seconds }} s.", "Send it again."),
    ),
    Message(
        code="problem-body-too-large",
        text="The request is too large",
        hints=("{{ limit }} bytes are allowed.", "Send many environments to `/v1/assessments/batch`, one a line."),
    ),
    Message(
        code="problem-uri-too-long",
        text="The address is too long",
        hints=("{{ limit }} bytes are allowed.",),
    ),
    Message(
        code="problem-headers-too-large",
        text="The headers are too large",
        hints=("{{ limit }} bytes are allowed.",),
    ),
    Message(
        code="problem-line-too-large",
        text="The line is too large",
        hints=("{{ limit }} bytes are allowed; the lines after it are answered.",),
    ),
    Message(
        code="problem-too-many-lines",
        text="The batch has too many lines",
        hints=("{{ limit }} lines are allowed. Those up to here are answered; send the rest as another batch.",),
    ),
    Message(
        code="problem-unsupported-media-type",
        text="The request is not of a type that is read here",
        hints=("`Content-Type` must be `{{ wanted }}`, in UTF-8 and not encoded.",),
    ),
    Message(
        code="problem-invalid-request",
        text="The request is not valid",
        hints=("Nothing was assessed. `faults` lists every fault with its place.",),
    ),
    Message(
        code="problem-rate-limited",
        text="There are too many requests",
        hints=("Wait {{ seconds }} s before the next one.",),
    ),
    Message(
        code="problem-internal-error",
        text="The service failed",
        hints=("This is a mistake of the service, not of the request. Tell its operator `request_id`.",),
    ),
    Message(
        code="problem-overloaded",
        text="The service has too much to do",
        hints=("Nothing was assessed. Send the request again in {{ seconds }} s.",),
    ),
    # a request around its facts
    Message(
        code="expected-request",
        text="an object with the member `facts`",
    ),
    Message(
        code="expected-article-names",
        text="a list of article names",
    ),
    Message(
        code="article-not-found",
        text="No article is called `{{ article }}`.",
        hints=("Did you mean `{{ suggestion }}`?", "`/v1/articles` lists every article."),
    ),
    Message(
        code="unknown-member",
        text="A request has no member `{{ name }}`.",
        hints=("Did you mean `{{ suggestion }}`?", "Members: {{ known }}."),
    ),
    Message(
        code="missing-member",
        text="The member `{{ name }}` is missing.",
        hints=("Without any facts, send `{}` for it.",),
    ),
    Message(
        code="too-many-values",
        text="The document holds more than {{ limit }} names and values.",
        hints=("Send each environment by itself, or each as a line of a batch.",),
    ),
    Message(
        code="empty-body",
        text="The body is empty.",
        hints=('Send an object with the member `facts`: `{"facts": {}}`.',),
    ),
    # answers
    Message(
        code="nothing-touched",
        text="No article is about these facts.",
        hints=("Articles: {{ articles }}.",),
        level="note",
    ),
    Message(
        code="not-ready-draining",
        text="The service is stopping: it finishes what is under way.",
        level="note",
    ),
    Message(
        code="reload-refused",
        text="The content has changed, but cannot be used; the service answers from what it had loaded before.",
        hints=("Faults: {{ count }}. `/v1/catalogue` lists them.",),
        level="note",
    ),
)
