"""What is asked of a simulation, and whether a bank can give it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from chalicelib.engine.bank import ItemBank
from chalicelib.engine.blueprint import Blueprint
from chalicelib.engine.exposure import SIX_STRATA, Limits
from chalicelib.engine.feasibility import Lacking, Shortage, shortages
from chalicelib.engine.simulation.pricing import Pricing
from chalicelib.engine.stopping import FixedLength, PrecisionReached, SidesTold, Stopping
from palier.simulation_tables import BankTable

Quotas = Literal["even", "none"]

LONGEST = 60
"""Answers after which a test of variable length ends, unless told."""


class InfeasibleError(Exception):
    """What is asked cannot be done with this bank and these persons; the sentence says why."""


@dataclass(frozen=True)
class Settings:
    """What is asked of a simulation. Raises InfeasibleError naming the option that is out of its domain."""

    length: int = 32
    quotas: Quotas = "even"
    near_equal: float = 0.02
    max_exposure: float = 0.20
    stratum_exposure: float | None = None
    target_se: float | None = None
    cut: float | None = None
    longest: int | None = None
    together: bool = False
    rho: float = 0.7
    guessing: float = 0.0
    slips: float = 0.0
    parameter_error: float = 0.0
    seed: int = 1
    pricing: Pricing = field(default_factory=Pricing)

    def __post_init__(self) -> None:
        if not 0 < self.max_exposure <= 1:
            raise InfeasibleError("--max-exposure must be in (0, 1].")
        if self.stratum_exposure is not None and not self.max_exposure <= self.stratum_exposure <= 1:
            raise InfeasibleError("--stratum-exposure must be between --max-exposure and 1.")
        if self.target_se is not None and self.cut is not None:
            raise InfeasibleError("--target-se and --cut do not go together.")
        if self.longest is not None and not self.varies:
            raise InfeasibleError("--longest goes with --target-se or --cut.")
        if not 0 <= self.parameter_error <= 10:
            raise InfeasibleError("--parameter-error must be in [0, 10].")
        if not 0 <= self.near_equal < 1:
            raise InfeasibleError("--near-equal must be in [0, 1).")

    @property
    def varies(self) -> bool:
        """Whether tests are of different lengths."""
        return self.target_se is not None or self.cut is not None

    @property
    def controlled(self) -> bool:
        """Whether there is any limit of exposure."""
        return self.max_exposure < 1

    @property
    def limits(self) -> Limits:
        """The limits of exposure."""
        if self.stratum_exposure is None:
            return Limits(self.max_exposure)
        return Limits(self.max_exposure, self.stratum_exposure, SIX_STRATA)

    def most(self, items: int) -> int:
        """Answers of the longest test over so many items."""
        if not self.varies:
            return self.length
        return min(LONGEST, items) if self.longest is None else self.longest

    def shortest(self, most: int) -> int:
        """Answers of the shortest test, where the longest has so many."""
        return most if not self.varies else 1 if self.cut is not None else min(PrecisionReached.shortest, most)

    def stopping(self, items: int) -> Stopping:
        """The rule that ends tests."""
        most = self.most(items)
        if self.target_se is not None:
            return PrecisionReached(self.target_se, self.shortest(most), most)
        if self.cut is not None:
            return SidesTold(self.cut, shortest=self.shortest(most), longest=most)
        return FixedLength(most)

    def blueprint(self, bank: ItemBank) -> Blueprint:
        """The content of a test over this bank."""
        most = self.most(len(bank))
        even = self.quotas == "even" and 1 < bank.competences <= most
        blueprint = Blueprint.even(bank.competences, most) if even else Blueprint(most)
        return replace(blueprint, near_equal=self.near_equal)


def check_feasible(table: BankTable, blueprint: Blueprint, settings: Settings) -> None:
    """Raise InfeasibleError when the bank has too few items for the length, the quotas or the limit."""
    items, most = len(table.bank), blueprint.length
    if most > items:
        option = "--longest" if settings.varies else "--length"
        raise InfeasibleError(f"{option} {most} is more than the {items} items of {table.path}.")
    shortest = Blueprint(settings.shortest(most)) if settings.varies else blueprint
    found = shortages(table.bank, shortest, settings.limits)
    if found:
        few = items * settings.max_exposure < shortest.length - _ROUNDING
        of_competences = [one for one in found if one.competence is not None and not few]
        raise InfeasibleError(_told((of_competences or found)[0], table, settings.max_exposure))


def _told(shortage: Shortage, table: BankTable, limit: float) -> str:
    """What lacks, in one sentence."""
    items, needs = len(table.bank), shortage.needs
    if shortage.competence is not None:
        name = table.competences[shortage.competence]
        size = int(np.count_nonzero(table.bank.competence == shortage.competence))
        reason = f"the {size} items of competence {name} cannot give {needs} answers a test at --max-exposure {limit:g}"
        if shortage.what in {Lacking.SKILLS, Lacking.TOPICS}:
            reason = f"competence {name} has {shortage.has:g} {shortage.what}, and a test asks {needs}"
        return f"Even quotas cannot hold: {reason}; --quotas none does without them."
    if items * limit < needs - _ROUNDING:
        need = f"{needs} answers a test need {math.ceil(needs / limit - _ROUNDING)} items or more"
        return f"--max-exposure {limit:g} is too low for {items} items: {need}."
    skills = f"A test asks no skill twice, and {shortage.has:g} is what the skills of the bank can give of {needs} answers"
    return f"{skills} at --max-exposure {limit:g}, quotas kept."


_ROUNDING = 1e-9
