"""How each kind of entry changes the state. The fold never selects: the challenge to come is a fact it is given."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.assessments.model import Given, Outcome, Pending, State, StopReason
from chalicelib.kernel.clock import Instant


@dataclass(frozen=True)
class Next:
    """What follows an answer: a challenge, shown at once or only announced, or the end."""

    ordinal: int | None
    announced: bool = False
    stop: StopReason | None = None

    def pending(self, at: Instant) -> Pending | None:
        """The challenge as it waits from this instant on."""
        if self.ordinal is None:
            return None
        return Pending(self.ordinal, None if self.announced else at)


def started(at: Instant, following: Next) -> State:
    """The state of entry 0."""
    return State((), following.pending(at), following.stop, at)


def answered(before: State, number: int, at: Instant, outcome: Outcome, following: Next) -> State:
    """The state after the pending challenge was answered by entry `number`."""
    assert before.pending is not None
    previous = before.entry_of(len(before.answers)) if before.answers else 0
    given = Given(before.pending.ordinal, outcome, number - previous)
    return State((*before.answers, given), following.pending(at), following.stop, at)


def served(before: State, at: Instant) -> State:
    """The state after the announced challenge was shown."""
    assert before.pending is not None
    return replace(before, pending=replace(before.pending, served_at=at))


def focus_lost(before: State) -> State:
    """The state after the person left the page of the pending challenge."""
    assert before.pending is not None
    return replace(before, pending=replace(before.pending, focus_lost=True))


def ended(before: State, reason: StopReason) -> State:
    """The state after the end, decided by the person or by the clock."""
    return replace(before, pending=None, stop=reason)
