"""Settings of the service that cannot be used."""

from __future__ import annotations

from vedlys.messages.message import Message

MESSAGES: tuple[Message, ...] = (
    Message(code="expected-list-of-texts", text="a list of texts"),
    Message(code="malformed-toml", text="The file is not TOML: {{ reason }}."),
    Message(
        code="unknown-setting",
        text="No setting is called `{{ name }}`.",
        hints=("Did you mean `{{ suggestion }}`?", "Settings there: {{ known }}."),
    ),
    Message(
        code="unknown-variable",
        text="No setting is given by the variable `{{ name }}`.",
        hints=("Did you mean `{{ suggestion }}`?",),
    ),
    Message(code="setting-given-twice", text="`{{ name }}` is given twice in the file.", hints=("Keep one of them.",)),
    Message(
        code="malformed-assignment",
        text="`{{ value }}` gives no setting.",
        hints=("Write the name and the value: `limits.depth=20`.",),
    ),
    Message(
        code="malformed-text",
        text="`{{ value }}` cannot be used: {{ least }} to {{ most }} characters that can be seen are allowed.",
    ),
    Message(code="setting-no-folder", text="There is no folder `{{ path }}`."),
    Message(code="setting-no-file", text="There is no file `{{ path }}`."),
    Message(
        code="setting-no-keys-file",
        text="There is no file `{{ path }}`.",
        hints=("`vedlys keys add` makes one.",),
    ),
    Message(
        code="nobody-may-ask",
        text="Nothing says who may ask.",
        hints=(
            "Name a file of API keys (`--keys-file`; `vedlys keys add` makes one), or who issues tokens (`auth.jwt`).",
            "`--no-auth` asks nobody who they are, and answers this machine alone.",
        ),
    ),
    Message(
        code="auth-both-ways",
        text="Either nobody is asked who they are, or keys and tokens are.",
        hints=("Leave out `--no-auth`, or the keys and the issuer.",),
    ),
    Message(
        code="open-to-others",
        text="Without keys or tokens only this machine may ask, and `{{ host }}` can be reached from others.",
        hints=("Listen on 127.0.0.1, or leave out `--no-auth`.",),
    ),
    Message(code="jwt-incomplete", text="Tokens cannot be checked without `{{ name }}`.", hints=("Give it as well.",)),
    Message(
        code="jwks-not-safe",
        text="Keys of an issuer cannot be fetched from `{{ value }}`.",
        hints=("Write an address with https://; http:// is for this machine alone. A file will do as well.",),
    ),
    Message(
        code="decision-log-without-path",
        text="A decision log of the kind `{{ kind }}` needs a place.",
        hints=("Name it by `decisions.path`.",),
    ),
    Message(
        code="malformed-origin",
        text="`{{ value }}` is not the origin of a web page.",
        hints=("Write scheme, host and port in small letters, and nothing behind them: `https://desk.example.lt`.",),
    ),
    Message(
        code="malformed-address",
        text="`{{ value }}` is not an address.",
        hints=("Write it with http:// or https://.",),
    ),
    Message(
        code="malformed-keys-file",
        text="The file of API keys cannot be used.",
        hints=(
            "It is not TOML: {{ reason }}.",
            "What stands at `{{ path }}` cannot stand there.",
            "There is no `{{ missing }}`.",
            "`{{ unknown }}` means nothing there.",
            "The id of `{{ taken }}` is that of another key.",
            "`{{ moment }}` has no offset from UTC.",
            "It is longer than {{ limit }} bytes.",
            "Let `vedlys keys` write it.",
        ),
    ),
    Message(
        code="malformed-key-name",
        text="`{{ value }}` is not a name for a key.",
        hints=("Use 1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit.",),
    ),
    Message(
        code="key-name-taken",
        text="There already is a key called `{{ name }}`.",
        hints=("Choose another name, or revoke that one first.",),
    ),
    Message(
        code="unknown-key-name",
        text="No key is called `{{ name }}`.",
        hints=("Did you mean `{{ suggestion }}`?",),
    ),
)
