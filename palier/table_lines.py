"""The lines of a CSV file with a header, read cell by cell; what is wrong is told with its line and column."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from palier.response_tables import UnreadableTableError

MOST = 1000.0
"""Largest size of a parameter or an ability that is taken for one."""


@dataclass(frozen=True)
class Line:
    """One line of a file: its cells by column, and where to find them again."""

    path: Path
    number: int
    cells: dict[str, str]

    def text(self, column: str, absent: str = "") -> str:
        """A cell that is not empty, or `absent` where the file has no such column."""
        cell = self.cells.get(column, absent)
        if column in self.cells and not cell:
            raise self.fault(column, "it is empty")
        return cell

    def real(self, column: str, absent: float = math.nan) -> float:
        """A number of ordinary size, or `absent` where the file has no such column."""
        if column not in self.cells:
            return absent
        try:
            number = float(self.cells[column])
        except ValueError:
            number = math.nan
        if not abs(number) <= MOST:
            raise self.fault(column, f"{self.cells[column]!r} is not a number in [{-MOST:g}, {MOST:g}]")
        return number

    def whole(self, column: str, absent: int, lowest: int, highest: int) -> int:
        """A whole number in [lowest, highest], or `absent` where the file has no such column."""
        number = self.real(column, absent)
        if number != int(number) or not lowest <= number <= highest:
            raise self.fault(column, f"{self.cells[column]!r} is not a whole number in [{lowest}, {highest}]")
        return int(number)

    def fault(self, column: str, sentence: str) -> UnreadableTableError:
        """The error that says what is wrong in this column."""
        return UnreadableTableError(f"{self.path} line {self.number}, column {column}: {sentence}.")


def read_lines(path: Path) -> tuple[list[str], list[Line]]:
    """The header and the lines that are not blank. Raises UnreadableTableError."""
    lines = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = [cell.strip() for cell in next(reader, [])]
            _check_header(path, header)
            for cells in reader:
                if not any(cells):
                    continue
                if len(cells) != len(header):
                    there, wanted = len(cells), len(header)
                    raise UnreadableTableError(
                        f"{path} line {reader.line_num} has {there} columns where the header has {wanted}."
                    )
                stripped = (cell.strip() for cell in cells)
                lines.append(Line(path, reader.line_num, dict(zip(header, stripped, strict=True))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableTableError(f"{path} is not a CSV table in UTF-8.") from error
    return header, lines


def _check_header(path: Path, header: list[str]) -> None:
    if not any(header):
        raise UnreadableTableError(f"{path} is empty: its first line must be a header.")
    for place, column in enumerate(header):
        if column in header[:place]:
            raise UnreadableTableError(f"{path} line 1: the column {column} is there twice.")
