"""Tables: CSV whose first line names its columns, with `;`, `,` or a tab between cells, read in bounded memory."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import TextIOWrapper
from typing import BinaryIO
from unicodedata import combining, normalize

from chalicelib.campaigns.imports.encodings import begins_as_xml, check_size, encoding_of, opened_text
from chalicelib.campaigns.imports.model import Column, Limits, Reading, RefusedFileError, Row, RowFault, Source
from chalicelib.campaigns.imports.rows import RowRules

SEPARATORS = (";", ",", "\t")

_APOSTROPHES = str.maketrans("’ʼ`´", "''''")
_MARK_OF_REQUIRED = re.compile(r"\s*\*\s*$")


@dataclass(frozen=True)
class TableForm:
    """A format of tables, as data."""

    name: str
    columns: tuple[Column, ...]
    passed_over: tuple[str, ...] = ()
    """Titles that belong to the format, and that we do not keep."""


@dataclass(frozen=True)
class Layout:
    """Which column of a file is which."""

    separator: str
    titles: tuple[str, ...]
    places: tuple[tuple[Column, int], ...]
    """The columns found, and where."""
    unknown: tuple[str, ...]


def folded(title: str) -> str:
    """A title without accents, case, sorts of apostrophes and spaces, nor the asterisk that marks what is required."""
    letters = normalize("NFKD", _MARK_OF_REQUIRED.sub("", title).translate(_APOSTROPHES))
    return " ".join("".join(letter for letter in letters if not combining(letter)).casefold().split())


def read_table(stream: BinaryIO, form: TableForm, today: date, limits: Limits) -> Reading:
    """Read a table of this form. Raises `RefusedFileError` at once when the file or its header is not what it claims."""
    if begins_as_xml(check_size(stream, limits)):
        raise RefusedFileError("file-is-xml")
    encoding = encoding_of(stream)
    layout = _layout(stream, encoding, form, limits)
    source = Source(form.name, encoding, layout.separator, layout.unknown)
    return Reading(source, _rows(stream, encoding, layout, RowRules(today, limits)))


def _rows(stream: BinaryIO, encoding: str, layout: Layout, rules: RowRules) -> Iterator[Row]:
    with opened_text(stream, encoding) as text:
        records = _records(text, layout.separator, rules.limits)
        next(records)
        for line, cells in records:
            rules.count(line)
            if cells is None:
                yield RowFault(rules.rows, line, None, "quotes-malformed", "")
                continue
            there = len(cells)
            too_many = [cell for cell in cells[len(layout.titles) :] if cell.strip()]
            yield from rules.check(
                line,
                [(column, layout.titles[place], cells[place] if place < there else "") for column, place in layout.places],
                [(None, "too-many-cells", too_many[0])] if too_many else (),
            )
    if not rules.rows:
        raise RefusedFileError("no-rows")


def _layout(stream: BinaryIO, encoding: str, form: TableForm, limits: Limits) -> Layout:
    """The layout under the separator that finds most columns. Raises `RefusedFileError` when something required is missing."""
    headers = {separator: _header(stream, encoding, separator, limits) for separator in SEPARATORS}
    separator = max(SEPARATORS, key=lambda one: (len(_found(headers[one], form.columns)), len(headers[one])))
    titles = headers[separator]
    if len(titles) > limits.columns:
        raise RefusedFileError("too-many-columns")
    places = _found(titles, form.columns)
    there = {column.field for column, _ in places}
    missing = tuple(column.titles[0] for column in form.columns if column.required and column.field not in there)
    if missing:
        raise RefusedFileError("column-missing", columns=missing)
    seen = [folded(title) for title in titles]
    for column, _ in places:
        if any(seen.count(folded(title)) > 1 for title in column.titles):
            raise RefusedFileError("column-twice", columns=column.titles[:1])
    passed_over = set(map(folded, form.passed_over))
    used = {place for _, place in places}
    unknown = tuple(titles[place] for place, fold in enumerate(seen) if fold and place not in used and fold not in passed_over)
    return Layout(separator, titles, places, unknown)


def _header(stream: BinaryIO, encoding: str, separator: str, limits: Limits) -> tuple[str, ...]:
    with opened_text(stream, encoding) as text:
        _, cells = next(_records(text, separator, limits), (1, []))
    return tuple(cell.strip() for cell in cells or ())


def _found(titles: Sequence[str], columns: Iterable[Column]) -> tuple[tuple[Column, int], ...]:
    """Each column that has one of its titles here, with the place of the first of them."""
    places: dict[str, int] = {}
    for place, title in enumerate(titles):
        places.setdefault(folded(title), place)
    found = ((column, next((fold for title in column.titles if (fold := folded(title)) in places), None)) for column in columns)
    return tuple((column, places[fold]) for column, fold in found if fold is not None)


def _records(text: TextIOWrapper, separator: str, limits: Limits) -> Iterator[tuple[int, list[str] | None]]:
    """The rows that are not blank, with the line where each begins; None where quotation marks do not match.

    A row whose quotation mark is not closed within its few lines costs that line only: those after it are read again.
    """
    lines = _Lines(text, limits)
    while (first := lines.take()) is not None:
        begins = lines.number
        if '"' not in first:
            cells: list[str] | None = first.rstrip("\r\n").split(separator)
        else:
            cells = _quoted(first, lines, separator, limits.lines_of_a_row)
        if cells is None or any(cell and not cell.isspace() for cell in cells):
            yield begins, cells


def _quoted(first: str, lines: _Lines, separator: str, most: int) -> list[str] | None:
    """The cells of a row with quotation marks, which may go on in the next lines."""
    taken: list[str] = []

    def fed() -> Iterator[str]:
        yield first
        while len(taken) < most - 1 and (more := lines.take()) is not None:
            taken.append(more)
            yield more

    try:
        return next(csv.reader(fed(), delimiter=separator, strict=True))
    except csv.Error:
        lines.put_back(taken)
        return None


class _Lines:
    """The lines of a text, none too long, with the number of the last one taken."""

    def __init__(self, text: TextIOWrapper, limits: Limits) -> None:
        self.number = 0
        self._text = text
        self._longest = limits.line
        self._waiting: deque[str] = deque()

    def take(self) -> str | None:
        """The next line; None at the end."""
        line = self._waiting.popleft() if self._waiting else self._text.readline(self._longest + 1)
        if not line:
            return None
        self.number += 1
        if len(line) > self._longest:
            raise RefusedFileError("line-too-long", line=self.number)
        return line

    def put_back(self, lines: list[str]) -> None:
        """Let these lines, the last ones taken, come again."""
        self._waiting.extendleft(reversed(lines))
        self.number -= len(lines)
