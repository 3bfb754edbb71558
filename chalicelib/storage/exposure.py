"""Exposure control in DynamoDB and S3 (ports `ExposureBatches` and `ExposureVersions`)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.assessments.exposure.codec import pack_counts, pack_table, unpack_counts, unpack_table
from chalicelib.assessments.exposure.model import SHARDS, Counts, Series, Snapshot, Version, WaitingBatch
from chalicelib.content.release_files import DamagedError
from chalicelib.engine.exposure import ExposureTable
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.ids import encode_id, shard_of
from chalicelib.storage import keys
from chalicelib.storage.failures import CloudCallError
from chalicelib.storage.meter import Item
from chalicelib.storage.table import Table, Values, telling

COUNTING, ACKNOWLEDGED = "counting", "acknowledged"


@dataclass(frozen=True)
class DynamoExposureBatches:
    """Batches are items that are written once and deleted when counted: what is there waits."""

    registry: Table

    def enrol(self, series: Series) -> None:
        """Store that this series exists; the same item whoever writes it."""
        self.registry.put({"pk": {"S": keys.EXPOSURE_SERIES}, "sk": {"S": keys.series(series.release, series.pool)}})

    def series(self) -> list[Series]:
        """Every series: one strong Query."""
        return [Series(*item["sk"]["S"].split("#")) for item in self.registry.all_of(keys.EXPOSURE_SERIES)]

    def add(self, series: Series, batch: WaitingBatch) -> None:
        """Store the batch unless it waits already: one write unit for ten tests of 32 items."""
        partition = keys.exposure_batches(series.release, series.pool, batch.shard)
        self.registry.put_new({"pk": {"S": partition}, "sk": {"S": batch.key}, "tests": {"B": batch.packed}})

    def waiting(self, series: Series, shard: int, limit: int) -> list[WaitingBatch]:
        """The first batches of a partition: one strong Query."""
        items = self.registry.first(keys.exposure_batches(series.release, series.pool, shard), limit)
        return [WaitingBatch(item["sk"]["S"], bytes(item["tests"]["B"])) for item in items]

    def remove(self, series: Series, batch_keys: Sequence[str]) -> None:
        """Delete these batches."""
        self.registry.remove(
            [(keys.exposure_batches(series.release, series.pool, shard_of(key, SHARDS)), key) for key in batch_keys]
        )


@dataclass(frozen=True)
class StoredExposureVersions:
    """The log of versions in the registry; tables and counts in the bucket, named by their version and the hash of their bytes."""

    registry: Table
    s3: Any
    bucket: str

    def last(self, series: Series, *, strong: bool) -> Version | None:
        """The last version: one Query, descending, limit 1."""
        item = self.registry.last(keys.exposure_versions(series.release, series.pool), strong=strong)
        return None if item is None else _decode(item)

    def version(self, series: Series, number: int) -> Version | None:
        """One version; a strong read follows an eventual one that found nothing."""
        partition, sort = keys.exposure_versions(series.release, series.pool), keys.exposure_version(number)
        item = self.registry.get(partition, sort, strong=False) or self.registry.get(partition, sort, strong=True)
        return None if item is None else _decode(item)

    def table(self, series: Series, version: Version) -> ExposureTable:
        """The table, its bytes checked against their name."""
        packed = self._get(series, version.number, version.table)
        try:
            return unpack_table(packed)
        except DamagedError as error:
            raise _damaged(series, version.number) from error

    def counts(self, series: Series, version: Version) -> Counts:
        """The counts, checked in the same way."""
        packed = self._get(series, version.number, version.counts)
        try:
            return unpack_counts(packed)
        except DamagedError as error:
            raise _damaged(series, version.number) from error

    def append(self, series: Series, snapshot: Snapshot, at: Instant) -> Version | None:
        """Put both objects, then the entry if its number is free. Objects of another writer have other names."""
        number = snapshot.table.version
        table = self._put(series, number, pack_table(snapshot.table))
        counts = self._put(series, number, pack_counts(snapshot.counts))
        version = Version(number, at, table, counts, acknowledged=not snapshot.counts.batches)
        return version if self.registry.put_new(_encode(series, version)) is None else None

    def acknowledge(self, series: Series, version: Version) -> None:
        """Replace the entry by itself, acknowledged."""
        done = Version(version.number, version.at, version.table, version.counts, acknowledged=True)
        self.registry.put_over(_encode(series, done), "status", COUNTING)

    def _put(self, series: Series, number: int, packed: bytes) -> str:
        name = _name(packed)
        with telling("put"):
            self.s3.put_object(Bucket=self.bucket, Key=_object(series, number, name), Body=packed)
        return name

    def _get(self, series: Series, number: int, name: str) -> bytes:
        try:
            reply = self.s3.get_object(Bucket=self.bucket, Key=_object(series, number, name))
            packed: bytes = reply["Body"].read()
        except CloudCallError as error:
            raise UnavailableError("exposure-unavailable", "An exposure table cannot be read.", version=number) from error
        if _name(packed) != name:
            raise _damaged(series, number)
        return packed


def _name(packed: bytes) -> str:
    return encode_id(hashlib.sha256(packed).digest())


def _object(series: Series, number: int, name: str) -> str:
    return keys.exposure_object(series.release, series.pool, number, name)


def _damaged(series: Series, number: int) -> UnavailableError:
    return UnavailableError("exposure-damaged", "An exposure table is damaged.", pool=series.pool, version=number)


def _encode(series: Series, version: Version) -> Values:
    return {
        "pk": {"S": keys.exposure_versions(series.release, series.pool)},
        "sk": {"S": keys.exposure_version(version.number)},
        "at": {"N": str(version.at)},
        "table": {"S": version.table},
        "counts": {"S": version.counts},
        "status": {"S": ACKNOWLEDGED if version.acknowledged else COUNTING},
    }


def _decode(item: Item) -> Version:
    return Version(
        number=int(item["sk"]["S"]),
        at=Instant(int(item["at"]["N"])),
        table=item["table"]["S"],
        counts=item["counts"]["S"],
        acknowledged=item["status"]["S"] == ACKNOWLEDGED,
    )
