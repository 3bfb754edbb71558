"""The service's own processes with a clock that is off: `FAULTS_CLOCK_OFFSET_SECONDS` is added to it before anything is served.

The gateway is served from here (`load_tests.faults.skewed:application`), the worker runs as `python -m load_tests.faults.skewed`.
The deployed code has no such switch: the composition root's clock is changed in this process only.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import SECOND, Instant, later
from chalicelib.wiring import SystemClock
from infrastructure import worker
from infrastructure.local import gateway

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

OFFSET = "FAULTS_CLOCK_OFFSET_SECONDS"


def offset() -> float:
    """How far the clock of this process is off, in seconds."""
    return float(os.environ.get(OFFSET, "0"))


def shift(seconds: float) -> None:
    """Let the machine's clock, as this process's services read it, be off by so much."""
    right = SystemClock.now

    def now(clock: SystemClock) -> Instant:
        return later(right(clock), seconds * SECOND)

    setattr(SystemClock, "now", now)  # noqa: B010 - a plain assignment to a method is what type checkers refuse


def __getattr__(name: str) -> WSGIApplication:
    """Make `application` when the server first asks for it."""
    if name != "application":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    shift(offset())
    application: WSGIApplication = gateway.application
    return application


if __name__ == "__main__":
    shift(offset())
    worker.main()
