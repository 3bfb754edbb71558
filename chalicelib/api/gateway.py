"""The Chalice application: any API Gateway event in; a reply or a problem out. Every error a client sees is made here."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, cast
from urllib.parse import parse_qs

from chalice import Blueprint, Chalice, Response
from pydantic import BaseModel, ValidationError

from chalicelib.api import (
    assessments,
    campaigns,
    clients,
    documentation,
    files,
    lessons,
    organisations,
    profiles,
    service,
    target_profiles,
)
from chalicelib.api.endpoint import Call, Endpoint, Reply, Who
from chalicelib.api.problems import CONTENT_TYPE, Problem, body_of, of_domain, of_validation, problem
from chalicelib.api.requests import HttpRequest, RouteMatcher, chalice_event, correlation_of, request_of
from chalicelib.identity.limiting import Caller
from chalicelib.identity.tokens import Principal
from chalicelib.kernel.errors import DomainError, InvalidError, MalformedError, NotFoundError, TooLargeError
from chalicelib.kernel.ids import is_id
from chalicelib.observability import correlated, count_failure, log_use_case
from chalicelib.wiring import Services

LARGEST_BODY = 64 * 1024
DEVICE_HEADER = "x-palier-device"
"""A random id that a browser keeps; without it, failures are the address's."""
_SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

_ENCODED = "X-Body-Is-Base64"
"""Marks a body of bytes inside this process; no client sees it."""

CONTEXTS: tuple[tuple[Endpoint, ...], ...] = (
    service.ENDPOINTS,
    assessments.ENDPOINTS,
    profiles.ENDPOINTS,
    lessons.ENDPOINTS,
    files.ENDPOINTS,
    clients.ENDPOINTS,
    organisations.ENDPOINTS,
    campaigns.ENDPOINTS,
    target_profiles.ENDPOINTS,
    documentation.ENDPOINTS,
)


