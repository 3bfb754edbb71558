"""The CSV files that calibrations are made from: who answered what, and what is known of items beforehand."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from chalicelib.engine.calibration.responses import MISSING, RIGHT, WRONG, Outcomes, Responses

PERSON = "person"
CHUNK_BYTES = 1 << 24
OUTCOMES = {"1": RIGHT, "0": WRONG, "": MISSING}
COMMA, NEWLINE, ZERO = b",\n0"


class UnreadableTableError(Exception):
    """A file is not the table it should be; the sentence says where."""


@dataclass(frozen=True, eq=False)
class ResponseTable:
    """Responses and the names of their items."""

    items: tuple[str, ...]
    responses: Responses


def read_responses(path: Path) -> ResponseTable:
    """The table of a file with a header of item names, one row a person, cells 0, 1 or empty.

    A first column named `person` is left out. Raises UnreadableTableError.
    """
    with path.open("rb") as file:
        header = _header(path, file.readline())
        skipped = int(header[0] == PERSON)
        items = header[skipped:]
        _check_names(path, items)
        parts, line = [], 2
        for text in _whole_lines(file):
            part = _fast(text, len(header), skipped)
            parts.append(_careful(path, text, header, line) if part is None else part)
            line += text.count(b"\n")
    outcomes = np.concatenate(parts) if parts else np.empty((0, len(items)), np.int8)
    if not len(outcomes):
        raise UnreadableTableError(f"{path} holds no person: there is no line after the header.")
    return ResponseTable(tuple(items), Responses(outcomes))


def _header(path: Path, line: bytes) -> list[str]:
    try:
        cells = next(csv.reader([line.decode("utf-8-sig")]), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableTableError(f"{path} line 1 is not a header in UTF-8.") from error
    if not cells:
        raise UnreadableTableError(f"{path} line 1 must be a header with the names of the items.")
    return [cell.strip() for cell in cells]


def _check_names(path: Path, items: list[str]) -> None:
    if not items:
        raise UnreadableTableError(f"{path} line 1 names no item.")
    met: set[str] = set()
    for place, name in enumerate(items, 1):
        if not name:
            raise UnreadableTableError(f"{path} line 1: item {place} has no name.")
        if name in met:
            raise UnreadableTableError(f"{path} line 1: item {name} is named twice.")
        met.add(name)


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    """The rest of a file in pieces that end with a line feed, carriage returns taken out."""
    kept = b""
    while read := file.read(CHUNK_BYTES):
        text = kept + read.replace(b"\r", b"")
        end = text.rfind(b"\n") + 1
        kept = text[end:]
        if end:
            yield text[:end]
    if kept:
        yield kept + b"\n"


def _fast(text: bytes, columns: int, skipped: int) -> Outcomes | None:
    """Outcomes of a piece whose cells all are one sign or none; None when it is not so, whatever the reason."""
    signs = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero((signs == COMMA) | (signs == NEWLINE))
    if b'"' in text or len(ends) % columns or text.count(b"\n") * columns != len(ends):
        return None
    ends = ends.reshape(-1, columns)
    if not np.all(signs[ends[:, -1]] == NEWLINE):
        return None
    begins = np.concatenate([[0], ends.ravel()[:-1] + 1]).reshape(ends.shape)
    size = (ends - begins)[:, skipped:]
    given = signs[begins[:, skipped:]] - ZERO
    sound = (size == 0) | (size == 1) & (given <= 1)
    if not sound.all():
        return None
    made: Outcomes = np.where(size == 1, given, MISSING).astype(np.int8)
    return made


def _careful(path: Path, text: bytes, header: list[str], first_line: int) -> Outcomes:
    """Outcomes of a piece, cell by cell, with the place of the first fault."""
    rows, skipped = [], int(header[0] == PERSON)
    reader = csv.reader(io.StringIO(_decoded(path, text, first_line)))
    try:
        for cells in reader:
            line = first_line + reader.line_num - 1
            if not any(cells) and len(cells) != len(header):
                continue
            if len(cells) != len(header):
                raise UnreadableTableError(f"{path} line {line} has {len(cells)} columns where the header has {len(header)}.")
            values = [OUTCOMES.get(cell.strip()) for cell in cells[skipped:]]
            if None in values:
                column = skipped + values.index(None)
                raise UnreadableTableError(
                    f"{path} line {line}, column {header[column]}: {cells[column]!r} is not 0, 1 or empty."
                )
            rows.append(values)
    except csv.Error as error:
        raise UnreadableTableError(f"{path} line {first_line + reader.line_num - 1}: {error}.") from error
    return np.array(rows, np.int8).reshape(len(rows), len(header) - skipped)


def _decoded(path: Path, text: bytes, first_line: int) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        line = first_line + text.count(b"\n", 0, error.start)
        raise UnreadableTableError(f"{path} line {line} is not UTF-8.") from error


@dataclass(frozen=True)
class Row:
    """What a file says of one item."""

    line: int
    cells: tuple[str, ...]


def read_by_item(path: Path, columns: tuple[str, ...]) -> dict[str, Row]:
    """The rows by item of a file with the header `item` and these columns, among others. Raises UnreadableTableError."""
    made: dict[str, Row] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for name in ("item", *columns):
                if name not in (reader.fieldnames or ()):
                    raise UnreadableTableError(f"{path} line 1: there is no column {name}.")
            for values in reader:
                item, row = (values["item"] or "").strip(), _row(reader.line_num, values, columns)
                if not item or item in made:
                    fault = f"{item} is there twice" if item else "it is empty"
                    raise UnreadableTableError(f"{path} line {row.line}, column item: {fault}.")
                if "" in row.cells:
                    raise UnreadableTableError(f"{path} line {row.line}, column {columns[row.cells.index('')]}: it is empty.")
                made[item] = row
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableTableError(f"{path} is not a CSV table in UTF-8.") from error
    return made


def _row(line: int, values: dict[str, str | None], columns: tuple[str, ...]) -> Row:
    return Row(line, tuple((values[name] or "").strip() for name in columns))


def read_numbers(
    path: Path, columns: tuple[str, ...], lowest: float = -math.inf, below: float = math.inf
) -> dict[str, tuple[float, ...]]:
    """The same where the columns hold numbers in [lowest, below). Raises UnreadableTableError."""
    bounds = "" if lowest == -math.inf else f" in [{lowest:g}, {below:g})"
    made = {}
    for item, row in read_by_item(path, columns).items():
        numbers = tuple(_number(cell) for cell in row.cells)
        for name, cell, number in zip(columns, row.cells, numbers, strict=True):
            if not (math.isfinite(number) and lowest <= number < below):
                raise UnreadableTableError(f"{path} line {row.line}, column {name}: {cell!r} is not a number{bounds}.")
        made[item] = numbers
    return made


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan
