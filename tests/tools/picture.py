"""Draws `tests/samples/assess.lt.svg`: what `vedlys assess` shows in a terminal, as a picture.

PYTHONPATH=engine python tests/tools/picture.py
"""

import io
import re
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from vedlys.assessment import Catalogue
from vedlys.cli.streams import drawn
from vedlys.guidance.phrases import Phrases
from vedlys.output.brief import brief
from vedlys.output.terminal import Look, markdown_lines

SAMPLES = Path(__file__).parents[1] / "samples"
PICTURE = SAMPLES / "assess.lt.svg"
WIDTH = 88
LINES = 58

THEME = TerminalTheme(
    (16, 20, 26),
    (222, 228, 236),
    [
        (38, 44, 54),
        (255, 122, 112),
        (111, 208, 125),
        (232, 190, 84),
        (120, 178, 255),
        (205, 158, 255),
        (94, 206, 214),
        (222, 228, 236),
    ],
    [
        (124, 135, 150),
        (255, 122, 112),
        (111, 208, 125),
        (232, 190, 84),
        (120, 178, 255),
        (205, 158, 255),
        (94, 206, 214),
        (255, 255, 255),
    ],
)
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def draw() -> str:
    """The picture as SVG, without an address of a font."""
    facts = (SAMPLES / "firewall-blocked.json").read_bytes()
    catalogue = Catalogue.load()
    moment = "2026-11-22T10:00:00Z"
    assessment = catalogue.assess(facts, "password-writeback", locale="lt", as_of=moment)
    edition = catalogue.edition("lt")
    say = Phrases(catalogue.locale_text("lt").phrases, {}, edition.words.formats, "terminal")
    environment = catalogue.read(facts, as_of=moment).environment
    text = brief(assessment, edition.article("password-writeback"), environment, say)
    console = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor", highlight=False
    )
    lines = list(markdown_lines(text, Look(width=WIDTH), assessment.status))
    console.print("[bright_black]$[/] vedlys assess facts.json", markup=True)
    console.print()
    for line in lines[:LINES]:
        console.print(drawn(line), soft_wrap=True)
    console.print("[bright_black]…[/]", markup=True)
    picture = console.export_svg(title="vedlys", theme=THEME, unique_id="vedlys")
    picture = picture.replace("<text ", '<text xml:space="preserve" ')
    picture = _FONT_FACE.sub("", picture).replace(
        "Fira Code", "ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', Consolas"
    )
    return "\n".join(line.rstrip() for line in picture.splitlines()) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(draw(), "utf-8")
