"""A row of a counter, and what it becomes: pure decisions, the heart of the protocol.

A row holds totals, a version, and the participations counted in it whose mark is not known to be written: the *pending* ones. A mark
stands with the participant and says what was counted of them last. One invariant carries everything, at every moment:

    totals of a row = Σ over its participants of the contribution counted last,
    which is the pending one where there is one of a higher rank than the mark, else the mark's.

It holds if (1) the row is read *before* the marks, (2) a row is replaced only at the version that was read, (3) a mark only takes what was
pending, and only a higher rank than it has, (4) a participation leaves the pending ones only when its mark is there. Then, if the
replacement succeeds, the row did not change since it was read, so neither did what counts of anybody; marks written
meanwhile only repeat it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from chalicelib.kernel.errors import InvalidError

SHARDS = 128
"""Rows of a view, unless it was enrolled with another number: fifty workers at full speed give none of them 100 writes a second."""

MOST_PENDING = 32
"""Participations that a row may hold unacknowledged: with ids of 64 characters it stays under 4 KB."""

MOST_TOTALS = 32
"""Different totals that a view may have."""

NEVER = 0
"""The rank of who was never counted."""

WITHDRAWN = 2**53 - 1
"""The rank of who left for good: nothing comes after it."""

Totals = Mapping[str, int]
"""What is counted, by its name. A total that is absent is 0."""

_VIEW = re.compile(r"[a-z][a-z0-9-]{0,30}:[A-Za-z0-9._-]{1,64}")
_TOTAL = re.compile(r"[a-z][a-z0-9-]{0,30}")


@dataclass(frozen=True)
class Participation:
    """What one participant adds to a view: as it is wanted, as it is pending, or as it is marked."""

    id: str
    rank: int
    """Which of the participant's attempts or revisions this is, from 1; a higher one replaces a lower one."""
    contribution: Totals

    @classmethod
    def none(cls, participant: str) -> Participation:
        """Of somebody who was never counted."""
        return cls(participant, NEVER, {})


@dataclass(frozen=True)
class Row:
    """One shard of a view's totals."""

    view: str
    shard: int
    totals: Totals
    version: int
    """How many times it was replaced."""
    pending: tuple[Participation, ...]

    @classmethod
    def empty(cls, view: str, shard: int) -> Row:
        """A row that was never written."""
        return cls(view, shard, {}, 0, ())


class RowFullError(Exception):
    """Too many participations of this row wait for their mark."""


Marks = Mapping[str, Participation]
"""The mark of each participant concerned, read *after* the row."""


def count(row: Row, marks: Marks, wanted: Iterable[Participation]) -> Row:
    """What the row becomes when these are counted; the same row when all of them are.

    The next version also drops the pending ones that are marked. Raises `RowFullError` when too many would wait.
    """
    pending = {one.id: one for one in unmarked(row, marks)}
    totals, counted = row.totals, False
    for one in wanted:
        before = pending.get(one.id, marks[one.id])
        if one.rank > before.rank:
            totals = plus(minus(totals, before.contribution), one.contribution)
            pending[one.id] = one
            counted = True
    if not counted:
        return row
    if len(pending) > MOST_PENDING:
        raise RowFullError
    return replace(row, totals=totals, version=row.version + 1, pending=tuple(pending.values()))


def cleared(row: Row) -> Row:
    """The row with nothing pending, once every mark is written; the same row when nothing was."""
    return replace(row, version=row.version + 1, pending=()) if row.pending else row


def unmarked(row: Row, marks: Marks) -> tuple[Participation, ...]:
    """The pending ones whose mark is still to be written."""
    return tuple(one for one in row.pending if marks[one.id].rank < one.rank)


def standing(row: Row, mark: Participation) -> Participation:
    """What counts of this participant now, of a row read before the mark."""
    for one in row.pending:
        if one.id == mark.id and one.rank > mark.rank:
            return one
    return mark


def plus(totals: Totals, more: Totals) -> Totals:
    """The sum, zeros left out."""
    return _sum(totals, more, 1)


def minus(totals: Totals, less: Totals) -> Totals:
    """The difference, zeros left out."""
    return _sum(totals, less, -1)


def _sum(totals: Totals, others: Totals, sign: int) -> Totals:
    result = dict(totals)
    for name, value in others.items():
        result[name] = result.get(name, 0) + sign * value
    return {name: value for name, value in result.items() if value}


def checked_view(view: str) -> str:
    """The name, if it may name a view; raises `InvalidError`."""
    if _VIEW.fullmatch(view) is None:
        raise InvalidError("unknown-view", "The name of a view is a kind, a colon and an id, as national:1.1.")
    return view


def checked(one: Participation) -> Participation:
    """The participation, if a row may take it; raises `InvalidError`."""
    fits = len(one.contribution) <= MOST_TOTALS and all(_TOTAL.fullmatch(name) for name in one.contribution)
    if one.rank <= NEVER or not fits:
        raise InvalidError("participation-invalid", "A participation needs a rank from 1 and a few short named totals.")
    return one
