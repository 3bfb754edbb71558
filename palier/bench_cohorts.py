"""One task of `palier bench measuring`, in whatever process: a first table, or a cohort tested under one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from chalicelib.engine.bank import Bools, Floats, Ints
from chalicelib.engine.exposure import SIX_STRATA
from chalicelib.engine.report import Given
from chalicelib.engine.selection import Pool
from chalicelib.engine.simulation.cohort import Start, Waves, run
from chalicelib.engine.simulation.figures import Results
from chalicelib.engine.simulation.pricing import Pricing, Publication
from chalicelib.engine.simulation.sitting import Study
from chalicelib.engine.simulation.truth import Truth
from chalicelib.engine.stopping import IntervalBesideCut, PrecisionReached, SidesTold
from chalicelib.engine.weighted_likelihood import weighted_likelihood
from palier.bench_conditions import CONDITIONS, CUT, LENGTH, LONGEST, POPULATION, TARGET_SE, Condition, true_bank

FAR = 1.5
"""True ability from which a prior's pull is looked at."""
USUAL_PERSONS = 2_000
LEAST_PRICING = 5


@dataclass(frozen=True)
class Size:
    """How much is simulated."""

    cohorts: int = 10
    persons: int = USUAL_PERSONS
    """Of each cohort."""
    seed: int = 1

    @property
    def pricing(self) -> Pricing:
        """How prices are sought: as they usually are, or from smaller cohorts where the bench's own are small."""
        usual = Pricing()
        fewer = max(LEAST_PRICING, usual.persons * self.persons // USUAL_PERSONS)
        return Pricing(persons=min(usual.persons, fewer))

    def cohorts_of(self, condition: Condition) -> int:
        """Cohorts of a condition."""
        if condition.in_one or condition.beside_catsim:
            return 1
        return -(-self.cohorts // 2) if condition.halved else self.cohorts

    def persons_of(self, condition: Condition) -> int:
        """Persons of each cohort of a condition."""
        return max(1, round(self.persons * condition.share * (self.cohorts if condition.in_one else 1)))


@dataclass(frozen=True, eq=False)
class Priced:
    """A first table, and what it took."""

    start: Start
    seconds: float


@dataclass(frozen=True, eq=False)
class Played:
    """What came of one cohort."""

    figures: dict[str, float]
    persons: int
    sessions: Ints
    """Tests of each ability stratum, (S,), by reported ability."""
    given: Ints
    """Tests of each of them in which each item was given, (S, n)."""
    seconds: float


@cache
def _pool(name: str, seed: int) -> Pool:
    condition = CONDITIONS[name]
    return condition.setup.pool(true_bank(seed, condition.guessable))


def price(name: str, size: Size) -> Priced:
    """The first table of a condition."""
    setup, began = CONDITIONS[name].setup, time.perf_counter()
    publication = Publication(_pool(name, size.seed), setup.stopping, setup.limits, size.pricing, size.seed)
    return Priced(publication.first_table(), time.perf_counter() - began)


def play(name: str, size: Size, number: int, start: Start) -> Played:
    """One cohort of a condition. Cohorts of the same number are the same persons wherever abilities are drawn alike."""
    condition, began = CONDITIONS[name], time.perf_counter()
    persons = size.persons_of(condition)
    abilities = condition.persons.draw(np.random.default_rng((size.seed, 2, number)), persons)
    truth = Truth(true_bank(size.seed, condition.guessable), abilities, _TRUTHS + size.seed * 1_000 + number)
    study = Study(_pool(name, size.seed), truth, condition.setup.stopping)
    sittings, _ = run(study, start, Waves(persons, learns=False) if condition.together else Waves())
    results = Results(sittings, abilities, len(truth.bank))
    figures = results.summary() | _quarters(results, condition) | _decisions(results, condition)
    if name == "one":
        figures |= _far(results, study)
    if condition.beside_catsim:
        figures |= _catsim(study, condition)
    stratum = np.searchsorted(SIX_STRATA, results.composite.reported, side="right")
    sessions = np.bincount(stratum, minlength=len(SIX_STRATA) + 1)
    given = np.rint(results.stratum_rates(SIX_STRATA, results.composite.reported) * sessions[:, None]).astype(np.intp)
    return Played(figures, persons, sessions, given, time.perf_counter() - began)


def _quarters(results: Results, condition: Condition) -> dict[str, float]:
    if not condition.in_one:
        return {}
    quarters = results.quarters()
    return {"first_quarter_rmse": quarters[0], "last_quarter_rmse": quarters[-1], "quarter_ratio": quarters[-1] / quarters[0]}


def _decisions(results: Results, condition: Condition) -> dict[str, float]:
    """Share of persons who are found on the side of the cut where they are."""
    if not isinstance(condition.setup.stopping, SidesTold | IntervalBesideCut):
        return {}
    told: Bools = results.composite.reported >= CUT
    if isinstance(condition.setup.stopping, SidesTold):
        told = np.array([one.above for one in results.sittings], bool)
    return {"right_decisions": float(np.mean(told == (results.composite.true >= CUT)))}


def _far(results: Results, study: Study) -> dict[str, float]:
    """The error of two estimates from the same answers, of abilities far from the mean; bias is outwards, a pull negative.

    Nan where nobody is far.
    """
    far = np.flatnonzero(np.abs(results.composite.true) >= FAR)
    true, bank = results.composite.true[far], study.pool.bank
    given = [Given.of(bank, 1, results.sittings[one].items, results.sittings[one].right) for one in far]
    estimates: dict[str, Floats] = {
        "posterior_mean": results.composite.reported[far],
        "weighted_likelihood": np.array([weighted_likelihood(one).ability for one in given]),
    }
    figures = {}
    for estimate, reported in estimates.items():
        error = (reported - true) * np.sign(true)
        figures[f"far_bias_{estimate}"] = float(error.mean()) if len(far) else np.nan
        figures[f"far_rmse_{estimate}"] = float(np.sqrt(np.mean(error**2))) if len(far) else np.nan
    return figures


def _catsim(study: Study, condition: Condition) -> dict[str, float]:
    """The same figures of catsim, limited alike, on the same persons."""
    from palier.beside_catsim import play_catsim
    from palier.simulation_run import Scenario
    from palier.simulation_settings import Settings
    from palier.simulation_tables import AbilityTable, BankTable

    bank, truth = study.pool.bank, study.truth
    if isinstance(condition.setup.stopping, PrecisionReached):
        settings = Settings(quotas="none", max_exposure=POPULATION, target_se=TARGET_SE, longest=LONGEST)
    else:
        settings = Settings(quotas="none", max_exposure=POPULATION, length=LENGTH)
    table = BankTable(Path("bank"), bank, tuple(map(str, range(len(bank)))), tuple(map(str, range(bank.competences))))
    persons = AbilityTable(tuple(map(str, range(len(truth)))), truth.abilities)
    scenario = Scenario(table, persons, settings, study.pool, truth, study.stopping)
    peer = play_catsim(scenario, lambda _: None).results
    return {f"catsim_{key}": value for key, value in peer.summary().items()}


_TRUTHS = 1 << 40
"""Far from the seeds of the persons that prices are sought with."""
