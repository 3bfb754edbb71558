"""Pictures of a new calibration beside the current bank: the link between their scales, and what drifted."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalicelib.engine.calibration.drift import CONCERN
from palier.calibration_checks import Linking
from palier.reports.calibration_item_charts import SHOWN, SURE
from palier.reports.charts import INK, SQUARE, STYLES, Words, chart, diagonal, label_of
from palier.reports.page import Chart, Table, Value

DRIFTS = dict(zip(CONCERN, (STYLES[1], STYLES[4], STYLES[3], STYLES[0]), strict=True))


def linking_chart(linking: Linking) -> Chart:
    """Expected score on the anchors that were kept: in the bank, before the link, after it."""
    kept = linking.screening.kept
    sums = {
        "bank": linking.bank.parameters.take(kept),
        "new, before the link": linking.fresh.take(kept),
        "new, after the link": linking.moved.take(kept),
    }
    curves = {name: items.curves(SHOWN).sum(axis=0) for name, items in sums.items()}

    def paint(axes: Any) -> None:
        for (name, curve), style in zip(curves.items(), (STYLES[0], STYLES[2], STYLES[1]), strict=True):
            axes.plot(SHOWN, curve, **(style.curve | {"linewidth": 2.4 if name == "bank" else 1.8}), label=name)

    words = Words(
        "Test characteristic curves",
        f"The expected number of right answers to the {int(kept.sum())} anchors that were kept: after the link, the new curve should "
        "lie on that of the bank.",
        "ability on the scale of the bank (before the link: on its own)",
        "expected right answers",
    )
    rows = np.stack([SHOWN, *curves.values()], axis=1)[::4].tolist()
    return chart(words, paint, [Table.of("expected right answers", ("ability", *curves), rows)])


def decisions_tables(linking: Linking) -> tuple[Table, Table]:
    """How the anchors were screened, step by step: those that were dropped, and all of them behind their caption."""
    rows = [
        (one.item, one.round, one.statistic, one.threshold, "kept" if one.kept else "dropped", one.why)
        for one in linking.screening.decisions
    ]
    head = ("anchor", "round", "distance (RMSD)", "limit", "decision", "why")
    dropped = [row for row in rows if row[4] == "dropped"]
    caption = (
        f"Screening: {len(dropped)} of {len(rows)} anchors were dropped, one at a time, the link being made again after each"
    )
    return Table.of(caption, head, dropped), Table.of("All decisions on the anchors, in their order", head, rows).fold()


def links_table(linking: Linking) -> Table:
    """Both links."""
    both = {"Stocking and Lord": linking.screening.link, "Haebara": linking.haebara}
    rows: list[tuple[Value, ...]] = [
        (name, link.slope, link.se_slope, link.intercept, link.se_intercept, link.items, link.converged)
        for name, link in both.items()
    ]
    head = ("method", "slope A", "se of A", "intercept B", "se of B", "anchors", "converged")
    return Table.of("Ability on the scale of the bank = A · new ability + B", head, rows, 4)


def drift_chart(linking: Linking) -> Chart:
    """Difficulty in the bank against difficulty now, with the band of what errors explain."""
    b_bank, moved = linking.bank.parameters.b, linking.moved
    rows = {one.item: one for one in linking.drift.items}
    verdict = np.array([rows[name].verdict for name in linking.names])
    told = np.isfinite(moved.b)
    errors = np.hypot(moved.se_b, linking.bank.parameters.se_b)
    errors = errors[np.isfinite(errors) & told]
    half = SURE * float(np.median(errors)) if len(errors) else 0.0

    def paint(axes: Any) -> None:
        ends = [float(one) for one in (min(b_bank.min(), -2.0), max(b_bank.max(), 2.0))]
        axes.fill_between(ends, [one - half for one in ends], [one + half for one in ends], color=INK, alpha=0.13, linewidth=0)
        diagonal(axes, ends[0], ends[1], f"no change, and ±{half:.2f}")
        for said, style in reversed(DRIFTS.items()):
            at = (verdict == said) & told
            if at.any():
                axes.scatter(b_bank[at], moved.b[at], **style.points, s=38, alpha=0.85, label=said)
        marked = [place for place, one in enumerate(verdict.tolist()) if one == "drifted" and told[place]]
        for place in marked[:15]:
            at_place, name = (b_bank[place], moved.b[place]), label_of(linking.names[place], 18)
            axes.annotate(name, at_place, xytext=(6, 4), textcoords="offset points", fontsize="small")

    words = Words(
        "Drift of difficulty",
        "Each mark is an item; below the diagonal it has become easier than the bank believes. The band is the 95 % error of an "
        "item of median precision: verdicts use each item's own, and its discrimination too.",
        "difficulty in the bank",
        "difficulty now, on the scale of the bank",
    )
    head = (
        "item",
        "answers",
        "change of b",
        "se",
        "change of a",
        "se",
        "adjusted p",
        "RMSD",
        "effect (score points)",
        "verdict",
    )
    lines = [
        (
            one.item, one.answers, one.difficulty.value, one.difficulty.se, one.discrimination.value, one.discrimination.se,
            min(one.difficulty.adjusted_p, one.discrimination.adjusted_p), one.rmsd, one.effect, one.verdict,
        )
        for one in linking.drift.items
    ]  # fmt: skip
    return chart(words, paint, [Table.of("drift, the most worrying first", head, lines)], SQUARE)
