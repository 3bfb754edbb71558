"""Charts as inline SVG: text stays text, ids and bytes are the same each time, ink follows the colours of the page.

Colours are those of Okabe & Ito (2008), told apart by every kind of colour vision; a marker or a line style always says the same again.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from palier.reports.page import Chart, Table, clean

Floats = Any
"""Anything that holds numbers in a row."""
Paint = Callable[[Any], None]
"""Draws on matplotlib axes."""

BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"
INK, GRID = "#010203", "#fdfcfb"
"""Stand for the colours of the page's text and lines, light or dark."""
WIDE, SQUARE, TALL = (9.5, 4.2), (6.5, 6.2), (9.5, 6.4)
"""Sizes, in inches of which the page's width has 9.5."""


@dataclass(frozen=True)
class Style:
    """How one series is told from the others: by colour, and again by marker and by line."""

    color: str
    marker: str
    line: str | tuple[int, tuple[int, ...]]

    @property
    def joined(self) -> dict[str, Any]:
        """Arguments of `axes.plot` for points joined by a line."""
        return {"color": self.color, "marker": self.marker, "linestyle": self.line, "markersize": 6, "linewidth": 1.8}

    @property
    def curve(self) -> dict[str, Any]:
        """Arguments of `axes.plot` for a line alone."""
        return {"color": self.color, "linestyle": self.line, "linewidth": 1.8}

    @property
    def points(self) -> dict[str, Any]:
        """Arguments of `axes.scatter`."""
        return {"color": self.color, "marker": self.marker, "linewidths": 0.8}


STYLES = (
    Style(BLUE, "o", "-"),
    Style(VERMILLION, "s", (0, (5, 2))),
    Style(GREEN, "^", (0, (1, 1))),
    Style(PURPLE, "D", (0, (5, 1, 1, 1))),
    Style(ORANGE, "v", (0, (8, 3))),
    Style(SKY, "X", (0, (3, 1, 1, 1, 1, 1))),
)


@dataclass(frozen=True)
class Words:
    """What is said of a chart. Names of axes have their units."""

    title: str
    caption: str
    """One sentence that says how to read it."""
    across: str
    """Name of the horizontal axis."""
    up: str
    """Name of the vertical axis."""
    alt: str = ""
    """What is seen; made of the title and the axes unless told."""

    @property
    def seen(self) -> str:
        """What is seen, for who does not see it."""
        return self.alt or f"{self.title}. Across: {self.across}. Up: {self.up}. The figures are in the table below."


def chart(words: Words, paint: Paint, tables: Sequence[Table], size: tuple[float, float] = WIDE) -> Chart:
    """One picture with axes that are named; what `paint` labelled is in a legend above it."""
    with mpl.rc_context(_LOOK):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.add_subplot()
        paint(axes)
        axes.set_xlabel(words.across)
        axes.set_ylabel(words.up)
        _legend(figure, [axes])
        return Chart(words.title, words.caption, words.seen, svg_of(figure), tuple(tables))


