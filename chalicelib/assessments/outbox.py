"""The outbox: an entry whose write must be followed by a message carries a mark until the message is sent (at least once).

The function that wrote the entry sends at once and clears the mark; when it dies in between, or the send fails, the sweeper
finds the mark in its sparse index and does the same. Entry 0 of an open assessment carries a *due* mark in the same index,
which brings the sweeper to an abandoned assessment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chalicelib.assessments.model import Entry, Start
from chalicelib.assessments.ports import EventSender, LogStore
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.events import assessment_finished
from chalicelib.kernel.ids import shard_of

SHARDS = 16
RESULTS = "results"
DUE = "due"


def mark_of(destination: str, assessment_id: str) -> str:
    """The mark of an entry of this assessment for this destination."""
    return f"{destination}#{shard_of(assessment_id, SHARDS):02d}"


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
        """Send `AssessmentFinished` for the entry that ended this assessment and clear its marks; whether it was sent."""
        assessment_id = start.assessment_id
        try:
            self.sender.send(assessment_finished(assessment_id, start.person_id, Instant(entry.at)))
            self.log.clear_mark(assessment_id, entry.number, mark_of(RESULTS, assessment_id))
            self.log.clear_mark(assessment_id, 0, mark_of(DUE, assessment_id))
        except UnavailableError:
            self.deliveries.undelivered(assessment_id)
            return False
        return True
