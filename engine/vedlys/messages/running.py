"""Running the service, replaying its decisions, and asking it from the command line."""

from __future__ import annotations

from vedlys.messages.message import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        code="service-not-installed",
        text="The service is not installed here: the package `{{ package }}` is missing.",
        hints=("Install it with `pip install 'vedlys[serve]'`.",),
    ),
    Message(
        code="address-not-free",
        text="The service cannot listen on `{{ address }}`: {{ reason }}.",
        hints=("Choose another port with --port, or another address with --host.",),
    ),
    Message(code="keys-not-readable", text="The keys in `{{ file }}` cannot be read: {{ reason }}."),
    Message(
        code="content-not-tried",
        text="The content cannot be used: {{ reason }}.",
    ),
    Message(
        code="decisions-not-kept",
        text="Decisions cannot be kept in `{{ path }}`: {{ reason }}.",
        hints=("`decisions.path` names a folder for `ndjson` and a file for `sqlite`, where the service may write.",),
    ),
    Message(
        code="workers-do-not-start",
        text="The service has ended, because no worker could be started.",
        hints=("What went wrong stands in the log above.",),
    ),
    Message(
        code="moment-has-passed",
        text="`{{ value }}` has passed already, and cannot be meant by {{ option }}.",
    ),
    Message(
        code="not-a-decision",
        text="{{ place }}: this is no decision, and is passed over.",
        hints=(
            "What stands at `{{ path }}` cannot stand there.",
            "There is no `{{ missing }}`.",
            "It is not JSON, from byte {{ byte }} on.",
            "It is longer than {{ limit }} bytes.",
        ),
    ),
    Message(
        code="server-address",
        text="`{{ url }}` is not the address of a server.",
        hints=("Write it like `https://vedlys.example.lt` or `http://127.0.0.1:8080`.",),
    ),
    Message(
        code="server-unreachable",
        text="The server at {{ url }} cannot be reached: {{ reason }}.",
    ),
    Message(code="server-too-slow", text="The server at {{ url }} has not answered within {{ seconds }} s."),
    Message(
        code="server-redirects",
        text="The server at {{ url }} sends us to {{ place }}, and the key is not sent there.",
        hints=("If you trust that address, name it with --server.",),
    ),
    Message(
        code="server-answer",
        text="What answers at {{ url }} is not vedlys: {{ reason }}.",
    ),
    Message(code="server-says", text="The server at {{ url }} says {{ status }}: {{ said }}"),
    Message(code="server-retry", text="Try again in {{ seconds }} s."),
    Message(
        code="key-not-usable",
        text="The key in {{ place }} cannot be used: it is empty, or holds characters that no key has.",
    ),
    Message(
        code="not-with-server",
        text="{{ option }} cannot be used with --server: only the server has the rules.",
    ),
)
