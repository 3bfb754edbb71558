"""Who guesses too often waits: what is bounded, who is never held back, and what each guess costs."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.identity.limiting import Caller, LimitFailures
from chalicelib.identity.limits import LIMITS, Effect, Limits, Purpose, Rule
from chalicelib.kernel.errors import TooManyError
from tests.fakes.callers import MemoryFailures
from tests.fakes.memory import FixedClock

CODE, SECRET = Purpose.CAMPAIGN_CODE, Purpose.CLIENT_SECRET
SCHOOL = "192.0.2.7"
DAY = 86_400
CALLER = LIMITS[CODE].caller


def device(number: int) -> Caller:
    """A browser of the school."""
    return Caller.of(SCHOOL, f"device-{number:020d}")


@dataclass
class Desk:
    """A limiter, and people who guess."""

    store: MemoryFailures = field(default_factory=MemoryFailures)
    clock: FixedClock = field(default_factory=FixedClock)
    limits: dict[Purpose, Limits] = field(default_factory=lambda: dict(LIMITS))

    @property
    def limiting(self) -> LimitFailures:
        return LimitFailures(self.store, self.clock, b"secret of the stage", self.limits)

    def refusal(self, caller: Caller, purpose: Purpose = CODE, target: str | None = None) -> tuple[str, int] | None:
        """The code and the seconds with which a guess is refused; None when it is admitted."""
        try:
            self.limiting.admit(purpose, caller, target)
        except TooManyError as error:
            return error.code, error.retry_after_seconds
        return None

    def guess_wrong(self, caller: Caller, purpose: Purpose = CODE, target: str | None = None) -> bool:
        """A wrong guess, if it is admitted; whether it was."""
        if self.refusal(caller, purpose, target):
            return False
        self.limiting.failed(purpose, caller, target)
        return True

    def fail(self, count: int, caller: Caller, purpose: Purpose = CODE, target: str | None = None) -> None:
        for _ in range(count):
            self.limiting.failed(purpose, caller, target)


@pytest.fixture
def desk() -> Desk:
    return Desk()


# --- what is bounded ---


@settings(max_examples=40)
@given(st.data())
def test_nobody_guesses_more_than_the_rule_says_in_a_day_whatever_they_wait(data: st.DataObject) -> None:
    desk, times = Desk(), []
    patience = data.draw(st.lists(st.sampled_from([0, 1, 60, 3_600, DAY - 1, DAY]), min_size=1, max_size=20))
    for turn in range(120):
        if desk.guess_wrong(device(1)):
            times.append(desk.clock.now())
        refused = desk.refusal(device(1))
        desk.clock.forward((refused[1] if refused else 0) + patience[turn % len(patience)])
    for begin in times:
        assert sum(begin <= time < begin + DAY * 1_000 for time in times) <= CALLER.most_in_a_window


def test_the_most_eager_reach_the_bound_and_no_more(desk: Desk) -> None:
    guessed, end = 0, desk.clock.now() + DAY * 1_000
    while desk.clock.now() < end:
        guessed += desk.guess_wrong(device(1))
        refused = desk.refusal(device(1))
        desk.clock.forward(refused[1] if refused else 0)
    assert guessed == CALLER.most_in_a_window


@settings(max_examples=25)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=120), st.integers(1, 4))
def test_a_target_that_is_shut_is_guessed_at_no_more_often_by_many_than_by_one(waits: list[int], shards: int) -> None:
    rule = Rule(Effect.SHUTS, 3, 1, 2, 600, DAY, shards=shards)
    desk = Desk(limits={SECRET: replace(LIMITS[SECRET], target=rule)})
    guessed = 0
    for turn, seconds in enumerate(waits):
        guessed += desk.guess_wrong(Caller.of(f"198.51.100.{turn}", f"device-{turn:020d}"), SECRET, "the one candidate")
        desk.clock.forward(seconds)
    assert guessed <= rule.most_in_a_window
    passed, possible = 0, rule.free_failures + 1
    while (passed := passed + rule.delay(possible)) <= sum(waits) * 1_000:
        possible += 1
    assert guessed <= possible


def test_a_delay_is_over_when_it_said_it_would_be(desk: Desk) -> None:
    desk.fail(7, device(1))
    assert desk.refusal(device(1)) == ("too-many-failures", 4)
    desk.clock.forward(3.999)
    assert desk.refusal(device(1)) == ("too-many-failures", 1)
    desk.clock.forward(0.001)
    assert desk.refusal(device(1)) is None


def test_asking_too_early_makes_nothing_longer(desk: Desk) -> None:
    desk.fail(7, device(1))
    before = repr(desk.store.kept)
    for _ in range(50):
        assert not desk.guess_wrong(device(1))
    assert repr(desk.store.kept) == before


def test_failures_are_forgotten_a_day_after_the_last_though_the_store_keeps_them(desk: Desk) -> None:
    desk.fail(30, device(1))
    desk.clock.forward(DAY)
    assert desk.refusal(device(1)) is None
    assert desk.store.kept
    desk.fail(1, device(1))
    assert desk.refusal(device(1)) is None, "counting begins again"


def test_a_person_is_the_same_on_every_device_and_at_every_address(desk: Desk) -> None:
    for number in range(8):
        desk.fail(1, Caller.of(f"198.51.100.{number}", f"device-{number:020d}", "ines"))
    assert desk.refusal(Caller.of("198.51.100.1", "another-device-of-hers", "ines")) == ("too-many-failures", 8)
    assert desk.refusal(Caller.of("198.51.100.1", "another-device-of-hers", "noah")) is None


def test_an_address_where_nobody_failed_is_one_guess_more_and_not_two(desk: Desk) -> None:
    desk.fail(30, device(1))
    elsewhere = replace(device(1), address="198.51.100.1")
    assert desk.guess_wrong(elsewhere)
    assert not desk.guess_wrong(elsewhere)


def test_failures_at_one_purpose_say_nothing_of_another(desk: Desk) -> None:
    desk.fail(30, device(1))
    assert desk.refusal(device(1), Purpose.INVITATION_CODE) is None


def test_many_failures_at_once_are_all_counted(desk: Desk) -> None:
    threads = [threading.Thread(target=desk.fail, args=(1, device(1))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert desk.refusal(device(1)) == ("too-many-failures", 8)


# --- who is never held back ---


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 120)), max_size=60))
def test_who_never_fails_is_never_shut_out(failures: list[tuple[int, int]]) -> None:
    desk = Desk()
    for number, seconds in failures:
        desk.guess_wrong(device(number))
        desk.clock.forward(seconds)
        assert desk.refusal(device(0)) is None, "a few failures of others do not even slow"


def wait_of(desk: Desk, caller: Caller, attacker: Caller | None = None) -> float:
    """Seconds that a browser waits before its guess is admitted, coming back when it is told to; others may guess meanwhile."""
    began = desk.clock.now()
    while (refused := desk.refusal(caller)) is not None:
        code, seconds = refused
        assert code == "slow-down", "nobody is refused for what another did"
        if attacker is not None:
            desk.fail(10, attacker)
        desk.clock.forward(seconds)
        assert desk.clock.now() - began <= 10_000, "it would never end"
    return (desk.clock.now() - began) / 1_000


def test_of_60_people_at_one_address_one_types_500_wrong_codes_and_nobody_else_notices(desk: Desk) -> None:
    admitted = 0
    for turn in range(500):
        admitted += desk.guess_wrong(device(0))
        desk.clock.forward(1)
        assert wait_of(desk, device(1 + turn % 59)) == 0
    assert admitted <= CALLER.most_in_a_window


@settings(max_examples=25)
@given(st.integers(1, 500))
def test_even_when_the_one_changes_device_each_time_the_59_others_wait_two_seconds_at_most(wrong: int) -> None:
    desk = Desk()
    for number in range(wrong):
        desk.fail(1, device(1_000 + number))
    for number in range(1, 60):
        assert wait_of(desk, device(number), attacker=device(10_000 + number)) <= 2


def test_who_waited_once_at_a_slow_address_is_not_slowed_again(desk: Desk) -> None:
    for number in range(200):
        desk.fail(1, device(1_000 + number))
    assert wait_of(desk, device(1)) == 2
    for _ in range(5):
        assert desk.refusal(device(1)) is None
    desk.fail(1, device(1))
    assert desk.refusal(device(1)) == ("slow-down", 2), "but a failure of one's own is followed by the delay"


def test_a_late_read_slows_nobody_twice(desk: Desk) -> None:
    for number in range(200):
        desk.fail(1, device(1_000 + number))
    known = set(desk.store.kept)
    assert desk.refusal(device(1)) == ("slow-down", 2)
    desk.store.unseen = set(desk.store.kept) - known
    desk.clock.forward(2)
    assert desk.refusal(device(1)) is None


def test_without_a_device_id_an_address_waits_two_seconds_after_each_failure_and_is_never_shut(desk: Desk) -> None:
    nameless = Caller.of(SCHOOL, None)
    desk.fail(5_000, nameless)
    assert desk.refusal(nameless) == ("slow-down", 2)
    desk.clock.forward(2)
    assert desk.refusal(nameless) is None
    assert wait_of(desk, device(1)) <= 2


def test_a_client_is_not_kept_out_by_who_guesses_at_its_secret(desk: Desk) -> None:
    for number in range(300):
        desk.fail(1, Caller.of(f"198.51.100.{number % 250}", None), SECRET, "the client")
    own = Caller.of("203.0.113.9", None)
    began = desk.clock.now()
    while (refused := desk.refusal(own, SECRET, "the client")) is not None:
        desk.fail(1, Caller.of("198.51.100.1", None), SECRET, "the client")
        desk.clock.forward(refused[1])
    assert desk.clock.now() - began <= 2_000


# --- what is told, kept and paid ---


@pytest.mark.parametrize("told", [None, "", "short", "x" * 65, "with a space in the middle", "é" * 20, "a" * 20 + "\n"])
def test_a_device_id_of_another_form_is_none(told: str | None) -> None:
    assert Caller.of(SCHOOL, told).named is None


def test_one_host_is_one_address_however_many_it_takes() -> None:
    hosts = {Caller.of(address, None).address for address in ("2001:db8::1", "2001:db8::ffff:1", "2001:DB8:0:0:1::")}
    assert hosts == {"2001:db8::/64"}
    assert Caller.of("2001:db8:0:1::1", None).address != "2001:db8::/64"
    assert Caller.of("", None).address == ""


def test_no_address_no_person_and_no_device_stands_in_the_store(desk: Desk) -> None:
    desk.fail(3, Caller.of(SCHOOL, "device-0123456789abcdef", "ines-of-the-school"), SECRET, "client-of-the-school")
    kept = repr(desk.store.kept)
    for said in (SCHOOL, "device", "ines", "client-of"):
        assert said not in kept
    other = LimitFailures(desk.store, desk.clock, b"secret of another stage")
    assert {*desk.store.kept}.isdisjoint({other._address(SECRET, Caller.of(SCHOOL, None))})


def test_a_success_costs_one_read_one_more_where_there_were_failures_and_no_write(desk: Desk) -> None:
    desk.refusal(device(1))
    assert (desk.store.reads, desk.store.writes) == (1, 0)
    desk.fail(1, device(2))
    desk.store.reads = desk.store.writes = 0
    desk.refusal(device(1))
    assert (desk.store.reads, desk.store.writes) == (2, 0)


def test_a_failure_is_one_write_for_each_of_caller_address_and_target(desk: Desk) -> None:
    desk.fail(1, Caller.of(SCHOOL, None))
    assert desk.store.writes == 1
    desk.fail(1, device(1))
    assert desk.store.writes == 3
    desk.fail(1, device(1), SECRET, "the client")
    assert desk.store.writes == 6


def test_failures_of_many_at_one_address_are_spread_over_its_shards(desk: Desk) -> None:
    for number in range(200):
        desk.fail(1, device(number))
    widest = max(desk.store.kept.values(), key=len)
    assert len(widest) == LIMITS[CODE].address.shards
    assert max(bucket.failures for bucket in widest.values()) < 40
