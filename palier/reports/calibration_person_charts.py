"""Pictures of how persons' answers go together: for people who look, never for a score."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np

from chalicelib.engine.bank import Floats
from chalicelib.engine.calibration.person_fit import PersonFitRules
from chalicelib.engine.calibration.response_times import Pace, PaceRules
from palier.calibration_checks import PersonChecks
from palier.reports.charts import BLUE, STYLES, Words, chart, limit_line
from palier.reports.page import Chart, Table


def person_fit_chart(persons: PersonChecks) -> Chart:
    """The distribution of lz* with the threshold of a flag."""
    value, threshold = persons.fit.value[np.isfinite(persons.fit.value)], NormalDist().inv_cdf(PersonFitRules().alpha)
    edges: Floats = np.arange(-6.0, 4.01, 0.25, dtype=np.float64)
    x = np.linspace(-6.0, 4.0, 101)
    normal = len(value) * 0.25 * np.exp(-0.5 * x * x) / np.sqrt(2.0 * np.pi)

    def paint(axes: Any) -> None:
        counts = _bars(axes, value, edges)
        axes.plot(x, normal, **STYLES[1].curve, label="if all answered as the model says")
        limit_line(axes, threshold, f"flag below {threshold:.2f}", across=False)
        axes.set_ylim(0, 1.08 * max(float(counts.max(initial=1)), float(normal.max(initial=1.0))))

    words = Words(
        "Person fit",
        f"Persons left of the line answered hard items right and easy ones wrong more than {PersonFitRules().alpha:.0%} of sound "
        "persons do: a flag is for two people to look at, and never changes a score.",
        "lz* (normal deviate)",
        "persons",
    )
    return chart(words, paint, [_counted("persons by lz*", value, edges)])


def pace_chart(pace: Pace) -> Chart:
    """The distribution of the steadiness of pace."""
    value = pace.mean_square[np.isfinite(pace.mean_square)]
    edges: Floats = np.arange(0.0, 4.01, 0.125, dtype=np.float64)

    def paint(axes: Any) -> None:
        _bars(axes, np.minimum(value, 3.99), edges)
        limit_line(axes, 1.0, "a steady pace", across=False)

    words = Words(
        "Pace",
        "How far response times stray from the person's own pace: about 1 where it is steady; what lies beyond 4 is drawn at 4. "
        f"A flag needs a chance below {PaceRules().alpha / 2:.1%}, or a run of answers too fast; it is for two people to look at.",
        "mean square of log-times (1 = steady)",
        "persons",
    )
    return chart(words, paint, [_counted("persons by pace", np.minimum(value, 3.99), edges)])


def _bars(axes: Any, value: Floats, edges: Floats) -> Any:
    counts = np.histogram(np.clip(value, edges[0], edges[-1]), edges)[0]
    axes.bar(edges[:-1], counts, width=np.diff(edges), align="edge", color=BLUE, alpha=0.7, edgecolor="none", label="persons")
    return counts


def _counted(caption: str, value: Floats, edges: Floats) -> Table:
    counts = np.histogram(np.clip(value, edges[0], edges[-1]), edges)[0]
    rows = [(f"{low:.3g}", f"{high:.3g}", int(n)) for low, high, n in zip(edges[:-1], edges[1:], counts, strict=True) if n]
    return Table.of(caption, ("from", "to", "persons"), rows)
