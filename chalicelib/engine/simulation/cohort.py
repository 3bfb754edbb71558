"""Many persons, one wave after the other: each wave pins the table that the waves before it led to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.engine.exposure import Batch, ExposureTable, Tally
from chalicelib.engine.simulation.sitting import Sitting, Study

Runner = Callable[[Study, Sequence[int], ExposureTable], list[Sitting]]
"""Plays these persons' tests, here or in several processes; the results are in order and do not depend on how."""


def one_by_one(study: Study, persons: Sequence[int], table: ExposureTable) -> list[Sitting]:
    """The runner of one process."""
    return [study.sit(person, table) for person in persons]


@dataclass(frozen=True, eq=False)
class Start:
    """Where exposure control stands before the first person."""

    table: ExposureTable
    tally: Tally

    @classmethod
    def free(cls, table: ExposureTable) -> Start:
        """Nothing counted yet."""
        return cls(table, Tally.nothing(table.eligibility.shape[1], table.limits))


@dataclass(frozen=True)
class Waves:
    """How exposure control learns during a cohort."""

    size: int = 40
    """Persons who pin the same table."""
    learns: bool = True
    """Whether finished tests change the table of the next wave; False when all start together."""


def run(
    study: Study,
    start: Start,
    waves: Waves = Waves(),
    runner: Runner = one_by_one,
    on_wave: Callable[[int], None] | None = None,
) -> tuple[list[Sitting], Start]:
    """Every person's test in order, and where exposure control stands after them."""
    table, tally, sittings = start.table, start.tally, list[Sitting]()
    for first in range(0, len(study.truth), waves.size):
        persons = range(first, min(first + waves.size, len(study.truth)))
        played = runner(study, persons, table)
        sittings += played
        items = table.eligibility.shape[1]
        batch = Batch.of(items, table.limits, [(one.mean, one.items) for one in played])
        tally = tally.after(batch, table)
        if waves.learns:
            table = tally.next_table(table)
        if on_wave is not None:
            on_wave(len(played))
    return sittings, Start(table, tally)
