"""The consumer of `results`: each finished assessment is folded into the person's profile, and the batch counts in exposure control.

Messages may come late, twice or in any order: the contribution of an assessment is the same whoever writes it, and the profile is the
fold of all. One that comes before its assessment's end is given back. When the batch cannot be counted all are given back: folding
them again changes nothing.
"""

from __future__ import annotations

from typing import Any

from chalicelib.assessments.model import Tail
from chalicelib.campaigns.counters.finished import CountBatch
from chalicelib.kernel.dead_letters import DeadLetters
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.events import ASSESSMENT_FINISHED, AssessmentFinished, Envelope
from chalicelib.observability import Metric, count, log_use_case
from chalicelib.profiles.updating import UpdateProfile
from chalicelib.workers import counters
from chalicelib.workers.batches import handle_each


def consume(
    event: dict[str, Any],
    context: Any,
    updating: UpdateProfile,
    counting: CountBatch,
    dead_letters: DeadLetters | None = None,
) -> dict[str, Any]:
    """Handle a batch of SQS records; the reply lists the ids of the messages to deliver again."""
    settled: dict[str, Tail] = {}

    def handle(message_id: str, envelope: Envelope[AssessmentFinished]) -> None:
        tail = updating.ended(envelope.data.assessment_id)
        updating.settle(tail)
        settled[message_id] = tail
        log_use_case("profile-updated", 200, assessment=envelope.data.assessment_id)
        count(Metric.PROFILE_UPDATES)

    reply = handle_each(event, context, (ASSESSMENT_FINISHED,), handle, dead_letters)
    try:
        counters.count(settled.values(), counting)
    except UnavailableError as error:
        log_use_case("batch-uncounted", error.status, code=error.code)
        reply["batchItemFailures"] = [*reply["batchItemFailures"], *({"itemIdentifier": message} for message in settled)]
    return reply
