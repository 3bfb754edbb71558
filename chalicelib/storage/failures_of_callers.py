"""Failures that are limited, in DynamoDB (port `FailureStore`): counters that expire. Reads look at the expiry themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chalicelib.identity.limiting import Bucket, Subject
from chalicelib.kernel.clock import SECOND, Instant
from chalicelib.storage import keys
from chalicelib.storage.meter import Item
from chalicelib.storage.table import Table, Values

_COUNTS_OR_ABSENT = "attribute_not_exists(expires_at) OR expires_at > :second"
_OVER_OR_ABSENT = "attribute_not_exists(expires_at) OR expires_at <= :second"
_MORE = "SET last_at = :now, expires_at = :until ADD failures :failures"
_AFRESH = "SET last_at = :now, expires_at = :until, failures = :failures"
_ROUNDS = 2


@dataclass(frozen=True)
class DynamoFailures:
    """One item a shard. An update adds to what counts, or takes the place of what does not; so none is lost to another."""

    registry: Table

    def buckets(self, subject: Subject) -> list[Bucket]:
        """Every shard: one eventually consistent Query, half a unit for up to 40 shards."""
        items = self.registry.all_of(keys.failures(subject.purpose, subject.key), strong=False)
        return [_bucket(item) for item in items]

    def add(self, subject: Subject, shard: int, at: Instant, until: Instant) -> None:
        """Add to what counts or to nothing, else begin again; if another began again meanwhile, add to that."""
        for _ in range(_ROUNDS):
            if self._update(subject, shard, _MORE, _COUNTS_OR_ABSENT, _values(1, at, until)):
                return
            if self._update(subject, shard, _AFRESH, _OVER_OR_ABSENT, _values(1, at, until)):
                return

    def sign(self, subject: Subject, shard: int, at: Instant, until: Instant) -> Bucket | None:
        """A bucket without a failure, unless one counts that an eventually consistent read did not see: that one, read again."""
        if self._update(subject, shard, _AFRESH, _OVER_OR_ABSENT, _values(0, at, until)):
            return None
        item = self.registry.get(keys.failures(subject.purpose, subject.key), keys.failures_shard(shard), strong=True)
        return None if item is None else _bucket(item)

    def _update(self, subject: Subject, shard: int, update: str, condition: str, values: Values) -> bool:
        partition, sort = keys.failures(subject.purpose, subject.key), keys.failures_shard(shard)
        return self.registry.update_if(partition, sort, update, condition, values, 0) is not None


def _values(failures: int, at: Instant, until: Instant) -> Values:
    return {
        ":failures": {"N": str(failures)},
        ":now": {"N": str(at)},
        ":second": {"N": str(at // SECOND)},
        ":until": {"N": str(math.ceil(until / SECOND))},
    }


def _bucket(item: Item) -> Bucket:
    return Bucket(
        int(item["failures"]["N"]), Instant(int(item["last_at"]["N"])), Instant(int(item["expires_at"]["N"]) * SECOND)
    )
