"""Failures that are limited, and clients of organisations, in memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from chalicelib.identity.clients import Client
from chalicelib.identity.limiting import Bucket, Subject
from chalicelib.kernel.clock import Instant


@dataclass
class MemoryFailures:
    """Port `FailureStore`; counts its calls. `unseen` are subjects whose reads are late: they see nothing yet."""

    kept: dict[Subject, dict[int, Bucket]] = field(default_factory=dict)
    unseen: set[Subject] = field(default_factory=set)
    reads: int = 0
    writes: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def buckets(self, subject: Subject) -> list[Bucket]:
        with self.lock:
            self.reads += 1
            return [] if subject in self.unseen else list(self.kept.get(subject, {}).values())

    def add(self, subject: Subject, shard: int, at: Instant, until: Instant) -> None:
        with self.lock:
            self.writes += 1
            there = self._counting(subject, shard, at)
            self.kept.setdefault(subject, {})[shard] = Bucket((there.failures if there else 0) + 1, at, until)

    def sign(self, subject: Subject, shard: int, at: Instant, until: Instant) -> Bucket | None:
        with self.lock:
            self.writes += 1
            there = self._counting(subject, shard, at)
            if there is None:
                self.kept.setdefault(subject, {})[shard] = Bucket(0, at, until)
            return there

    def _counting(self, subject: Subject, shard: int, at: Instant) -> Bucket | None:
        there = self.kept.get(subject, {}).get(shard)
        return there if there is not None and there.until > at else None


@dataclass
class MemoryClients:
    """Port `ClientStore`."""

    kept: dict[tuple[str, str], Client] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def create(self, client: Client) -> bool:
        with self.lock:
            return self.kept.setdefault((client.organisation_id, client.id), client) == client

    def client(self, organisation_id: str, own_id: str) -> Client | None:
        with self.lock:
            return self.kept.get((organisation_id, own_id))

    def clients_of(self, organisation_id: str) -> list[Client]:
        with self.lock:
            return [client for (of, _), client in sorted(self.kept.items()) if of == organisation_id]

    def replace(self, client: Client) -> bool:
        with self.lock:
            there = self.kept.get((client.organisation_id, client.id))
            if there is None or there.version != client.version - 1:
                return False
            self.kept[client.organisation_id, client.id] = client
            return True
