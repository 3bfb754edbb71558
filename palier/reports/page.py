"""A report as one file of HTML: headings, prose, tables and charts, with nothing to load and no script.

Every text is escaped; the file is well-formed XML too, so that any parser can check it. The same page gives the same bytes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from numbers import Integral, Real
from pathlib import Path
from typing import ClassVar

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

Value = object
"""What a cell is made from: text, a number of Python or numpy, a bool, or None; a number that is not finite is not defined."""

UNDEFINED = "·"
"""What stands for a figure that is not defined."""
MOST_ROWS = 2000
"""Rows after which a table is cut, and says so."""


def clean(text: str) -> str:
    """This text without the signs that no page may hold, or that turn the order of others: each becomes a question mark."""
    return _UNFIT.sub("?", text)


def cell(value: Value, digits: int = 3) -> str:
    """A value as a cell shows it, floats with so many decimals."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, Real) and not isinstance(value, Integral):
        return f"{float(value):z.{digits}f}" if math.isfinite(value) else UNDEFINED
    return UNDEFINED if value is None else clean(str(value))


@dataclass(frozen=True)
class Table:
    """A table of cells that are written already. The first cell of a row names it."""

    kind: ClassVar = "table"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    """Rows there are; more than are here when the table was cut."""
    folded: bool = False
    """Whether it is behind its caption until asked for."""

    @classmethod
    def of(cls, caption: str, head: Sequence[str], rows: Iterable[Sequence[Value]], digits: int = 3) -> Table:
        """The table of these values, floats with so many decimals. Raises ValueError when a row is not as long as the head."""
        written = [tuple(cell(value, digits) for value in row) for row in rows]
        if any(len(row) != len(head) for row in written):
            raise ValueError(f"every row of the table {caption!r} must have {len(head)} cells")
        return cls(clean(caption), tuple(clean(name) for name in head), tuple(written[:MOST_ROWS]), len(written))

    def fold(self) -> Table:
        """The same, behind its caption."""
        return replace(self, folded=True)

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Whether each column holds numbers only."""
        columns = [{row[place] for row in self.rows} - {UNDEFINED} for place in range(len(self.head))]
        return tuple(bool(column) and all(_NUMBER.fullmatch(one) for one in column) for column in columns)


@dataclass(frozen=True)
class Chart:
    """A picture, how to read it, and its figures."""

    kind: ClassVar = "chart"
    title: str
    caption: str
    """One sentence that says how to read it."""
    alt: str
    """What is seen, for who does not see it."""
    svg: str
    """From `palier.reports.charts`; trusted, not escaped."""
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Prose:
    """A paragraph."""

    kind: ClassVar = "prose"
    text: str


@dataclass(frozen=True)
class Section:
    """A heading with what is under it."""

    title: str
    blocks: tuple[Table | Chart | Prose, ...]

    @property
    def slug(self) -> str:
        """Where the table of contents leads."""
        return "s-" + _NOT_IN_SLUGS.sub("-", self.title.lower()).strip("-")


@dataclass(frozen=True)
class Page:
    """A whole report."""

    title: str
    lead: str
    """What the report is on, in a sentence or two."""
    sections: tuple[Section, ...]


def render(page: Page) -> str:
    """The file of this page."""
    number = count(1)

    def drawn(chart: Chart) -> Markup:
        return _apart(chart.svg, f"c{next(number)}-")

    places = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
    places.trim_blocks = places.lstrip_blocks = True
    places.filters["clean"] = clean
    return places.get_template("page.html.jinja").render(page=page, drawn=drawn)


def _apart(svg: str, prefix: str) -> Markup:
    """This picture with ids of its own, so that no other picture of the page has the same."""
    apart = _TAG.sub(lambda tag: _ID.sub(rf"\g<1>{prefix}", tag[0]), svg)
    return Markup(apart)  # noqa: S704  # drawn by us, names in it escaped by the drawer


_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_NUMBER = re.compile(r"[<>≤≥]? ?[-+]?\d+(\.\d+)?( ?%)?")
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")
_TAG = re.compile(r"<[^<>]*>")
_ID = re.compile(r'(\bid="|\bhref="#|\burl\(#)')
