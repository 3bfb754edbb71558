"""What exposure control stores: batches that wait to be counted, and versions of the table."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.assessments.model import Start
from chalicelib.engine.exposure import ExposureTable, Limits, Tally
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.ids import shard_of

SHARDS = 16
"""Partitions of the batches of one series."""

NO_TABLE = 0
"""The version of a test that pinned none: every item was eligible, none priced."""

PRACTICE = "practice"
DEMONSTRATION = "demonstration"

POOLS = {"placement": PRACTICE}
"""The pool that tests of each purpose draw from."""

LIMITS = Limits()
"""The rule book's limits, until a table is published with others."""


@dataclass(frozen=True, order=True)
class Series:
    """The tests that share exposure tables: those of one pool of one release."""

    release: str
    pool: str

    @classmethod
    def of(cls, start: Start) -> Series | None:
        """The series of an assessment; None when its purpose has no pool."""
        pool = POOLS.get(start.purpose)
        return None if pool is None else cls(start.release, pool)


@dataclass(frozen=True)
class FinishedTest:
    """What exposure control needs of one test that is over."""

    version: int
    """Of the table that it pinned."""
    thousandths: int
    """Its final ability, in thousandths."""
    items: tuple[int, ...]
    """Ordinals of the items answered."""

    @property
    def ability(self) -> float:
        """Its final ability."""
        return self.thousandths / 1000.0


@dataclass(frozen=True)
class FinishedBatch:
    """The finished tests of one batch of messages, over a release of so many items."""

    items: int
    tests: tuple[FinishedTest, ...]


@dataclass(frozen=True)
class WaitingBatch:
    """A batch as it is stored until it is counted. Its key derives from the assessments it holds."""

    key: str
    packed: bytes

    @property
    def shard(self) -> int:
        """The partition of its series that it waits in."""
        return shard_of(self.key, SHARDS)


@dataclass(frozen=True, eq=False)
class Counts:
    """What the next version starts from."""

    tally: Tally
    batches: tuple[str, ...]
    """Keys of the batches counted for this version, and by no version before it."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A version's table and the counts it came from."""

    table: ExposureTable
    counts: Counts


@dataclass(frozen=True)
class Version:
    """One entry of the log of a series' versions, numbered from 1 without a hole."""

    number: int
    at: Instant
    table: str
    """Name of its table: the hash of the bytes."""
    counts: str
    """Name of its counts."""
    acknowledged: bool
    """Whether the batches it counted are known to be gone."""
