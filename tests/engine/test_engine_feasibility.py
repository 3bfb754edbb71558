"""What a bank lacks for a test: exactly when no lottery over whole tests keeps the limits."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog  # type: ignore[import-untyped]

from chalicelib.engine.bank import LEVELS, ItemBank
from chalicelib.engine.blueprint import Blueprint
from chalicelib.engine.exposure import Limits
from chalicelib.engine.feasibility import Lacking, Shortage, shortages
from tests.engine.builders import calm

ALL = Limits(1.0)


def a_bank(skills: list[list[list[int]]], spare_topics: int = 0) -> ItemBank:
    """A bank of `skills[c][t]` items on each rung of each topic of each competence; `spare_topics` of each have no item."""
    owners = [c for c, topics in enumerate(skills) for _ in range(len(topics) + spare_topics)]
    rungs, number = [], 0
    for topics in skills:
        for counts in topics:
            rungs += [(number, level) for level, count in enumerate(counts, 1) for _ in range(count)]
            number += 1
        number += spare_topics
    topic, level = (np.array(column, np.intp) for column in zip(*rungs, strict=True))
    ladder = np.zeros((len(owners), LEVELS), bool)
    ladder[topic, level - 1] = True
    n = len(rungs)
    return ItemBank(
        discrimination=np.ones(n),
        difficulty=np.zeros(n),
        guess=np.zeros(n),
        topic=topic,
        level=level,
        timed=np.zeros(n, bool),
        topic_competence=np.array(owners, np.intp),
        ladder=ladder,
        competences=len(skills),
    )


def test_a_wide_bank_lacks_nothing() -> None:
    bank = a_bank([[[2] * 5] * 3] * 4)
    assert shortages(bank, Blueprint.even(4, 16), Limits(0.2, 0.3, (0.0,))) == ()


def test_everything_that_lacks_is_told_at_once() -> None:
    bank = a_bank([[[1, 1], [1]], [[5]]])
    found = shortages(bank, Blueprint.even(2, 6), Limits(0.5, 0.75, (0.0,)))
    assert found == (
        Shortage(Lacking.SKILLS, None, 4.0, 6),
        Shortage(Lacking.EXPOSURE, None, 2.5, 6),
        Shortage(Lacking.STRATUM_EXPOSURE, None, 3.25, 6),
        Shortage(Lacking.EXPOSURE, 0, 1.5, 3),
        Shortage(Lacking.STRATUM_EXPOSURE, 0, 2.25, 3),
        Shortage(Lacking.SKILLS, 1, 1.0, 3),
        Shortage(Lacking.EXPOSURE, 1, 1.0, 3),
        Shortage(Lacking.STRATUM_EXPOSURE, 1, 1.0, 3),
    )


def test_items_that_somebody_cannot_play_do_not_count() -> None:
    bank = a_bank([[[1], [1], [1]]])
    playable = np.array([True, False, True])
    assert shortages(bank, Blueprint(3), ALL) == ()
    assert [one.what for one in shortages(bank, Blueprint(3), ALL, playable)] == ["items", "skills", "exposure"]


def test_topics_lack_only_where_the_competence_has_enough_of_them() -> None:
    crowded, spread = a_bank([[[1, 1, 1]]]), a_bank([[[1, 1, 1]]], spare_topics=2)
    assert shortages(crowded, Blueprint.even(1, 3), ALL) == ()
    assert shortages(spread, Blueprint.even(1, 3), ALL) == (Shortage(Lacking.TOPICS, 0, 1.0, 3),)


def test_many_items_of_one_skill_are_worth_one_a_test() -> None:
    bank = a_bank([[[100, 1]]])
    assert shortages(bank, Blueprint.even(1, 2), ALL) == ()
    (lacking, _) = shortages(bank, Blueprint.even(1, 2), Limits(0.5))
    assert lacking == Shortage(Lacking.EXPOSURE, None, 1.5, 2)


def test_a_competence_gives_no_more_than_its_maximum() -> None:
    bank = a_bank([[[1] * 8], [[1]]])
    assert shortages(bank, Blueprint(4, (0, 0), (4, 4)), ALL) == ()
    assert shortages(bank, Blueprint(4, (0, 0), (2, 4)), ALL) == (
        Shortage(Lacking.SKILLS, None, 3.0, 4),
        Shortage(Lacking.EXPOSURE, None, 3.0, 4),
    )


def test_a_limit_that_is_just_enough_is_enough() -> None:
    bank = a_bank([[[1] * 5] * 2] * 3)
    assert shortages(bank, Blueprint.even(3, 6), Limits(0.2)) == ()
    assert shortages(bank, Blueprint.even(3, 6), Limits(0.1999))


def test_quotas_of_another_number_of_competences_are_refused() -> None:
    with pytest.raises(ValueError, match="quotas of 3 competences, and a bank of 2"):
        shortages(a_bank([[[1]], [[1]]]), Blueprint.even(3, 3), ALL)


def lottery_exists(bank: ItemBank, blueprint: Blueprint, limit: float) -> bool:
    """Whether chances of all tests that keep the quotas and ask no skill twice exist that keep the limit, by linear programming."""
    skill, tests = bank.topic * LEVELS + bank.level, []
    for test in combinations(range(len(bank)), blueprint.length):
        chosen = list(test)
        of_each = np.bincount(bank.competence[chosen], minlength=bank.competences)
        if len(set(skill[chosen])) == len(chosen) and np.all((of_each >= blueprint.minimum) & (of_each <= blueprint.maximum)):
            tests.append(np.bincount(chosen, minlength=len(bank)))
    if not tests:
        return False
    holds = np.array(tests).T
    found = linprog(np.zeros(len(tests)), holds, np.full(len(bank), limit), np.ones((1, len(tests))), [1.0])
    return bool(found.status == 0)


SMALL = st.lists(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=2), min_size=1, max_size=2), min_size=1, max_size=3)


@calm
@given(SMALL.filter(lambda c: 1 <= sum(sum(sum(t) for t in one) for one in c) <= 8), st.data())
def test_exposure_lacks_exactly_when_no_lottery_over_tests_keeps_the_limit(
    skills: list[list[list[int]]], data: st.DataObject
) -> None:
    bank = a_bank(skills)
    quotas = [sorted(data.draw(st.tuples(st.integers(0, 2), st.integers(0, 3)))) for _ in skills]
    minimum, maximum = tuple(low for low, _ in quotas), tuple(high for _, high in quotas)
    if not sum(maximum):
        return
    length = data.draw(st.integers(max(1, sum(minimum)), sum(maximum)))
    blueprint, limit = Blueprint(length, minimum, maximum), data.draw(st.sampled_from((0.2, 0.34, 0.5, 0.75, 1.0)))
    lacking = {one.what for one in shortages(bank, blueprint, Limits(limit))} - {Lacking.TOPICS}
    assert (not lacking) == lottery_exists(bank, blueprint, limit)
