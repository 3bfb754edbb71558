"""The ports of exposure control in memory: the same promises as the adapters, with a lock where a store is atomic."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chalicelib.assessments.exposure.codec import pack_counts, pack_table, unpack_counts, unpack_table
from chalicelib.assessments.exposure.model import Counts, Series, Snapshot, Version, WaitingBatch
from chalicelib.engine.exposure import ExposureTable
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.errors import UnavailableError


@dataclass
class MemoryExposureBatches:
    """Port `ExposureBatches`; or a store that is down."""

    enrolled: set[Series] = field(default_factory=set)
    batches: dict[Series, dict[str, WaitingBatch]] = field(default_factory=dict)
    down: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def enrol(self, series: Series) -> None:
        self._answer()
        with self.lock:
            self.enrolled.add(series)

    def series(self) -> list[Series]:
        with self.lock:
            return sorted(self.enrolled)

    def add(self, series: Series, batch: WaitingBatch) -> None:
        self._answer()
        with self.lock:
            self.batches.setdefault(series, {}).setdefault(batch.key, batch)

    def waiting(self, series: Series, shard: int, limit: int) -> list[WaitingBatch]:
        with self.lock:
            there = self.batches.get(series, {}).values()
            return sorted((one for one in there if one.shard == shard), key=lambda one: one.key)[:limit]

    def remove(self, series: Series, keys: Sequence[str]) -> None:
        self._answer()
        with self.lock:
            for key in keys:
                self.batches.get(series, {}).pop(key, None)

    def _answer(self) -> None:
        if self.down:
            raise UnavailableError("store-unavailable", "The store does not answer.")


@dataclass
class MemoryExposureVersions:
    """Port `ExposureVersions`; keeps bytes, as a store does."""

    versions: dict[Series, list[Version]] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def last(self, series: Series, *, strong: bool) -> Version | None:
        with self.lock:
            log = self.versions.get(series)
            return log[-1] if log else None

    def version(self, series: Series, number: int) -> Version | None:
        with self.lock:
            log = self.versions.get(series, [])
            return log[number - 1] if 1 <= number <= len(log) else None

    def table(self, series: Series, version: Version) -> ExposureTable:
        return unpack_table(self.objects[version.table])

    def counts(self, series: Series, version: Version) -> Counts:
        return unpack_counts(self.objects[version.counts])

    def append(self, series: Series, snapshot: Snapshot, at: Instant) -> Version | None:
        number = snapshot.table.version
        table, counts = self._keep(pack_table(snapshot.table)), self._keep(pack_counts(snapshot.counts))
        version = Version(number, at, table, counts, acknowledged=not snapshot.counts.batches)
        with self.lock:
            log = self.versions.setdefault(series, [])
            if number <= len(log):
                return None
            assert number == len(log) + 1, "the versions have no hole"
            log.append(version)
            return version

    def acknowledge(self, series: Series, version: Version) -> None:
        with self.lock:
            log = self.versions[series]
            log[version.number - 1] = replace(log[version.number - 1], acknowledged=True)

    def _keep(self, packed: bytes) -> str:
        name = hashlib.sha256(packed).hexdigest()
        with self.lock:
            self.objects[name] = packed
        return name
