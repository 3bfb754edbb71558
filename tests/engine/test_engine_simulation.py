"""Virtual candidates: how they answer, and how their tests are played."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from chalicelib.engine.bank import LEVELS, Floats, ItemBank, probability
from chalicelib.engine.blueprint import Blueprint
from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.exposure import ExposureTable
from chalicelib.engine.simulation.cohort import Start, Waves, run
from chalicelib.engine.simulation.figures import Results
from chalicelib.engine.simulation.sitting import Study
from chalicelib.engine.simulation.truth import Behaviour, Truth
from tests.engine.builders import Item, a_bank, only
from tests.engine.measuring_builders import (
    Shape,
    a_pool,
    a_random_bank,
    a_study,
    a_table,
    as_rows,
    by_competence,
    one_a_topic,
    played,
)
from tests.worlds import ROOT

PERSONS = 60
MANY = 4000


def test_an_outcome_does_not_depend_on_what_was_asked_before_nor_of_whom() -> None:
    truth = a_study(20).truth

    first = truth.outcomes(7)
    for person in range(20):
        truth.outcomes(person)

    assert np.array_equal(truth.outcomes(7), first)
    assert np.array_equal(replace(truth, abilities=truth.abilities[:8]).outcomes(7), first)


def test_an_outcome_does_not_depend_on_the_engine() -> None:
    bank = a_random_bank(5, Shape(2, 10, 3))
    one, two = a_study(PERSONS, pool=a_pool(bank)), a_study(PERSONS, pool=by_competence(bank))
    two = replace(two, truth=one.truth)

    by_one, by_two = played(one), played(two)

    for person in range(PERSONS):
        outcomes = one.truth.outcomes(person)
        for sitting in (by_one[person], by_two[person]):
            assert np.array_equal(sitting.right, outcomes[sitting.items])
    assert as_rows(by_one) != as_rows(by_two)


def test_persons_and_seeds_have_their_own_chance() -> None:
    bank = one_a_topic([Item(b=0.0)] * 400)
    truth = Truth(bank, np.zeros((3, 1)), 5)

    drawn = [truth.outcomes(0), truth.outcomes(1), replace(truth, seed=6).outcomes(0)]

    assert all(0.4 < np.mean(one == other) < 0.6 for one, other in combinations(drawn, 2))
    assert truth.chance(0, 1).random() != truth.chance(0, 2).random()


@pytest.mark.parametrize(("guessing", "slips"), [(0.0, 0.0), (0.3, 0.0), (0.0, 0.2), (0.25, 0.1)])
def test_guessing_and_slips_change_the_rates_as_told(guessing: float, slips: float) -> None:
    bank = one_a_topic([Item(a=2.0, b=b, c=c) for b in (-3.0, 0.0, 3.0) for c in (0.0, 0.25)])
    truth = Truth(bank, np.full((MANY, 1), 0.4), 2, Behaviour(guessing, slips))

    right = np.mean([truth.outcomes(person) for person in range(MANY)], axis=0)

    known = probability(np.full(6, 0.4), bank.discrimination, bank.difficulty, bank.guess)
    assert right == pytest.approx(known * (1 - slips) + (1 - known) * guessing, abs=4 * 0.5 / MANY**0.5)


def test_a_person_answers_each_competence_by_its_own_ability() -> None:
    bank = one_a_topic([Item(a=2.0, b=0.0)] * 400, [0] * 200 + [1] * 200)

    right = Truth(bank, np.array([[-2.0, 2.0]]), 1).outcomes(0)

    assert right[:200].mean() < 0.06
    assert right[200:].mean() > 0.94


@pytest.mark.parametrize("numbers", [{"guessing": -0.1}, {"guessing": 1.0}, {"slips": 1.0}, {"slips": float("nan")}])
def test_behaviour_that_cannot_be_is_refused(numbers: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be in"):
        Behaviour(**numbers)


@pytest.mark.parametrize("abilities", [np.zeros(3), np.zeros((3, 3)), np.full((3, 1), np.nan)])
def test_abilities_of_another_shape_or_not_finite_are_refused(abilities: Floats) -> None:
    with pytest.raises(ValueError, match="abilit"):
        Truth(one_a_topic([Item()] * 2, [0, 1]), abilities, 1)


def test_the_same_seed_gives_the_same_cohort_and_another_seed_another() -> None:
    assert as_rows(played(a_study(PERSONS))) == as_rows(played(a_study(PERSONS)))
    assert as_rows(played(a_study(PERSONS))) != as_rows(played(a_study(PERSONS, seed=2)))


def test_a_persons_test_does_not_depend_on_the_others_while_the_table_is_the_same() -> None:
    study, table = a_study(PERSONS), ExposureTable.free(60)

    alone = [study.sit(person, table) for person in (41, 3)]
    together = played(study, waves=Waves(7, learns=False))

    assert as_rows(alone) == as_rows([together[41], together[3]])


@pytest.mark.parametrize("dimensions", [1, 2])
def test_a_sitting_asks_each_item_once_up_to_the_length_and_only_what_can_be_played(dimensions: int) -> None:
    bank = a_random_bank(5, Shape(2, 10, 3))
    playable = np.arange(60) % 2 == 0
    pool = a_pool(bank) if dimensions == 1 else by_competence(bank, Blueprint.even(2, 8))

    for one in played(a_study(10, pool=pool, playable=playable)):
        assert len(one.items) == len(set(one.items.tolist())) == 8
        assert np.all(playable[one.items])
        assert one.low < one.mean < one.high
        assert one.ability_mean.shape == one.ability_sd.shape == (dimensions,)
        assert one.above is None


def test_what_is_reported_gets_closer_to_the_truth_and_covers_it() -> None:
    pool = a_pool(a_random_bank(4, guesses=(0.0,)))
    short, long = a_study(300, length=3, pool=pool), a_study(300, length=20, pool=pool)

    few, many = (Results(played(one, waves=Waves(learns=False)), one.truth.abilities, 200).composite for one in (short, long))

    assert many.rmse < 0.6 * few.rmse
    assert abs(many.bias) < 4 * many.rmse / 300**0.5
    for one in (few, many):
        assert one.covered == pytest.approx(0.9, abs=4 * 0.3 / 300**0.5)
        assert one.mean_sd == pytest.approx(one.rmse, rel=0.15)


def test_waves_are_played_in_order_and_counted() -> None:
    study, heard = a_study(25), list[int]()

    sittings, after = run(study, Start.free(ExposureTable.free(60)), Waves(10), on_wave=heard.append)

    assert heard == [10, 10, 5]
    assert len(sittings) == 25
    assert after.table.version == 3
    assert after.tally.sessions.sum() == pytest.approx(25, rel=1e-3)
    assert after.tally.given.sum() == pytest.approx(25 * 8, rel=1e-3)


def test_a_cohort_that_starts_together_learns_nothing_but_is_counted() -> None:
    start = Start.free(a_table([1.0] * 60))

    _, after = run(a_study(12), start, Waves(5, learns=False))

    assert after.table is start.table
    assert after.tally.sessions.sum() == pytest.approx(12, rel=1e-3)


def test_feedback_between_waves_lowers_the_largest_rate() -> None:
    study = a_study(300)

    learned, stuck = (Results(played(study, waves=Waves(20, learns=way)), study.truth.abilities, 60) for way in (True, False))

    assert stuck.rates.max() > 0.9
    assert learned.rates[learned.rates.argmax()] < 0.4
    assert learned.overlap < stuck.overlap


def test_the_next_cohort_goes_on_from_where_the_first_stopped() -> None:
    whole = a_study(40)
    first, second = (
        replace(whole, truth=part) for part in (replace(whole.truth, abilities=whole.truth.abilities[:20]), whole.truth)
    )

    sittings, midway = run(first, Start.free(ExposureTable.free(60)), Waves(10))
    assert as_rows(sittings) == as_rows(played(second, waves=Waves(10))[:20])
    assert midway.tally.sessions.sum() == pytest.approx(20, rel=1e-3)


TWO_PROCESSES = """
from chalicelib.engine.exposure import ExposureTable
from chalicelib.engine.simulation.cohort import Start, Waves, run
from palier.parallel import runner_of
from tests.engine.measuring_builders import a_study, as_rows, played

