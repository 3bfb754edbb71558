"""What earlier assessments said of the abilities: it counts once, and for the other competences too."""

from __future__ import annotations

import numpy as np
import pytest

from chalicelib.engine.bank import Floats, ItemBank
from chalicelib.engine.joint import Joint, log_likelihood
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.rules import TrainingRules
from tests.engine.builders import Answer, Item, a_bank, a_task, after, columns_of

correlations = pytest.mark.parametrize("correlation", [0.0, 0.3, 0.7, 0.9])


def knowing(
    means: list[float], sds: list[float], rules: TrainingRules, bank: ItemBank | None = None, answers: tuple[Answer, ...] = ()
) -> Joint:
    """The posterior when earlier assessments led to these normals, one competence by one."""
    bank = bank or a_bank([Item(topic) for topic in range(len(means))], list(range(len(means))))
    return after(a_task(bank, rules=rules, prior_mean=np.array(means), prior_sd=np.array(sds)), answers).ability


def of_normals(means: list[float], sds: list[float], rules: TrainingRules) -> tuple[Floats, Floats]:
    """The same by the algebra of normals: precisions add up, the covariance of all abilities being ρ s² off its diagonal."""
    size, general = len(means), 1 / rules.prior_sd**2
    shared = rules.prior_sd**2 * (np.full((size, size), rules.correlation) + (1 - rules.correlation) * np.eye(size))
    told = 1 / np.array(sds) ** 2 - general
    moved = np.array(means) / np.array(sds) ** 2 - rules.prior_mean * general
    covariance = np.linalg.inv(np.linalg.inv(shared) + np.diag(told))
    mean = covariance @ (np.linalg.inv(shared) @ np.full(size, rules.prior_mean) + moved)
    return mean, np.sqrt(np.diag(covariance))


@correlations
@pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.0), (-0.5, 0.8), (1.0, 1.5)])
def test_a_prior_equal_to_the_general_one_adds_nothing(mean: float, sd: float, correlation: float) -> None:
    rules = TrainingRules(prior_mean=mean, prior_sd=sd, correlation=correlation)

    task = a_task(a_bank([Item(0), Item(1)], [0, 1]), rules=rules)

    assert not task.earlier.any()


@pytest.mark.parametrize("competences", [1, 3])
def test_what_led_to_a_normal_in_one_competence_alone_leads_to_it_again(competences: int) -> None:
    rules = TrainingRules(prior_mean=-0.2, prior_sd=0.9)
    unknown = competences - 1

    ability = knowing([0.8] + unknown * [-0.2], [0.5] + unknown * [0.9], rules)

    assert ability.mean[0] == pytest.approx(0.8, abs=1e-5)
    assert ability.sd[0] == pytest.approx(0.5, abs=1e-5)


@correlations
@pytest.mark.parametrize(
    ("means", "sds"), [([1.0, 0.1], [0.5, 1.0]), ([1.0, -0.5], [0.5, 0.7]), ([0.4, 0.9, -0.3, 1.1], [0.4, 0.6, 0.999, 0.8])]
)
def test_earlier_estimates_are_joined_as_normals_are(means: list[float], sds: list[float], correlation: float) -> None:
    rules = TrainingRules(prior_mean=0.1, correlation=correlation)

    ability = knowing(means, sds, rules)

    mean, sd = of_normals(means, sds, rules)
    assert ability.mean == pytest.approx(mean, abs=2e-5)
    assert ability.sd == pytest.approx(sd, abs=2e-5)


def test_an_earlier_estimate_in_one_competence_informs_the_others() -> None:
    high, low = (knowing([mean, 0.0], [0.5, 1.0], TrainingRules()) for mean in (1.0, -1.0))
    apart = knowing([1.0, 0.0], [0.5, 1.0], TrainingRules(correlation=0.0))

    assert high.mean[1] == pytest.approx(0.7, abs=1e-5)
    assert low.mean[1] == pytest.approx(-0.7, abs=1e-5)
    assert high.sd[1] < 0.8
    assert apart.mean[1] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("rights", [(True, False, True, True), (False, False, True, False), (True, True, True, False)])
def test_what_earlier_assessments_said_is_not_counted_twice(rights: tuple[bool, ...]) -> None:
    rungs = [Item(topic, level) for topic in range(2) for level in (3, 4, 5, 6)]
    bank, own = a_bank(rungs, [0, 1]), [Answer(level, right) for level, right in enumerate(rights)]
    earlier = [*own, *(Answer(4 + item, not right) for item, right in own)]
    now = (Answer(0, True), Answer(6, False), Answer(7, True))
    alone = [OneAbility().joint(row[None]) for row in log_likelihood(bank, 2, *columns_of(earlier))]

    told = knowing([float(one.mean[0]) for one in alone], [float(one.sd[0]) for one in alone], TrainingRules(), bank, now)

    at_once = after(a_task(bank), [*earlier, *now]).ability
    assert told.mean == pytest.approx(at_once.mean, abs=0.02)
    assert told.sd == pytest.approx(at_once.sd, abs=0.02)


@pytest.mark.parametrize(("mean", "sd"), [(0.3, 1.0), (-0.4, 1.0), (0.3, 1.05), (0.25, 0.999)])
@pytest.mark.parametrize("competences", [1, 3])
def test_lucky_guesses_that_leave_somebody_no_surer_still_move_the_mean(competences: int, mean: float, sd: float) -> None:
    rest = competences - 1

    ability = knowing([mean] + rest * [0.0], [sd] + rest * [1.0], TrainingRules())

    assert ability.mean[0] == pytest.approx(mean, abs=1e-4)
    assert ability.sd[0] == pytest.approx(min(sd, 1.0), abs=1e-4)
