"""What every consumer of a queue does with a batch: read, handle one by one, set aside what nothing will help, give back the rest.

A message that cannot be read, or is about something that does not exist, goes to the dead-letter queue at once, with its reason,
and is done. Any other failure is taken for a passing one: the message is given back, and its queue moves it to the dead-letter
queue after five. A bad message never holds up its batch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import nullcontext
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from chalicelib.kernel import events
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.dead_letters import DeadLetter, DeadLetters
from chalicelib.kernel.errors import DomainError, NotFoundError
from chalicelib.kernel.events import Envelope, UnreadableEventError, read_event
from chalicelib.observability import correlated, count_dead_letter, count_failure, log_use_case, logger

Handle = Callable[[str, Envelope], None]
"""Handles the event of the message of this id; raises `NotFoundError` when it is about nothing that exists."""


def handle_each(
    event: dict[str, Any],
    context: Any,
    accepted: Collection[events.EventType[Any]],
    handle: Handle,
    dead_letters: DeadLetters | None,
) -> dict[str, Any]:
    """Handle a batch of SQS records, each by itself; the reply lists the ids of the messages to deliver again.

    Without a dead-letter queue of its own, what nothing will help is given back too, for the queue to set aside.
    """

    def attempt(record: SQSRecord) -> None:
        try:
            envelope = read_event(record.body, accepted)
            with correlated(envelope.correlationid) if envelope.correlationid else nullcontext():
                _told(handle, record.message_id, envelope)
        except (UnreadableEventError, NotFoundError) as error:
            if dead_letters is None:
                raise
            dead_letters.put(letter_of(record, error.code))
            log_use_case("message-set-aside", error.status, reason=error.code, letter=record.message_id)
            count_dead_letter(error.code)

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return dict(process_partial_response(event, attempt, processor, context))


def _told(handle: Handle, message_id: str, envelope: Envelope) -> None:
    """Handle the event; what will be delivered again is told, with its cause, under the correlation of the event."""
    try:
        handle(message_id, envelope)
    except NotFoundError:
        raise
    except DomainError as error:
        log_use_case("message-given-back", error.status, code=error.code, letter=message_id)
        count_failure(error.code)
        raise
    except Exception:
        logger.exception("message-failed", extra={"letter": message_id})
        raise


def letter_of(record: SQSRecord, reason: str) -> DeadLetter:
    """The dead letter that this record becomes."""
    seen = str((record.get("attributes") or {}).get("ApproximateFirstReceiveTimestamp", ""))
    queue = str(record.get("eventSourceARN", "")).rpartition(":")[2]
    return DeadLetter(record.body, reason, record.message_id, queue, Instant(int(seen)) if seen.isdigit() else None)
