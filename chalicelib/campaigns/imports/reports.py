"""What was found in a file: how many rows are right, and what is wrong with the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.campaigns.imports.model import LearnerRow, LeftRow, Reading, RowFault, Source

MOST_LISTED = 10_000
"""Faults that a report lists one by one; all are counted."""


@dataclass(frozen=True)
class Report:
    """What was found in a file that was not refused."""

    source: Source
    valid: int
    """Rows that are right."""
    faulty: int
    """Rows with one fault or more."""
    left: int
    """Rows of people who left, passed over."""
    faults: tuple[RowFault, ...]
    """The first `MOST_LISTED`, in the order of the file."""
    by_code: Mapping[str, int]
    """All faults, counted by their code."""


def report(reading: Reading, heard: Callable[[], None] = lambda: None) -> Report:
    """Read all rows and keep what is wrong; `heard` is told of each. Raises `RefusedFileError` when the file turns out to be refused."""
    valid = left = faulty = 0
    row_before = 0
    listed: list[RowFault] = []
    by_code: Counter[str] = Counter()
    for row in reading.rows:
        heard()
        if isinstance(row, LearnerRow):
            valid += 1
        elif isinstance(row, LeftRow):
            left += 1
        else:
            faulty += row.row != row_before
            row_before = row.row
            by_code[row.code] += 1
            if len(listed) < MOST_LISTED:
                listed.append(row)
    return Report(reading.source, valid, faulty, left, tuple(listed), dict(sorted(by_code.items())))
