"""The consumer of `results`: each finished assessment is folded into the person's profile, and the batch counts in exposure control.

Messages may come late, twice, in any order, or be rubbish: each is handled by itself, and those that failed are given back. When the
batch cannot be counted all are given back: folding them again changes nothing.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from chalicelib.assessments.exposure.counting import CountExposure
from chalicelib.assessments.model import Tail
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.events import Envelope
from chalicelib.observability import log_use_case
from chalicelib.profiles.updating import UpdateProfile


def consume(event: dict[str, Any], context: Any, updating: UpdateProfile, counting: CountExposure) -> dict[str, Any]:
    """Handle a batch of SQS records; the reply lists the ids of the messages to deliver again."""
    settled: dict[str, Tail] = {}

    def handle(record: SQSRecord) -> None:
        finished = Envelope.model_validate_json(record.body).data
        tail = updating.ended(finished.assessment_id)
        updating.settle(tail)
        settled[record.message_id] = tail
        log_use_case("profile-updated", 200, assessment=finished.assessment_id)

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    reply: dict[str, Any] = dict(process_partial_response(event, handle, processor, context))
    try:
        counting.count(settled.values())
    except UnavailableError as error:
        log_use_case("exposure-uncounted", error.status, code=error.code)
        reply["batchItemFailures"] = [*reply["batchItemFailures"], *({"itemIdentifier": message} for message in settled)]
    return reply
