"""Which common items may carry a link: one drifted anchor leaves at a time, the link is made again, every decision is kept.

Two rules say that an anchor has moved once the source is on the target's scale:

- `displacement`: its two curves differ by more than a size that matters (RMSD over the population) and by more than errors of
  estimation explain, by Lord's χ² (1980) = δᵀ V⁻¹ δ on 2 degrees, δ = (a* − a, b* − b), tail e^(−χ²/2). Where no error is
  known, the size alone decides.
- `robust-z` (Huynh 2000; Huynh and Meyer 2010): z = (d − median) / (0.7413·IQR) for d = b* − b and for d = log a* − log a, each
  divided by its standard error where all are known. With so few anchors the interquartile range is itself uncertain: z has
  about the tails of Student's t with 0.37·n degrees, 0.37 being the efficiency of the range (Mosteller 1946).

Either shares the false alarms of a clean set among its tests (Bonferroni): at most `false_alarm` of clean sets lose an anchor.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

import numpy as np

from chalicelib.engine.bank import Bools, Floats
from chalicelib.engine.calibration.curve_gaps import Method
from chalicelib.engine.calibration.item_parameters import ItemParameters, rmsd
from chalicelib.engine.calibration.linking import Link, LinkingSettings, haebara, stocking_lord

Rule = Literal["displacement", "robust-z"]
Verdict = Literal["settled", "too-few-anchors"]

_NORMAL_IQR = 0.7413
_EFFICIENCY = 0.37
_LEAST_DEGREES = 2.0
_LEAST_SCALE = 0.01
"""Least deviation of the raw differences: anchors that agree to a hundredth are not told apart."""
_LEAST_STANDARD_SCALE = 0.1
"""The same for differences in units of their standard error."""


@dataclass(frozen=True, eq=False)
class ScreeningSettings:
    """How anchors are judged and when to give up. Raises ValueError naming the number out of its domain."""

    rule: Rule = "displacement"
    method: Method = "stocking-lord"
    false_alarm: float = 0.05
    """Most clean sets of anchors, as a share, that may lose one."""
    least_rmsd: float = 0.05
    """Difference between the curves, in probability, under which `displacement` leaves an anchor alone."""
    least_share: float = 0.5
    """Share of the anchors that must be left."""
    linking: LinkingSettings = field(default_factory=LinkingSettings)

    def __post_init__(self) -> None:
        domains = {
            "rule": self.rule in ("displacement", "robust-z"),
            "method": self.method in ("stocking-lord", "haebara"),
            "false_alarm": 0 < self.false_alarm < 1,
            "least_rmsd": 0 <= self.least_rmsd < 1,
            "least_share": 0 < self.least_share <= 1,
        }
        wrong = [name for name, fine in domains.items() if not fine]
        if wrong:
            raise ValueError(f"out of range: {', '.join(wrong)}")


class Decision(NamedTuple):
    """What was decided of one anchor, when, and why."""

    round: int
    """From 1; anchors without usable parameters leave in round 0."""
    item: str
    statistic: float
    """RMSD, or the greater |z|; nan in round 0."""
    threshold: float
    kept: bool
    why: str


@dataclass(frozen=True, eq=False)
class Screening:
    """The link by the anchors that were kept, and how it came to them."""

    link: Link
    kept: Bools
    """(n,), in the order given."""
    decisions: tuple[Decision, ...]
    """In the order taken: those that left one by one, then those that stayed, by name."""
    verdict: Verdict
    """`too-few-anchors`: one more should have left, and too few would have stayed. Do not trust the link then."""


class _Judged(NamedTuple):
    statistic: Floats
    threshold: float
    suspect: Bools
    reasons: list[str]


def screen_anchors(
    names: Sequence[str], source: ItemParameters, target: ItemParameters, settings: ScreeningSettings | None = None
) -> Screening:
    """The anchors that agree, and the link they make; the same in whatever order the n anchors are given.

    Raises ValueError when names repeat, lists differ in length or no anchor is usable.
    """
    if len(set(names)) != len(names) or not len(names) == len(source) == len(target):
        raise ValueError("anchors must have a name of their own, one an item of each calibration")
    rules = settings or ScreeningSettings()
    order = np.argsort(np.array(names, dtype=object), kind="stable")
    ordered = [names[row] for row in order]
    link, kept, decisions, verdict = _rounds(ordered, source.take(order), target.take(order), rules)
    return Screening(link, kept[np.argsort(order)], decisions, verdict)


def _rounds(
    names: list[str], source: ItemParameters, target: ItemParameters, rules: ScreeningSettings
) -> tuple[Link, Bools, tuple[Decision, ...], Verdict]:
    kept = source.rising & target.rising
    least = max(1, math.ceil(rules.least_share * len(names) - 1e-9))
    why = "one of the calibrations has no usable parameters for it"
    decisions = [Decision(0, names[row], math.nan, math.nan, False, why) for row in np.flatnonzero(~kept)]
    while True:
        rows, turn = np.flatnonzero(kept), 1 + sum(one.round > 0 for one in decisions)
        link, judged = _judge(source.take(rows), target.take(rows), rules)
        suspects = np.flatnonzero(judged.suspect)
        if not len(suspects) or len(rows) <= least:
            break
        worst = int(suspects[np.argmax(judged.statistic[suspects])])
        statistic = float(judged.statistic[worst])
        decisions.append(Decision(turn, names[rows[worst]], statistic, judged.threshold, False, judged.reasons[worst]))
        kept[rows[worst]] = False
    for place, row in enumerate(rows):
        why = judged.reasons[place]
        if judged.suspect[place]:
            why = f"{why}; kept because fewer than {least} of {len(names)} anchors would be left"
        decisions.append(Decision(turn, names[row], float(judged.statistic[place]), judged.threshold, True, why))
    enough = len(rows) >= least and not len(suspects)
    return link, kept, tuple(decisions), "settled" if enough else "too-few-anchors"


def _judge(source: ItemParameters, target: ItemParameters, rules: ScreeningSettings) -> tuple[Link, _Judged]:
    linked = stocking_lord if rules.method == "stocking-lord" else haebara
    link = linked(source, target, rules.linking)
    moved = replace(link, errors=np.zeros((2, 2))).transform(source)  # the link's own error is common to all anchors
    judge = _by_displacement if rules.rule == "displacement" else _by_robust_z
    return link, judge(moved, target, rules)


def _by_displacement(moved: ItemParameters, target: ItemParameters, rules: ScreeningSettings) -> _Judged:
    size = rmsd(moved, target, rules.linking.population)
    chance = np.minimum(np.exp(-0.5 * lord_chi_square(moved, target)) * len(size), 1.0)
    small = size <= rules.least_rmsd
    suspect = ~small & ~(chance > rules.false_alarm)
    said = [
        f"curves {rms:.3f} apart, {'no errors given' if math.isnan(p) else f'adjusted p {p:.2g}'}: "
        + ("too little to matter" if little else "moved" if bad else "errors of estimation explain it")
        for rms, p, little, bad in zip(size.tolist(), chance.tolist(), small.tolist(), suspect.tolist(), strict=True)
    ]
    return _Judged(size, rules.least_rmsd, suspect, said)


def lord_chi_square(one: ItemParameters, other: ItemParameters) -> Floats:
    """δᵀ V⁻¹ δ of each item's (a, b), (n,), V the sum of both errors (Lord 1980); nan where an error is unknown or nil."""
    errors = one.errors + other.errors
    var_a, cross, var_b = errors[:, 0, 0], errors[:, 0, 1], errors[:, 1, 1]
    determinant = var_a * var_b - cross * cross
    fine = determinant > 0
    determinant = np.where(fine, determinant, np.nan)
    of_a, of_b = one.a - other.a, one.b - other.b
    result: Floats = (var_b * of_a**2 - 2 * cross * of_a * of_b + var_a * of_b**2) / determinant
    return result


