"""The outbox of assessments: the entry that ends one carries the mark of its message (`kernel/outbox.py`).

Entry 0 of an open assessment carries a *due* mark in the same index, which brings the sweeper to an abandoned assessment.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from chalicelib.assessments.model import Entry, Start
from chalicelib.assessments.ports import EventSender, LogStore, MarkedEntry
from chalicelib.kernel import outbox
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.events import assessment_finished

RESULTS = "results"
DUE = "due"


def mark_of(destination: str, assessment_id: str) -> str:
    """The mark of an entry of this assessment for this destination."""
    return outbox.mark_of((destination,), assessment_id)


class DeliveryLog(Protocol):
    """Where deliveries are told, ids only."""

    def undelivered(self, assessment_id: str) -> None:
        """A send failed; the mark stays for the sweeper."""
        ...


@dataclass(frozen=True)
class Outbox:
    """Sends what marked entries promise. A send that fails never fails its caller."""

    log: LogStore
    sender: EventSender
    deliveries: DeliveryLog

    def deliver_end(self, start: Start, entry: Entry) -> bool:
        """Send `AssessmentFinished` for the marked entry that ended this assessment and clear its marks; whether it was sent."""
        assessment_id = start.assessment_id
        assert entry.mark is not None
        assert entry.mark_at is not None
        marked = MarkedEntry(assessment_id, entry.number, entry.mark, entry.mark_at)
        message = assessment_finished(assessment_id, start.person_id, Instant(entry.at))
        if outbox.Dispatch(self.log, {RESULTS: self.sender}).deliver(marked, {RESULTS: message}):
            self.deliveries.undelivered(assessment_id)
            return False
        with suppress(UnavailableError):  # else the sweeper clears it, once it is due and finds nothing left to end
            self.log.clear_mark(assessment_id, 0, mark_of(DUE, assessment_id))
        return True
