"""Replies in which the store refuses a call, in each service's own form. The call is never forwarded."""

from __future__ import annotations

import json

from load_tests.faults.http_wire import HttpMessage
from load_tests.faults.operations import Operation
from load_tests.faults.plan import Fault

_JSON = {"dynamodb": "application/x-amz-json-1.0", "sqs": "application/x-amz-json-1.0"}
_CODES = {
    (Fault.THROTTLE, "dynamodb"): (400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"),
    (Fault.THROTTLE, "sqs"): (400, "com.amazonaws.sqs#RequestThrottled"),
    (Fault.THROTTLE, "s3"): (503, "SlowDown"),
    (Fault.SERVER_ERROR, "dynamodb"): (500, "com.amazonaws.dynamodb.v20120810#InternalServerError"),
    (Fault.SERVER_ERROR, "sqs"): (500, "com.amazonaws.sqs#InternalError"),
    (Fault.SERVER_ERROR, "s3"): (500, "InternalError"),
    (Fault.UNAVAILABLE, "dynamodb"): (503, "com.amazon.coral.availability#ServiceUnavailableException"),
    (Fault.UNAVAILABLE, "sqs"): (503, "com.amazonaws.sqs#ServiceUnavailable"),
    (Fault.UNAVAILABLE, "s3"): (503, "ServiceUnavailable"),
}
_PHRASES = {400: "Bad Request", 500: "Internal Server Error", 503: "Service Unavailable"}


def refusal(operation: Operation, fault: Fault | None) -> HttpMessage | None:
    """The reply that refuses this call, or None when the fault is of another kind."""
    if fault is None or (fault, operation.service) not in _CODES:
        return None
    status, code = _CODES[fault, operation.service]
    if operation.service in _JSON:
        body = json.dumps({"__type": code, "message": "Injected by the fault proxy."})
        kind, named = _JSON[operation.service], code.rpartition("#")[2]
        headers = [("Content-Type", kind), ("x-amzn-query-error", f"{named};{'Sender' if status == 400 else 'Receiver'}")]
    else:
        body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>Injected by the fault proxy.</Message></Error>'
        headers = [("Content-Type", "application/xml")]
    return HttpMessage(f"HTTP/1.1 {status} {_PHRASES[status]}", tuple(headers), body.encode())
