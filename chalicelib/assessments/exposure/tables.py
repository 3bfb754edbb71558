"""The exposure tables as tests read them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from chalicelib.assessments.exposure.model import LIMITS, NO_TABLE, Series, Version
from chalicelib.assessments.exposure.ports import ExposureVersions
from chalicelib.assessments.ports import ReleaseSource
from chalicelib.engine.exposure import ExposureTable
from chalicelib.kernel.clock import SECOND, Clock, Instant, later
from chalicelib.kernel.errors import NotFoundError

CURRENT_SECONDS = 10
"""How long a warm function believes that a version is the last one."""
TABLES_KEPT = 32


@dataclass(frozen=True)
class ExposureTables:
    """Versions never change, so a warm function keeps those it met; which is the last is read again every ten seconds."""

    versions: ExposureVersions
    releases: ReleaseSource
    clock: Clock
    heads: dict[Series, tuple[Instant, Version | None]] = field(default_factory=dict)
    kept: OrderedDict[tuple[Series, int], ExposureTable] = field(default_factory=OrderedDict)

    def current(self, release_id: str, pool: str) -> ExposureTable:
        """The last table published: what a test that starts now pins. Before the first, the free one, version 0."""
        series, now = Series(release_id, pool), self.clock.now()
        until, head = self.heads.get(series, (now, None))
        if now >= until:
            head = self.versions.last(series, strong=False)
            self.heads[series] = (later(now, CURRENT_SECONDS * SECOND), head)
        return self._free(series) if head is None else self._kept(series, head.number, head)

    def version(self, release_id: str, pool: str, number: int) -> ExposureTable:
        """The table that a test pinned; raises `NotFoundError` when there was never such a version."""
        series = Series(release_id, pool)
        return self._free(series) if number == NO_TABLE else self._kept(series, number)

    def _kept(self, series: Series, number: int, known: Version | None = None) -> ExposureTable:
        table = self.kept.get((series, number))
        if table is None:
            version = known or self.versions.version(series, number)
            if version is None:
                raise NotFoundError("exposure-version-not-found", "There is no such version.", version=number)
            table = self.versions.table(series, version)
        self.kept[series, number] = table
        self.kept.move_to_end((series, number))
        if len(self.kept) > TABLES_KEPT:
            self.kept.popitem(last=False)
        return table

    def _free(self, series: Series) -> ExposureTable:
        return ExposureTable.free(len(self.releases.get(series.release)), LIMITS)
