"""A content root as values: what is in them, and that they depend on nothing but what is written."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest

from diagnostics.broken_roots import BASE
from vedlys.loading import load, load_phrases
from vedlys.markup.template import Slot, Text
from vedlys.model.conditions import AllOf, Always, AnyOf, Fact, Field, Literal, Not, Quantified, Resolved
from vedlys.model.types import BOOLEAN, RecordsType, ScalarType, SetType
from vedlys.model.values import Record, Version
from vedlys.shipped import content_root
from vedlys.source import Span

SPAN = Span("", 1, 1, 1, 1)  # any two spans are equal


@pytest.fixture(scope="module")
def content():
    loaded, found = load(BASE)
    assert list(found) == []
    return loaded


@pytest.fixture
def root(tmp_path):
    shutil.copytree(BASE, tmp_path / "root")
    return tmp_path / "root"


def edited(root, file, old, new):
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def loaded_with(root, when):
    """The condition of one rule, loaded."""
    edited(root, "rules/articles/network.yaml", "when: {net.fast: no}", f"when: {when}")
    loaded, found = load(root)
    assert list(found) == []
    return loaded.rulebooks["network"].rule("slow").when


def literal(name, operator, operand, fact_type, field=False):
    subject = Field(name) if field else Fact(name)
    return Literal(subject=subject, operator=operator, operand=operand, type=fact_type, span=SPAN)


SPEED = ScalarType(kind="integer", minimum=0, maximum=100, unit="percent")
VERSION = ScalarType(kind="version")


def test_vocabulary(content):
    facts = content.vocabulary
    assert [fact.order for fact in facts.values()] == list(range(len(facts)))
    assert facts["net.speed"].type == SPEED
    assert facts["net.reachable"].cost == "low"
    assert facts["net.speed"].cost == "medium"
    assert facts["net.note"].informative
    assert not facts["net.speed"].informative
    assert facts["net.latest"].reference.value == Version.read("2.5")
    assert facts["net.latest"].reference.read_on == dt.date(2025, 9, 29)
    assert facts["net.servers"].type == RecordsType(
        key="host",
        fields={
            "host": ScalarType(kind="hostname"),
            "up": BOOLEAN,
            "names": SetType(member=ScalarType(kind="hostname")),
        },
    )


def test_rulebook(content):
    book = content.rulebooks["network"]
    assert [rule.id for rule in book.rules] == ["slow", "server-down", "note", "still-failing"]
    assert book.rule("slow").lines == ((3, 4),)
    assert book.derived["net.new"].condition == literal("net.fast", "is", True, BOOLEAN)
    assert book.rule("note").when == Always(span=SPAN)
    assert book.rule("still-failing").when == AllOf(
        parts=(literal("net.reachable", "is", False, BOOLEAN), Resolved(sections=("basics",), span=SPAN)), span=SPAN
    )
    assert book.unbound[0].lines == ((1, 1),)
    assert book.source.document == "network.en.md"
    assert content.sources["network.en.md"].lines == ("# Network", "", "Speed has to be", "50 %.")


@pytest.mark.parametrize(
    ("when", "condition"),
    [
        ("{net.speed: 3}", literal("net.speed", "is", 3, SPEED)),
        (
            "{net.speed: {at_least: 1, less_than: 3}}",
            AllOf(
                parts=(literal("net.speed", "at_least", 1, SPEED), literal("net.speed", "less_than", 3, SPEED)),
                span=SPAN,
            ),
        ),
        (
            "{none: [{net.speed: 3}]}",
            Not(part=AnyOf(parts=(literal("net.speed", "is", 3, SPEED),), span=SPAN), span=SPAN),
        ),
        ("{not: {net.speed: 3}}", Not(part=literal("net.speed", "is", 3, SPEED), span=SPAN)),
        ("{net.speed: {between: [3, 3]}}", literal("net.speed", "between", (3, 3), SPEED)),
        (
            "{net.version: {less_than: {fact: net.latest}}}",
            literal("net.version", "less_than", Fact("net.latest"), VERSION),
        ),
        ("{net.version: {known: no}}", literal("net.version", "known", False, VERSION)),
        (
            "{net.checked: {older_than: {weeks: 2}}}",
            literal("net.checked", "older_than", dt.timedelta(days=14), ScalarType(kind="datetime")),
        ),
        (
            '{net.hosts: {covers: ["*.Example.lt.", b]}}',
            literal("net.hosts", "covers", ("*.example.lt", "b"), SetType(member=ScalarType(kind="host_pattern"))),
        ),
        (
            "{net.servers: {every: {up: yes, names: {lacks: {field: host}}}}}",
            Quantified(
                quantifier="every",
                fact="net.servers",
                key="host",
                part=AllOf(
                    parts=(
                        literal("up", "is", True, BOOLEAN, field=True),
                        literal(
                            "names", "lacks", Field("host"), SetType(member=ScalarType(kind="hostname")), field=True
                        ),
                    ),
                    span=SPAN,
                ),
                span=SPAN,
            ),
        ),
        (
            "{net.host: {is: {fact: net.host}}}",
            literal("net.host", "is", Fact("net.host"), ScalarType(kind="hostname")),
        ),
        ('{net.note: "null"}', literal("net.note", "is", "null", ScalarType(kind="text"))),
    ],
)
def test_conditions(root, when, condition):
    assert loaded_with(root, when) == condition


def test_examples_and_cases(content):
    book = content.rulebooks["network"]
    applies, clear, not_applicable = book.rule("slow").examples
    assert applies.environment.values == {"net.speed": 10}
    assert applies.environment.as_of == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert clear.from_case == "healthy"
    assert clear.environment.values == {"net.speed": 60, "net.servers": (), "net.reachable": True}
    assert not_applicable.verdict == "not_applicable"
    manual = book.cases["manual"]
    assert manual.environment.values == {**clear.environment.values, "net.mode": "manual"}
    assert manual.verdicts == {
        "slow": "not_applicable",
        "server-down": "clear",
        "note": "applies",
        "still-failing": "clear",
    }
    assert manual.asks == "net.servers.up"


def test_reference_data_is_there_where_the_article_reads_it(root):
    loaded_with(root, "{net.version: {less_than: {fact: net.latest}}}")
    edited(
        root, "rules/articles/network.yaml", "{net.speed: 10}", "{net.speed: 10}, {net.latest: null}, {net.latest: 3.0}"
    )
    loaded, found = load(root)
    assert list(found) == []
    omitted, unknown, given = loaded.rulebooks["network"].rule("slow").examples[:3]
    assert omitted.environment.values["net.latest"] == Version.read("2.5")
    assert omitted.environment.references == {"net.latest"}
    assert "net.latest" not in unknown.environment.values
    assert given.environment.values["net.latest"] == Version.read("3.0")
    assert not given.environment.references


def test_null_over_a_case_makes_unknown(root):
    edited(root, "rules/articles/network.cases.yaml", "{net.mode: manual}", "{net.mode: manual, net.speed: null}")
    edited(
        root,
        "rules/articles/network.cases.yaml",
        "    from: healthy\n",
        "    from: healthy\n    as_of: 2026-11-22T10:00:00+02:00\n",
    )
    edited(
        root,
        "rules/articles/network.yaml",
        "{from: healthy}",
        "{from: manual}, {from: manual, as_of: 2027-01-01T00:00Z}",
    )
    loaded, _ = load(root)
    book = loaded.rulebooks["network"]
    assert "net.speed" not in book.cases["manual"].environment.values
    inherited, own = (e.environment.as_of for e in book.rule("slow").examples if e.from_case)
    assert inherited == dt.datetime(2026, 11, 22, 8, tzinfo=dt.UTC)
    assert own == dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


def test_records(root):
    edited(
        root, "rules/articles/network.yaml", "{net.speed: 10}", "{net.servers: [{host: A.lt, up: null, names: [x, X]}]}"
    )
    loaded, _ = load(root)
    example = loaded.rulebooks["network"].rule("slow").examples[0]
    assert example.environment.values["net.servers"] == (Record("A.lt", {"host": "a.lt", "names": frozenset({"x"})}),)


def test_guidance(content):
    english, lithuanian = content.guidance.locales["en"], content.guidance.locales["lt"]
    assert content.guidance.original == "en"
    article = english.articles["network"]
    assert list(article.blocks) == ["basics", "slow", "slow.erratum", "server-down", "last", "note", "still-failing"]
    assert article.title == (Text("The network"),)
    assert article.blocks["slow"].body[0] == Text("It is ")
    assert isinstance(article.blocks["slow"].body[1], Slot)
    assert article.translates is None
    assert lithuanian.articles["network"].translates == "en"
    assert lithuanian.articles["network"].blocks["slow"].translates == "01234567"
    mode = english.facts["net.mode"]
    assert (mode.label, mode.values) == ("Mode", {"auto": "automatic", "manual": "by hand"})
    assert mode.question == (Text("Which mode is set?"),)
    assert mode.how == (Text("Look into the settings."),)
    assert [type(part) for part in english.facts["net.servers.up"].question] == [Text, Slot, Text]
    assert lithuanian.phrases["document.why"] == (Text("Kodėl"),)
    assert set(lithuanian.phrases) == {"document.why", "document.status.clear"}
    assert lithuanian.messages["unknown-key"][1][1] == "Raktai: {{ allowed }}."


def test_labels_between_the_words(root):
    text = "Which mode is set?\n\n- `auto`: automatic\n- `manual`: by hand\n\nLook into the settings.\n"
    fenced = "Look here:\n\n```\n- `auto`: no label\n```"
    told = f"Which mode is set?\n\n{fenced}\n\n- `auto`: automatic\n- `manual`: by `hand`\n\nThat is all.\n"
    edited(root, "kb/en/facts/net.md", text, told)
    loaded, found = load(root)
    assert list(found) == []
    mode = loaded.guidance.locales["en"].facts["net.mode"]
    assert "".join(part.text for part in mode.how) == f"{fenced}\n\nThat is all."
    assert mode.values == {"auto": "automatic", "manual": "by hand"}


def test_phrases_alone(root):
    shutil.rmtree(root / "rules")
    (root / "kb/lt/articles/network.md").write_text("broken", encoding="utf-8")
    phrases, found = load_phrases(root)
    assert list(found) == []
    assert set(phrases) == {"lt"}
    assert phrases["lt"].phrases["document.why"] == (Text("Kodėl"),)


def test_a_root_needs_no_phrases(root):
    shutil.rmtree(root / "kb/lt/interface")
    loaded, found = load(root)
    assert list(found) == []
    assert loaded.guidance.locales["lt"].phrases == {}


@pytest.mark.parametrize("missing", ["rules", "kb", "rules/facts", "kb/sources", "kb/en"])
def test_missing_folders(root, missing):
    shutil.rmtree(root / missing)
    loaded, found = load(root)
    assert (loaded is None) == found.has_errors


def test_no_root_at_all(tmp_path):
    loaded, found = load(tmp_path / "nowhere")
    assert loaded is None
    assert [fault.code for fault in found] == ["no-articles"]


def test_digest_is_that_of_the_text(root, content):
    assert content.digest.startswith("sha256:")
    for path in root.rglob("*"):
        if path.suffix in {".yaml", ".md"}:
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    (root / "kb" / "README.md").write_text("notes", encoding="utf-8")
    (root / "rules" / ".hidden").write_text("notes", encoding="utf-8")
    windows, found = load(root)
    assert list(found) == []
    assert windows.digest == content.digest
    assert windows.rulebooks == content.rulebooks
    assert windows.guidance == content.guidance


def test_digest_follows_every_file(root, content):
    digests = {content.digest}
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        before = path.read_bytes()
        path.write_bytes(before + b"\n")
        loaded, _ = load(root)
        digests.add(loaded.digest)
        path.write_bytes(before)
    assert len(digests) == 1 + sum(path.is_file() for path in root.rglob("*"))


def test_a_file_that_cannot_be_opened(root):
    (root / "rules/facts/other.yaml").symlink_to(root / "nowhere")
    loaded, found = load(root)
    assert loaded is None
    assert [(fault.code, str(fault.span)) for fault in found] == [("unreadable-file", "rules/facts/other.yaml:1:1")]


def test_links_to_folders_are_not_followed(root):
    (root / "rules/articles/loop").symlink_to(root / "rules")
    loaded, found = load(root)
    assert loaded is None
    assert [fault.code for fault in found] == ["unexpected-file"]


def test_long_chains_need_no_stack(root):
    chain = "".join(f"  net.step{n}: {{net.step{n + 1}: yes}}\n" for n in range(3000))
    edited(root, "rules/articles/network.yaml", "derived:\n", f"derived:\n{chain}  net.step3000: {{net.fast: yes}}\n")
    cases = "".join(f"  step{n}: {{from: step{n + 1}, facts: {{}}, status: clear}}\n" for n in range(3000))
    edited(
        root,
        "rules/articles/network.cases.yaml",
        "cases:\n",
        f"cases:\n{cases}  step3000: {{facts: {{}}, status: clear}}\n",
    )
    loaded, found = load(root)
    assert list(found) == []
    assert len(loaded.rulebooks["network"].cases) == 3003


def test_many_misspelt_names_take_bounded_time(root):
    facts = "".join(f"  power.fact{n}: {{type: boolean}}\n" for n in range(3000))
    (root / "rules/facts/power.yaml").write_text(f"facts:\n{facts}", encoding="utf-8")
    uses = ", ".join(f"{{powr.fact{n}: yes}}" for n in range(3000))
    edited(root, "rules/articles/network.yaml", "when: {net.fast: no}", f"when: {{any: [{uses}]}}")
    _, found = load(root)
    unknown = [fault for fault in found if fault.code == "unknown-fact"]
    assert len(unknown) == 3000
    assert any("suggestion" in fault.values for fault in unknown)
    assert not all("suggestion" in fault.values for fault in unknown)


def test_what_ships_has_no_fault():
    loaded, found = load(content_root())
    assert list(found) == []
    assert loaded is not None