if __name__ == "__main__":
    with runner_of(2) as runner:
        for seed in (1, 2):
            study = a_study(37, seed)
            together, _ = run(study, Start.free(ExposureTable.free(60)), Waves(18), runner)
            assert as_rows(together) == as_rows(played(study, waves=Waves(18))), seed
    with runner_of(1) as runner:
        assert as_rows(run(study, Start.free(ExposureTable.free(60)), Waves(18), runner)[0]) == as_rows(together)
    print("the same")
"""


def test_two_processes_play_what_one_plays() -> None:
    # In a process of its own: a fork of this one would take its threads' locks along.
    child = subprocess.run(
        [sys.executable, "-W", "error", "-c", TWO_PROCESSES],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (child.stdout, child.returncode) == ("the same\n", 0), child.stderr


ODD: dict[str, ItemBank] = {
    "one item": one_a_topic([Item()]),
    "no item": a_bank([], [0, 1]),
    "a competence without an item": replace(one_a_topic([Item(b=0.1 * k) for k in range(9)], [0] * 4 + [2] * 5), competences=4),
    "impossible items": one_a_topic([Item(a=3.0, b=60.0)] * 5, [0, 0, 1, 1, 1]),
    "items for nothing": one_a_topic([Item(a=1e-6, b=0.0, c=0.99)] * 5, [0, 0, 1, 1, 1]),
    "one topic": replace(a_bank([Item(level=level) for level in range(1, LEVELS + 1)]), competences=2),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("dimensions", ["one", "each"])
def test_an_odd_bank_is_played_as_far_as_it_goes(name: str, dimensions: str) -> None:
    bank = ODD[name]
    pool = a_pool(bank) if dimensions == "one" else by_competence(bank, Blueprint.even(bank.competences, 12))
    study = a_study(5, length=12, pool=pool)

    sittings = played(study, waves=Waves(2))
    summary = Results(sittings, study.truth.abilities, len(bank)).summary()

    assert all(len(one.items) == min(len(bank), 12) for one in sittings)
    assert all(np.isfinite(one.mean) and one.sd > 0 for one in sittings)
    assert all(np.isfinite(value) for value in summary.values())


def test_a_cohort_who_can_play_nothing_reports_the_prior() -> None:
    sittings = played(a_study(4, playable=np.zeros(60, bool)))

    assert [len(one.items) for one in sittings] == [0] * 4
    assert [one.mean for one in sittings] == pytest.approx([0.0] * 4, abs=1e-6)
    assert [one.sd for one in sittings] == pytest.approx([1.0] * 4, abs=1e-3)


def test_a_cohort_of_nobody_plays_nothing() -> None:
    study = a_study(3)
    nobody = replace(study, truth=replace(study.truth, abilities=np.zeros((0, 1))))

    sittings, after = run(nobody, Start.free(ExposureTable.free(60)))

    assert sittings == []
    assert after.table.version == 0


def test_only_what_a_person_can_play_is_given_even_when_it_is_less_than_the_length() -> None:
    sittings = played(a_study(3, playable=only(a_random_bank(5, Shape(2, 10, 3)), 4, 9)))

    assert all(set(one.items.tolist()) == {4, 9} for one in sittings)


def test_persons_of_one_ability_in_each_competence_are_played_by_either_model() -> None:
    bank = a_random_bank(5, Shape(2, 10, 3))
    study: Study = a_study(6, pool=a_pool(bank, abilities=CommonFactor(2)))

    results = Results(played(replace(study, pool=a_pool(bank))), study.truth.abilities, 60)

    assert study.truth.abilities.shape == (6, 2)
    assert results.competences is None
    assert results.composite.true == pytest.approx(study.truth.abilities.mean(axis=1))
