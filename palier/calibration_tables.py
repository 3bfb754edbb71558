"""The tables that the checks of a calibration read beside the responses: persons, groups, times, the current bank."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chalicelib.engine.bank import Bools, Floats, Ints
from chalicelib.engine.calibration.item_parameters import ItemParameters
from chalicelib.engine.calibration.response_times import TimedAnswers
from palier.calibration_run import Given
from palier.response_tables import PERSON, UnreadableTableError
from palier.table_lines import Line, read_lines

LONGEST_SECONDS = 1e6


@dataclass(frozen=True, eq=False)
class Groups:
    """Two groups of persons: the larger one is the reference."""

    reference: str
    focal: str
    persons: Ints
    """Whose group is known, (M,), as rows of the responses."""
    is_focal: Bools
    """Which of those are in the focal group, (M,)."""


@dataclass(frozen=True, eq=False)
class CurrentBank:
    """What the bank says of the items that it shares with the responses."""

    items: Ints
    """(m,), as columns of the responses."""
    parameters: ItemParameters
    errors_given: bool
    """Whether the file tells standard errors; the bank is taken as exact otherwise."""


@dataclass(frozen=True)
class AskedChecks:
    """The files that checks start from, where they are given."""

    groups: Path | None = None
    times: Path | None = None
    bank: Path | None = None

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return bool(self.groups or self.times or self.bank)


@dataclass(frozen=True, eq=False)
class CheckTables:
    """What was read of them."""

    persons: tuple[str, ...]
    """Names of the persons, (N,): numbers from 1 where the responses do not name them."""
    groups: Groups | None
    times: TimedAnswers | None
    bank: CurrentBank | None


def read_check_tables(responses: Path, given: Given, asked: AskedChecks) -> CheckTables:
    """The tables in the order of the responses. Raises UnreadableTableError, OSError."""
    persons = read_persons(responses, given.table.responses.n_persons)
    return CheckTables(
        persons,
        read_groups(asked.groups, persons) if asked.groups else None,
        read_times(asked.times, persons, given) if asked.times else None,
        read_current_bank(asked.bank, given) if asked.bank else None,
    )


def read_persons(path: Path, count: int) -> tuple[str, ...]:
    """Names in the column `person`, or numbers from 1. Raises UnreadableTableError where a name is empty or repeated."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = [cell.strip() for cell in next(csv.reader([file.readline()]), [])]
        if header[:1] != [PERSON]:
            return tuple(str(number) for number in range(1, count + 1))
        names = [name for name in _first_cells(file) if name is not None]
    met: set[str] = set()
    for name in names:
        if not name or name in met:
            raise UnreadableTableError(f"{path}, column person: {f'{name} is there twice' if name else 'a name is empty'}.")
        met.add(name)
    return tuple(names)


def _first_cells(lines: Iterator[str]) -> Iterator[str | None]:
    """The first cell of each line, None for a blank line. Only what is quoted takes the slow way."""
    for line in lines:
        if line.startswith('"'):
            yield next(csv.reader([line]))[0].strip()
        else:
            yield line.split(",", 1)[0].strip() if line.strip() else None


def read_groups(path: Path, persons: tuple[str, ...]) -> Groups:
    """The groups of a file person,group; persons whom the responses lack are passed over."""
    groups = {name: line.text("group") for name, line in _by_key(path, "person", ("group",)).items()}
    rows = np.array([row for row, name in enumerate(persons) if name in groups], np.intp)
    named = [groups[persons[row]] for row in rows.tolist()]
    names = sorted(set(named))
    if len(names) != 2:
        there = ", ".join(names[:5]) or "none"
        raise UnreadableTableError(f"{path}, column group: the persons of the responses must be of two groups, not of {there}.")
    reference, focal = sorted(names, key=lambda name: (-named.count(name), name))
    return Groups(reference, focal, rows, np.array([name == focal for name in named]))


def read_times(path: Path, persons: tuple[str, ...], given: Given) -> TimedAnswers:
    """The seconds of every answer, in a table of the shape of the responses, told person by person in the order of its columns.

    Rows go by the name of the person where the table has names, columns by the name of the item. A time without an answer is
    passed over.
    """
    header, lines = read_lines(path)
    items = header[1:] if header[0] == PERSON else header
    if sorted(items) != sorted(given.table.items):
        raise UnreadableTableError(f"{path} line 1: its items are not those of the responses.")
    if len(lines) != len(persons):
        raise UnreadableTableError(f"{path} holds {len(lines)} persons where the responses hold {len(persons)}.")
    columns = [given.table.items.index(item) for item in items]
    seconds = np.full((len(persons), len(items)), np.nan)
    for row, line in zip(_rows_of(lines, persons), lines, strict=True):
        seconds[row] = [_seconds(line, item) for item in items]
    seconds[~given.table.responses.answered[:, columns]] = np.nan
    person, place = np.nonzero(~np.isnan(seconds))
    return TimedAnswers(person, np.array(columns, np.intp)[place], seconds[person, place])


def _rows_of(lines: list[Line], persons: tuple[str, ...]) -> list[int]:
    """Which row of the responses each line is, every row once."""
    if PERSON not in lines[0].cells:
        return list(range(len(lines)))
    place, met = {name: row for row, name in enumerate(persons)}, set[int]()
    for line in lines:
        row = place.get(line.text(PERSON))
        if row is None or row in met:
            raise line.fault(PERSON, f"{line.cells[PERSON]} is {'not in the responses' if row is None else 'there twice'}")
        met.add(row)
    return [place[line.cells[PERSON]] for line in lines]


def _seconds(line: Line, item: str) -> float:
    cell = line.cells[item]
    if not cell:
        return np.nan
    try:
        seconds = float(cell)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_SECONDS:
        raise line.fault(item, f"{cell!r} is not a number of seconds above 0 and up to {LONGEST_SECONDS:g}")
    return seconds


def read_current_bank(path: Path, given: Given) -> CurrentBank:
    """The bank of a file item,a,b and perhaps se_a,se_b, with the guess chances of the calibration."""
    rows = _by_key(path, "item", ("a", "b"))
    items = np.array([place for place, item in enumerate(given.table.items) if item in rows], np.intp)
    if not len(items):
        raise UnreadableTableError(f"{path} names no item of the responses.")
    lines = [rows[given.table.items[place]] for place in items.tolist()]
    for line in lines:
        for column, fine in (
            ("a", line.real("a") > 0),
            ("se_a", line.real("se_a", 0) >= 0),
            ("se_b", line.real("se_b", 0) >= 0),
        ):
            if not fine:
                raise line.fault(column, f"{line.cells[column]!r} is not {'above' if column == 'a' else 'at least'} 0")
    a, b, se_a, se_b = (_column(lines, name) for name in ("a", "b", "se_a", "se_b"))
    told = {"se_a", "se_b"} <= lines[0].cells.keys()
    return CurrentBank(items, ItemParameters(a, b, given.c[items], se_a, se_b), told)


def _column(lines: list[Line], name: str) -> Floats:
    return np.array([line.real(name, 0.0) for line in lines])


def _by_key(path: Path, key: str, columns: tuple[str, ...]) -> dict[str, Line]:
    """The lines by what they are of, with these columns among others. Raises UnreadableTableError."""
    header, lines = read_lines(path)
    for name in (key, *columns):
        if name not in header:
            raise UnreadableTableError(f"{path} line 1: there is no column {name}.")
    made: dict[str, Line] = {}
    for line in lines:
        if line.text(key) in made:
            raise line.fault(key, f"{line.cells[key]} is there twice")
        made[line.cells[key]] = line
    return made
