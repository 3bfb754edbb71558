"""What a simulation says in a few sentences, each beside what chance alone would give."""

from __future__ import annotations

import math

import numpy as np

from palier.reports.cohorts import sampling_band
from palier.reports.page import Prose
from palier.simulation_run import PeerRun, SimulationRun

BEYOND = 1.96
"""Standard errors on either side that hold 95 % of samples."""


def findings(run: SimulationRun) -> tuple[Prose, ...]:
    """Precision, honesty and use of the bank, and the difference from the peer when there is one."""
    beside = () if run.peer is None else (_against(run, run.peer),)
    return _accuracy(run), *beside, _use(run)


def _accuracy(run: SimulationRun) -> Prose:
    composite, persons = run.results.composite, len(run.truth)
    covered, (low, high) = composite.covered, sampling_band(persons)
    if low <= covered <= high:
        verdict = f"as an honest interval does ({low:.3f} to {high:.3f} in 95 samples of 100)"
    else:
        verdict = f"{'less' if covered < low else 'more'} than an honest interval does ({low:.3f} to {high:.3f})"
    margin = BEYOND * composite.rmse / math.sqrt(2 * persons)
    return Prose(
        f"The RMSE is {composite.rmse:.3f} ± {margin:.3f} (95 %); the standard error that reports told is {composite.mean_sd:.3f} "
        f"on average. The 90 % interval held the truth in {covered:.3f} of the tests, {verdict}."
    )


def _against(run: SimulationRun, peer: PeerRun) -> Prose:
    """RMSE₁ − RMSE₂ = (MSE₁ − MSE₂) / (RMSE₁ + RMSE₂); its error is that of the mean paired difference of squared errors."""
    ours, theirs = run.results.composite, peer.results.composite
    paired = ours.difference**2 - theirs.difference**2
    both = max(ours.rmse + theirs.rmse, 1e-12)
    if not np.all(np.isfinite(paired)) or len(paired) < 2:
        return Prose(f"The RMSE cannot be compared with that of {peer.name}.")
    difference = float(paired.mean()) / both
    margin = BEYOND * float(paired.std(ddof=1)) / math.sqrt(len(paired)) / both
    verdict = "chance may explain it" if abs(difference) <= margin else "chance does not explain it"
    return Prose(
        f"Against {peer.name}, the same persons: RMSE {difference:+.3f} ± {margin:.3f} (95 %); {verdict}. "
        f"Mean length {run.results.lengths.mean():.1f} against {peer.results.lengths.mean():.1f}, "
        f"largest exposure {run.results.rates.max():.3f} against {peer.results.rates.max():.3f}."
    )


def _use(run: SimulationRun) -> Prose:
    rates, limit = run.results.rates, run.settings.max_exposure
    above, largest = int(np.sum(rates > limit)), float(rates.max())
    if limit >= 1:
        kept = "no limit was asked for"
    elif not above:
        kept = f"no item passed the limit of {limit:g}"
    else:
        chance = sampling_band(len(run.truth), limit)[1]
        passed = f"{above} item{'s' if above > 1 else ''} passed the limit of {limit:g}"
        kept = (
            f"{passed}; chance takes an item that is truly at the limit as far as {chance:.3f} among {len(run.truth)} persons"
        )
    unused = 100 * float(np.mean(rates == 0))
    return Prose(f"The item given most was in {largest:.3f} of the tests: {kept}. {unused:.1f} % of the bank was never given.")
