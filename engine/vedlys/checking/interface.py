"""The engine's own words: phrases and messages that a locale lacks, and names that a phrase cannot use.

A root need not have any words of its own; what is checked is what the root has.
"""

from __future__ import annotations

from vedlys.diagnostics import Diagnostics
from vedlys.guidance.topics import TOPICS, missing_phrases, unknown_names
from vedlys.markup.template import slots
from vedlys.messages import MESSAGES
from vedlys.model.content import Content
from vedlys.source import Span
from vedlys.suggest import nearest

_ENGLISH = "en"  # its messages are in the engine


def check_phrases(content: Content, diagnostics: Diagnostics) -> None:
    """Where a root has phrases, every locale has all of them, and each uses only names that have a value."""
    guidance = content.guidance
    if not any(text.phrases for text in guidance.locales.values()):
        return
    for locale, text in guidance.locales.items():
        for name in missing_phrases(text.phrases):
            topic, _, rest = name.partition(".")
            span = Span.whole_line(f"kb/{locale}/interface/{topic}.yaml", 1)
            names = ", ".join(sorted(TOPICS[topic][rest])) or None
            if locale == guidance.original:
                diagnostics.add("missing-phrase", span, name=name, names=names)
            else:
                diagnostics.add("untranslated-phrase", span, name=name, locale=locale, names=names)
        for name, template in text.phrases.items():
            unknown = unknown_names(name, template)
            topic, _, rest = name.partition(".")
            for slot in slots(template):
                if slot.name in unknown:
                    suggestion = nearest(slot.name, TOPICS.get(topic, {}).get(rest, ()))
                    diagnostics.add("unknown-placeholder", slot.span, name=slot.name, suggestion=suggestion)


def check_messages(content: Content, diagnostics: Diagnostics) -> None:
    """Where a root has messages, every locale but English has all of them."""
    locales = content.guidance.locales
    if not any(text.messages for text in locales.values()):
        return
    for locale, text in locales.items():
        if locale == _ENGLISH:
            continue
        span = Span.whole_line(f"kb/{locale}/interface/messages.yaml", 1)
        for code, message in MESSAGES.items():
            if code not in text.messages:
                diagnostics.add("untranslated-message", span, name=code, locale=locale, text=message.text)
