"""From the cells of a row to a learner or to everything that is wrong with the row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from chalicelib.campaigns.imports.cells import READERS, FaultyCellError, Reader, read_birth_date
from chalicelib.campaigns.imports.model import Column, Field, Learner, LearnerRow, Limits, RefusedFileError, RowFault

Cell = tuple[Column, str, str]
"""A column, what the file calls it, and what stands there."""

Wrong = tuple[str | None, str, str]
"""What the file calls a column, a code of `FAULTS`, and what stands there."""


@dataclass
class RowRules:
    """The rules of the rows of one file: it remembers the external ids that it has seen, and where."""

    today: date
    limits: Limits
    rows: int = 0
    _lines: dict[str, int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._readers: dict[Field, Reader] = {**READERS, Field.BIRTH_DATE: partial(read_birth_date, today=self.today)}

    def count(self, line: int) -> None:
        """Go on to one more row; raises `RefusedFileError` when the file has too many."""
        self.rows += 1
        if self.rows > self.limits.rows:
            raise RefusedFileError("too-many-rows", line=line)

    def check(self, line: int, cells: Iterable[Cell], found: Iterable[Wrong] = ()) -> Iterator[LearnerRow | RowFault]:
        """The learner of this row, or every fault of it, those already found first."""
        values: dict[str, Any] = {}
        wrong = list(found)
        for column, title, raw in cells:
            try:
                value = self._readers[column.field](raw, self.limits.characters)
            except FaultyCellError as error:
                wrong.append((title, error.code, raw))
                continue
            if value is None and column.filled:
                wrong.append((title, "empty", ""))
            values[column.field.value] = value
            if column.field is Field.EXTERNAL_ID and value is not None:
                if value in self._lines:
                    wrong.append((title, "duplicate", raw))
                else:
                    self._lines[value] = line
        external_id = values.get(Field.EXTERNAL_ID.value)
        if not wrong:
            yield LearnerRow(line, Learner(**values))
        for called, code, raw in wrong:
            earlier = self._lines[external_id] if code == "duplicate" and external_id is not None else None
            yield RowFault(self.rows, line, called, code, shortened(raw, self.limits), external_id, earlier)


def shortened(raw: str, limits: Limits) -> str:
    """What is shown of a faulty value."""
    text = raw.strip()
    return text if len(text) <= limits.characters else text[: limits.characters] + "…"
