"""Content roots of any number of articles, for measuring: valid, different in every article, the same for a seed.

    python tests/benchmarks/large_root.py FOLDER --articles 3000

An article has 25 rules in 4 sections, 2 derived facts, a topic of 8 facts of its own beside 200 that all share, some
90 examples, 3 cases, a source document, and guidance in two locales: two paragraphs a rule, and for every other one
three steps; every third has a placeholder. That is about half as long as the article that ships, which is unusually
long: some 12 KB of rules and 15 to 19 KB of guidance a locale.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
from pathlib import Path

from vedlys.markup.document import digest

RULES = 25
SECTIONS = ("setup", "network", "accounts", "afterwards")
SHARED_TOPICS = 20
SHARED_PER_TOPIC = 10

_EN = [
    "server",
    "connector",
    "service",
    "account",
    "domain",
    "password",
    "user",
    "policy",
    "agent",
    "gateway",
    "certificate",
    "record",
    "queue",
    "mailbox",
    "relay",
    "directory",
    "update",
    "tenant",
    "portal",
    "administrator",
    "firewall",
    "proxy",
    "token",
    "session",
    "group",
    "licence",
    "console",
    "report",
    "schedule",
]
_EN_VERBS = "check open select restart compare replace read remove confirm update assign".split()  # noqa: SIM905
_LT = [
    "serveris",
    "jungtis",
    "tarnyba",
    "paskyra",
    "domenas",
    "slaptažodis",
    "naudotojas",
    "politika",
    "agentas",
    "šliuzas",
    "sertifikatas",
    "įrašas",
    "eilė",
    "pašto",
    "dėžutė",
    "katalogas",
    "naujinimas",
    "nuomotojas",
    "portalas",
    "administratorius",
    "užkarda",
    "raktas",
    "seansas",
    "grupė",
    "licencija",
    "pultas",
    "ataskaita",
    "tvarkaraštis",
]
_LT_VERBS = [
    "patikrinkite",
    "atverkite",
    "pasirinkite",
    "paleiskite",
    "palyginkite",
    "pakeiskite",
    "perskaitykite",
    "pašalinkite",
]

# one a fact of a topic, its kind with what the vocabulary says of it
_KINDS = (
    ("enabled", "{type: boolean, cost: low}"),
    ("reachable", "{type: boolean, cost: medium}"),
    ("installed", "{type: boolean, cost: low}"),
    ("seats", "{type: integer, min: 0, max: 100000, unit: count, cost: medium}"),
    ("delay", "{type: integer, min: 0, max: 86400, unit: second, cost: high}"),
    ("mode", "{type: enum, values: [managed, hybrid, local], cost: low}"),
    ("version", "{type: version, cost: low}"),
    ("roles", "{type: set, of: text, cost: medium}"),
)
_EXTRA = (
    ("limit", "{type: integer, min: 0, max: 100000, unit: count, cost: low}"),
    ("proxied", "{type: boolean, cost: low}"),
)


class _Words:
    """Sentences of one locale, out of a source of chance that no other locale draws from."""

    def __init__(self, nouns: list[str], verbs: list[str], seed: str) -> None:
        self._nouns, self._verbs = nouns, verbs
        self._random = random.Random(seed)

    def phrase(self, count: int) -> str:
        return " ".join(self._random.choices(self._nouns, k=count))

    def title(self, count: int = 4) -> str:
        text = self.phrase(count)
        return text[0].upper() + text[1:]

    def sentence(self) -> str:
        return f"{self.title(self._random.randint(5, 9))}, {self.phrase(self._random.randint(3, 8))}."

    def paragraph(self) -> str:
        text = " ".join(self.sentence() for _ in range(self._random.randint(1, 2)))
        if self._random.random() < 0.5:
            text += f" {self._verb()} **{self.title(2)}** > **{self.title(2)}** `{self._random.choice(self._nouns)}`."
        if self._random.random() < 0.1:
            text += f" [{self.title(2)}](https://docs.example.com/{self._random.randrange(10**6)})."
        return text

    def steps(self) -> str:
        return "\n".join(f"1. {self._verb()} **{self.title(2)}**, {self.phrase(4)}." for _ in range(3))

    def _verb(self) -> str:
        verb = self._random.choice(self._verbs)
        return verb[0].upper() + verb[1:]


def make_root(folder: Path, articles: int, seed: int = 1) -> None:
    """Write a root of that many articles into the folder, which is made."""
    for part in ("rules/facts", "rules/articles", "kb/sources", *(f"kb/{lo}/{p}" for lo in ("en", "lt") for p in _KB)):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for number in range(SHARED_TOPICS):
        _write_topic(folder, f"shared{number:02d}", seed, _KINDS + _EXTRA)
    for number in range(articles):
        _Article(folder, number, seed).write()


_KB = ("articles", "facts")


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8", newline="\n")


def _write_topic(folder: Path, topic: str, seed: int, kinds: tuple[tuple[str, str], ...], derived: str = "") -> None:
    # whether some rule reads a shared fact is left to chance
    ending = "}" if derived else ", informative: yes}"
    lines = [f"  {topic}.{name}: {kind.removesuffix('}')}{ending}" for name, kind in kinds]
    _write(folder / f"rules/facts/{topic}.yaml", "facts:\n" + "\n".join(lines) + "\n")
    en, lt = _Words(_EN, _EN_VERBS, f"{seed} {topic} en"), _Words(_LT, _LT_VERBS, f"{seed} {topic} lt")
    english, lithuanian = "", "---\ntranslates: en\n---\n"
    names = [*(name for name, _ in kinds), *([derived] if derived else [])]
    for name in names:
        values = ("managed", "hybrid", "local") if name == "mode" else ()
        texts = []
        for words in (en, lt):
            labels = "\n".join(f"- `{value}`: {words.phrase(2)}" for value in values)
            parts = [words.sentence().replace(".", "?"), labels, words.sentence()]
            texts.append((words.title(3), "\n\n".join(part for part in parts if part)))
        english += f"\n## {texts[0][0]} {{#{topic}.{name}}}\n\n{texts[0][1]}\n"
        lithuanian += f"\n## {texts[1][0]} {{#{topic}.{name} digest={digest(*texts[0])}}}\n\n{texts[1][1]}\n"
    _write(folder / f"kb/en/facts/{topic}.md", english.lstrip("\n"))
    _write(folder / f"kb/lt/facts/{topic}.md", lithuanian)


class _Article:
    """One article with all its files."""

    def __init__(self, folder: Path, number: int, seed: int) -> None:
        self._folder = folder
        self._name = f"article-{number:05d}"
        self._topic = f"topic{number:05d}"
        self._seed = seed
        self._random = random.Random(f"{seed} {number}")
        self._en = _Words(_EN, _EN_VERBS, f"{seed} {number} en")
        self._lt = _Words(_LT, _LT_VERBS, f"{seed} {number} lt")
        self._cases: list[tuple[str, str, str]] = []

    def write(self) -> None:
        source = self._source()
        body, shown = self._rulebook(hashlib.sha256(source.encode()).hexdigest())
        document = f"{self._name}.en.md"
        _write(self._folder / f"kb/sources/{document}", source)
        _write(self._folder / f"rules/articles/{self._name}.yaml", body)
        _write(self._folder / f"rules/articles/{self._name}.cases.yaml", self._case_file())
        _write_topic(self._folder, self._topic, self._seed, _KINDS, derived="in_scope")
        english, lithuanian = self._guidance(shown)
        _write(self._folder / f"kb/en/articles/{self._name}.md", english)
        _write(self._folder / f"kb/lt/articles/{self._name}.md", lithuanian)

    def _source(self) -> str:
        lines = [f"# {self._en.title()}", ""]
        for _ in range(RULES):
            lines += [self._en.sentence()]
        return "\n".join(lines) + "\n"

    def _fact(self, kind: str) -> str:
        """A fact of that kind: mostly the article's own, else one that all share."""
        if self._random.random() < 0.6:
            return f"{self._topic}.{kind}"
        return f"shared{self._random.randrange(SHARED_TOPICS):02d}.{kind}"

    def _test(self, fact: str) -> tuple[str, str, str]:
        """A test of one fact: its text, a value that it holds for and one that it does not."""
        match fact.rpartition(".")[2]:
            case "seats" | "delay":
                bound = self._random.randrange(10, 5000)
                if self._random.random() < 0.5:
                    return f"{{less_than: {bound}}}", str(bound - 1), str(bound)
                return f"{{at_least: {bound}}}", str(bound), str(bound - 1)
            case "mode":
                chosen, other = self._random.sample(("managed", "hybrid", "local"), 2)
                return chosen, chosen, other
            case "version":
                minor = self._random.randrange(1, 2000)
                return f"{{less_than: 2.{minor}.0}}", f"2.{minor - 1}.7", f"2.{minor}.0"
            case "roles":
                role = f"role{self._random.randrange(1000)}"
                return f"{{lacks: {role}}}", "[other]", f"[{role}, other]"
        chosen, other = self._random.choice((("yes", "no"), ("no", "yes")))
        return chosen, chosen, other

    def _rulebook(self, sha256: str) -> tuple[str, list[tuple[str, list[tuple[str, str, bool]]]]]:
        derived = f"{self._topic}.in_scope"
        scope = f"{self._topic}.mode"
        lines = [
            "# yaml-language-server: $schema=../../schemas/rulebook.schema.json",
            f"article: {self._name}",
            f"source: {{document: {self._name}.en.md, sha256: {sha256}}}",
            "derived:",
            f"  {derived}: {{{scope}: {{one_of: [managed, hybrid]}}}}",
            "sections:",
        ]
        shown: list[tuple[str, list[tuple[str, str, bool]]]] = []
        kinds = [name for name, _ in _KINDS]
        rule = 0
        for index, section in enumerate(SECTIONS):
            lines += [f"  {section}:", f"    kind: {'steps' if index % 2 else 'checklist'}", "    rules:"]
            rules: list[tuple[str, str, bool]] = []
            for _ in range(RULES // 4 + (index < RULES % 4)):
                own = f"{self._topic}.{kinds[rule % 8]}" if rule < 8 else self._fact(kinds[rule % 8])
                other = self._fact(kinds[(rule + 3) % 8])
                name = f"{section}-{'-'.join(self._random.sample(_EN, 2))}-{rule}"
                body, placeholder = self._rule(name, rule, own, other=other, derived=derived, scope=scope)
                lines += body
                rules.append((name, own, placeholder))
                rule += 1
            shown.append((section, rules))
        return "\n".join([*lines, "unbound: {1: title}", ""]), shown

    def _rule(
        self, name: str, number: int, own: str, other: str, *, derived: str, scope: str
    ) -> tuple[list[str], bool]:
        test, yes, no = self._test(own)
        test2, yes2, no2 = self._test(other)
        gated = number % 3 == 1 and scope not in (own, other)
        base = f"{scope}: managed, " if gated else ""
        shape = number % 4
        if shape == 2:
            when = [
                "        when:",
                "          any:",
                f"            - {own}: {test}",
                f"            - {other}: {test2}",
            ]
            applies = [f"{{{base}{own}: {yes}}}", f"{{{base}{other}: {yes2}, {own}: {no}}}"]
            clear = [f"{{{base}{own}: {no}, {other}: {no2}}}"]
            unknown = ["{}", f"{{{base}{own}: {no}}}", f"{{{base}{other}: {no2}}}"]
        elif shape == 3:
            when = ["        when:", f"          {own}: {test}", f"          {other}: {test2}"]
            applies = [f"{{{base}{own}: {yes}, {other}: {yes2}}}"]
            clear = [f"{{{base}{own}: {no}}}", f"{{{base}{other}: {no2}}}"]
            unknown = ["{}", f"{{{base}{own}: {yes}}}"]
        else:
            when = [f"        when: {{{own}: {test}}}"]
            applies, clear, unknown = [f"{{{base}{own}: {yes}}}"], [f"{{{base}{own}: {no}}}"], ["{}"]
        self._cases.append((name, own, yes))
        severity = ("blocker", "warning", "blocker", "info")[number % 4]
        lines = [f"      {name}:", f"        severity: {severity}", f"        source: {number + 3}"]
        if gated:
            lines.append(f"        given: {{{derived}: yes}}")
        lines += [*when, "        examples:"]
        verdicts = [("applies", applies), ("clear", clear), ("unknown", unknown)]
        if gated:
            verdicts.append(("not_applicable", [f"{{{scope}: local}}", f"{{{scope}: local, {own}: {yes}}}"]))
        for verdict, examples in verdicts:
            lines += [f"          {verdict}:", *(f"            - {example}" for example in examples)]
        return lines, number % 3 == 0 and shape != 2

    def _case_file(self) -> str:
        rules = ", ".join(name for name, _, _ in self._cases)
        lines = [f"article: {self._name}", "cases:", "  nothing-known:", "    facts: {}", "    status: undetermined"]
        return "\n".join([*lines, f"    unknown: [{rules}]", ""])

    def _guidance(self, shown: list[tuple[str, list[tuple[str, str, bool]]]]) -> tuple[str, str]:
        english = f"---\ntitle: {self._en.title(5)}\n---\n\n{self._en.paragraph()}\n"
        lithuanian = f"---\ntitle: {self._lt.title(5)}\ntranslates: en\n---\n\n{self._lt.paragraph()}\n"
        number = 0
        for section, rules in shown:
            title, body = self._en.title(2), self._en.paragraph()
            english += f"\n## {title} {{#{section}}}\n\n{body}\n"
            lithuanian += (
                f"\n## {self._lt.title(2)} {{#{section} digest={digest(title, body)}}}\n\n{self._lt.paragraph()}\n"
            )
            for name, fact, placeholder in rules:
                title = self._en.title()
                body = self._block(self._en, "en", fact=fact, number=number, placeholder=placeholder)
                other = self._block(self._lt, "lt", fact=fact, number=number, placeholder=placeholder)
                english += f"\n### {title} {{#{name}}}\n\n{body}\n"
                lithuanian += f"\n### {self._lt.title()} {{#{name} digest={digest(title, body)}}}\n\n{other}\n"
                if number % 8 == 5:
                    title, body = self._en.title(3), self._en.paragraph()
                    english += f"\n#### {title} {{#{name}.erratum}}\n\n{body}\n"
                    lithuanian += (
                        f"\n#### {self._lt.title(3)} {{#{name}.erratum digest={digest(title, body)}}}\n\n"
                        f"{self._lt.paragraph()}\n"
                    )
                number += 1
        return english, lithuanian

    def _block(self, words: _Words, locale: str, *, fact: str, number: int, placeholder: bool) -> str:
        parts = [words.paragraph(), words.paragraph()]
        if number % 2:
            parts.append(words.steps())
        if placeholder:
            parts.append(self._placeholder(words, locale, fact))
        return "\n\n".join(parts)

    def _placeholder(self, words: _Words, locale: str, fact: str) -> str:
        kind = fact.rpartition(".")[2]
        if kind in {"seats", "delay"}:
            forms = ("one", "other") if locale == "en" else ("one", "few", "many", "other")
            plural = ", ".join(f'{form}: "# {words.phrase(1)}"' for form in forms)
            return f"{words.title(3)} {{{{ {fact} | plural: {plural} }}}}, {words.phrase(3)}."
        if kind == "roles":
            return f"{words.title(3)}: {{{{ {fact} | list }}}}."
        if kind == "version":
            return f"{words.title(3)} `{{{{ {fact} }}}}`, {words.phrase(3)}."
        return f"{words.title(3)}: {{{{ {fact} }}}}, {words.phrase(3)}."


def main() -> None:
    """Write a root."""
    parser = argparse.ArgumentParser(description="Write a content root of many articles.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    if chosen.folder.exists():
        shutil.rmtree(chosen.folder)
    make_root(chosen.folder, chosen.articles, chosen.seed)


if __name__ == "__main__":
    main()
