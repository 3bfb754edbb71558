"""The HTTP service off Lambda: a WSGI application that calls the deployed handler with the event of an HTTP API.

    granian --interface wsgi --workers 4 --blocking-threads 1 infrastructure.wsgi:application
    gunicorn --workers 4 infrastructure.wsgi:application

The handler is not safe between threads: requests of one process wait for each other whatever the server does, so that
more requests at a time are more processes. Settings come from the environment, as in a function.
"""

from __future__ import annotations

import importlib
import threading
import uuid
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from chalicelib.config import Settings
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


def make_application(handler: Handler, region: str) -> WSGIApplication:
    """Give the WSGI application that answers every request with `handler`, one at a time."""
    turn = threading.Lock()

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        reply = _answer(handler, turn, environ, region)
        start_response(reply.status, list(reply.headers))
        return [reply.body]

    return application


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


def _answer(handler: Handler, turn: threading.Lock, environ: WSGIEnvironment, region: str) -> HttpReply:
    request_id = str(uuid.uuid4())
    try:
        event = event_of(environ, read_body(environ), request_id, datetime.now(UTC))
    except (BodyTooLargeError, MalformedRequestError) as error:
        return refusal(error)
    with turn:
        context = LambdaContext("palier-api", region, HANDLER_SECONDS, aws_request_id=request_id)
        answer: Any = handler(event, context)
    return reply_of(answer)


def refusal(error: BodyTooLargeError | MalformedRequestError) -> HttpReply:
    """Give the reply to a request that could not be read."""
    if isinstance(error, BodyTooLargeError):
        detail = f"A request body may take {MAX_BODY_BYTES} bytes at most."
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body-too-large", detail)
    return problem(HTTPStatus.BAD_REQUEST, "malformed-request", str(error))


def __getattr__(name: str) -> WSGIApplication:
    """Make `application` when a server first asks for it, so that importing this module never imports the service.

    Raises `SettingsError`, which ends the server, when the environment does not describe a stage.
    """
    if name != "application":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    settings = Settings.from_environment()
    return make_application(importlib.import_module("app").app, settings.region)
