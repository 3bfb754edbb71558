"""The same persons and outcomes, tested by catsim (De Rizzo Meneghetti & Aquino Junior 2018) in place of our engine.

Its own parts do the work, put together as its simulator does: an estimate of zero to begin with, the numerical maximum of the likelihood
(with Dodd's steps while all answers are alike), the item of maximum information among those given to less than the limit's share of the
cohort, its rules to stop. It knows one dimension and no quotas. The standard error is 1/√information, the interval ± 1.645 of them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from catsim import irt
from catsim.estimation import NumericalSearchEstimator
from catsim.item_bank import ItemBank as CatsimBank
from catsim.selection import MaxInfoSelector
from catsim.stopping import ConfidenceIntervalStopper, MinErrorStopper, TestLengthStopper

from chalicelib.engine.bank import Bools, ItemBank
from chalicelib.engine.simulation.figures import Results
from chalicelib.engine.simulation.sitting import COVERAGE, Sitting
from palier.simulation_run import OnPersons, PeerRun, Scenario
from palier.simulation_settings import InfeasibleError, Settings

WITHIN = 1.6448536269514722
"""Standard errors to either side of a normal that hold 90 %."""


def check_playable(scenario: Scenario) -> None:
    """Raise InfeasibleError when catsim cannot be given these tests."""
    if scenario.persons.abilities.shape[1] > 1:
        raise InfeasibleError("--beside catsim needs abilities of one column, theta: catsim knows one dimension.")


def play_catsim(scenario: Scenario, told: OnPersons) -> PeerRun:
    """Every person's test by catsim, one after the other; `told` hears of each."""
    bank, truth, settings = scenario.pool.bank, scenario.truth, scenario.settings
    peer = _Peer.of(bank, settings)
    began = time.perf_counter()
    sittings, uses = list[Sitting](), np.zeros(len(bank))
    with np.errstate(all="ignore"):  # its logarithms of chances that round to nought
        for person in range(len(truth)):
            sittings.append(peer.sit(truth.outcomes(person), uses, len(truth)))
            told(1)
    return PeerRun("catsim", Results(sittings, truth.abilities, len(bank)), time.perf_counter() - began)


@dataclass(frozen=True, eq=False)
class _Peer:
    """catsim's parts."""

    bank: Any
    estimator: Any
    selector: Any
    stopper: Any
    cut: float | None

    @classmethod
    def of(cls, bank: ItemBank, settings: Settings) -> _Peer:
        columns = (bank.discrimination, bank.difficulty, bank.guess, np.ones(len(bank)))
        items = CatsimBank(np.column_stack(columns), validate=False)
        return cls(
            items, NumericalSearchEstimator(), MaxInfoSelector(settings.max_exposure), _stopper(bank, settings), settings.cut
        )

    def sit(self, outcomes: Bools, uses: Any, persons: int) -> Sitting:
        """One person's whole test; `uses`, (n,), counts what was given so far, and the bank its share of all persons."""
        theta, items, right = 0.0, list[int](), list[bool]()
        while not self.stopper.stop(administered_items=self.bank.get_items(items), theta=theta):
            item = int(self.selector.select(item_bank=self.bank, administered_items=items, est_theta=theta))
            items.append(item)
            right.append(bool(outcomes[item]))
            asked = {"item_bank": self.bank, "administered_items": items, "response_vector": right}
            theta = float(self.estimator.estimate(**asked, est_theta=theta))
            uses[item] += 1
            self.bank.update_exposure_rate(item, uses[item] / persons)
        return self._reported(theta, items, right)

    def _reported(self, theta: float, items: list[int], right: list[bool]) -> Sitting:
        error = float(irt.see(theta, self.bank.get_items(items)))
        low, high = theta - WITHIN * error, theta + WITHIN * error
        above = None if self.cut is None else theta >= self.cut
        own = {
            "ability_mean": np.array([theta]),
            "ability_sd": np.array([error]),
            "ability_low": np.array([low]),
            "ability_high": np.array([high]),
        }
        return Sitting(np.array(items, np.intp), np.array(right, bool), theta, error, low, high, **own, given_up=0, above=above)


def _stopper(bank: ItemBank, settings: Settings) -> Any:
    most = settings.most(len(bank))
    if settings.target_se is not None:
        return MinErrorStopper(settings.target_se, min_items=settings.shortest(most), max_items=most)
    if settings.cut is not None:
        return ConfidenceIntervalStopper([settings.cut], COVERAGE, min_items=settings.shortest(most), max_items=most)
    return TestLengthStopper(max_items=most)
