"""Time is passed in: domain code asks a `Clock`, and keeps instants as whole milliseconds since 1970 in UTC."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NewType, Protocol

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01T00:00:00Z: what logs store, exact in every store and language."""

SECOND = 1000
DAY = 86_400 * SECOND


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> Instant:
        """The present instant."""
        ...


TOLERATED = 2 * SECOND
"""How far a clock may be off before it is put right: what others say of the time comes in whole seconds, and late."""
TOLD_EVERY = 60 * SECOND


@dataclass
class CorrectedClock:
    """A machine's clock, put right by what a service that all machines share says of the time.

    Two machines that serve one person then agree to a second or two, so that neither takes an answer in time for a late one.
    """

    machine: Clock
    skewed: Callable[[float], None]
    """Hears by how many seconds the machine's clock is off, at most once a minute, when that is over `TOLERATED`."""
    _behind: float = field(default=0.0, init=False)
    _quiet_until: float = field(default=0.0, init=False)

    def now(self) -> Instant:
        """The present instant."""
        return later(self.machine.now(), self._behind)

    def hear(self, said: float) -> None:
        """Hear what time it is elsewhere: seconds since 1970, whole ones, of a moment just past."""
        here = self.machine.now()
        behind = said * SECOND + SECOND / 2 - here
        self._behind = behind if abs(behind) > TOLERATED else 0.0
        if self._behind and here >= self._quiet_until:
            self._quiet_until = here + TOLD_EVERY
            self.skewed(abs(behind) / SECOND)


def to_datetime(instant: Instant) -> datetime:
    """The instant as an aware UTC datetime, for people and for JSON."""
    return datetime.fromtimestamp(instant / SECOND, tz=UTC)


def from_datetime(moment: datetime) -> Instant:
    """The instant of an aware datetime, to the millisecond."""
    return Instant(round(moment.timestamp() * SECOND))


def later(instant: Instant, milliseconds: float) -> Instant:
    """The instant that comes `milliseconds` after."""
    return Instant(instant + round(milliseconds))
