"""Files that cannot be read as what they should be: YAML, keys, names, Markdown."""

from __future__ import annotations

from vedlys.messages.message import Message

MESSAGES: tuple[Message, ...] = (
    Message(code="unreadable-file", text="The file cannot be read: {{ reason }}."),
    Message(
        code="unexpected-file",
        text="`{{ name }}` is not a file that belongs here, so nothing would read it.",
        hints=(
            "Call it `{{ right }}`.",
            "Content lies in {{ place }}: move the file there, or out of `rules/` and `kb/`.",
        ),
    ),
    Message(
        code="no-articles",
        text="There is no article in `rules/articles`.",
        hints=(
            ("Is this the folder that holds `rules/` and `kb/`? An article is a file `rules/articles/<article>.yaml`."),
        ),
    ),
    Message(code="file-too-large", text="The file is larger than {{ limit }}.", hints=("Split it.",)),
    Message(
        code="byte-order-mark",
        text="The file begins with a byte order mark.",
        hints=("Save it as UTF-8 without a signature (BOM).",),
    ),
    Message(code="not-utf-8", text="The byte {{ byte }} is not UTF-8.", hints=("Save the file as UTF-8.",)),
    Message(
        code="control-character",
        text="The character {{ character }} cannot be seen and does not belong here.",
        hints=("Delete it.",),
    ),
    Message(code="empty-file", text="The file is empty.", hints=("Write its content, or delete the file.",)),
    Message(
        code="tab-indentation",
        text="This line is indented with a tab.",
        hints=("Indent with spaces: YAML allows no tabs there.",),
    ),
    Message(
        code="malformed-yaml",
        text="The YAML cannot be read from here on.",
        hints=(
            "Look at what begins in line {{ began }}.",
            "Check the indentation, the space behind each colon, and that quotes and brackets are closed.",
        ),
    ),
    Message(
        code="quotes-needed",
        text="`{{ value }}` has to stand in quotes.",
        hints=('Write `"{{ value }}"`: without them YAML takes the first character for something of its own.',),
    ),
    Message(
        code="nested-too-deep",
        text="This is nested more than {{ limit }} levels deep.",
        hints=("Name a part of the condition as a derived fact.",),
    ),
    Message(
        code="several-documents",
        text="A second document begins here.",
        hints=("Keep one document a file: delete the line `---`.",),
    ),
    Message(
        code="yaml-anchor",
        text="The anchor `&{{ name }}` is not allowed.",
        hints=("Write things out, or name a condition as a derived fact. Put a text that begins with & in quotes.",),
    ),
    Message(
        code="yaml-alias",
        text="The reference `*{{ name }}` is not allowed.",
        hints=("Write things out. Put a text that begins with *, such as a host pattern, in quotes.",),
    ),
    Message(
        code="yaml-tag",
        text="The tag `{{ name }}` is not allowed.",
        hints=("Delete it: the type of a value is that of its fact. Put a text that begins with ! in quotes.",),
    ),
    Message(code="yaml-merge-key", text="The merge key `<<` is not allowed.", hints=("Write the keys out.",)),
    Message(
        code="duplicate-key",
        text="The key `{{ key }}` is here twice: first in line {{ line }}.",
        hints=("Delete one of them, or rename it.",),
    ),
    Message(
        code="key-not-text",
        text="A key is a text, never a list or a mapping.",
        hints=("Put a key that begins with [ or { in quotes.",),
    ),
    Message(
        code="empty-value",
        text="There is no value here.",
        hints=(
            (
                "Write the value of `{{ key }}` behind the colon; `{}` means no entries, and `null` a fact that "
                "is unknown."
            ),
        ),
    ),
    Message(
        code="unknown-key",
        text="The key `{{ key }}` means nothing here.",
        hints=(
            "Did you mean `{{ suggestion }}`?",
            "Keys: {{ allowed }}.",
        ),
    ),
    Message(code="missing-key", text="The key `{{ key }}` is missing.", hints=("Add it.",)),
    Message(
        code="needs-mapping",
        text="This has to be a mapping of keys and values.",
        hints=("Write the keys of `{{ key }}` in lines of their own, indented, each with a colon and its value.",),
    ),
    Message(
        code="needs-list",
        text="This has to be a list.",
        hints=("Write `{{ key }}: [one, another]`, or each item in a line of its own that begins with a hyphen.",),
    ),
    Message(code="needs-text", text="This has to be one text.", hints=("Write one value behind `{{ key }}:`.",)),
    Message(code="empty-list", text="The list is empty.", hints=("Write at least one item, or delete the key.",)),
    Message(code="empty-mapping", text="The mapping is empty.", hints=("Write at least one key, or delete it.",)),
    Message(code="empty-text", text="The text is empty.", hints=("Write it, or delete the key.",)),
    Message(code="duplicate-item", text="`{{ value }}` is in the list twice.", hints=("Delete one of them.",)),
    Message(
        code="key-not-for-type",
        text="The key `{{ key }}` does not go with the type `{{ type }}`.",
        hints=("Delete it, or correct the type.",),
    ),
    Message(
        code="malformed-fact-name",
        text="`{{ value }}` is not a name for a fact.",
        hints=(
            (
                "Use two or more parts joined by dots, each of small letters, digits and underscores, beginning "
                "with a letter: `connect.version`."
            ),
        ),
    ),
    Message(
        code="malformed-field-name",
        text="`{{ value }}` is not a name for a field.",
        hints=(
            (
                "Use small letters, digits and underscores, beginning with a letter, and no word of the "
                "condition language: `pdc_reachable`."
            ),
        ),
    ),
    Message(
        code="malformed-id",
        text="`{{ value }}` is not an id.",
        hints=(
            ("Use words of small letters and digits joined by hyphens, beginning with a letter: `endpoint-blocked`."),
        ),
    ),
    Message(
        code="malformed-phrase-name",
        text="`{{ value }}` is not a name for a phrase.",
        hints=("Use words of small letters and digits joined by hyphens or underscores, beginning with a letter.",),
    ),
    Message(
        code="malformed-lines",
        text="`{{ value }}` does not name lines of the source.",
        hints=("Write a line, a range or several of them: `35`, `44-46`, `28, 30`.",),
    ),
    Message(
        code="malformed-sha256",
        text="`{{ value }}` is not a SHA-256.",
        hints=("It is 64 digits and letters from a to f: `sha256sum` prints it.",),
    ),
    Message(
        code="ends-swapped",
        text="{{ low }} is more than {{ high }}: the ends are swapped.",
        hints=("Write the lower one first.",),
    ),
    Message(
        code="duplicate-fact",
        text="There already is a fact called `{{ name }}`.",
        hints=("It is declared at {{ place }}: rename or delete one of them.",),
    ),
    Message(
        code="fact-inside-fact",
        text="The name `{{ name }}` goes on from the fact `{{ other }}`.",
        hints=("No fact's name may be the beginning of another's: rename one of them.",),
    ),
    Message(
        code="fact-begins-fact",
        text="Names of other facts go on from `{{ name }}`.",
        hints=("No fact's name may be the beginning of another's: rename this one.",),
    ),
    Message(
        code="key-field-is-set",
        text="The field `{{ field }}` is a set, so it cannot tell the records of `{{ fact }}` apart.",
        hints=("Choose a field that holds one value as `key`.",),
    ),
    Message(
        code="empty-reference",
        text="Reference data of `{{ fact }}` cannot be null.",
        hints=("Write the value, or delete `reference`.",),
    ),
    Message(
        code="needs-condition",
        text="This is not a condition.",
        hints=("Write facts with what they must be, such as `connect.installed: yes`, or all, any, none, not.",),
    ),
    Message(
        code="needs-list-of-conditions",
        text="`{{ word }}` takes a list of conditions.",
        hints=("Write each in a line of its own that begins with a hyphen.",),
    ),
    Message(
        code="needs-list-of-sections",
        text="`resolved` takes a list of sections.",
        hints=("Write `resolved: [section]`.",),
    ),
    Message(
        code="needs-two-values",
        text="`between` takes a list of two values.",
        hints=("Write `between: [lower, higher]`.",),
    ),
    Message(
        code="needs-value-or-fact",
        text="This is neither a value nor another fact.",
        hints=("Write a value, `{fact: name}`, or inside `some` and `every` `{field: name}`.",),
    ),
    Message(
        code="needs-facts",
        text="This has to be a mapping of facts and their values.",
        hints=("Write `{connect.installed: yes}`; `{}` means that nothing is known.",),
    ),
    Message(
        code="always-out-of-place",
        text="`always` cannot stand here.",
        hints=("It is for `when` alone, and only where the severity is info.",),
    ),
    Message(
        code="resolved-out-of-place",
        text="`resolved` cannot stand here.",
        hints=("It is for the rules and sections of an article, never inside a derived fact, `some` or `every`.",),
    ),
    Message(
        code="unknown-section",
        text="No section before this one is called `{{ section }}`.",
        hints=(
            "Did you mean `{{ suggestion }}`?",
            "Sections before this one: {{ allowed }}.",
        ),
    ),
    Message(
        code="section-not-earlier",
        text="The section `{{ section }}` does not come before this one.",
        hints=("`resolved` names earlier sections only: move the rule to a later section.",),
    ),
    Message(
        code="null-in-condition",
        text="A condition cannot compare `{{ fact }}` with null.",
        hints=("To ask whether it is known, write `{known: no}`.",),
    ),
    Message(
        code="list-in-condition",
        text="A list alone does not say how it is compared with `{{ fact }}`.",
        hints=("Put an operator before it, such as `{one_of: […]}`. It takes: {{ operators }}.",),
    ),
    Message(
        code="unknown-operator",
        text="No operator is called `{{ name }}`.",
        hints=(
            "Did you mean `{{ suggestion }}`?",
            "`{{ fact }}` is of type {{ type }} and takes: {{ operators }}.",
        ),
    ),
    Message(
        code="operator-not-for-type",
        text="`{{ operator }}` cannot test `{{ fact }}`, which is of type {{ type }}.",
        hints=("It takes: {{ operators }}.",),
    ),
    Message(
        code="unlike-types",
        text="`{{ fact }}` ({{ type }}) cannot be compared with `{{ other }}` ({{ other_type }}).",
        hints=("Both have to be of one type; enums have to have the same values.",),
    ),
    Message(
        code="fact-inside-records",
        text="`{{ name }}` is no field of the records.",
        hints=("Inside `some` and `every` the names are those of fields; put a test of another fact beside it.",),
    ),
    Message(
        code="field-outside-records",
        text="There is no record here whose field this could be.",
        hints=("`field` is for `some` and `every`; write `{fact: name}`.",),
    ),
    Message(
        code="derived-in-circle",
        text="The derived fact `{{ name }}` is concluded from itself: {{ circle }}.",
        hints=("Write the condition of one of them without the others.",),
    ),
    Message(
        code="derived-fact-given",
        text="The fact `{{ name }}` is concluded by the rules and cannot be given.",
        hints=("Give the facts that it follows from.",),
    ),
    Message(
        code="duplicate-id",
        text="The id `{{ name }}` is taken.",
        hints=(
            (
                "It is at {{ place }}: sections and rules of an article are headings of one document, each with "
                "an id of its own."
            ),
        ),
    ),
    Message(
        code="article-name-differs",
        text="The file is called `{{ name }}`, the article in it `{{ article }}`.",
        hints=("Give both the same name.",),
    ),
    Message(
        code="unknown-article",
        text="There are no rules for an article called `{{ article }}`.",
        hints=(
            "Did you mean `{{ suggestion }}`?",
            "Rules are a file `rules/articles/<article>.yaml`.",
        ),
    ),
    Message(
        code="unknown-case",
        text="No case of this article is called `{{ name }}`.",
        hints=("Did you mean `{{ suggestion }}`?",),
    ),
    Message(
        code="cases-in-circle",
        text="The case `{{ name }}` starts from itself: {{ circle }}.",
        hints=("Let one of them start from nothing.",),
    ),
    Message(
        code="unknown-rule",
        text="The article has no rule called `{{ rule }}`.",
        hints=("Did you mean `{{ suggestion }}`?",),
    ),
    Message(
        code="rule-listed-twice",
        text="The rule `{{ rule }}` is listed twice.",
        hints=("It has one verdict: keep one of them.",),
    ),
    Message(
        code="unknown-heading",
        text="No section, rule or erratum is called `{{ id }}`.",
        hints=(
            "Did you mean `{{ suggestion }}`?",
            "An erratum has the id of its rule with `.erratum` behind it.",
        ),
    ),
    Message(
        code="heading-level-differs",
        text="The heading of `{{ id }}` must begin with `{{ right }}`.",
        hints=("Sections have ##, rules ###, errata ####.",),
    ),
    Message(code="heading-elsewhere", text="`{{ id }}` belongs below `{{ place }}`.", hints=("Move the block there.",)),
    Message(
        code="heading-of-no-field",
        text="`{{ id }}` is no heading of a fact (##) nor of a field of the records of `{{ fact }}` (###).",
        hints=("Write it as bold text, or give the fact a heading with ##.",),
    ),
    Message(
        code="digest-in-original",
        text="Only a translation has `digest=`.",
        hints=("Delete it, or say in the front matter what this was translated from: `translates: en`.",),
    ),
    Message(
        code="missing-translates",
        text="Headings have `digest=`, the first in line {{ line }}, but nothing says what this was translated from.",
        hints=("Write `translates: en` in the front matter, or delete every `digest=`.",),
    ),
    Message(
        code="missing-question",
        text="Below the heading of `{{ name }}` there is no question.",
        hints=("The first paragraph is the question that finds the fact out.",),
    ),
    Message(
        code="duplicate-fact-text",
        text="There already is a text for `{{ name }}`.",
        hints=("It is at {{ place }}: keep one of them.",),
    ),
    Message(
        code="unknown-placeholder",
        text="Nothing called `{{ name }}` can be put in here.",
        hints=("Did you mean `{{ suggestion }}`?",),
    ),
    Message(
        code="placeholder-in-label", text="Nothing can be put into a label.", hints=("Write the label without braces.",)
    ),
    Message(
        code="unknown-locale",
        text="There is nothing in the locale `{{ name }}`.",
        hints=("Did you mean `{{ suggestion }}`?",),
    ),
    Message(
        code="several-originals",
        text="This says it was translated from `{{ name }}`; the original is `{{ original }}`.",
        hints=("All translations are made from one locale, and that one says `translates` nowhere.",),
    ),
    Message(
        code="unknown-message",
        text="No message has the code `{{ name }}`.",
        hints=("Did you mean `{{ suggestion }}`?",),
    ),
    Message(
        code="message-hints-differ",
        text="The number of hints is {{ count }}; in English it is {{ wanted }}.",
        hints=("Translate each hint, in the same order.",),
    ),
    Message(
        code="message-names-differ",
        text="The text does not name the same values as the English one.",
        hints=(
            "Missing: {{ missing }}.",
            "Too many: {{ extra }}.",
        ),
    ),
)
