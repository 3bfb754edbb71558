"""Rolling up: all rows of each view that was touched become its summary. Readers read nothing else.

A view is touched after it is counted in. A roll-up first replaces the touched state by a token of its own, then reads the rows, and last
forgets the state, only if its token still stands. Whoever counts and finds a token touches again, for that roll-up may have read their
row already. So nothing counted is ever missed, no clock is compared, and a roll-up that dies is done again.

A view stays touched until a roll-up finds it at rest: as the summary has it already. That one finishes what is left pending in its rows, so
that a view at rest names nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.campaigns.counters.counting import ClearRow
from chalicelib.campaigns.counters.model import Totals, plus
from chalicelib.campaigns.counters.ports import ParticipationMarks, Rows, Summaries, Summary, Views
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import DomainError
from chalicelib.kernel.ids import IdSource


@dataclass(frozen=True)
class Summarised:
    """What one run did."""

    views: int
    rested: int
    """Views of these that nothing was counted in since the roll-up before."""
    overtaken: int
    """Views that another run took on at the same time."""
    failed: tuple[tuple[str, str], ...]
    """Views that stay for the next run, with the code of what went wrong."""


@dataclass(frozen=True)
class SummariseViews:
    """Brings the summary of every touched view up to date. One that fails stops no other."""

    views: Views
    rows: Rows
    marks: ParticipationMarks
    summaries: Summaries
    clock: Clock
    ids: IdSource

    def summarise(self) -> Summarised:
        """Roll up every view that was touched."""
        views, rested, overtaken, failed = 0, 0, 0, []
        for touched in self.views.touched():
            token = self.ids.new()
            try:
                if self.views.begin(touched, token):
                    views += 1
                    rested += self._roll_up(touched.view, token)
                else:
                    overtaken += 1
            except DomainError as error:
                failed.append((touched.view, error.code))
        return Summarised(views, rested, overtaken, tuple(failed))

    def _roll_up(self, view: str, token: str) -> bool:
        """Whether the view was at rest."""
        now, before = self.clock.now(), self.summaries.summary(view)
        rows = [self.rows.row(view, shard) for shard in range(self.views.shards(view))]
        version = sum(row.version for row in rows)
        if before is None or before.version != version:
            totals: Totals = {}
            for row in rows:
                totals = plus(totals, row.totals)
            self.summaries.keep(Summary(view, totals, version, now))
            return False
        clearing = ClearRow(self.rows, self.marks)
        for row in rows:
            if row.pending:
                clearing.clear(view, row.shard)
        self.views.end(view, token)
        return True
