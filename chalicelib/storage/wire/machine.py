"""What the adapter takes from the machine: time, waiting and chance, so that a test can give others."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass


def _unheard(said: float) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Machine:
    """The machine's clocks, its sleep, and its chance."""

    now: Callable[[], float] = time.time
    """Seconds since 1970."""
    elapsed: Callable[[], float] = time.monotonic
    """Seconds since some moment; never goes back."""
    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[], float] = random.random
    """Uniform in [0, 1): spreads retries, guards nothing."""
    hear: Callable[[float], None] = _unheard
    """Hears what time it is for a service, in seconds since 1970, at each reply that says so."""
