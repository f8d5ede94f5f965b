"""A single value that does not fit its type: in a rule file or in posted facts alike."""

from __future__ import annotations

from vedlys.messages.message import Message

# What a value was expected to be: terms that `{{ expected }}` may name by the rest of their code. English puts them
# behind "is not", other languages where their grammar has a nominative.
EXPECTED = (
    Message(code="expected-boolean", text="`true` or `false`"),
    Message(code="expected-yes-or-no", text="yes or no"),
    Message(code="expected-integer", text="a whole number"),
    Message(code="expected-number", text="a number"),
    Message(code="expected-text", text="text"),
    Message(code="expected-enum", text="text, one of the allowed values"),
    Message(code="expected-version", text="a version written as text"),
    Message(code="expected-date", text="a date written as text"),
    Message(code="expected-datetime", text="a date and time written as text"),
    Message(code="expected-hostname", text="a host name written as text"),
    Message(code="expected-host-pattern", text="a host pattern written as text"),
    Message(code="expected-ip", text="an IP address written as text"),
    Message(code="expected-set", text="a list"),
    Message(code="expected-records", text="a list of records"),
    Message(code="expected-record", text="a record, an object with fields"),
    Message(code="expected-names", text="a list of fact names"),
)

MESSAGES = (
    *EXPECTED,
    Message(
        code="wrong-type",
        text="`{{ value }}` is not {{ expected }}.",
        hints=("Write {{ right }}.",),
    ),
    Message(
        code="out-of-range",
        text="{{ value }} is out of range: {{ allowed }}.",
    ),
    Message(
        code="not-a-finite-number",
        text="`{{ value }}` is not a finite number.",
    ),
    Message(
        code="unknown-value",
        text="`{{ value }}` is not one of the allowed values.",
        hints=("Did you mean `{{ suggestion }}`?", "Allowed: {{ allowed }}."),
    ),
    Message(
        code="malformed-version",
        text="`{{ value }}` is not a version.",
        hints=("A version is 2 to 4 whole numbers joined by dots, such as 1.1.443.0.",),
    ),
    Message(
        code="malformed-date",
        text="`{{ value }}` is not a date.",
        hints=("Write it as year-month-day, such as 2026-09-30.",),
    ),
    Message(
        code="malformed-datetime",
        text="`{{ value }}` is not a date and time with an offset.",
        hints=("Write it as 2026-09-30T14:05:00Z or 2026-09-30T17:05:00+03:00.",),
    ),
    Message(
        code="malformed-hostname",
        text="`{{ value }}` is not a host name.",
        hints=("A host name is letters, digits, hyphens and dots, such as dc1.example.lt: no address, port or path.",),
    ),
    Message(
        code="malformed-host-pattern",
        text="`{{ value }}` is not a host pattern.",
        hints=("Write a host name, `*.` and a host name, or `*` alone.",),
    ),
    Message(
        code="malformed-ip",
        text="`{{ value }}` is not an IP address.",
        hints=("Write an address such as 192.0.2.10 or 2001:db8::1.",),
    ),
    Message(
        code="malformed-network",
        text="`{{ value }}` is not a network.",
        hints=("Write it as address/length, such as 192.0.2.0/24, with no bits set behind the length.",),
    ),
    Message(
        code="malformed-duration",
        text="`{{ value }}` is not a length of time.",
        hints=("Write {days: 30}; the units are hours, days and weeks.",),
    ),
    Message(
        code="null-member",
        text="A set cannot hold null.",
        hints=("Leave the member out; where the whole set is not known, leave the fact out.",),
    ),
    Message(
        code="missing-key-field",
        text="This record has no `{{ field }}`, which tells the records of `{{ fact }}` apart.",
    ),
    Message(
        code="duplicate-record",
        text="Two records of `{{ fact }}` have the same `{{ field }}`: `{{ value }}`.",
    ),
    Message(
        code="unknown-fact",
        text="No fact is called `{{ name }}`.",
        hints=("Did you mean `{{ suggestion }}`?",),
    ),
    Message(
        code="unknown-field",
        text="The records of `{{ fact }}` have no field called `{{ name }}`.",
        hints=("Did you mean `{{ suggestion }}`?", "Fields: {{ allowed }}."),
    ),
)
