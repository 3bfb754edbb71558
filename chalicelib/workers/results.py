"""The consumer of `results`: each finished assessment is folded into the person's profile, and the batch counts in exposure control; what
was shared with an organisation is given to it; whoever moved on in a campaign counts in its collective results.

Messages may come late, twice or in any order: the contribution of an assessment is the same whoever writes it, and the profile is the
fold of all. One that comes before its assessment's end is given back. When the batch cannot be counted all are given back: folding
them again changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chalicelib.assessments.model import Tail
from chalicelib.campaigns.collective import CountCampaigns
from chalicelib.campaigns.counters.finished import CountBatch
from chalicelib.campaigns.giving import GiveResults
from chalicelib.campaigns.participation import campaign_of
from chalicelib.kernel.dead_letters import DeadLetters
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.events import ASSESSMENT_FINISHED, CAMPAIGN_JOINED, RESULTS_SHARED, Envelope
from chalicelib.observability import Metric, count, log_use_case
from chalicelib.profiles.updating import UpdateProfile
from chalicelib.wiring import Services
from chalicelib.workers import counters
from chalicelib.workers.batches import handle_each


@dataclass(frozen=True)
class Following:
    """What follows an event of `results`."""

    updating: UpdateProfile
    counting: CountBatch
    giving: GiveResults
    campaigns: CountCampaigns


def following_of(services: Services) -> Following:
    """What follows, of these services."""
    return Following(services.updating, services.counting, services.giving, services.counting_campaigns)


@dataclass
class _Batch:
    """What the messages of a batch came to, by message: assessments to count, and who moved on in which campaign."""

    following: Following
    ended: dict[str, Tail] = field(default_factory=dict)
    moved: dict[str, tuple[str, str]] = field(default_factory=dict)

    def handle(self, message_id: str, envelope: Envelope) -> None:
        """Handle one event; what all of a batch share comes after."""
        if envelope.type == CAMPAIGN_JOINED.type:
            self.moved[message_id] = envelope.data.campaign_id, envelope.data.person_id
            return
        tail = self.following.updating.ended(envelope.data.assessment_id)
        if envelope.type == RESULTS_SHARED.type:
            self.following.giving.give(tail)
            log_use_case("results-given", 200, assessment=envelope.data.assessment_id)
        else:
            self.following.updating.settle(tail)
            self.ended[message_id] = tail
            log_use_case("profile-updated", 200, assessment=envelope.data.assessment_id)
            count(Metric.PROFILE_UPDATES)
        if campaign_of(tail.start):
            self.moved[message_id] = campaign_of(tail.start), tail.start.person_id

    def count(self) -> None:
        """Count them all; raises `UnavailableError` when all must come again. What is exact comes first."""
        self.following.campaigns.count(self.moved.values())
        if self.ended:
            counters.count(self.ended.values(), self.following.counting)


def consume(
    event: dict[str, Any], context: Any, following: Following, dead_letters: DeadLetters | None = None
) -> dict[str, Any]:
    """Handle a batch of SQS records; the reply lists the ids of the messages to deliver again."""
    batch = _Batch(following)
    reply = handle_each(event, context, (ASSESSMENT_FINISHED, CAMPAIGN_JOINED, RESULTS_SHARED), batch.handle, dead_letters)
    try:
        batch.count()
    except UnavailableError as error:
        log_use_case("batch-uncounted", error.status, code=error.code)
        again = sorted({*batch.ended, *batch.moved})
        reply["batchItemFailures"] = [*reply["batchItemFailures"], *({"itemIdentifier": message} for message in again)]
    return reply
