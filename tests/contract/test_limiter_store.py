"""What every store of failures promises: run on the fake, on moto, on MiniStack, through boto3 and through our own client."""

from __future__ import annotations

import threading

import pytest

from chalicelib.identity.limiting import Bucket, FailureStore, Subject
from chalicelib.identity.limits import Purpose
from chalicelib.kernel.clock import Instant
from tests.worlds import World

SUBJECT = Subject(Purpose.CAMPAIGN_CODE, "a" * 26)
NOW, UNTIL = Instant(1_795_000_000_500), Instant(1_795_000_100_000)
OVER = UNTIL
AFTER = Instant(1_795_000_200_000)


@pytest.fixture
def failures(world: World) -> FailureStore:
    return world.services.ports.failures


def test_a_subject_that_never_failed_has_no_bucket(failures: FailureStore) -> None:
    assert failures.buckets(SUBJECT) == []


def test_failures_add_up_in_their_shard_and_each_keeps_the_last_instant(failures: FailureStore) -> None:
    failures.add(SUBJECT, 0, NOW, UNTIL)
    failures.add(SUBJECT, 0, Instant(NOW + 1), UNTIL)
    failures.add(SUBJECT, 15, NOW, UNTIL)
    assert sorted(failures.buckets(SUBJECT)) == [Bucket(1, NOW, UNTIL), Bucket(2, Instant(NOW + 1), UNTIL)]


def test_subjects_and_purposes_are_kept_apart(failures: FailureStore) -> None:
    failures.add(SUBJECT, 0, NOW, UNTIL)
    assert failures.buckets(Subject(Purpose.CAMPAIGN_CODE, "b" * 26)) == []
    assert failures.buckets(Subject(Purpose.CLIENT_SECRET, "a" * 26)) == []


def test_what_is_over_is_no_part_of_what_begins(failures: FailureStore) -> None:
    failures.add(SUBJECT, 0, NOW, UNTIL)
    failures.add(SUBJECT, 0, NOW, UNTIL)
    failures.add(SUBJECT, 0, OVER, AFTER)
    assert failures.buckets(SUBJECT) == [Bucket(1, OVER, AFTER)]


def test_a_sign_is_kept_once_and_tells_what_counts_already(failures: FailureStore) -> None:
    assert failures.sign(SUBJECT, 0, NOW, UNTIL) is None
    assert failures.sign(SUBJECT, 0, Instant(NOW + 1), AFTER) == Bucket(0, NOW, UNTIL)
    failures.add(SUBJECT, 0, Instant(NOW + 2), UNTIL)
    assert failures.sign(SUBJECT, 0, Instant(NOW + 3), AFTER) == Bucket(1, Instant(NOW + 2), UNTIL)
    assert failures.sign(SUBJECT, 0, OVER, AFTER) is None
    assert failures.buckets(SUBJECT) == [Bucket(0, OVER, AFTER)]


@pytest.mark.parametrize("first", [None, NOW], ids=["the first ones", "after what is over"])
def test_failures_at_the_same_moment_are_all_counted(failures: FailureStore, first: Instant | None) -> None:
    if first is not None:
        failures.add(SUBJECT, 0, first, UNTIL)
    together = threading.Barrier(8)

    def fail() -> None:
        together.wait()
        failures.add(SUBJECT, 0, OVER, AFTER)

    threads = [threading.Thread(target=fail) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures.buckets(SUBJECT) == [Bucket(8, OVER, AFTER)]
