"""Collective results: counting finished assessments with each batch, and the minute that sums them up."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.assessments.model import Tail
from chalicelib.campaigns.counters.finished import CountBatch
from chalicelib.campaigns.counters.summarising import Summarised, SummariseViews
from chalicelib.observability import log_use_case


def count(settled: Iterable[Tail], counting: CountBatch) -> None:
    """Count these finished assessments, whose contributions are stored; raises `UnavailableError` when all must be given back."""
    counting.count(settled)


def summarise(summarising: SummariseViews) -> Summarised:
    """Roll up every view that was counted in, and tell which could not be."""
    done = summarising.summarise()
    for view, code in done.failed:
        log_use_case("view-unsummarised", 503, view=view, code=code)
    log_use_case(
        "views-summarised", 200, views=done.views, rested=done.rested, overtaken=done.overtaken, failed=len(done.failed)
    )
    return done
