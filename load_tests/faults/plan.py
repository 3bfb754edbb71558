"""Which faults there are, how often each is drawn, and what was injected. Draws come from a seed; what they meet does not."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from load_tests.faults.operations import Operation


class Fault(StrEnum):
    """What can go wrong. The values are what the report calls them."""

    LOST_REPLY = "reply lost after commit"
    TRUNCATED = "reply truncated after commit"
    SLOW = "slow reply"
    HANG = "no reply within the time-out"
    RESET = "reset before the store saw it"
    THROTTLE = "throttled"
    SERVER_ERROR = "error 500"
    UNAVAILABLE = "error 503"
    KILL_BEFORE = "process killed before a write"
    KILL_AFTER = "process killed after a write"
    KILL_ANY = "process killed at a random moment"
    KILL_IN_BATCH = "of these, a worker with a batch in hand"
    DUPLICATE = "message delivered twice"
    REORDER = "batch delivered in another order"
    DELAY = "message delayed"
    POISON = "poisoned message"
    NETWORK = "browser's connection cut, before or after the service answered"
    SKEW = "process started with a clock 5 minutes off"


Rates = Mapping[Fault, float]
"""The probability of each fault at one call; what is left is the probability of none."""

STORE: Rates = {
    Fault.LOST_REPLY: 0.030,
    Fault.TRUNCATED: 0.012,
    Fault.SLOW: 0.030,
    Fault.HANG: 0.006,
    Fault.RESET: 0.020,
    Fault.THROTTLE: 0.020,
    Fault.SERVER_ERROR: 0.012,
    Fault.UNAVAILABLE: 0.012,
}
"""What happens between a process and the store."""
KILLS: Rates = {Fault.KILL_BEFORE: 0.05, Fault.KILL_AFTER: 0.05}
"""What happens to the process that writes, when one may be killed at all."""
DELIVERIES: Rates = {Fault.DUPLICATE: 0.40, Fault.REORDER: 0.20, Fault.DELAY: 0.15}
"""What happens to a batch of messages."""
NETWORK: Rates = {Fault.NETWORK: 0.02}
"""What happens between a browser and the service."""

WAITING = frozenset({"ReceiveMessage", "DeleteMessageBatch"})
"""Calls of the local event source, whose time-out is too long to wait for: they never hang."""


def draw(rng: random.Random, rates: Rates) -> Fault | None:
    """One fault, or none."""
    left = rng.random()
    for fault, rate in rates.items():
        left -= rate
        if left < 0:
            return fault
    return None


@dataclass(frozen=True)
class Injected:
    """One fault that was done: to which call of which process, and whom the call was about (an id, or nothing)."""

    fault: Fault
    process: str
    operation: str
    subject: str


@dataclass
class Tally:
    """Every fault done, from several threads."""

    done: list[Injected] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, fault: Fault, process: str, operation: Operation | None = None) -> None:
        """Remember one fault."""
        name, subject = (operation.name, operation.subject) if operation else ("", "")
        with self.lock:
            self.done.append(Injected(fault, process, name, subject))

    def count(self, fault: Fault) -> int:
        """How many of this kind."""
        with self.lock:
            return sum(one.fault is fault for one in self.done)


@dataclass
class Weather:
    """Whether faults are drawn now."""

    stormy: bool = False

    @contextmanager
    def storm(self) -> Iterator[None]:
        """Faults for the length of the block."""
        self.stormy = True
        try:
            yield
        finally:
            self.stormy = False
