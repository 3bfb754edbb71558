"""The numbers of the limiter: after how many failures who waits how long, as data that is validated when it is made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.kernel.clock import DAY, SECOND

LONGEST_SLOWING_SECONDS = 5
"""What may be asked of somebody who did nothing wrong."""
MOST_SHARDS = 64


class Purpose(StrEnum):
    """What is guessed at. Failures at one purpose say nothing of another."""

    CAMPAIGN_CODE = "campaign-code"
    INVITATION_CODE = "invitation-code"
    CLIENT_SECRET = "client-secret"


class Effect(StrEnum):
    """Whom the failures at a subject hold back."""

    SHUTS = "shuts"
    """Everybody who tries there, until the delay since its last failure has passed."""
    SLOWS = "slows"
    """Each caller by themselves, until the delay since their own last sign has passed: nobody waits for another."""


class LimitError(ValueError):
    """A rule that would not do what it says."""


@dataclass(frozen=True)
class Rule:
    """After `free_failures` each failure brings a delay: the base, then the factor times the one before, up to the longest.

    A subject is forgotten `window_seconds` after its last failure. It is kept in so many shards, each an item of its own.
    """

    effect: Effect
    free_failures: int
    base_delay_seconds: float
    factor: float
    longest_delay_seconds: int
    window_seconds: int
    shards: int = 1

    def __post_init__(self) -> None:
        """Raise `LimitError` for a rule that limits nothing, forgets too soon, or slows too much."""
        grows = self.factor >= 1 and 0 < self.base_delay_seconds <= self.longest_delay_seconds
        if self.free_failures < 0 or not grows:  # so written, a NaN is refused
            raise LimitError("a rule needs 0 free failures or more, a factor from 1, and a delay that is under the longest")
        if self.window_seconds <= self.longest_delay_seconds:
            raise LimitError("a rule must not forget a failure before its delay is over")
        if not 1 <= self.shards <= MOST_SHARDS:
            raise LimitError(f"a rule takes 1 to {MOST_SHARDS} shards")
        if self.effect is Effect.SLOWS and self.longest_delay_seconds > LONGEST_SLOWING_SECONDS:
            raise LimitError(f"who is only slowed waits at most {LONGEST_SLOWING_SECONDS} seconds")

    def delay(self, failures: int) -> int:
        """Milliseconds to wait after the last of so many failures; 0 while they are free."""
        beyond = failures - self.free_failures - 1
        if beyond < 0:
            return 0
        seconds = float(self.longest_delay_seconds)
        if beyond < self._growing_steps:
            seconds = min(seconds, self.base_delay_seconds * self.factor**beyond)
        return math.ceil(seconds * SECOND)

    @property
    def _growing_steps(self) -> float:
        """After how many delays the longest is reached: powers beyond it would leave the numbers of a machine."""
        if self.factor == 1:
            return math.inf
        return math.log(self.longest_delay_seconds / self.base_delay_seconds) / math.log(self.factor)

    @property
    def most_in_a_window(self) -> int:
        """The most failures within any `window_seconds`, one after the other: no failure is forgotten within so short a time."""
        failures, passed = self.free_failures + 1, self.delay(self.free_failures + 1)
        while passed < self.window_seconds * SECOND:
            failures += 1
            passed += self.delay(failures)
        return failures


@dataclass(frozen=True)
class Limits:
    """The rules of one purpose: for who guesses, for the address they come from, for the one thing that is guessed at."""

    caller: Rule
    address: Rule
    target: Rule | None = None

    def __post_init__(self) -> None:
        """Raise `LimitError` for rules that do not go together."""
        if self.caller.effect is not Effect.SHUTS or self.caller.shards != 1:
            raise LimitError("a caller has one shard, and is shut out")
        if self.address.effect is not Effect.SLOWS:
            raise LimitError("an address is only slowed: a school of 2,000 people has one")
        if self.address.window_seconds < self.caller.window_seconds:
            raise LimitError("an address is remembered as long as its callers: they are looked at where it has failures")


_A_DAY = DAY // SECOND
_CALLER = Rule(Effect.SHUTS, 5, 2, 2, 3_600, _A_DAY)
_ADDRESS = Rule(Effect.SLOWS, 100, 0.5, 1.02, 2, _A_DAY, shards=16)
_CLIENT = Rule(Effect.SLOWS, 20, 0.5, 1.1, 2, _A_DAY, shards=8)
"""Slowed and never shut, or whoever knows the id of a client could keep it out. 256 random bits are not guessed anyway."""

LIMITS: Mapping[Purpose, Limits] = {
    Purpose.CAMPAIGN_CODE: Limits(_CALLER, _ADDRESS),
    Purpose.INVITATION_CODE: Limits(_CALLER, _ADDRESS),
    Purpose.CLIENT_SECRET: Limits(_CALLER, _ADDRESS, _CLIENT),
}
"""The defaults. A code of a campaign or of an invitation is no target: whoever guesses names another one each time."""