def _by_robust_z(moved: ItemParameters, target: ItemParameters, rules: ScreeningSettings) -> _Judged:
    n = len(moved)
    errors = moved.errors + target.errors
    of_b = robust_z(moved.b - target.b, np.sqrt(errors[:, 1, 1]))
    of_a = robust_z(np.log(moved.a / target.a), np.sqrt((moved.se_a / moved.a) ** 2 + (target.se_a / target.a) ** 2))
    statistic = np.maximum(np.abs(of_b), np.abs(of_a))
    threshold = student_quantile(rules.false_alarm / (4 * n), max(_EFFICIENCY * n, _LEAST_DEGREES))
    suspect = statistic > threshold
    said = [
        f"robust z of difficulty {z_b:+.2f}, of discrimination {z_a:+.2f}: {'moved' if bad else 'as the other anchors'}"
        for z_b, z_a, bad in zip(of_b.tolist(), of_a.tolist(), suspect.tolist(), strict=True)
    ]
    return _Judged(statistic, threshold, suspect, said)


def robust_z(difference: Floats, error: Floats) -> Floats:
    """(d − median) / (0.7413·IQR), (n,), of differences divided by their errors where all are known and positive."""
    known = bool(np.all(error > 0))
    d, least = (difference / error, _LEAST_STANDARD_SCALE) if known else (difference, _LEAST_SCALE)
    low, middle, high = np.quantile(d, (0.25, 0.5, 0.75))
    result: Floats = (d - middle) / max(_NORMAL_IQR * float(high - low), least)
    return result


def student_quantile(tail: float, df: float) -> float:
    """t with P(T > t) = tail < 1/2 for Student's t of any ν ≥ 2: T = √ν·tan φ has density ∝ cos^(ν−1) φ, summed by trapezes."""
    angle = np.linspace(0.0, 0.5 * np.pi, 20_001)
    density = np.maximum(np.cos(angle), 0.0) ** (df - 1.0)
    below = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]))])
    share = 0.5 * (1.0 - below / below[-1])  # P(T > √ν·tan φ)
    return math.sqrt(df) * math.tan(float(np.interp(-tail, -share, angle)))
