"""Seeding: nobody can foresee it, the share is exact, challenges on trial take turns, and their answers never count."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.bank import Bools
from chalicelib.engine.joint import log_likelihood
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.seeding import SeedingRules, Unscored, scored, seeded_item, seeded_steps
from tests.engine.builders import Item, a_bank, calm

SECRET = b"a secret for the tests"
RULES = SeedingRules()
TESTS = [f"test-{number}" for number in range(4000)]


def on_trial(n: int = 12, **columns: Any) -> Unscored:
    made: dict[str, Any] = {
        "unscored": np.ones(n, bool),
        "answers": np.zeros(n, np.intp),
        "playable": np.ones(n, bool),
        "met": np.zeros(n, bool),
    }
    return Unscored(**{**made, **columns})


def mask(n: int, *items: int) -> Bools:
    return np.isin(np.arange(n), items)


@calm
@given(st.binary(max_size=20), st.text(max_size=12), st.integers(-2, 60), st.floats(0, 0.5), st.integers(0, 6))
def test_seeded_steps_are_between_the_first_and_the_last_and_never_change(
    secret: bytes, test: str, length: int, share: float, most: int
) -> None:
    rules = SeedingRules(share=share, most=most)

    steps = seeded_steps(secret, test, length, rules)

    assert steps == seeded_steps(secret, test, length, rules)
    assert steps == tuple(sorted(set(steps)))
    assert all(1 < step < length for step in steps)
    assert math.floor(rules.expected(length)) <= len(steps) <= min(most, math.ceil(rules.expected(length)))


def test_the_steps_of_a_test_are_pinned() -> None:
    assert [seeded_steps(SECRET, test, 32, RULES) for test in TESTS[:4]] == PINNED


@pytest.mark.parametrize(("share", "length"), [(0.06, 32), (0.06, 20), (0.01, 32), (0.0625, 32), (0.09, 32)])
def test_the_share_of_seeded_steps_is_the_one_asked_for(share: float, length: int) -> None:
    rules = SeedingRules(share=share)
    numbers = [len(seeded_steps(SECRET, test, length, rules)) for test in TESTS]

    part = share * length % 1
    error = math.sqrt(part * (1 - part) / len(TESTS))
    assert rules.expected(length) == pytest.approx(share * length)
    assert np.mean(numbers) == pytest.approx(share * length, abs=4 * error + 1e-12)
    assert max(numbers) - min(numbers) <= 1


def test_no_test_has_more_than_the_most() -> None:
    rules = SeedingRules(share=0.5, most=3)

    assert {len(seeded_steps(SECRET, test, 32, rules)) for test in TESTS[:200]} == {3}
    assert rules.expected(32) == 3.0


def test_a_share_of_nothing_seeds_nothing() -> None:
    assert not any(seeded_steps(SECRET, test, 32, SeedingRules(share=0.0)) for test in TESTS[:200])


@pytest.mark.parametrize("length", [-1, 0, 1, 2])
def test_a_test_without_a_step_between_is_not_seeded(length: int) -> None:
    assert seeded_steps(SECRET, "test", length, SeedingRules(share=0.5)) == ()
    assert SeedingRules(share=0.5).expected(length) == 0.0


def test_every_step_between_is_seeded_as_often() -> None:
    counted = Counter(step for test in TESTS for step in seeded_steps(SECRET, test, 32, RULES))

    expected = 0.06 * 32 * len(TESTS) / 30
    assert set(counted) == set(range(2, 32))
    assert sum((count - expected) ** 2 / expected for count in counted.values()) < 29 + 4 * math.sqrt(58)


def test_two_seeded_steps_of_a_test_do_not_attract_each_other() -> None:
    pairs = [
        steps for steps in (seeded_steps(SECRET, test, 32, SeedingRules(share=0.0625)) for test in TESTS) if len(steps) == 2
    ]

    gaps = [later - earlier for earlier, later in pairs]
    assert len(pairs) == len(TESTS)
    assert np.mean(gaps) == pytest.approx(31 / 3, abs=0.5)  # of two of 30 drawn evenly


def test_another_secret_seeds_other_steps() -> None:
    same = sum(seeded_steps(SECRET, test, 32, RULES) == seeded_steps(b"another", test, 32, RULES) for test in TESTS[:1000])

    assert same < 20


@calm
@given(st.integers(0, 500), st.integers(0, 2**12 - 1), st.integers(0, 2**12 - 1), st.integers(0, 2**12 - 1))
def test_only_an_item_on_trial_playable_and_not_met_is_asked(number: int, trial: int, play: int, met: int) -> None:
    bits = 2 ** np.arange(12)
    items = on_trial(unscored=(trial & bits) > 0, playable=(play & bits) > 0, met=(met & bits) > 0)

    drawn = seeded_item(SECRET, f"test-{number}", 5, items, RULES)

    assert drawn == seeded_item(SECRET, f"test-{number}", 5, items, RULES)
    allowed = np.flatnonzero(items.unscored & items.playable & ~items.met)
    assert drawn in allowed if len(allowed) else drawn is None


def test_an_item_with_answers_enough_is_seeded_no_more() -> None:
    items = on_trial(3, answers=np.array([500, 499, 800]))

    assert {seeded_item(SECRET, test, 5, items, RULES) for test in TESTS[:50]} == {1}
    assert seeded_item(SECRET, "test", 5, on_trial(2, answers=np.array([500, 500])), RULES) is None


def test_the_fewest_answers_go_first_among_the_few_drawn() -> None:
    items = on_trial(40, answers=np.arange(40))

    drawn = [seeded_item(SECRET, test, 5, items, SeedingRules(among=8)) for test in TESTS[:600]]
    alone = [seeded_item(SECRET, test, 5, items, SeedingRules(among=1)) for test in TESTS[:600]]

    assert np.mean([one for one in drawn if one is not None]) < 5  # the least of eight: about 40/9
    assert np.mean([one for one in alone if one is not None]) == pytest.approx(19.5, abs=2)


def test_items_on_trial_reach_the_number_together() -> None:
    items = on_trial(30)

    for test in TESTS[:3000]:
        drawn = seeded_item(SECRET, test, 5, items, RULES)
        assert drawn is not None
        items.answers[drawn] += 1

    assert items.answers.min() >= 95
    assert items.answers.max() <= 105


def test_tests_that_begin_at_the_same_moment_do_not_all_ask_the_same_item() -> None:
    answers = np.full(30, 100)
    answers[7] = 0

    counted = Counter(seeded_item(SECRET, test, 5, on_trial(30, answers=answers), RULES) for test in TESTS[:1000])

    assert counted[7] < 350
    assert len(counted) == 30


def test_another_test_or_another_step_asks_other_items() -> None:
    items = on_trial(200)
    by_test = [seeded_item(SECRET, test, 5, items, RULES) for test in TESTS[:300]]
    by_step = [seeded_item(SECRET, "test", step, items, RULES) for step in range(300)]

    assert len(set(by_test)) > 100
    assert len(set(by_step)) > 100


@calm
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=12))
def test_answers_to_items_on_trial_never_move_the_estimate(answers: list[tuple[int, bool]]) -> None:
    bank, trial = a_bank([Item(level=level) for level in range(1, 7)]), mask(6, 1, 4)
    items, right = np.array([item for item, _ in answers], np.intp), np.array([outcome for _, outcome in answers], bool)
    kept = [(item, outcome) for item, outcome in answers if item not in (1, 4)]

    counted = scored(trial, items)

    model = OneAbility()
    kept_items, kept_right = np.array([item for item, _ in kept], np.intp), np.array([one for _, one in kept], bool)
    without = model.joint(log_likelihood(bank, 1, kept_items, kept_right))
    assert counted.tolist() == [item not in (1, 4) for item, _ in answers]
    assert np.array_equal(model.joint(log_likelihood(bank, 1, items[counted], right[counted])).weights, without.weights)


@pytest.mark.parametrize("column", ["answers", "playable", "met"])
def test_columns_of_different_lengths_are_refused(column: str) -> None:
    with pytest.raises(ValueError, match="one value an item"):
        on_trial(3, **{column: np.zeros(2, np.intp if column == "answers" else bool)})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("share", -0.01),
        ("share", 0.51),
        ("share", math.nan),
        ("most", -1),
        ("most", 51),
        ("among", 0),
        ("among", 101),
        ("enough", 0),
    ],
)
def test_a_number_out_of_its_domain_is_refused_by_its_name(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"^out of range: {name}$"):
        SeedingRules(**{name: value})  # type: ignore[arg-type]


PINNED = [(3, 10), (8, 22), (12, 28), (30, 31)]
