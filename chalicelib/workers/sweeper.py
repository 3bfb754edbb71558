"""The sweeper's minute."""

from __future__ import annotations

from chalicelib.assessments.sweeping import Sweep, SweepOutbox
from chalicelib.observability import count_outbox, count_sweep, log_use_case


def sweep(sweeping: SweepOutbox) -> Sweep:
    """Deliver old marks, end what is abandoned, and count both and what was found waiting."""
    done = sweeping.sweep()
    count_sweep(done.delivered, done.ended, done.failed, done.alarming)
    count_outbox(done.undelivered, done.oldest_seconds)
    log_use_case("outbox-swept", 200, delivered=done.delivered, ended=done.ended, rearmed=done.rearmed, failed=done.failed)
    return done
