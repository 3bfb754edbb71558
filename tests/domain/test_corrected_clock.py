"""A machine's clock is put right by the time that a service tells, when the two are far apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.clock import SECOND, CorrectedClock, Instant

NOON = 1_800_000_000


class Ticking:
    """A machine's clock that a test moves, off by so many seconds."""

    def __init__(self, off: float = 0.0) -> None:
        self.true, self.off = float(NOON), off

    def now(self) -> Instant:
        return Instant(round((self.true + self.off) * SECOND))


def corrected(machine: Ticking) -> tuple[CorrectedClock, list[float]]:
    told: list[float] = []
    return CorrectedClock(machine, told.append), told


@given(st.floats(-300, 300), st.floats(0, 0.999), st.floats(0, 0.5))
def test_once_told_it_is_right_to_two_seconds_whatever_it_was_off(off: float, fraction: float, travel: float) -> None:
    machine = Ticking(off)
    clock, _ = corrected(machine)
    said = int(machine.true + fraction)
    machine.true += fraction + travel

    clock.hear(said)

    assert abs(clock.now() / SECOND - machine.true) <= 2.6


def test_a_clock_that_is_nearly_right_is_left_alone() -> None:
    machine = Ticking(0.8)
    clock, told = corrected(machine)

    clock.hear(NOON)

    assert clock.now() == machine.now()
    assert told == []


def test_a_clock_that_is_set_right_again_is_believed_again() -> None:
    machine = Ticking(-300)
    clock, _ = corrected(machine)
    clock.hear(NOON)
    assert clock.now() > machine.now()

    machine.off = 0
    clock.hear(NOON)

    assert clock.now() == machine.now()


def test_how_far_off_is_told_once_a_minute() -> None:
    machine = Ticking(300)
    clock, told = corrected(machine)

    for second in range(150):
        machine.true = NOON + second
        clock.hear(NOON + second)

    assert told == [299.5] * 3


def test_nobody_told_is_the_machine_alone() -> None:
    machine = Ticking(300)

    assert corrected(machine)[0].now() == machine.now()
