"""A test that ended early: what is missing counts as skipped, on the items that would have told most."""

from __future__ import annotations

import numpy as np

from chalicelib.engine.blueprint import Blueprint
from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.completion import completed
from chalicelib.engine.report import Given, report
from chalicelib.engine.selection import Answers, Candidate, Pool, posterior
from tests.engine.measuring_builders import Shape, a_candidate, a_random_bank, answered

COMPETENCES, LENGTH = 4, 12
BANK = a_random_bank(3, Shape(COMPETENCES, 6, 2), (0.0, 0.25))
POOL = Pool(BANK, CommonFactor(COMPETENCES), Blueprint.even(COMPETENCES, LENGTH))


def everybody() -> Candidate:
    return a_candidate(BANK)


def some(answers: Answers, given: int) -> Answers:
    return Answers(answers.items[:given], answers.right[:given])


def a_complete_test(right: bool) -> Answers:
    """Twelve answers, all alike, on the items that selection would have given."""
    answers = answered()
    while len(answers.items) < LENGTH:
        longer = completed(POOL, everybody(), answers)
        answers = Answers(longer.items[: len(answers.items) + 1], np.append(answers.right, right))
    return answers


def test_a_complete_test_stays_as_it_is() -> None:
    whole = a_complete_test(True)

    after = completed(POOL, everybody(), whole)

    assert np.array_equal(after.items, whole.items)
    assert np.array_equal(after.right, whole.right)


def test_the_answers_given_stay_first_and_what_is_missing_is_wrong() -> None:
    given = some(a_complete_test(True), 7)

    after = completed(POOL, everybody(), given)

    assert np.array_equal(after.items[:7], given.items)
    assert len(after.items) == LENGTH
    assert after.right[:7].all()
    assert not after.right[7:].any()
    assert len(set(after.items.tolist())) == LENGTH


def test_the_quotas_of_the_test_hold_for_what_is_added() -> None:
    after = completed(POOL, everybody(), some(a_complete_test(True), 5))

    assert np.array_equal(np.bincount(BANK.competence[after.items], minlength=COMPETENCES), [3] * COMPETENCES)


def test_leaving_early_never_pays() -> None:
    whole = a_complete_test(True)

    def score(answers: Answers) -> float:
        return posterior(POOL, answers).composite_mean

    scores = [score(completed(POOL, everybody(), some(whole, given))) for given in range(LENGTH + 1)]

    assert scores == sorted(scores)


def test_who_misses_everything_gains_nothing_by_staying_and_loses_nothing() -> None:
    whole = a_complete_test(False)

    left_early = completed(POOL, everybody(), some(whole, 4))

    assert np.array_equal(left_early.items, whole.items)
    assert not left_early.right.any()


def test_a_voided_answer_is_replaced_and_never_counts() -> None:
    given = some(a_complete_test(True), 6)
    voided = Answers(given.items, given.right, np.array([True, True, False, True, True, True]))

    after = completed(POOL, everybody(), voided)

    assert after.counts is not None
    assert len(after.items) == LENGTH + 1
    assert after.counts.sum() == LENGTH
    assert given.items[2] not in after.items[6:]


def test_only_what_the_person_could_do_is_added() -> None:
    playable = np.arange(len(BANK)) % 3 > 0

    after = completed(POOL, a_candidate(BANK, playable=playable), answered())

    assert playable[after.items].all()


def test_a_bank_that_runs_out_leaves_the_test_shorter() -> None:
    playable = np.arange(len(BANK)) < 5

    after = completed(POOL, a_candidate(BANK, playable=playable), answered())

    assert sorted(after.items.tolist()) == [0, 1, 2, 3, 4]


def test_a_technical_end_is_scored_as_it_is_with_its_wider_interval() -> None:
    whole = a_complete_test(True)
    half = some(whole, LENGTH // 2)

    def width(answers: Answers) -> float:
        low, high = report(CommonFactor(COMPETENCES), Given.of(BANK, COMPETENCES, *answers.counted)).composite.interval(0.9)
        return high - low

    assert width(half) > width(whole)
