"""The consumer of `results`: each finished assessment is folded into the person's profile.

Messages may come late, twice, in any order, or be rubbish: each is handled by itself, and those that failed are given back.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from chalicelib.kernel.events import Envelope
from chalicelib.observability import log_use_case
from chalicelib.profiles.updating import UpdateProfile


def consume(event: dict[str, Any], context: Any, updating: UpdateProfile) -> dict[str, Any]:
    """Handle a batch of SQS records; the reply lists the ids of the messages to deliver again."""

    def handle(record: SQSRecord) -> None:
        finished = Envelope.model_validate_json(record.body).data
        updating.finished(finished.assessment_id)
        log_use_case("profile-updated", 200, assessment=finished.assessment_id)

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    reply: dict[str, Any] = dict(process_partial_response(event, handle, processor, context))
    return reply
