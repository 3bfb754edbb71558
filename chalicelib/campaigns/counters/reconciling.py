"""Reconciliation: are the rows what the source of truth makes them?

Two questions, asked apart. *Rows*: are the totals of a row the sum of what counts of its participants? The rows are read before one pass
over everybody and again after it. A row that did not change in between is compared exactly; one that did is told as busy. *Participants*:
does what counts of each equal what the source wants now? The source is read after the mark, so it is never behind it.

Repairs go through the protocol, so they are exact while people are counted: a row is replaced at the version that was compared, and a
participant is counted as wanted, with a rank above the wrong one where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from chalicelib.campaigns.counters.counting import CountParticipations
from chalicelib.campaigns.counters.model import WITHDRAWN, Participation, Row, Totals, minus, plus, standing
from chalicelib.campaigns.counters.ports import ParticipationMarks, ParticipationSource, Population, Rows, Views
from chalicelib.kernel.errors import DomainError
from chalicelib.kernel.ids import shard_of

Heard = Callable[[str, int, int], None]
"""Told the view, how many of its participants were compared, and how many there are."""


@dataclass(frozen=True)
class WrongRow:
    """A row whose totals are not the sum of what counts of its participants."""

    row: Row
    expected: Totals


@dataclass(frozen=True)
class Findings:
    """What differs in one view, and what was repaired of it. No ids: nothing here says who."""

    view: str
    participants: int
    counted: Totals
    """All rows together, as compared."""
    expected: Totals
    """What the source wants of all participants together."""
    wrong_rows: tuple[int, ...]
    """Shards."""
    busy_rows: tuple[int, ...]
    """Shards that changed while they were compared: not judged, ask again."""
    uncounted: int
    """Participants of whom the source wants a later rank than counts; one that finished just now may be among them."""
    different: int
    """Participants counted with another contribution than the source wants."""
    unreadable: int
    """Participants whose source cannot be read; they are left out of `expected`."""
    repaired: bool

    @property
    def clean(self) -> bool:
        """Whether everything was compared and agrees."""
        return not (self.wrong_rows or self.busy_rows or self.uncounted or self.different or self.unreadable)


@dataclass
class _Compared:
    """What the second question has found so far."""

    expected: Totals = field(default_factory=dict)
    corrections: list[Participation] = field(default_factory=list)
    uncounted: int = 0
    different: int = 0
    unreadable: int = 0


@dataclass(frozen=True)
class ReconcileViews:
    """Compares views with their source, and repairs them when told."""

    rows: Rows
    marks: ParticipationMarks
    views: Views
    population: Population
    source: ParticipationSource
    counting: CountParticipations

    def reconcile(self, views: Sequence[str], *, repair: bool = False, heard: Heard | None = None) -> list[Findings]:
        """Compare these views, in one pass over everybody; raises `NotFoundError` for one that does not exist."""
        before = {view: self._rows(view, self.views.shards(view)) for view in views}
        marks: dict[str, dict[str, Participation]] = {view: {} for view in views}
        for seen in self.population.everyone(views):
            if seen.view in marks:
                there = marks[seen.view].setdefault(seen.id, Participation.none(seen.id))
                if seen.mark is not None and seen.mark.rank > there.rank:
                    marks[seen.view][seen.id] = seen.mark
        after = {view: self._rows(view, len(rows)) for view, rows in before.items()}
        return [self._compare(before[view], after[view], marks[view], repair, heard) for view in views]

    def _rows(self, view: str, shards: int) -> list[Row]:
        return [self.rows.row(view, shard) for shard in range(shards)]

    def _compare(
        self, before: list[Row], after: list[Row], marks: dict[str, Participation], repair: bool, heard: Heard | None
    ) -> Findings:
        view = before[0].view
        for row in before:
            for one in row.pending:
                marks.setdefault(one.id, Participation.none(one.id))
        busy = [row.shard for row, again in zip(before, after, strict=True) if row.version != again.version]
        wrong = [one for one in wrong_rows(before, marks) if one.row.shard not in busy]
        compared = self._participants(before, marks, heard)
        if repair:
            busy += [one.row.shard for one in wrong if not self._repair(one)]
            self.counting.count(view, compared.corrections)
            if wrong:
                self.views.touch(view)
        totals: Totals = {}
        for row in before:
            totals = plus(totals, row.totals)
        return Findings(
            view=view,
            participants=len(marks),
            counted=totals,
            expected=compared.expected,
            wrong_rows=tuple(one.row.shard for one in wrong),
            busy_rows=tuple(sorted(busy)),
            uncounted=compared.uncounted,
            different=compared.different,
            unreadable=compared.unreadable,
            repaired=repair,
        )

    def _repair(self, wrong: WrongRow) -> bool:
        return self.rows.replace(replace(wrong.row, totals=wrong.expected, version=wrong.row.version + 1))

    def _participants(self, rows: list[Row], marks: dict[str, Participation], heard: Heard | None) -> _Compared:
        found = _Compared()
        for done, (participant, mark) in enumerate(sorted(marks.items()), 1):
            counts = standing(rows[shard_of(participant, len(rows))], mark)
            self._participant(rows, counts, found)
            if heard is not None:
                heard(rows[0].view, done, len(marks))
        return found

    def _participant(self, rows: list[Row], counts: Participation, found: _Compared) -> None:
        if counts.rank == WITHDRAWN:
            return
        view = rows[0].view
        try:
            wanted = self.source.wanted(view, counts.id)
        except DomainError:
            found.unreadable += 1
            return
        found.expected = plus(found.expected, wanted.contribution)
        if wanted.rank > counts.rank:
            row = self.rows.row(view, shard_of(counts.id, len(rows)))  # maybe counted meanwhile: the row first, then the mark
            if wanted.rank > standing(row, self.marks.mark(view, counts.id)).rank:
                found.uncounted += 1
                found.corrections.append(wanted)
        elif minus(wanted.contribution, counts.contribution):
            found.different += 1
            found.corrections.append(replace(wanted, rank=counts.rank + 1))


def wrong_rows(rows: Sequence[Row], marks: dict[str, Participation]) -> list[WrongRow]:
    """The rows whose totals are not the sum of what counts of their participants, with that sum."""
    expected: list[Totals] = [{} for _ in rows]
    for participant, mark in marks.items():
        shard = shard_of(participant, len(rows))
        expected[shard] = plus(expected[shard], standing(rows[shard], mark).contribution)
    return [WrongRow(row, sums) for row, sums in zip(rows, expected, strict=True) if minus(row.totals, sums)]
