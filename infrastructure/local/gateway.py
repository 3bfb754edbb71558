"""The local HTTP gateway: a WSGI application that calls the real Lambda handler with an API Gateway event.

Served by granian with one blocking thread a process, because the handler is not thread-safe. Requests of one process
therefore wait for each other; `Server-Timing: cpu` says what the handler itself cost.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
import uuid
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from infrastructure.local.http_event import HttpReply, MalformedRequestError, event_of, problem, reply_of
from infrastructure.local.lambda_context import LambdaContext

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from infrastructure.local.lambda_context import Handler

MAX_BODY_BYTES = 6 * 1024 * 1024
"""What a Lambda function can be sent."""
HANDLER_SECONDS = 30.0
"""The time-out of the deployed HTTP functions."""


class BodyTooLargeError(ValueError):
    """The request body is over `MAX_BODY_BYTES`."""


def make_gateway(handler: Handler, region: str = "eu-west-3") -> WSGIApplication:
    """Give the WSGI application that answers every request with `handler`."""

    def gateway(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        reply = _answer(handler, environ, region)
        start_response(reply.status, list(reply.headers))
        return [reply.body]

    return gateway


def read_body(environ: WSGIEnvironment) -> bytes:
    """Read the request body; raise `BodyTooLargeError` before reading more than the limit, `MalformedRequestError` if cut."""
    declared = _content_length(environ)
    if declared is None and not environ.get("wsgi.input_terminated"):
        return b""
    limit = MAX_BODY_BYTES + 1 if declared is None else declared
    if declared is not None and declared > MAX_BODY_BYTES:
        raise BodyTooLargeError
    parts: list[bytes] = []
    remaining = limit
    while remaining > 0:
        try:
            part = environ["wsgi.input"].read(remaining)
        except OSError as error:
            raise MalformedRequestError("The body could not be read to its end.") from error
        if not part:
            break
        parts.append(part)
        remaining -= len(part)
    if declared is None and remaining == 0:
        raise BodyTooLargeError
    if declared is not None and remaining > 0:
        raise MalformedRequestError("The body is shorter than its Content-Length.")
    return b"".join(parts)


def _content_length(environ: WSGIEnvironment) -> int | None:
    declared = environ.get("CONTENT_LENGTH") or None
    if declared is None:
        return None
    if not (declared.isascii() and declared.isdigit()):
        raise MalformedRequestError("Content-Length is not a whole number.")
    return int(declared)


def _answer(handler: Handler, environ: WSGIEnvironment, region: str) -> HttpReply:
    request_id = str(uuid.uuid4())
    try:
        event = event_of(environ, read_body(environ), request_id, datetime.now(UTC))
    except BodyTooLargeError:
        detail = f"A request body may take {MAX_BODY_BYTES} bytes at most."
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body-too-large", detail)
    except MalformedRequestError as error:
        return problem(HTTPStatus.BAD_REQUEST, "malformed-request", str(error))
    context = LambdaContext("palier-local-api", region, HANDLER_SECONDS, aws_request_id=request_id)
    started = time.process_time()
    answer: Any = handler(event, context)
    spent_ms = (time.process_time() - started) * 1000
    reply = reply_of(answer)
    return HttpReply(reply.status, (*reply.headers, ("server-timing", f"cpu;dur={spent_ms:.3f}")), reply.body)


def granian_command(port: int, workers: int) -> tuple[str, ...]:
    """Give the command that serves this gateway on the loopback address with `workers` processes."""
    options = {
        "--interface": "wsgi",
        "--host": "127.0.0.1",
        "--port": str(port),
        "--workers": str(workers),
        "--blocking-threads": "1",
        "--blocking-threads-idle-timeout": "600",
        "--runtime-threads": "1",
        "--backlog": "1024",
        "--backpressure": "128",
        "--http": "1",
        "--workers-kill-timeout": "3",
        "--log-level": "warning",
    }
    flat = [part for option in options.items() for part in option]
    return (sys.executable, "-m", "granian", *flat, "--no-ws", "infrastructure.local.gateway:application")


def __getattr__(name: str) -> WSGIApplication:
    """Make `application` when a server first asks for it, so that importing this module never imports the service."""
    if name != "application":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return make_gateway(importlib.import_module("app").app, os.environ.get("AWS_REGION", "eu-west-3"))
