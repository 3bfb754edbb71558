"""Time is passed in: domain code asks a `Clock`, and keeps instants as whole milliseconds since 1970 in UTC."""

from __future__ import annotations

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


def to_datetime(instant: Instant) -> datetime:
    """The instant as an aware UTC datetime, for people and for JSON."""
    return datetime.fromtimestamp(instant / SECOND, tz=UTC)


def later(instant: Instant, milliseconds: float) -> Instant:
    """The instant that comes `milliseconds` after."""
    return Instant(instant + round(milliseconds))
