"""The two HTTP functions as two groups of processes behind one address, as an HTTP API puts them behind one.

The group `answer` listens on the port. It serves its own routes at once, and hands every other request over to the group
`api`, which listens on a socket that is a file. What waits for `api` waits outside the handler's turn, in bounded number:
answers pass by. The routes are those of the deployed HTTP API (`infrastructure/package/http_api.py`).
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.api.requests import RouteMatcher
from chalicelib.config import Settings
from infrastructure.local.forwarding import SOCKET_VARIABLE, Neighbour
from infrastructure.local.gateway import make_gateway
from infrastructure.local.http_event import MalformedRequestError
from infrastructure.package.functions import ANSWER, API
from infrastructure.package.http_api import answer_routes
from infrastructure.wsgi import BodyTooLargeError, read_body, refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from infrastructure.local.lambda_context import Handler


def is_answers(method: str, path: str) -> bool:
    """Tell whether the function `answer` serves this request; all others are `api`'s."""
    matcher = _ROUTES.get(method)
    return matcher is not None and matcher.match(path) is not None


def make_answer_gateway(handler: Handler, region: str, neighbour: Neighbour) -> WSGIApplication:
    """Give the WSGI application that serves `answer`'s routes with `handler`, one at a time, and lets `neighbour` serve the rest."""
    own = make_gateway(handler, region, ANSWER.name)

    def gateway(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if is_answers(str(environ["REQUEST_METHOD"]), str(environ.get("PATH_INFO") or "/")):
            return own(environ, start_response)
        try:
            reply = neighbour.reply_to(environ, read_body(environ))
        except (BodyTooLargeError, MalformedRequestError) as error:
            reply = refusal(error)
        start_response(reply.status, list(reply.headers))
        return [reply.body]

    return gateway


def _matchers() -> dict[str, RouteMatcher]:
    keys = [key.split(" ") for key in answer_routes().values()]
    return {method: RouteMatcher([path for one, path in keys if one == method]) for method, _ in keys}


_ROUTES = _matchers()


def _answer(handler: Handler, region: str) -> WSGIApplication:
    return make_answer_gateway(handler, region, Neighbour(Path(os.environ[SOCKET_VARIABLE]), API.timeout_seconds + 1))


def _api(handler: Handler, region: str) -> WSGIApplication:
    return make_gateway(handler, region, API.name)


_APPLICATIONS: dict[str, Callable[[Handler, str], WSGIApplication]] = {"answer": _answer, "api": _api}


def __getattr__(name: str) -> WSGIApplication:
    """Make `answer` or `api` when a server first asks for it, so that importing this module starts nothing."""
    if name not in _APPLICATIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _APPLICATIONS[name](importlib.import_module("app").app, Settings.from_environment().region)