def panels(
    words: Words, paints: Sequence[tuple[str, Paint]], tables: Sequence[Table], columns: int = 4, height: float = 2.3
) -> Chart:
    """Small pictures side by side on the same axes, each under its own name; one legend for all."""
    rows = max(1, -(-len(paints) // columns))
    with mpl.rc_context(_LOOK | {"font.size": 9.0}):
        figure = Figure(figsize=(9.5, height * rows + 0.7), layout="constrained")
        grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel().tolist()
        for axes, (name, paint) in zip(grid, paints, strict=False):
            paint(axes)
            axes.set_title(label_of(name, 28))
        for axes in grid[len(paints) :]:
            axes.set_axis_off()
        for axes in grid[max(len(paints) - columns, 0) : len(paints)]:
            axes.tick_params(labelbottom=True)
        figure.supxlabel(words.across, fontsize="medium")
        figure.supylabel(words.up, fontsize="medium")
        _legend(figure, grid[: len(paints)])
        return Chart(words.title, words.caption, words.seen, svg_of(figure), tuple(tables))


def limit_line(axes: Any, at: float, label: str, *, across: bool = True) -> None:
    """A dashed line in ink with its name in the legend: across the picture, or up it."""
    draw = axes.axhline if across else axes.axvline
    draw(at, color=INK, linestyle=(0, (4, 3)), linewidth=1.2, label=label)


def diagonal(axes: Any, low: float, high: float, label: str) -> None:
    """The line on which both axes are equal."""
    axes.plot([low, high], [low, high], color=INK, linestyle=(0, (4, 3)), linewidth=1.2, label=label)


def band(axes: Any, x: Floats, low: Floats, high: Floats, label: str) -> None:
    """A grey band between two lines."""
    axes.fill_between(x, low, high, color=INK, alpha=0.13, linewidth=0, label=label)


def tiles(axes: Any, shares: Floats, names: Sequence[str]) -> None:
    """A square of shares, (k, k), rows going up: the deeper the colour the larger the share, which is also written in per cent."""
    for row, column in np.argwhere(np.asarray(shares) > 0):
        share = shares[row, column]
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=BLUE, alpha=0.08 + 0.52 * share, linewidth=0))
        written = f"{100 * share:.0f}" if share >= 0.005 else "<1"
        axes.text(column, row, written, ha="center", va="center", fontsize="small")
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlim=(-0.5, len(names) - 0.5), ylim=(-0.5, len(names) - 0.5))
    axes.grid(visible=False)


def density(axes: Any, x: Floats, y: Floats, label: str) -> None:
    """Where many points are: hexagons with one or more, the deeper the colour the more."""
    shades = LinearSegmentedColormap.from_list("persons", [(BLUE, 0.15), (BLUE, 1.0)])
    axes.hexbin(x, y, gridsize=36, mincnt=1, cmap=shades, edgecolors="none", linewidths=0, label=label)


def label_of(name: str, most: int = 24) -> str:
    """A name as a picture may show it: in one line, not longer than that."""
    line = " ".join(clean(name).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def svg_of(figure: Any) -> str:
    """This figure as an `svg` element for a page."""
    text = io.StringIO()
    with mpl.rc_context(_LOOK), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*[Gg]lyph", category=UserWarning)  # the reader's fonts show it, not ours
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = text.getvalue()
    svg = _EXTRAS.sub("", svg[svg.index("<svg") :])
    share = min(100.0, 100.0 * figure.get_figwidth() / WIDE[0])
    return _TAG.sub(lambda tag: _themed(tag[0], share), svg).strip()


def _themed(tag: str, share: float) -> str:
    """One tag, in the colours of the page; the picture fills its share of the page's width, or a narrow screen."""
    if tag.startswith("<svg"):
        tag = _SIZE.sub("", tag).replace("<svg", f'<svg style="width: max({share:.0f}%, min(100%, 32rem))"', 1)
    return tag.replace(INK, "currentColor").replace(GRID, "var(--grid)")


def _legend(figure: Any, drawn: Sequence[Any]) -> None:
    named: dict[str, Any] = {}
    for axes in drawn:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            named.setdefault(label, handle)
    if named:
        columns = _columns([len(label) for label in named], figure.get_figwidth() * 72 / (0.6 * mpl.rcParams["font.size"]))
        figure.legend(named.values(), named.keys(), loc="outside upper left", ncols=columns, frameon=False, fontsize="medium")


def _columns(lengths: Sequence[int], room: float) -> int:
    """In how many columns labels of these lengths fit in a room of so many letters."""
    for columns in range(len(lengths), 1, -1):
        rows = -(-len(lengths) // columns)
        widths = [max(lengths[start : start + rows]) + 6 for start in range(0, len(lengths), rows)]
        if sum(widths) <= room:
            return columns
    return 1


_LOOK: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "palier",
    "text.parse_math": False,
    "font.family": ["DejaVu Sans"],
    "font.size": 10.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlesize": "medium",
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.labelcolor": INK,
    "path.simplify": False,
}
_EXTRAS = re.compile(r"<metadata>.*?</metadata>|<style type=\"text/css\">.*?</style>|<defs>\s*</defs>", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_SIZE = re.compile(r" (width|height)=\"[0-9.]+pt\"")
