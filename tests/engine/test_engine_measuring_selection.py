"""The next item of a test that measures: each constraint alone, what is given up and when, and the seeded draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.blueprint import Blueprint, Constraint
from chalicelib.engine.exposure import ExposureTable
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.selection import posterior, select
from tests.engine.builders import Item, a_bank, calm, only
from tests.engine.measuring_builders import (
    ANY_QUOTA,
    NOTHING,
    Model,
    Shape,
    a_candidate,
    a_pool,
    a_random_bank,
    a_table,
    answered,
    by_competence,
    choose,
    drawn,
    items_of,
    last_draws,
    one_a_topic,
    whole_test,
)
from tests.engine.measuring_oracle import TWO_STRATA, Moment, a_moment, a_small_pool, allowed, scores

POOLS, MOMENTS = 6, 21
"""Of one example: with forty examples, five thousand moments for each of the two first properties."""
CLOSE = 1e-5
"""Scores nearer than this may fall on either side: gains are computed in single precision."""

THREE = one_a_topic([Item(a=2.0, b=0.0), Item(a=1.0, b=0.0), Item(a=0.5, b=0.0)])
"""Items that tell less and less, each of its own topic."""

seeds = st.integers(0, 2**32)


def moments(seed: int) -> Iterator[Moment]:
    """Moments of tests on a few pools."""
    rng = np.random.default_rng(seed)
    for _ in range(POOLS):
        pool = a_small_pool(rng)
        yield from (a_moment(rng, pool) for _ in range(MOMENTS))


@calm
@given(seeds)
def test_there_is_a_next_item_exactly_while_a_playable_one_was_not_asked(seed: int) -> None:
    for moment in moments(seed):
        choice = moment.choose()
        assert (choice is None) == (not moment.open)
        assert choice is None or choice.item in moment.open


@calm
@given(seeds)
def test_the_next_item_tells_nearly_most_of_those_left_by_the_rules_and_what_was_given_up_is_named(seed: int) -> None:
    for moment in moments(seed):
        choice = moment.choose()
        if choice is not None:
            places, given_up = allowed(moment)
            assert (choice.given_up, choice.candidates) == (given_up, len(places))
            score = scores(moment, places)
            assert score[places.index(choice.item)] >= score.max() - moment.pool.blueprint.near_equal - CLOSE


@calm
@given(seeds)
def test_the_same_inputs_give_the_same_choice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    moment = a_moment(rng, a_small_pool(rng))

    first = moment.choose()
    moment._replace(pick=moment.pick + 1).choose()

    assert moment.choose() == first
    assert moment._replace(pool=replace(moment.pool), candidate=replace(moment.candidate)).choose() == first


def test_the_first_item_is_the_one_that_tells_most() -> None:
    choice = choose(a_pool(THREE))

    assert choice.item == 0
    assert (choice.candidates, choice.near_equals, choice.price, choice.given_up) == (3, 1, 0.0, ())
    assert choice.gain == pytest.approx(float(a_pool(THREE).gains.gains(posterior(a_pool(THREE), NOTHING), np.arange(3))[0]))


@pytest.mark.parametrize(("near_equal", "expected"), [(0.0, {0}), (0.6, {0, 1}), (0.9, {0, 1, 2})])
def test_near_equals_are_those_within_the_configured_share_of_the_best(near_equal: float, expected: set[int]) -> None:
    # Relative gains are about 1, 0.47 and 0.15.
    assert drawn(a_pool(THREE, Blueprint(near_equal=near_equal))) == expected


def test_near_equals_are_drawn_by_the_pick_alone_and_evenly() -> None:
    pool = a_pool(one_a_topic([Item(b=0.0)] * 5))

    assert [choose(pool, pick=pick).item for pick in range(10)] == [0, 1, 2, 3, 4] * 2
    assert {choose(pool, pick=pick).near_equals for pick in range(10)} == {5}
    assert choose(pool, pick=2**64 - 1).item == (2**64 - 1) % 5


def test_an_item_met_before_is_given_only_when_nothing_else_is_left() -> None:
    candidate = a_candidate(THREE, met=only(THREE, 0))

    assert choose(a_pool(THREE), candidate).item == 1
    last = choose(a_pool(THREE), candidate, answered(1, 2))
    assert (last.item, last.given_up) == (0, (Constraint.NOT_MET,))


def test_a_skill_is_asked_twice_only_when_nothing_else_is_left() -> None:
    bank = a_bank([Item(level=1, a=2.0, b=0.0), Item(level=1, a=2.0, b=0.0), Item(level=2, a=0.5, b=0.0)])
    pool = a_pool(bank)

    other = choose(pool, answers=answered(0))
    assert (other.item, other.given_up) == (2, (Constraint.NEW_TOPIC,))
    twin = choose(pool, answers=answered(0, 2))
    assert (twin.item, twin.given_up) == (1, (Constraint.NEW_SKILL, Constraint.NEW_TOPIC))


def test_an_item_that_gives_an_answer_away_is_given_only_when_nothing_else_is_left() -> None:
    pool = a_pool(THREE, enemies=np.array([4, 4, -1], np.intp))

    assert choose(pool, answers=answered(0)).item == 2
    last = choose(pool, answers=answered(0, 2))
    assert (last.item, last.given_up) == (1, (Constraint.NO_ENEMY,))


def test_items_of_no_group_are_nobodys_enemies() -> None:
    pool = a_pool(THREE, enemies=np.full(3, -1, np.intp))

    assert choose(pool, answers=answered(0)).item == 1


def test_a_competence_that_had_its_most_gives_more_only_when_nothing_else_is_left() -> None:
    bank = one_a_topic([Item(a=2.0, b=0.0), Item(a=2.0, b=0.0), Item(a=0.5, b=0.0)], [0, 0, 1])
    pool = a_pool(bank, Blueprint(2, (0, 0), (1, 1)))

    assert choose(pool, answers=answered(0)).item == 2
    last = choose(pool, answers=answered(0, 2))
    assert (last.item, last.given_up) == (1, (Constraint.MAXIMUM,))


def test_a_minimum_is_kept_within_reach_until_no_item_of_the_competence_is_left() -> None:
    bank = one_a_topic([Item(a=2.0, b=0.0)] * 3 + [Item(a=0.5, b=0.0)], [0, 0, 0, 1])
    pool = a_pool(bank, Blueprint(3, (0, 1), (3, 3), cover_first=False))

    assert choose(pool, answers=answered(0)).item in {1, 2}
    due = choose(pool, answers=answered(0, 1))
    assert (due.item, due.given_up) == (3, ())
    without = choose(pool, a_candidate(bank, playable=only(bank, 0, 1, 2)), answered(0, 1))
    assert (without.item, without.given_up) == (2, (Constraint.MINIMUM,))


def test_a_topic_is_asked_once_until_topics_run_out() -> None:
    bank = a_bank([Item(level=level, a=2.0, b=0.0) for level in (1, 2, 3)] + [Item(1, a=0.5, b=0.0)], [0, 0])
    pool = a_pool(bank)

    assert choose(pool, answers=answered(0)).item == 3
    again = choose(pool, answers=answered(0, 3))
    assert (again.item in {1, 2}, again.given_up) == (True, (Constraint.NEW_TOPIC,))


def test_an_ineligible_item_is_given_only_when_nothing_else_is_left() -> None:
    candidate = a_candidate(THREE, table=a_table([0.9, 1.0, 1.0]), draws=last_draws(3))

    assert choose(a_pool(THREE), candidate).item == 1
    last = choose(a_pool(THREE), candidate, answered(1, 2))
    assert (last.item, last.given_up) == (0, (Constraint.ELIGIBLE,))


def test_eligibility_is_that_of_the_stratum_the_person_surely_belongs_to() -> None:
    candidate = a_candidate(THREE, table=a_table([[0.5, 1.0, 1.0], [1.0, 0.5, 1.0]], TWO_STRATA), draws=last_draws(3) // 4 * 3)

    assert choose(a_pool(THREE, abilities=OneAbility(-0.8, 0.2)), candidate).item == 1
    assert choose(a_pool(THREE, abilities=OneAbility(0.8, 0.2)), candidate).item == 0


def test_while_the_stratum_is_uncertain_an_item_must_be_eligible_in_both() -> None:
    table = a_table([[0.5, 1.0, 1.0], [0.75, 1.0, 1.0]], TWO_STRATA)

    # In the middle of the two strata e = 0.5: 32768 of the 65536 draws.
    for draw, expected in ((32767, 0), (32768, 1)):
        assert choose(a_pool(THREE), a_candidate(THREE, table=table, draws=np.full(3, draw, np.uint16))).item == expected


@pytest.mark.parametrize(("gap", "since", "spaced"), [(2, 0, True), (2, 1, True), (2, 2, False), (1, 1, False), (0, 0, False)])
def test_a_timed_item_waits_until_enough_untimed_ones_were_asked(gap: int, since: int, spaced: bool) -> None:
    bank = one_a_topic([Item(a=2.0, b=0.0, timed=True)] * 2 + [Item(a=0.5, b=0.0)] * 4)
    answers = answered(0, *range(2, 2 + since))

    choice = choose(a_pool(bank, Blueprint(timed_gap=gap)), answers=answers)

    assert (choice.item != 1) == spaced
    assert choice.given_up == ()


def test_a_timed_item_follows_another_when_nothing_else_is_left() -> None:
    bank = one_a_topic([Item(b=0.0, timed=True)] * 2)

    choice = choose(a_pool(bank, Blueprint(timed_gap=2)), answers=answered(0))

    assert (choice.item, choice.given_up) == (1, (Constraint.SPACED,))


BREAKERS: dict[Constraint, Item] = {
    Constraint.NOT_MET: Item(1),
    Constraint.NEW_SKILL: Item(0, 1),
    Constraint.NO_ENEMY: Item(1),
    Constraint.NEW_TOPIC: Item(0, 2),
    Constraint.ELIGIBLE: Item(1),
    Constraint.SPACED: Item(1, timed=True),
}
"""After a timed item on the first rung of the first topic, an item that can break this constraint."""


@pytest.mark.parametrize(("kept", "lost"), list(combinations(BREAKERS, 2)))
def test_of_two_constraints_that_cannot_both_hold_the_less_important_is_given_up(kept: Constraint, lost: Constraint) -> None:
    first, second = BREAKERS[kept]._replace(a=2.0), BREAKERS[lost]._replace(a=0.5)
    bank = a_bank(
        sorted((Item(0, 1, timed=True), first, second._replace(topic=2 * second.topic)), key=lambda one: one.topic), [0, 0, 0]
    )
    breaks = {kept: 1, lost: 2} if bank.discrimination[1] == 2.0 else {kept: 2, lost: 1}
    groups = np.array([5, -1, -1], np.intp)
    if Constraint.NO_ENEMY in breaks:
        groups[breaks[Constraint.NO_ENEMY]] = 5
    candidate = a_candidate(
        bank,
        met=only(bank, breaks.get(Constraint.NOT_MET, -1)),
        table=a_table([0.5 if breaks.get(Constraint.ELIGIBLE) == item else 1.0 for item in range(3)]),
        draws=last_draws(3),
    )

    choice = choose(a_pool(bank, Blueprint(timed_gap=1), enemies=groups), candidate, answered(0))

    assert choice.item == breaks[lost]
    assert choice.given_up[0] == lost
    assert kept not in choice.given_up


def test_a_most_is_passed_before_an_answer_is_given_away() -> None:
    bank = one_a_topic([Item(b=0.0)] * 3, [0, 0, 1])
    pool = a_pool(bank, Blueprint(2, (0, 0), (1, 1)), enemies=np.array([3, -1, 3], np.intp))

    choice = choose(pool, answers=answered(0))

    assert (choice.item, choice.given_up) == (1, (Constraint.MAXIMUM,))


def test_a_minimum_is_missed_before_a_most_is_passed() -> None:
    bank = one_a_topic([Item(b=0.0)] * 3, [0, 0, 1])
    pool = a_pool(bank, Blueprint(2, (0, 0, 1), (1, 1, 1)), abilities=OneAbility())
    pool = replace(pool, bank=replace(bank, competences=3))

    choice = choose(pool, answers=answered(0))

    assert (choice.item, choice.given_up) == (2, (Constraint.MINIMUM,))


def test_a_topic_is_asked_again_before_a_minimum_is_missed() -> None:
    bank = a_bank([Item(0, 1), Item(0, 2), Item(1, 1)], [0, 1])
    pool = a_pool(bank, Blueprint(2, (2, 0), (2, 2)))

    choice = choose(pool, answers=answered(0))

    assert (choice.item, choice.given_up) == (1, (Constraint.NEW_TOPIC,))


QUOTAS = Blueprint(12, (2, 3, 1, 0), (4, 5, 3, 12), cover_first=False)
MOST_REACHABLE = (4, 5, 3, 6)
"""Most items of each competence in a test that meets every quota."""


@pytest.mark.parametrize("greedy", range(4))
@pytest.mark.parametrize("model", [a_pool, by_competence])
def test_quotas_are_met_at_the_end_whatever_the_gains(model: Model, greedy: int) -> None:
    """One competence after the other tells so much more that it would fill the test."""
    bank = a_random_bank(greedy, Shape(4, 15, 2), guesses=(0.0,))
    bank = replace(bank, discrimination=np.where(bank.competence == greedy, 2.5, 0.4), level=np.ones(120, np.intp))

    choices = whole_test(model(bank, QUOTAS), seed=greedy)
    had = np.bincount(bank.competence[items_of(choices)], minlength=4)

    assert np.all((np.array(QUOTAS.minimum) <= had) & (had <= np.array(QUOTAS.maximum)))
    assert had[greedy] == MOST_REACHABLE[greedy]
    assert not any(choice.given_up for choice in choices)


def test_every_competence_is_covered_once_before_any_is_twice() -> None:
    bank = a_random_bank(3, Shape(8, 3, 5))
    covering = Blueprint(16, (1,) * 8, (9,) * 8)

    choices = whole_test(by_competence(bank, covering))

    assert sorted(bank.competence[items_of(choices)[:8]]) == list(range(8))
    first_of_all = whole_test(by_competence(bank, replace(covering, cover_first=False)))
    assert len(set(bank.competence[items_of(first_of_all)[:8]].tolist())) < 8


def test_a_long_test_asks_each_topic_once_then_each_skill_once_then_what_is_left() -> None:
    bank = a_bank([Item(topic, level) for topic in range(4) for level in (1, 1, 2, 3)], [0] * 4)

    choices = whole_test(a_pool(bank), length=16)
    items = items_of(choices)
    skills = list(zip(bank.topic[items].tolist(), bank.level[items].tolist(), strict=True))

    assert sorted(bank.topic[items[:4]]) == [0, 1, 2, 3]
    assert len(set(skills[:12])) == 12
    assert sorted(items) == list(range(16))
    assert [len(choice.given_up) for choice in choices] == [0] * 4 + [1] * 8 + [2] * 4


def test_a_test_ends_when_everything_playable_was_asked() -> None:
    pool, candidate = a_pool(THREE), a_candidate(THREE, playable=only(THREE, 0, 2))
    answers = answered(0, 2)

    assert select(pool, candidate, answers, posterior(pool, answers), 0) is None
    assert select(pool, a_candidate(THREE, playable=only(THREE)), NOTHING, posterior(pool, NOTHING), 7) is None


def test_a_bank_without_an_item_has_nothing_to_give() -> None:
    pool = a_pool(a_bank([], [0]))

    assert select(pool, a_candidate(pool.bank), NOTHING, posterior(pool, NOTHING), 0) is None


def test_a_voided_answer_is_not_asked_again_and_says_nothing() -> None:
    pool = by_competence(one_a_topic([Item(b=0.0)] * 6, [0, 0, 0, 1, 1, 1]))
    with_voided, without = posterior(pool, answered(0, 3, wrong=[3], voided=[3])), posterior(pool, answered(0))

    assert np.array_equal(with_voided.weights, without.weights)
    assert np.array_equal(with_voided.pull, without.pull)
    assert 3 not in drawn(pool, answers=answered(0, 3, voided=[3]))


def test_a_voided_answer_does_not_count_for_quotas() -> None:
    bank = one_a_topic([Item(a=2.0, b=0.0)] * 3 + [Item(a=0.5, b=0.0)] * 2, [0, 0, 0, 1, 1])
    pool = a_pool(bank, Blueprint(2, (1, 1), (1, 1)))

    assert choose(pool, answers=answered(0, 3, voided=[3])).item == 4
    assert drawn(pool, answers=answered(3, 0, voided=[0])) == {1, 2}


def test_an_answer_list_whose_answers_all_count_is_one_without_marks() -> None:
    pool, items = a_pool(THREE), answered(0, 1, wrong=[1])

    marked = replace(items, counts=np.ones(2, bool))

    assert np.array_equal(posterior(pool, marked).weights, posterior(pool, items).weights)
    assert choose(pool, answers=marked) == choose(pool, answers=items)


def test_a_price_is_taken_off_the_relative_gain() -> None:
    def with_prices(*prices: float) -> ExposureTable:
        return a_table([1.0] * 3, prices=np.array([prices], np.float32))

    # Relative gains are about 1, 0.47 and 0.15.
    for prices, expected in (((0.5, 0, 0), 0), ((0.6, 0, 0), 1), ((0.9, 0.4, 0), 2), ((5, 5, 5), 0)):
        choice = choose(a_pool(THREE), a_candidate(THREE, table=with_prices(*prices)))
        assert choice.item == expected
        assert choice.price == pytest.approx(prices[expected])


def test_while_the_stratum_is_uncertain_a_price_is_the_mean_over_the_strata() -> None:
    prices = np.array([[2.0, 0, 0], [0, 0, 0]], np.float32)
    candidate = a_candidate(THREE, table=a_table([1.0] * 3, TWO_STRATA, prices=prices))

    low, middle, high = (choose(a_pool(THREE, abilities=OneAbility(mean, 0.2)), candidate) for mean in (-0.8, 0.0, 0.8))

    assert (low.item, low.price) == (1, 0.0)
    assert (middle.item, middle.price) == (1, 0.0)
    assert high.item == 0
    assert high.price == pytest.approx(0.0, abs=1e-3)
    only_first = replace(candidate, playable=only(THREE, 0))
    assert choose(a_pool(THREE), only_first).price == pytest.approx(1.0)


def test_selection_takes_nothing_from_what_it_was_given() -> None:
    bank = a_random_bank(8)
    candidate, answers = a_candidate(bank, table=a_table([0.5] * len(bank))), answered(3, 77, wrong=[3])
    before = [candidate.playable.copy(), candidate.met.copy(), candidate.table.prices.copy(), answers.items.copy()]

    whole_test(by_competence(bank), candidate, length=5)
    choose(by_competence(bank), candidate, answers)

    after = [candidate.playable, candidate.met, candidate.table.prices, answers.items]
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


def test_tests_of_many_seeds_share_the_bank_among_near_equals() -> None:
    bank = one_a_topic([Item(b=0.0)] * 20)

    used = Counter(
        item for seed in range(100) for item in items_of(whole_test(a_pool(bank, ANY_QUOTA), None, 5, seed)).tolist()
    )

    assert len(used) == 20
    assert max(used.values()) < 45
