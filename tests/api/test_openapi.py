"""The OpenAPI document: well formed, complete, and the one that is committed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from chalicelib import __version__
from chalicelib.api.documentation import DOCUMENTED, ENDPOINTS
from chalicelib.api.endpoint import Endpoint, Who
from palier.openapi import FILE, written
from tests.api.http_client import Client, Player
from tests.worlds import World

OPERATION_KEYS = {"operationId", "summary", "description", "tags", "parameters", "requestBody", "responses", "security"}
NOT_IN_THE_DOCUMENT = {"/docs", "/openapi.json"}


@pytest.fixture
def client(memory: World) -> Client:
    return Client(memory.services)


@pytest.fixture
def document(client: Client) -> Any:
    return client.get("/openapi.json").json


def nodes_of(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON document."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes_of(inner)


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def operation_of(document: Any, declared: Endpoint) -> Any:
    return document["paths"][declared.path][declared.method.lower()]


def resolved(document: Any, reference: str) -> Any:
    assert reference.startswith("#/")
    for part in reference.removeprefix("#/").split("/"):
        document = document[part.replace("~1", "/").replace("~0", "~")]
    return document


def test_the_document_has_the_structure_of_openapi_31(document: Any) -> None:
    assert document["openapi"] == "3.1.0"
    assert set(document) <= {"openapi", "info", "servers", "paths", "components", "tags", "security", "externalDocs"}
    assert {"title", "version"} <= set(document["info"])
    assert document["info"]["version"] == __version__
    for method, path, operation in operations(document):
        assert method in {"GET", "POST"}
        assert path.startswith("/v1/")
        assert set(operation) <= OPERATION_KEYS
        assert operation["responses"]
        for status, reply in operation["responses"].items():
            assert re.fullmatch("[1-5][0-9][0-9]", status)
            assert reply["description"]
            assert set(reply) <= {"description", "headers", "content", "links"}
        placeholders = set(re.findall(r"\{(\w+)\}", path))
        parameters = operation.get("parameters", [])
        assert {one["name"] for one in parameters if one["in"] == "path"} == placeholders
        assert len({(one["name"], one["in"]) for one in parameters}) == len(parameters)
        for one in parameters:
            assert one["in"] in {"path", "query", "header"}
            assert one["required"] is True or one["in"] != "path"
            assert "schema" in one


def test_operation_ids_are_unique_and_every_operation_says_what_it_does(document: Any) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    for _, _, operation in operations(document):
        assert len(operation["summary"]) > 10
        assert not operation["summary"].endswith(".")


def test_every_reply_is_documented_with_its_correlation(document: Any) -> None:
    replies = [
        reply for operations in document["paths"].values() for one in operations.values() for reply in one["responses"].values()
    ]
    assert replies
    assert all(reply["headers"] == {"X-Correlation-Id": {"$ref": "#/components/headers/CorrelationId"}} for reply in replies)


def test_every_reference_resolves_and_every_model_is_referred_to(document: Any) -> None:
    references = {node["$ref"] for node in nodes_of(document) if isinstance(node.get("$ref"), str)}
    assert references
    for reference in references:
        assert resolved(document, reference)
    names = {reference.rsplit("/", 1)[1] for reference in references}
    assert names == {*document["components"]["schemas"], *document["components"]["headers"]}


def test_every_schema_is_a_json_schema_of_2020_12(document: Any) -> None:
    for name, schema in document["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}), name


def test_the_routes_mounted_and_the_operations_documented_are_the_same(client: Client, document: Any) -> None:
    mounted = {(method, path) for path, methods in client.app.routes.items() for method in methods}
    documented = {(method, path) for method, path, _ in operations(document)}
    assert mounted == documented | {("GET", path) for path in NOT_IN_THE_DOCUMENT}
    assert {declared.path for declared in ENDPOINTS} == NOT_IN_THE_DOCUMENT


@pytest.mark.parametrize("declared", DOCUMENTED, ids=lambda declared: declared.name)
def test_an_operation_says_what_its_route_asks_for(document: Any, declared: Endpoint) -> None:
    operation = operation_of(document, declared)
    security: dict[Who, Any] = {
        Who.ANYONE: None,
        Who.MAYBE: [{"bearer": []}, {}],
        Who.ASSESSMENT: [{"bearer": []}],
        Who.ACCOUNT: [{"bearer": []}],
        Who.CLIENT: [{"client": [] if declared.scope is None else [declared.scope]}],
    }
    assert operation.get("security") == security[declared.who]
    assert ("requestBody" in operation) == (declared.body is not None)
    wanted = {413, 503, *declared.statuses}
    wanted |= set() if declared.who is Who.ANYONE else {401, 403}
    wanted |= set() if declared.body is None else {400, 415} if declared.errors else {400, 415, 422}
    wanted |= set() if declared.query is None else {422}
    assert {int(status) for status in operation["responses"]} >= wanted


@pytest.mark.parametrize("declared", DOCUMENTED, ids=lambda declared: declared.name)
def test_every_error_of_an_operation_is_a_problem_and_every_success_has_a_schema(document: Any, declared: Endpoint) -> None:
    for status, reply in operation_of(document, declared)["responses"].items():
        own_form = declared.errors is not None and status != "415"
        error = "application/json" if own_form else "application/problem+json"
        media = {error} if int(status) >= 400 else set(declared.media_types) or {"application/json"}
        assert set(reply["content"]) == media
        schema = next(iter(reply["content"].values()))["schema"]
        assert schema
        told = "TokenErrorOut" if own_form else "Problem"
        assert int(status) < 400 or schema == {"$ref": f"#/components/schemas/{told}"}


def test_a_post_that_takes_no_body_asks_for_no_content_type(memory: World, client: Client, document: Any) -> None:
    player = Player.person(memory, client)
    assert player.post("/finish", None, content_type="text/plain").status == 200
    for declared in DOCUMENTED:
        assert ("415" in operation_of(document, declared)["responses"]) == (declared.body is not None)


def test_what_the_person_is_shown_is_documented_without_what_tells_the_answer(document: Any) -> None:
    properties = document["components"]["schemas"]["ShownChallenge"]["properties"]
    shown = {"id", "kind", "prompt", "time_limit_seconds", "focus_required", "options", "inputs", "image", "attachment"}
    assert set(properties) == shown
    assert set(document["components"]["schemas"]["ShownInput"]["properties"]) == {"id", "label", "kind", "options"}
    assert set(document["components"]["schemas"]["ShownFile"]["properties"]) == {"path", "name"}
    assert set(document["components"]["schemas"]["ShownImage"]["properties"]) == {"path", "alt"}
    assert set(document["components"]["schemas"]["ShownOption"]["properties"]) == {"id", "text"}


def test_bodies_refuse_unknown_fields_in_the_document_as_in_fact(document: Any) -> None:
    forms = {one.path for one in DOCUMENTED if one.form}
    assert forms == {"/v1/token"}, "RFC 6749 has unknown parameters ignored"
    for _, path, operation in operations(document):
        if "requestBody" in operation and path not in forms:
            assert operation["requestBody"]["required"] is True
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            assert resolved(document, schema["$ref"])["additionalProperties"] is False


def test_the_served_document_is_the_committed_one(document: Any) -> None:
    committed = FILE.read_text(encoding="utf-8")
    assert committed == written(), "run `make openapi`"
    assert json.loads(committed) == document


def test_the_document_is_the_same_whenever_it_is_made() -> None:
    assert written() == written()
    assert written().endswith("}\n")
