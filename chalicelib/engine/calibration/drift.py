"""Item parameter drift: where a fresh calibration, once linked, no longer says what the bank says.

    z = (x_fresh − x_bank) / √(se²_fresh + se²_bank), x being b or a, with p-values adjusted together (Benjamini and Hochberg 1995)
    RMSD, the distance between the two curves over the population, in probability
    effect = s · [P_fresh(b) − P_bank(b)] / P′_bank(b), with P′(b) = a (1 − c)/4 and s the score points of one unit of ability

The effect is what a person of the item's own difficulty would gain (positive: the item became easier than the bank believes)
if every item had drifted like this one. A verdict asks for both a surprise and a size, since large samples make any
difference significant and small ones make large differences likely.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from chalicelib.engine.bank import Bools, Floats, Ints, probability
from chalicelib.engine.calibration.item_parameters import ItemParameters, Population, rmsd
from chalicelib.engine.calibration.significance import benjamini_hochberg, two_sided

Verdict = Literal["drifted", "watch", "too-few", "stable"]

CONCERN: tuple[Verdict, ...] = ("drifted", "watch", "too-few", "stable")
"""Verdicts from the most to the least worrying."""


@dataclass(frozen=True, eq=False)
class DriftSettings:
    """When an item has drifted, and over whom. Raises ValueError naming the number out of its domain."""

    false_discovery: float = 0.05
    """Share of the items called significant that may be unchanged."""
    watched_rmsd: float = 0.03
    """From here on, a significant difference is worth watching."""
    drifted_rmsd: float = 0.06
    """From here on, a significant difference is drift, and one that is not significant is worth watching."""
    least_answers: int = 200
    """Fresh answers under which nothing is said."""
    score_per_ability: float = 160.0
    """Points of the score for one unit of ability."""
    population: Population = field(default_factory=Population.standard_normal)

    def __post_init__(self) -> None:
        domains = {
            "false_discovery": 0 < self.false_discovery < 1,
            "watched_rmsd": 0 < self.watched_rmsd <= self.drifted_rmsd,
            "drifted_rmsd": 0 < self.drifted_rmsd < 1,
            "least_answers": self.least_answers >= 1,
            "score_per_ability": 0 < self.score_per_ability < 10_000,
        }
        wrong = [name for name, fine in domains.items() if not fine]
        if wrong:
            raise ValueError(f"out of range: {', '.join(wrong)}")


@dataclass(frozen=True)
class Difference:
    """A parameter's change, fresh less bank; nan where it is unknown."""

    value: float
    se: float
    z: float
    p: float
    """Two-sided."""
    adjusted_p: float
    """Adjusted for both parameters of all items that have enough answers."""


@dataclass(frozen=True)
class ItemDrift:
    """How one item changed."""

    item: str
    answers: int
    difficulty: Difference
    discrimination: Difference
    rmsd: float
    effect: float
    """In score points; nan where a parameter is unknown."""
    verdict: Verdict


@dataclass(frozen=True)
class DriftReport:
    """Every item, the most worrying first: by verdict, then by the distance of its curves, then by name."""

    items: tuple[ItemDrift, ...]

    def counts(self) -> dict[Verdict, int]:
        """How many items have each verdict, all four told."""
        found = Counter(one.verdict for one in self.items)
        return {verdict: found[verdict] for verdict in CONCERN}


def drift_report(
    names: Sequence[str], answers: Ints, bank: ItemParameters, fresh: ItemParameters, settings: DriftSettings | None = None
) -> DriftReport:
    """How n items changed since the bank, given the fresh answers to each, (n,), and fresh parameters on the bank's scale.

    Raises ValueError when the lists differ in length or the bank holds a discrimination that is not positive.
    """
    rules = settings or DriftSettings()
    if not len(names) == len(answers) == len(bank) == len(fresh):
        raise ValueError("names, answers, bank and fresh must list the same items")
    if np.any(bank.a <= 0):
        raise ValueError("the bank's discriminations must be positive")
    judged = (answers >= rules.least_answers) & bank.known & fresh.known & bank.errors_known & fresh.errors_known
    difficulty = _differences(fresh.b - bank.b, np.hypot(fresh.se_b, bank.se_b))
    discrimination = _differences(fresh.a - bank.a, np.hypot(fresh.se_a, bank.se_a))
    adjusted = benjamini_hochberg(np.where(judged, np.stack([difficulty[3], discrimination[3]]), np.nan).ravel())
    of_b, of_a = adjusted.reshape(2, len(bank))
    distance = rmsd(bank, fresh, rules.population)
    verdicts = _verdicts(judged, np.minimum(of_b, of_a), distance, rules)
    effect = _effects(bank, fresh, rules)
    changes = [
        (_row(difficulty, of_b, i), _row(discrimination, of_a, i), float(distance[i]), float(effect[i]))
        for i in range(len(bank))
    ]
    rows = [
        ItemDrift(name, int(count), *change, verdict)
        for name, count, change, verdict in zip(names, answers, changes, verdicts, strict=True)
    ]
    return DriftReport(tuple(sorted(rows, key=_concern)))


def _differences(value: Floats, se: Floats) -> Floats:
    """Value, standard error, z and p of each item, (4, n). Where both are exact, z is 0 or infinite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(value == 0, 0.0 * se, value / se)
    return np.stack([value, se, z, two_sided(z)])


def _row(columns: Floats, adjusted: Floats, i: int) -> Difference:
    value, se, z, p = columns[:, i].tolist()
    return Difference(value, se, z, p, float(adjusted[i]))


def _effects(bank: ItemParameters, fresh: ItemParameters, rules: DriftSettings) -> Floats:
    there = probability(bank.b, fresh.a, fresh.b, fresh.c) - probability(bank.b, bank.a, bank.b, bank.c)
    result: Floats = rules.score_per_ability * there / (bank.a * (1.0 - bank.c) / 4.0)
    return result


def _verdicts(judged: Bools, adjusted: Floats, distance: Floats, rules: DriftSettings) -> list[Verdict]:
    surprising, large = adjusted < rules.false_discovery, distance >= rules.drifted_rmsd
    worth = large | (surprising & (distance >= rules.watched_rmsd))
    rank = np.select([~judged, surprising & large, worth], [2, 0, 1], default=3)
    return [CONCERN[one] for one in rank.tolist()]


def _concern(row: ItemDrift) -> tuple[int, float, str]:
    distance = -row.rmsd if row.rmsd == row.rmsd else 0.0  # nan sorts last
    return CONCERN.index(row.verdict), distance, row.item
