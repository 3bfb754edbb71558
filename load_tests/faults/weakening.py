"""Control runs: one defence is taken away on the wire, and the suite must then report a violation. The service is unchanged."""

from __future__ import annotations

import json
from enum import StrEnum

from load_tests.faults.http_wire import HttpMessage
from load_tests.faults.operations import Operation, document_of

_CONDITION = (
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ReturnValuesOnConditionCheckFailure",
)
_MARK = ("mark", "mark_at")


class Defence(StrEnum):
    """What a control run takes away."""

    CONDITION = "condition"
    """PutItem loses its condition: whoever writes last wins."""
    MARK = "mark"
    """Entries are stored without their outbox mark: what is not sent at once is never sent."""
    ACTION = "action"
    """The browser draws another Idempotency-Key at every try of a start: this one is done by the browser, not here."""


def weakened(request: HttpMessage, operation: Operation, without: Defence | None) -> HttpMessage:
    """The request without what this defence adds to it."""
    if operation.name != "PutItem" or without not in (Defence.CONDITION, Defence.MARK):
        return request
    document = document_of(request)
    taken = document if without is Defence.CONDITION else document["Item"]
    for name in _CONDITION if without is Defence.CONDITION else _MARK:
        taken.pop(name, None)
    return request.with_body(json.dumps(document).encode())
