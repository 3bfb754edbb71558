"""Seeded chance: the same on every retry, even over its range, independent between purposes."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.picks import pick, shuffled
from tests.engine.builders import calm

SECRET = b"a secret for the tests"
DRAWS = 3000


@pytest.mark.parametrize(
    ("secret", "assessment", "step", "purpose", "expected"),
    [
        (SECRET, "a-1", 1, "challenge", 17149766533709193097),
        (SECRET, "a-1", 2, "challenge", 6230219270136165654),
        (SECRET, "a-1", 1, "options", 8972466737523483334),
        (b"", "", 0, "", 13426712171464322627),
        (SECRET, "évaluation", 250, "challenge", 9002536805337403018),
    ],
)
def test_a_pick_is_the_head_of_the_keyed_hash(secret: bytes, assessment: str, step: int, purpose: str, expected: int) -> None:
    assert pick(secret, assessment, step, purpose) == expected


def test_a_pick_without_a_purpose_is_that_of_a_challenge() -> None:
    assert pick(SECRET, "a-1", 1) == pick(SECRET, "a-1", 1, "challenge")


def test_each_secret_assessment_step_and_purpose_has_its_own_pick() -> None:
    picks = [
        pick(secret, assessment, step, purpose)
        for secret in (SECRET, b"another secret")
        for assessment in ("a-1", "a-11", "b")
        for step in (1, 2, 11)
        for purpose in ("challenge", "options")
    ]

    assert len(set(picks)) == len(picks)


@calm
@given(st.binary(max_size=40), st.text("abc-|é7", max_size=20), st.integers(0, 1000), st.sampled_from(("challenge", "options")))
def test_a_pick_fits_64_bits_and_never_changes(secret: bytes, assessment: str, step: int, purpose: str) -> None:
    drawn = pick(secret, assessment, step, purpose)

    assert 0 <= drawn < 2**64
    assert drawn == pick(secret, assessment, step, purpose)


@pytest.mark.parametrize("boxes", [2, 3, 5, 16])
def test_picks_fall_evenly_among_the_near_equals(boxes: int) -> None:
    for part in ("low", "high"):
        drawn = [pick(SECRET, f"a-{number}", 1) for number in range(DRAWS)]
        counted = Counter(one % boxes if part == "low" else one * boxes >> 64 for one in drawn)

        assert len(counted) == boxes
        assert chi_square([counted[box] for box in range(boxes)]) < boxes + 5 * boxes**0.5 + 5


def test_picks_of_two_purposes_and_of_following_steps_are_independent() -> None:
    for other in (("options", 1), ("challenge", 2)):
        pairs = Counter(
            (pick(SECRET, f"a-{number}", 1) % 4, pick(SECRET, f"a-{number}", other[1], other[0]) % 4) for number in range(DRAWS)
        )

        assert len(pairs) == 16
        assert chi_square(list(pairs.values())) < 45


def chi_square(counted: list[int]) -> float:
    expected = sum(counted) / len(counted)
    return sum((one - expected) ** 2 / expected for one in counted)


@calm
@given(st.lists(st.integers(), max_size=30), st.integers(0, 2**64 - 1))
def test_a_shuffle_keeps_every_value_and_is_the_same_again(values: list[int], seed: int) -> None:
    before = list(values)

    drawn = shuffled(values, seed)

    assert sorted(drawn) == sorted(before)
    assert drawn == shuffled(tuple(values), seed)
    assert values == before


def test_a_shuffle_is_pinned_for_a_fixed_seed() -> None:
    assert shuffled("abcdef", 2026) == tuple("cafebd")


def test_every_order_comes_up_equally_often() -> None:
    seeds = [pick(SECRET, f"a-{number}", 1, "options") for number in range(DRAWS)]

    drawn = Counter(shuffled("abcd", seed) for seed in seeds)

    assert set(drawn) == set(permutations("abcd"))
    assert chi_square(list(drawn.values())) < 60


def test_nothing_and_one_value_stay_what_they_are() -> None:
    assert shuffled((), 5) == ()
    assert shuffled(("only",), 5) == ("only",)
