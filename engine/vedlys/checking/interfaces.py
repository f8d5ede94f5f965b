"""The engine's own phrases and messages in all locales of a root, read and checked together: they are few files."""

from __future__ import annotations

from collections.abc import Mapping

from vedlys.checking import OF_THE_REST, check
from vedlys.checking.changes import Files
from vedlys.checking.known import Interfaces, digest_of, packed
from vedlys.checking.units import Setting
from vedlys.diagnostics import Diagnostics
from vedlys.loading.content import with_shipped_phrases
from vedlys.loading.report import Report
from vedlys.markup.template import Template
from vedlys.model.content import Content
from vedlys.model.guidance import Guidance, LocaleText
from vedlys.storing.packing import pack
from vedlys.storing.packs import Packs, Place


def read_interfaces(files: Files, packs: Packs, setting: Setting, known: Interfaces | None) -> Interfaces:
    """What the interface comes to, `known` where nothing has changed. Raises `Unfit` while files are changing."""
    of_interface = files.of("interface")
    key = digest_of([*files.made(of_interface), ("", setting.digest)])
    if known is not None and known.key == key:
        return known
    report = Report(Diagnostics())
    loader = files.loader(of_interface, report)
    read = loader.interfaces()
    files.see(loader)
    guidance = Guidance(
        locales={
            locale: LocaleText(
                locale=locale,
                articles={},
                facts={},
                phrases=read[locale].phrases if locale in read else {},
                messages=read[locale].messages if locale in read else {},
            )
            for locale in setting.locales
        },
        original=setting.original,
    )
    errors = report.diagnostics.has_errors
    answers = Diagnostics()
    places: dict[str, Place] = {}
    if not errors:
        alone = Content(vocabulary={}, rulebooks={}, guidance=guidance, sources={}, digest="")
        answers.extend(check(alone, OF_THE_REST))
        for name, text in with_shipped_phrases(guidance).locales.items():
            places[name] = packs.add(pack((_by_topic(text.phrases), pack(text.messages))))
    files.changed = True
    return Interfaces(
        key=key,
        loaded=packed(report.diagnostics),
        answers=packed(answers),
        errors=errors,
        compared=report.compared,
        places=places,
    )


def _by_topic(phrases: Mapping[str, Template]) -> tuple[bytes, ...]:
    """The phrases of each topic packed apart, in order: who answers says those of one."""
    topics: dict[str, dict[str, Template]] = {}
    for name, phrase in sorted(phrases.items()):
        topics.setdefault(name.partition(".")[0], {})[name] = phrase
    return tuple(map(pack, topics.values()))
