"""The two sizes of a run, and what a person may choose."""

from __future__ import annotations

from dataclasses import dataclass, replace

from load_tests.faults.crowd import SCOPES, UNTIMED_SCOPES
from load_tests.faults.weakening import Defence

SKEW_SECONDS = 300


@dataclass(frozen=True)
class Options:
    """How much is done. All durations in seconds."""

    seed: int = 1
    assessments: int = 1000
    waves: tuple[int, ...] = (4, 12, 24)
    """Persons at the same time, one part of the crowd after the other."""
    gateway_offsets: tuple[int, ...] = (0, SKEW_SECONDS, -SKEW_SECONDS)
    pump_offsets: tuple[int, ...] = (SKEW_SECONDS, -SKEW_SECONDS)
    """One process each, and how far its clock is off."""
    two_tabs: float = 0.06
    """How often a person answers one step in two tabs at once, differently."""
    kill_gap: float = 4.0
    poison: int = 12
    journeys: int | None = None
    """Writes of one assessment at which a process is killed; None for all of them."""
    visibility: int = 20
    """Visibility time-out of the queue, longer than a full batch takes under faults: the deployed one, 360 s, is longer than a run."""
    scopes: tuple[str, ...] = SCOPES
    """What is assessed."""
    deadlines: int = 0
    """Challenges with a time limit that are begun at the slowest clock and answered at the fastest."""
    limit: float = 400.0
    """Nobody starts later after the first; what was not played is told, and is a failure."""
    without: Defence | None = None

    @property
    def processes(self) -> int:
        """How many processes serve."""
        return len(self.gateway_offsets) + len(self.pump_offsets)


def short(options: Options) -> Options:
    """The same in less than half a minute."""
    return replace(
        options,
        assessments=min(options.assessments, 25),
        waves=(8,),
        gateway_offsets=(SKEW_SECONDS, -SKEW_SECONDS),
        pump_offsets=(0,),
        kill_gap=2.0,
        poison=4,
        scopes=UNTIMED_SCOPES,
        journeys=0,
        visibility=4,
        limit=60.0,
    )
