"""A catalogue that reads well but does not hold together."""

from __future__ import annotations

from vedlys.messages.message import Message

MESSAGES = (
    # guidance and translations
    Message(
        code="missing-article",
        text="The article `{{ article }}` has no guidance.",
        hints=("Write it in {{ file }}.",),
    ),
    Message(
        code="missing-guidance",
        text="`{{ id }}` has no guidance.",
        hints=("Write it in {{ file }}, below a heading that ends in {#{{ id }}}.",),
    ),
    Message(
        code="untranslated-article",
        text="The article `{{ article }}` is not translated into `{{ locale }}`.",
        hints=("Write it in {{ file }}.",),
        level="warning",
    ),
    Message(
        code="untranslated-block",
        text="`{{ id }}` is not translated into `{{ locale }}`.",
        hints=("Write it in {{ file }}, below a heading that ends in {#{{ id }} digest={{ digest }}}.",),
        level="warning",
    ),
    Message(
        code="missing-digest",
        text="This translation of `{{ id }}` does not say what it was made from.",
        hints=("Where it says what the original says now, add digest={{ digest }} behind #{{ id }}.",),
        level="warning",
    ),
    Message(
        code="placeholders-differ",
        text="The translation of `{{ id }}` does not name the same facts as the original.",
        hints=("Lost: {{ lost }}.", "Added: {{ added }}."),
    ),
    Message(
        code="stale-translation",
        text="The original of `{{ id }}` has changed since it was translated.",
        hints=("Compare it with {{ place }}; when the translation is right again, write digest={{ digest }}.",),
        level="warning",
    ),
    Message(
        code="block-order-differs",
        text="`{{ id }}` stands elsewhere than in the original.",
        hints=("There it stands behind `{{ after }}`.",),
        level="warning",
    ),
    Message(
        code="missing-fact-text",
        text="`{{ name }}` has no label and no question.",
        hints=("Write them in {{ file }}, below a heading that ends in {#{{ name }}}.",),
    ),
    Message(
        code="untranslated-fact",
        text="`{{ name }}` is not translated into `{{ locale }}`.",
        hints=("Write it in {{ file }}, below a heading that ends in {#{{ name }} digest={{ digest }}}.",),
        level="warning",
    ),
    Message(
        code="missing-value-label",
        text="The value `{{ value }}` of `{{ name }}` has no label.",
        hints=("Add a line - `{{ value }}`: label.",),
    ),
    # placeholders
    Message(
        code="nothing-matched",
        text="Nothing can stand out in the rule `{{ rule }}`, so that `matched` is always empty.",
        hints=("Only records, members of sets, host patterns and the parts of an `any` stand out.",),
    ),
    Message(
        code="table-without-records",
        text="A table is made of records, and the rule `{{ rule }}` tests none.",
    ),
    Message(
        code="filter-not-for-type",
        text="The filter `{{ filter }}` does not take {{ type }}, which `{{ name }}` is.",
        hints=("It takes {{ takes }}.",),
    ),
    Message(
        code="perhaps-unknown",
        text="`{{ name }}` need not be known where this is shown.",
        hints=("Where it is not, the reader sees “(not known)” in its place.",),
        level="warning",
    ),
    # the engine's own words
    Message(
        code="missing-phrase",
        text="The phrase `{{ name }}` is missing.",
        hints=("It may use: {{ names }}.",),
    ),
    Message(
        code="untranslated-phrase",
        text="The phrase `{{ name }}` is not translated into `{{ locale }}`.",
        hints=("It may use: {{ names }}.",),
        level="warning",
    ),
    Message(
        code="untranslated-message",
        text="The message `{{ name }}` is not translated into `{{ locale }}`.",
        hints=("In English: {{ text }}",),
        level="warning",
    ),
    # sources
    Message(
        code="missing-source",
        text="There is no source document `{{ document }}`.",
        hints=("Did you mean `{{ suggestion }}`?", "Put it into kb/sources/ as it was received."),
    ),
    Message(
        code="source-changed",
        text="The source document `{{ document }}` is not the one that this was written from.",
        hints=("Compare them; when the rules are right again, write sha256: {{ sha256 }}.",),
    ),
    Message(
        code="no-such-line",
        text="The source has {{ count }} lines; there is no line {{ line }}.",
    ),
    Message(
        code="line-not-bound",
        text="No rule of `{{ article }}` is bound to this line.",
        hints=("Cite it in the `source` of a rule, or give the reason under `unbound`: {{ reasons }}.",),
    ),
    Message(
        code="line-bound-and-unbound",
        text="Line {{ line }} is bound to the rule `{{ rule }}`, and yet it stands under `unbound`.",
    ),
    # examples and cases
    Message(
        code="missing-example",
        text="The rule `{{ rule }}` has no example of: {{ verdicts }}.",
    ),
    Message(
        code="example-contradicts",
        text="This is an example of `{{ wanted }}`, and the rule `{{ rule }}` says `{{ got }}`.",
    ),
    Message(
        code="case-contradicts",
        text="In this case `{{ rule }}` must be `{{ wanted }}`, and it is `{{ got }}`.",
    ),
    Message(
        code="case-status-contradicts",
        text="In this case the status must be `{{ wanted }}`, and it is `{{ got }}`.",
    ),
    Message(
        code="case-question-contradicts",
        text="In this case the first question must be about `{{ wanted }}`.",
        hints=("It is about `{{ got }}`.",),
    ),
    # conditions
    Message(
        code="never-true",
        text="No facts make this TRUE.",
        hints=("The rule `{{ rule }}` can never apply.",),
    ),
    Message(
        code="always-true",
        text="All facts make this TRUE.",
        level="warning",
    ),
    Message(
        code="not-analysed",
        text="Whether this can be TRUE and can be FALSE was not analysed.",
        hints=("There are more than {{ limit }} combinations of values.",),
        level="note",
    ),
    # facts
    Message(
        code="unused-fact",
        text="No rule reads `{{ name }}`.",
        hints=("Where it is only for people to know, say informative: yes.",),
        level="warning",
    ),
    Message(
        code="unused-derived-fact",
        text="No rule reads the derived fact `{{ name }}`.",
        level="warning",
    ),
)
