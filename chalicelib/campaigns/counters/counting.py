"""Counting participations: one conditional write for each row that a batch concerns, safe to repeat after any crash.

The order is what makes it exact (`model` says why): the row, then the marks, then the row replaced at the version that was read, then the
marks written. Who loses the race for a row starts again from its read. Who dies between the last two leaves a pending participation: the
message comes again and writes the mark, or whoever finds the row full does, or the next roll-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chalicelib.campaigns.counters.model import (
    SHARDS,
    WITHDRAWN,
    Participation,
    Row,
    RowFullError,
    checked,
    checked_view,
    cleared,
    count,
    unmarked,
)
from chalicelib.campaigns.counters.ports import ParticipationMarks, Rows, Views
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.ids import shard_of

TRIES = 25
"""At 100 writes a second on one row, half of them lost, one participation in 30 million is given back to the queue."""

MOST_AT_ONCE = 16
"""Participations that one write counts."""


@dataclass(frozen=True)
class CountParticipations:
    """Brings the rows of views up to date with what participants add now."""

    views: Views
    rows: Rows
    marks: ParticipationMarks
    shards: int = SHARDS
    """Of a view that is counted in for the first time."""
    known: dict[str, int] = field(default_factory=dict)
    """Rows of the views that this function met: a warm one does not ask again."""

    def count(self, view: str, wanted: Iterable[Participation]) -> None:
        """Count these participations of a view; those that are counted already change nothing.

        Raises `UnavailableError` when the store does not answer or a row is too busy: then some may be counted, and all can be sent again.
        """
        by_shard: dict[int, list[Participation]] = {}
        shards = self._shards(view)
        for one in wanted:
            by_shard.setdefault(shard_of(one.id, shards), []).append(checked(one))
        for shard, ones in by_shard.items():
            for first in range(0, len(ones), MOST_AT_ONCE):
                self._count(view, shard, ones[first : first + MOST_AT_ONCE])
        if by_shard:
            self.views.touch(view)

    def withdraw(self, participant: str, views: Iterable[str] = ()) -> int:
        """Take a participant out of every view that they are marked in, and of these, for good; how many views that is.

        Nothing that comes later of theirs counts. For an erasure: withdraw, then delete what their participations come from, then the
        marks; afterwards no row names them.
        """
        concerned = sorted({*self.marks.marks_of(participant), *views})
        for view in concerned:
            self.count(view, [Participation(participant, WITHDRAWN, {})])
            self._forget(view, participant)
        return len(concerned)

    def _forget(self, view: str, participant: str) -> None:
        clearing, shard = ClearRow(self.rows, self.marks), shard_of(participant, self._shards(view))
        for _ in range(TRIES):
            if all(one.id != participant for one in clearing.clear(view, shard).pending):
                return
        raise _busy(view, shard)

    def _shards(self, view: str) -> int:
        if view not in self.known:
            self.known[view] = self.views.enrol(checked_view(view), self.shards)
        return self.known[view]

    def _count(self, view: str, shard: int, wanted: Sequence[Participation]) -> None:
        for _ in range(TRIES):
            row = self.rows.row(view, shard)
            marks = {one.id: self.marks.mark(view, one.id) for one in (*row.pending, *wanted)}
            try:
                after = count(row, marks, wanted)
            except RowFullError:
                self._write_marks(row, marks, {one.id for one in row.pending})
                continue
            if after is row or self.rows.replace(after):
                self._write_marks(after, marks, {one.id for one in wanted})
                return
        raise _busy(view, shard)

    def _write_marks(self, row: Row, marks: dict[str, Participation], ids: set[str]) -> None:
        for one in unmarked(row, marks):
            if one.id in ids:
                self.marks.write_mark(row.view, one, marks[one.id])


@dataclass(frozen=True)
class ClearRow:
    """Finishes what is left pending in a row, whoever left it, so that a row that rests names nobody."""

    rows: Rows
    marks: ParticipationMarks

    def clear(self, view: str, shard: int) -> Row:
        """The row, its pending marks written and dropped; or as it was read when somebody else wrote it meanwhile."""
        row = self.rows.row(view, shard)
        for one in row.pending:
            self.marks.write_mark(view, one, self.marks.mark(view, one.id))
        after = cleared(row)
        return after if after is row or self.rows.replace(after) else row


def _busy(view: str, shard: int) -> UnavailableError:
    return UnavailableError("counter-busy", "Too many people are counted here at once; try again.", view=view, shard=shard)
