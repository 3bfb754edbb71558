"""A simulation of tables on disk: what it starts from, and what comes of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from chalicelib.engine.bank import Floats, ItemBank
from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.exposure import ExposureTable
from chalicelib.engine.joint import Abilities
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.selection import Pool
from chalicelib.engine.simulation.cohort import Start, Waves, run
from chalicelib.engine.simulation.figures import Results
from chalicelib.engine.simulation.pricing import Publication
from chalicelib.engine.simulation.sitting import Study
from chalicelib.engine.simulation.truth import Behaviour, Truth
from chalicelib.engine.stopping import Stopping
from palier.parallel import runner_of
from palier.simulation_settings import InfeasibleError, Settings, check_feasible
from palier.simulation_tables import AbilityTable, BankTable

OnPersons = Callable[[int], None]

UNLEARNED_WAVE = 200
"""Persons of a wave when waves do not matter."""


@dataclass(frozen=True, eq=False)
class Scenario:
    """Who is tested with what: everything that a simulation starts from."""

    table: BankTable
    """The bank that the engine believes in."""
    persons: AbilityTable
    settings: Settings
    pool: Pool
    truth: Truth
    stopping: Stopping

    @classmethod
    def of(cls, table: BankTable, true_bank: ItemBank | None, persons: AbilityTable, settings: Settings) -> Scenario:
        """The scenario of these tables; without a true bank the parameters are true up to the error asked for.

        Raises InfeasibleError when no such test can be given.
        """
        dimensions = persons.abilities.shape[1]
        if settings.cut is not None and dimensions > 1:
            raise InfeasibleError("--cut needs abilities of one column, theta.")
        if true_bank is not None and settings.parameter_error > 0:
            raise InfeasibleError("--true-bank and --parameter-error do not go together.")
        blueprint = settings.blueprint(table.bank)
        check_feasible(table, blueprint, settings)
        try:
            abilities: Abilities = OneAbility() if dimensions == 1 else CommonFactor(dimensions, settings.rho)
            stopping = settings.stopping(len(table.bank))
            answered = _erring(table.bank, settings) if true_bank is None else true_bank
            behaviour = Behaviour(settings.guessing, settings.slips)
            truth = Truth(answered, persons.abilities, settings.seed, behaviour)
        except ValueError as error:
            raise InfeasibleError(f"{error}.") from error
        return cls(table, persons, settings, Pool(table.bank, abilities, blueprint), truth, stopping)

    @property
    def total(self) -> int:
        """Persons to play, those of the pricing included."""
        return len(self.truth) + (self.settings.pricing.total(self.settings.limits.strata) if self.settings.controlled else 0)


@dataclass(frozen=True, eq=False)
class PeerRun:
    """The same persons, tested by another engine."""

    name: str
    results: Results
    seconds: float


@dataclass(frozen=True, eq=False)
class SimulationRun:
    """A simulation with everything that a report on it may ask for."""

    scenario: Scenario
    results: Results
    start: ExposureTable
    """The table of the first person."""
    end: ExposureTable
    """The table after the last."""
    seconds: float
    """Of the cohort, without the pricing."""
    pricing_seconds: float
    peer: PeerRun | None = None

    @property
    def settings(self) -> Settings:
        """What was asked."""
        return self.scenario.settings

    @property
    def pool(self) -> Pool:
        """The engine's bank and rules."""
        return self.scenario.pool

    @property
    def truth(self) -> Truth:
        """The persons, and how they answer."""
        return self.scenario.truth


def simulate_cohort(scenario: Scenario, processes: int | None, told: OnPersons) -> SimulationRun:
    """Every person's test, after the pricing that their first exposure table comes from; `told` hears how many were played."""
    settings, pool, truth = scenario.settings, scenario.pool, scenario.truth
    study = Study(pool, truth, scenario.stopping)
    learns = settings.controlled and not settings.together
    with runner_of(processes) as runner:
        began = time.perf_counter()
        start = Start.free(ExposureTable.free(len(pool.bank), settings.limits))
        if settings.controlled:
            seed = settings.seed + 1  # other persons than the cohort's, whose seed may be 0
            publication = Publication(pool, scenario.stopping, settings.limits, settings.pricing, seed)
            start = publication.first_table(runner, told)
        priced = time.perf_counter()
        sittings, end = run(study, start, Waves() if learns else Waves(UNLEARNED_WAVE, learns=False), runner, told)
        ended = time.perf_counter()
    results = Results(sittings, truth.abilities, len(pool.bank))
    pricing_seconds = priced - began if settings.controlled else 0.0
    return SimulationRun(scenario, results, start.table, end.table, ended - priced, pricing_seconds)


def _erring(bank: ItemBank, settings: Settings) -> ItemBank:
    """A bank whose b is off by N(0, error²) and whose log a is off by N(0, (error/2)²)."""
    if not settings.parameter_error:
        return bank
    rng = np.random.default_rng((settings.seed, 2))
    b = bank.difficulty + rng.normal(0.0, settings.parameter_error, len(bank))
    a: Floats = bank.discrimination * np.exp(rng.normal(0.0, settings.parameter_error / 2, len(bank)))
    return replace(bank, discrimination=a, difficulty=b)
