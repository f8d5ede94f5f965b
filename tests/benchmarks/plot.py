"""The engines against the number of rules, as SVG: both scales logarithmic, each line named at its end."""

from __future__ import annotations

import math
from pathlib import Path

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from benchmarks.report import number_of
from benchmarks.results import Result, Size

# text as shapes looks alike wherever it is shown; with a fixed salt the same figures make the same file
STYLE = {"svg.fonttype": "path", "svg.hashsalt": "vedlys", "backend": "svg"}
OURS, UNIT, PEER = "#0b6e4f", "#8a8a8a", "#33558b"
NAMES = {"ours": "behind our index", "none": "no index"}


def draw(result: Result, path: Path) -> None:
    """Write the plot."""
    with plt.rc_context(STYLE):
        _draw(result, path)


def _draw(result: Result, path: Path) -> None:
    sizes = result.engines
    figure, axes = plt.subplots(figsize=(10.5, 7.5), layout="constrained")
    axes.set_xscale("log")
    axes.set_yscale("log")
    ends = [end for number in range(len(sizes[0].lines)) if (end := _line(axes, sizes, number)) is not None]
    axes.set_xlim(sizes[0].rules * 0.85, sizes[-1].rules * 9)
    axes.set_xticks([size.rules for size in sizes], [f"{size.rules:,}" for size in sizes])
    axes.minorticks_off()
    axes.set_yticks(*zip(*[(10.0**power, f"{10**power:,}") for power in range(6)], strict=True))
    axes.set_ylim(bottom=0.7)
    axes.grid(axis="y", color="#e4e4e4", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.set_xlabel("rules (25 an article; all facts of one article given)", loc="left")
    axes.set_title("From JSON to the ids of the rules that apply: median µs a request", loc="left", fontsize=13, pad=12)
    _label(axes, ends)
    figure.supxlabel(result.machine.line, fontsize=7.5, color="#777777", x=0.01, ha="left")
    figure.savefig(path, facecolor="white", metadata={"Date": None})
    plt.close(figure)


_End = tuple[float, float, str, str, bool]  # where a line ends, its name, its colour, whether it stands out


def _line(axes: Axes, sizes: list[Size], number: int) -> _End | None:
    points = [(size.rules, figure.median) for size in sizes if (figure := size.lines[number].known) is not None]
    if not points:
        return None
    line = sizes[0].lines[number]
    ours, unit = line.engine.startswith("vedlys"), line.package == "orjson"
    colour = OURS if ours else UNIT if unit else PEER
    style = {"none": (0, (4, 2))}.get(line.index, "-") if not unit else (0, (1, 1.5))
    width = 2.8 if ours else 1.3
    axes.plot(*zip(*points, strict=True), color=colour, linestyle=style, linewidth=width, marker="o", markersize=3)
    what = "" if unit else NAMES.get(line.index, "")
    stopped = "" if len(points) == len(sizes) else f" ({_short(sizes[len(points)].lines[number].trouble)})"
    name = f"{line.engine}{f', {what}' if what else ''}  {number_of(points[-1][1])}{stopped}"
    return *points[-1], name, colour, ours


def _short(trouble: str) -> str:
    return f"{trouble.partition(' (')[0].partition(':')[0]} with more rules"


def _label(axes: Axes, ends: list[_End]) -> None:
    """Names beside the last points, moved apart where they would cover one another."""
    right = max(x for x, *_ in ends)
    low, high = (math.log10(limit) for limit in axes.get_ylim())
    gap = (high - low) / 34
    ordered = sorted((end for end in ends if end[0] == right), key=lambda end: end[1])
    heights = [math.log10(y) for _, y, *_ in ordered]
    for number in range(1, len(heights)):
        heights[number] = max(heights[number], heights[number - 1] + gap)
    for (x, y, name, colour, ours), height in zip(ordered, heights, strict=True):
        axes.annotate(
            name,
            (x, y),
            (x * 1.25, 10**height),
            color=colour,
            fontsize=9,
            fontweight="bold" if ours else "normal",
            va="center",
            arrowprops={
                "arrowstyle": "-",
                "color": colour,
                "linewidth": 0.5,
                "relpos": (0, 0.5),
                "shrinkA": 0,
                "shrinkB": 2,
            },
        )
    middle = math.sqrt(min(axes.get_xticks()) * right)
    for x, y, name, colour, _ in (end for end in ends if end[0] != right):
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
        # towards the middle: the names of the other lines stand at the right
        place, side = ((6, -13), "left") if x < middle else ((4, 8), "right")
        axes.annotate(name, (x, y), place, textcoords="offset points", color=colour, fontsize=9, bbox=box, ha=side)