class PalierApp(Chalice):  # type: ignore[misc]
    """Chalice, made to understand every gateway's events and to answer every error as a problem."""

    def __call__(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Answer an HTTP event. Event functions (queues, schedules) are called by themselves, not through here."""
        request = request_of(event)
        correlation = correlation_of(request)
        with correlated(correlation):
            reply = self._reply(request, context)
        reply["headers"]["X-Correlation-Id"] = correlation
        return reply

    def _reply(self, request: HttpRequest, context: Any) -> dict[str, Any]:
        match = self._matcher.match(request.path)
        if match is None:
            return _plain(problem(404, "no-such-route", "There is nothing at this address."))
        allowed = ", ".join(sorted(self.routes[match.route]))
        if request.method not in self.routes[match.route]:
            return _plain(problem(405, "method-not-allowed", "This address takes other methods."), {"Allow": allowed})
        reply = cast("dict[str, Any]", super().__call__(chalice_event(request, match), context))
        if reply["headers"].pop(_ENCODED, None):
            return {**reply, "isBase64Encoded": True}
        told = _told_by_chalice(reply)
        return reply if told is None else _plain(told)

    @cached_property
    def _matcher(self) -> RouteMatcher:
        return RouteMatcher(tuple(self.routes))


def mount(app: Chalice, services: Callable[[], Services]) -> None:
    """Register every route on the application, one blueprint per context."""
    app.api.binary_types = []  # bytes are encoded here (`_encoded`), whatever the request accepts
    for endpoints in CONTEXTS:
        blueprint = Blueprint(f"chalicelib.api.{endpoints[0].name}")
        for declared in endpoints:
            view = _view(declared, blueprint, services)
            taken = [declared.content_type]
            blueprint.route(declared.path, methods=[declared.method], name=declared.name, content_types=taken)(view)
        app.register_blueprint(blueprint)


def _view(declared: Endpoint, blueprint: Blueprint, services: Callable[[], Services]) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        request = request_of(blueprint.current_request.to_original_event())
        return respond(declared, services(), request, path)

    view.__name__ = declared.name
    return view


class FormError(Exception):
    """The request's own document breaks a rule of its form."""

    def __init__(self, cause: ValidationError, document: Any) -> None:
        super().__init__("the form of a request")
        self.cause = cause
        self.document = document


def respond(declared: Endpoint, services: Services, request: HttpRequest, path: Mapping[str, str]) -> Response:
    """The reply of one route to one request. Domain errors and faults of form become problems; any other error is a bug."""
    named = path.get("assessment_id", "")
    assessment = named if is_id(named) else None
    try:
        reply = _encoded(_replied(declared, services, request, path))
    except DomainError as error:
        told, headers = of_domain(error)
        count_failure(error.code)
    except FormError as error:
        told, headers = of_validation(error.cause, error.document), {}
    else:
        assessment = assessment or reply.assessment_id
        log_use_case(declared.name, reply.status, assessment=assessment, request=request.request_id)
        return Response(
            body=_written(declared, reply),
            status_code=reply.status,
            headers={"Content-Type": reply.content_type, **_SAFE_HEADERS, **reply.headers},
        )
    log_use_case(declared.name, told.status, code=told.code, assessment=assessment, request=request.request_id)
    refusal = _problem_reply(told) if declared.errors is None else declared.errors.told(told)
    all_headers = {"Content-Type": refusal.content_type, **_SAFE_HEADERS, **headers, **refusal.headers}
    return Response(body=refusal.value, status_code=refusal.status, headers=all_headers)


def _problem_reply(told: Problem) -> Reply:
    return Reply(body_of(told), told.status, CONTENT_TYPE)


def _replied(declared: Endpoint, services: Services, request: HttpRequest, path: Mapping[str, str]) -> Reply:
    if len(request.body) > LARGEST_BODY:
        raise TooLargeError("body-too-large", f"A body takes {LARGEST_BODY} bytes at most.", limit_bytes=LARGEST_BODY)
    principal = _principal(declared, services, request, path)
    call = Call(
        principal=principal,
        path=path,
        query=_query(declared.query, request),
        body=_body(declared, request),
        idempotency_key=request.headers.get("idempotency-key") if declared.idempotency_key else None,
        caller=_caller(request, principal),
        authorization=request.headers.get("authorization") if declared.form else None,
    )
    value = declared.handler(services, call)
    return value if isinstance(value, Reply) else Reply(value)


def _principal(declared: Endpoint, services: Services, request: HttpRequest, path: Mapping[str, str]) -> Principal | None:
    who, authorization = declared.who, request.headers.get("authorization")
    if who is Who.ANYONE or (who is Who.MAYBE and authorization is None):
        return None
    principal = services.verifier.verify(authorization)
    if who is Who.CLIENT:
        principal.must_be_client(declared.scope)
    else:
        principal.must_be_person()
    if who is Who.ACCOUNT:
        principal.may_use_account()
    if who is Who.ASSESSMENT:
        if not is_id(path["assessment_id"]):
            raise NotFoundError("assessment-not-found", "There is no such assessment.")
        principal.may_use(path["assessment_id"])
    return principal


def _caller(request: HttpRequest, principal: Principal | None) -> Caller:
    # Whoever wants another anonymous person starts one: only an account is somebody.
    account = principal is not None and principal.only_assessment is None and principal.client is None
    person = principal.person_id if principal is not None and account else None
    return Caller.of(request.address, request.headers.get(DEVICE_HEADER), person)


def _query(model: type[BaseModel] | None, request: HttpRequest) -> BaseModel | None:
    if model is None:
        return None
    return _strings(model, request.query)


def _strings(model: type[BaseModel], given: Mapping[str, list[str]]) -> BaseModel:
    if any(len(values) > 1 for values in given.values()):
        raise InvalidError("repeated-parameter", "A parameter is given twice.")
    parameters = {name: values[0] for name, values in given.items()}
    try:
        return model.model_validate_strings(parameters)
    except ValidationError as error:
        raise FormError(error, parameters) from error


def _body(declared: Endpoint, request: HttpRequest) -> BaseModel | None:
    model = declared.body
    if model is None:
        return None
    try:
        text = request.body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError("body-not-utf8", "The body is not UTF-8 text.") from error
    if declared.form:
        return _strings(model, parse_qs(text))
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        if error.errors(include_input=False)[0]["type"] == "json_invalid":
            raise MalformedError("body-not-json", "The body is not JSON.") from error
        raise FormError(error, json.loads(text)) from error


def _encoded(reply: Reply) -> Reply:
    """The same reply with bytes as Base64 text, marked so. Chalice's own way refuses requests without an Accept header."""
    if not isinstance(reply.value, bytes):
        return reply
    return replace(reply, value=base64.b64encode(reply.value).decode(), headers={**reply.headers, _ENCODED: "1"})


def _written(declared: Endpoint, reply: Reply) -> str:
    if declared.reply_type is None:
        return str(reply.value)
    return declared.reply_type.dump_json(reply.value, by_alias=True).decode()


def _plain(told: Problem, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {
        "statusCode": told.status,
        "headers": {"Content-Type": CONTENT_TYPE, **_SAFE_HEADERS, **(headers or {})},
        "multiValueHeaders": {},
        "body": body_of(told),
        "isBase64Encoded": False,
    }


_CODES = {
    "UnsupportedMediaType": ("unsupported-media-type", "The body must be application/json; of the token endpoint, a form."),
    "InternalServerError": ("internal-error", "Something went wrong on our side; it was recorded."),
}


def _told_by_chalice(reply: Mapping[str, Any]) -> Problem | None:
    """The problem that stands for an error which Chalice made by itself; None for a reply of ours."""
    if reply["statusCode"] < 400 or _SAFE_HEADERS.keys() <= reply["headers"].keys():
        return None
    code, detail = _CODES.get(json.loads(reply["body"]).get("Code"), ("bad-request", "The request cannot be served."))
    return problem(reply["statusCode"], code, detail)
