"""Markdown and templates that cannot be read as what they should be."""

from __future__ import annotations

from vedlys.messages.message import Message

MESSAGES = (
    # documents
    Message(
        code="missing-front-matter",
        text="The file does not begin with front matter.",
        hints=("Begin it with a line `---`, the keys {{ required }}, and another line `---`.",),
    ),
    Message(
        code="malformed-front-matter",
        text="This line of the front matter is not `key: text`.",
    ),
    Message(
        code="unclosed-front-matter",
        text="The front matter has no closing line `---`.",
    ),
    Message(
        code="unknown-front-matter-key",
        text="The front matter has no key `{{ name }}`.",
        hints=("Did you mean `{{ suggestion }}`?", "Allowed: {{ allowed }}."),
    ),
    Message(
        code="duplicate-front-matter-key",
        text="The front matter has the key `{{ name }}` twice.",
    ),
    Message(
        code="missing-front-matter-key",
        text="The front matter has no `{{ name }}`.",
    ),
    Message(
        code="heading-without-id",
        text="The heading “{{ title }}” has no id.",
        hints=("Write the id behind it, such as {#{{ suggestion }}}.",),
    ),
    Message(
        code="malformed-heading-id",
        text="`{{ id }}` is not an id.",
        hints=("An id is lower-case letters, digits, `-`, `_` and dots between parts.",),
    ),
    Message(
        code="duplicate-heading-id",
        text="The id `{{ id }}` stands in this file twice; first in line {{ line }}.",
    ),
    Message(
        code="unknown-heading-attribute",
        text="A heading has no attribute `{{ name }}`.",
        hints=("Did you mean `{{ suggestion }}`?", "Allowed: {{ allowed }}."),
    ),
    Message(
        code="malformed-heading-attribute",
        text="`{{ text }}` is not an attribute.",
        hints=("Write {#id}, or {#id digest=0123abcd} in a translation.",),
    ),
    Message(
        code="malformed-digest",
        text="`{{ value }}` is not a digest.",
        hints=("A digest is 8 digits from 0 to 9 and a to f.",),
    ),
    Message(
        code="heading-without-text",
        text="The heading has no text.",
    ),
    Message(
        code="heading-level",
        text="A heading of level {{ level }} has no meaning here: headings are of level 2 to 4.",
        hints=("The title stands in the front matter as `title`: {{ title }}.",),
    ),
    Message(
        code="heading-level-jump",
        text="A heading of level {{ level }} stands below one of level {{ above }}: a level is left out.",
    ),
    Message(
        code="underlined-heading",
        text="The heading “{{ title }}” is underlined.",
        hints=("Write it as `{{ right }}`; for a line across the page, leave a blank line before it.",),
    ),
    Message(
        code="nested-heading",
        text="A heading stands inside a list or a quotation.",
    ),
    Message(
        code="html-in-text",
        text="HTML is not allowed: `{{ html }}`.",
        hints=("For text that looks like HTML write a code span, or a backslash before `<`.",),
    ),
    Message(
        code="link-definition",
        text="`[{{ label }}]` is defined away from where it is used.",
        hints=("Blocks are shown one by one: write the address in the link, as in [text](https://…).",),
    ),
    Message(
        code="private-use-character",
        text="The text holds a character for private use, {{ character }}, which no font is sure to show.",
    ),
    # placeholders
    Message(
        code="unclosed-placeholder",
        text="This `{{` has no `}}` in the same line.",
    ),
    Message(
        code="malformed-placeholder",
        text="`{{ placeholder }}` is not a placeholder.",
        hints=("Write it as {{ right }}.",),
    ),
    Message(
        code="template-tag",
        text="Tags such as `{{ tag }}` are not part of the language: guidance holds no logic.",
        hints=("What depends on facts is a rule.",),
    ),
    Message(
        code="unknown-filter",
        text="No filter is called `{{ name }}`.",
        hints=("Did you mean `{{ suggestion }}`?", "Filters: {{ allowed }}."),
    ),
    Message(
        code="filter-arguments",
        text="The filter `{{ name }}` is not used like that.",
        hints=("Write it as {{ right }}.",),
    ),
    Message(
        code="unknown-plural-form",
        text="No plural form is called `{{ name }}`.",
        hints=("Did you mean `{{ suggestion }}`?", "Forms: {{ allowed }}."),
    ),
    Message(
        code="plural-form-markup",
        text="The plural form `{{ name }}` holds more than words.",
        hints=("A form is plain text: put emphasis, code and links around the placeholder.",),
    ),
    Message(
        code="plural-forms",
        text="In `{{ locale }}` a plural has the forms {{ needed }}, and maybe `zero`; this one has {{ given }}.",
    ),
    Message(code="placeholder-in-html", text="No value may stand in HTML."),
    Message(
        code="unclosed-fence",
        text="The code block that begins here is not closed.",
        hints=("Write a line `{{ fence }}` behind its last line.",),
    ),
    Message(
        code="placeholder-in-code-block",
        text="No value may stand in a code block.",
        hints=("A code span may hold one: `{{ right }}`.",),
    ),
    Message(
        code="placeholder-in-autolink",
        text="No value may stand in an address between `<` and `>`.",
        hints=("Write a link with text: [text](https://…).",),
    ),
    Message(
        code="placeholder-in-link-host",
        text="No value may say where a link leads to.",
        hints=("A value may be a part of an address's path, query or fragment, behind `https://host/`.",),
    ),
    Message(code="placeholder-in-link-title", text="No value may stand in the title of a link."),
    Message(code="placeholder-in-image", text="No value may stand in an image."),
    Message(code="placeholder-in-definition", text="No value may stand here: nothing shows it."),
    Message(
        code="table-place",
        text="A table stands in a paragraph of its own, in no list and no quotation.",
    ),
    Message(
        code="placeholder-neighbour",
        text="Beside `{{ placeholder }}` stands something that could turn its value into markup.",
        hints=("Put a space or a word between the two.",),
    ),
    Message(
        code="title-markup",
        text="A heading holds words, code spans and placeholders, and no other markup.",
    ),
    Message(
        code="link-not-https",
        text="The link `{{ address }}` is not a whole https:// address.",
        hints=("Guidance is shown apart from its file, so that any other link leads nowhere.",),
    ),
    # the locale of a request
    Message(
        code="malformed-locale",
        text="`{{ locale }}` is not a language tag.",
        hints=("Write a tag such as `lt` or `lt-LT`, or the value of an Accept-Language header.",),
    ),
)
