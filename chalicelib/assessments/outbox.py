"""The outbox of assessments: the entry that ends one carries the mark of its message (`kernel/outbox.py`).

Entry 0 of an open assessment carries a *due* mark in the same index, which brings the sweeper to an abandoned assessment.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from chalicelib.assessments.model import Entry, EntryKind, Start
from chalicelib.assessments.ports import EventSender, LogStore, MarkedEntry
from chalicelib.kernel import outbox
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.events import RESULTS_SHARED, Envelope, ResultsShared, assessment_finished

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
        """Send what the marked entry promises and clear its marks; whether it was sent.

        `ResultsShared` for an entry that shares, `AssessmentFinished` for one that ended the assessment.
        """
        assessment_id = start.assessment_id
        assert entry.mark is not None
        assert entry.mark_at is not None
        marked = MarkedEntry(assessment_id, entry.number, entry.mark, entry.mark_at)
        message = _message(start, entry)
        if outbox.Dispatch(self.log, {RESULTS: self.sender}).deliver(marked, {RESULTS: message}):
            self.deliveries.undelivered(assessment_id)
            return False
        with suppress(UnavailableError):  # else the sweeper clears it, once it is due and finds nothing left to end
            self.log.clear_mark(assessment_id, 0, mark_of(DUE, assessment_id))
        return True


def _message(start: Start, entry: Entry) -> Envelope:
    assessment_id, at = start.assessment_id, Instant(entry.at)
    if entry.kind is EntryKind.SHARED:
        data = ResultsShared(assessment_id=assessment_id, person_id=start.person_id)
        return RESULTS_SHARED.of(assessment_id, data, at)
    return assessment_finished(assessment_id, start.person_id, at)
