"""The OpenAPI 3.1 document, generated from the declared routes and the models they carry."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from chalicelib.api.endpoint import Endpoint, Who
from chalicelib.api.problems import CONTENT_TYPE, Problem
from chalicelib.campaigns.organisations.model import PERSON_PATTERN
from chalicelib.content.topics import TOPIC_PATTERN
from chalicelib.identity.clients import SCOPES
from chalicelib.kernel.ids import FILE_NAME_PATTERN, ID_PATTERN

PATTERNS = {
    "name": FILE_NAME_PATTERN,
    "topic": TOPIC_PATTERN,
    "person_id": PERSON_PATTERN,
    "profile_id": TOPIC_PATTERN,
    "code": "^[A-Za-z0-9 -]{1,32}$",
}
"""Patterns of the path parameters that are no ids of ours."""

REF = "#/components/schemas/{model}"

_CORRELATED = {"X-Correlation-Id": {"$ref": "#/components/headers/CorrelationId"}}

_ALWAYS = {
    401: "Nobody is asking, or nobody who can be believed.",
    404: "There is no such thing, or none that this token may see.",
    409: "Not now: the state refuses it. The code tells why.",
    429: "Too many wrong tries: wait for `Retry-After` seconds.",
}
_BODY = {
    400: "The body cannot be read.",
    413: "The body is too large.",
    415: "The body is of another type.",
    422: "The body breaks a rule of its form; `errors` points at it.",
}


def document(endpoints: Iterable[Endpoint], version: str) -> dict[str, Any]:
    """The whole document, with every problem and every model."""
    declared = tuple(endpoints)
    schemas, definitions = _schemas(declared)
    paths: dict[str, Any] = {}
    for one in declared:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Palier",
            "version": version,
            "summary": "Situates, develops and certifies people's digital skills.",
            "description": "Every error is an RFC 9457 problem with a stable `code`. Times are RFC 3339 in UTC. "
            "A request may carry `X-Correlation-Id`, 8 to 64 letters, digits or hyphens of the caller's choice; "
            "every reply carries one, and what follows from the request is found by it. "
            "A browser should send `X-Palier-Device`, 20 to 64 letters, digits, `-` or `_` that it drew at random and keeps: then it "
            "does not wait for the wrong tries of others at its address.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "headers": {
                "CorrelationId": {
                    "description": "The request's own, or a fresh one. Tell it when something went wrong.",
                    "schema": {"type": "string", "pattern": "^[A-Za-z0-9-]{8,64}$"},
                }
            },
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "client": {
                    "type": "oauth2",
                    "description": "The token of an organisation's client.",
                    "flows": {"clientCredentials": {"tokenUrl": "/v1/token", "scopes": dict(SCOPES)}},
                },
            },
        },
    }


def _schemas(endpoints: tuple[Endpoint, ...]) -> tuple[dict[tuple[str, str], Any], dict[str, Any]]:
    """JSON schema of every body and reply, by (route, part), and the definitions that they refer to."""
    wanted: list[tuple[tuple[str, str], JsonSchemaMode, TypeAdapter[Any]]] = [
        (("", "problem"), "serialization", TypeAdapter(Problem))
    ]
    for one in endpoints:
        if one.body is not None:
            wanted.append(((one.name, "body"), "validation", TypeAdapter(one.body)))
        if one.reply_type is not None:
            wanted.append(((one.name, "reply"), "serialization", one.reply_type))
        if one.errors is not None:
            wanted.append(((one.name, "error"), "serialization", TypeAdapter(one.errors.model)))
    by_key, shared = TypeAdapter.json_schemas(wanted, ref_template=REF)
    return {key[0]: schema for key, schema in by_key.items()}, shared.get("$defs", {})


def _operation(one: Endpoint, schemas: dict[tuple[str, str], Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {"operationId": one.name, "summary": one.summary, "tags": [one.path.split("/")[2]]}
    if one.description:
        operation["description"] = one.description
    parameters = [*_path_parameters(one), *_query_parameters(one), *_headers(one)]
    if parameters:
        operation["parameters"] = parameters
    if one.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {one.content_type: {"schema": schemas[one.name, "body"]}},
        }
    if one.who is Who.CLIENT:
        operation["security"] = [{"client": [] if one.scope is None else [one.scope]}]
    elif one.who is not Who.ANYONE:
        operation["security"] = [{"bearer": []}, *([{}] if one.who is Who.MAYBE else [])]
    operation["responses"] = _responses(one, schemas)
    return operation


def _path_parameters(one: Endpoint) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": PATTERNS.get(name, ID_PATTERN)}}
        for name in re.findall(r"\{(\w+)\}", one.path)
    ]


def _query_parameters(one: Endpoint) -> list[dict[str, Any]]:
    if one.query is None:
        return []
    schema = one.query.model_json_schema()
    return [
        {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": field}
        for name, field in schema["properties"].items()
    ]


def _headers(one: Endpoint) -> list[dict[str, Any]]:
    if not one.idempotency_key:
        return []
    schema = {"type": "string", "pattern": "^[A-Za-z0-9_-]{20,128}$"}
    return [{"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema}]


def _responses(one: Endpoint, schemas: dict[tuple[str, str], Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status in one.statuses:
        if status < 400:
            content = {media: {"schema": {"type": "string", "format": "binary"}} for media in one.media_types}
            if one.reply_type:
                content = {"application/json": {"schema": schemas[one.name, "reply"]}}
            told = {"description": "Done.", "headers": _CORRELATED}
            responses[str(status)] = {**told, **({"content": content} if content else {})}
    problems = {status: _ALWAYS[status] for status in one.statuses if status >= 400}
    if one.body is not None:
        problems |= _BODY
    if one.query is not None or one.idempotency_key:
        problems[422] = "A parameter breaks a rule of its form."
    problems[413] = _BODY[413]
    if one.who is not Who.ANYONE:
        problems[401] = "No token, or one that cannot be believed."
        problems[403] = "The token opens something else."
    problems[503] = "Not now: try again after `Retry-After` seconds; it is safe."
    if one.errors is not None:
        problems.pop(422, None)
    for status in sorted(problems):
        own = one.errors is not None and status != 415  # what is refused before the route is reached is a problem
        content = {"application/json": {"schema": schemas[one.name, "error"]}} if own else _problem(schemas)
        responses[str(status)] = {"description": problems[status], "headers": _CORRELATED, "content": content}
    return responses


def _problem(schemas: dict[tuple[str, str], Any]) -> dict[str, Any]:
    return {CONTENT_TYPE: {"schema": schemas["", "problem"]}}
