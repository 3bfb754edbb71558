"""What came of a cohort: error, bias, coverage, exposure, overlap, levels, and how they vary with ability and time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from chalicelib.engine.bank import LEVELS, Bools, Floats, Ints
from chalicelib.engine.scoring import level_of_ability
from chalicelib.engine.simulation.sitting import Sitting

UNUSED_BELOW = 1e-12


@dataclass(frozen=True, eq=False)
class Errors:
    """Reported values against true ones, element by element."""

    true: Floats
    reported: Floats
    sd: Floats
    low: Floats
    high: Floats

    @cached_property
    def difference(self) -> Floats:
        """Reported minus true."""
        return self.reported - self.true

    @property
    def rmse(self) -> float:
        """√ mean (reported − true)²."""
        return float(np.sqrt(np.mean(self.difference**2)))

    @property
    def bias(self) -> float:
        """Mean of reported − true."""
        return float(np.mean(self.difference))

    @property
    def mean_sd(self) -> float:
        """Mean reported standard error."""
        return float(np.mean(self.sd))

    @property
    def covered(self) -> float:
        """Share of the intervals that hold the true value."""
        return float(np.mean((self.low <= self.true) & (self.true <= self.high)))

    @property
    def level_accuracy(self) -> float:
        """Share of the levels reported that are the true ones."""
        return float(np.mean(_levels(self.reported) == _levels(self.true)))

    def where(self, chosen: Bools | Ints) -> Errors:
        """The same, of these elements only."""
        return Errors(self.true[chosen], self.reported[chosen], self.sd[chosen], self.low[chosen], self.high[chosen])


def _levels(theta: Floats) -> Floats:
    return np.clip(np.floor(np.round(level_of_ability(theta), 9)), 0, LEVELS)


@dataclass(frozen=True, eq=False)
class Results:
    """A cohort's sittings beside the truth."""

    sittings: Sequence[Sitting]
    abilities: Floats
    """True abilities, (N, 1) or (N, C)."""
    items: int
    """n, items in the bank."""

    @cached_property
    def composite(self) -> Errors:
        """The reported ability of each person."""
        rows = np.array([(one.mean, one.sd, one.low, one.high) for one in self.sittings]).reshape(-1, 4)
        return Errors(self.abilities.mean(axis=1), *rows.T)

    @cached_property
    def competences(self) -> Errors | None:
        """The reported ability of each person in each competence, (N, C); None when one ability is measured."""
        if self.abilities.shape[1] == 1 or len(self.sittings[0].ability_mean) == 1:
            return None
        columns = ("ability_mean", "ability_sd", "ability_low", "ability_high")
        return Errors(self.abilities, *(np.array([getattr(one, name) for one in self.sittings]) for name in columns))

    @cached_property
    def lengths(self) -> Floats:
        """Answers of each person, (N,)."""
        return np.array([len(one.items) for one in self.sittings], float)

    @cached_property
    def rates(self) -> Floats:
        """Share of the tests in which each item was given, (n,)."""
        given = np.bincount(np.concatenate([one.items for one in self.sittings]), minlength=self.items)
        rates: Floats = given / len(self.sittings)
        return rates

    @property
    def overlap(self) -> float:
        """Share of the items of a test that another person's also has, on average over pairs (Chen, Ankenmann & Spray 2003).

        With m_i uses of item i among N persons: Σ m_i (m_i − 1) / (N (N − 1) · mean length).
        """
        persons = len(self.sittings)
        uses = self.rates * persons
        if persons < 2 or not uses.sum():
            return 0.0
        return float((uses * (uses - 1)).sum() / (persons * (persons - 1) * self.lengths.mean()))

    def stratum_rates(self, bounds: Sequence[float], of: Floats) -> Floats:
        """Share of the tests of each ability stratum in which each item was given, (S, n), the strata being those of `of`, (N,)."""
        stratum = np.searchsorted(bounds, of, side="right")
        rates = np.zeros((len(bounds) + 1, self.items))
        for place, one in zip(stratum, self.sittings, strict=True):
            rates[place, one.items] += 1
        persons = np.bincount(stratum, minlength=len(bounds) + 1)
        result: Floats = rates / np.maximum(persons, 1)[:, None]
        return result

    def quarters(self) -> list[float]:
        """RMSE of each quarter of the cohort, in the order in which persons came."""
        return [float(np.sqrt(np.mean(part**2))) for part in np.array_split(self.composite.difference, 4) if len(part)]

    def by_ability(self, bins: int = 10) -> list[dict[str, float]]:
        """Conditional figures in as many groups of equal size, by true ability."""
        order = np.argsort(self.composite.true, kind="stable")
        rows = []
        for group in np.array_split(order, bins):
            if len(group):
                part = self.composite.where(group)
                rows.append(
                    {
                        "ability": float(part.true.mean()),
                        "persons": float(len(group)),
                        "bias": part.bias,
                        "rmse": part.rmse,
                        "mean_se": part.mean_sd,
                        "coverage90": part.covered,
                        "length": float(self.lengths[group].mean()),
                    }
                )
        return rows

    def summary(self) -> dict[str, float]:
        """The figures by which policies are compared."""
        composite, competences = self.composite, self.competences
        figures = {
            "rmse": composite.rmse,
            "bias": composite.bias,
            "mean_se": composite.mean_sd,
            "coverage90": composite.covered,
            "max_exposure": float(self.rates.max(initial=0.0)),
            "overlap": self.overlap,
            "unused_share": float(np.sum(self.rates < UNUSED_BELOW)) / max(self.items, 1),
            "level_accuracy": (competences or composite).level_accuracy,
            "mean_length": float(self.lengths.mean()),
            "given_up": float(np.mean([one.given_up for one in self.sittings])),
        }
        if competences is not None:
            per_competence = np.sqrt(np.mean(competences.difference**2, axis=0))
            alone = np.sqrt(np.mean((composite.reported[:, None] - self.abilities) ** 2, axis=0))
            figures |= {
                "competence_rmse": float(per_competence.mean()),
                "competence_coverage90": competences.covered,
                "competence_mean_se": competences.mean_sd,
                "competence_rmse_of_composite": float(alone.mean()),
            }
        return figures
