"""The AsyncAPI document and the page on events are what the code declares, and keep the rules of AsyncAPI 3.0.0."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from typer.testing import CliRunner

from chalicelib.kernel.clock import Instant
from chalicelib.kernel.events import EVENTS, QUEUES, Envelope, EventType, assessment_finished
from infrastructure.template import read_template, resources_of
from palier import events
from palier.__main__ import app
from palier.asyncapi import document, message_name

DOCUMENT: dict[str, Any] = json.loads(events.DOCUMENT.read_text(encoding="utf-8"))
KEY = re.compile(r"[a-zA-Z0-9.\-_]+")
ONLY_SINCE_2019 = {"$defs", "dependentRequired", "dependentSchemas", "minContains", "prefixItems", "unevaluatedProperties"}


def test_the_committed_files_are_what_the_events_declare() -> None:
    for path, text in events.written().items():
        assert path.read_text(encoding="utf-8") == text, "run `palier events --write`"


def test_the_command_tells_what_is_late_and_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "events.md"
    page.write_text(re.sub(r"\| `palier\..*\n", "", events.PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    monkeypatch.setattr(events, "PAGE", page)
    monkeypatch.setattr(events, "DOCUMENT", tmp_path / "asyncapi.json")
    late = CliRunner().invoke(app, ["events"])
    assert (late.exit_code, late.stderr) == (
        2,
        "asyncapi.json and events.md: not what the events declare; run `palier events --write`.\n",
    )
    assert CliRunner().invoke(app, ["events", "--write"]).exit_code == 0
    assert CliRunner().invoke(app, ["events"]).exit_code == 0
    assert "palier.assessment-finished.v1" in page.read_text(encoding="utf-8")
    page.write_text("no markers", encoding="utf-8")
    assert "has no markers" in CliRunner().invoke(app, ["events"]).stderr


def referenced(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            assert set(part) == {"$ref"}, "nothing beside a reference is read"
            yield part["$ref"]
        for value in part.values():
            yield from referenced(value)
    elif isinstance(part, list):
        for value in part:
            yield from referenced(value)


def resolved(reference: str) -> Any:
    found: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def test_it_is_an_asyncapi_3_document_of_known_parts() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(DOCUMENT["info"])
    assert set(DOCUMENT) <= {"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"}
    assert set(DOCUMENT["components"]) <= {"schemas", "messages", "correlationIds"}


def test_every_reference_leads_somewhere_and_every_name_is_allowed() -> None:
    references = list(referenced(DOCUMENT))
    assert references
    assert all(resolved(one) is not None for one in references)
    names = [name for part in DOCUMENT["components"].values() for name in part]
    assert all(KEY.fullmatch(name) for name in [*names, *DOCUMENT["channels"], *DOCUMENT["operations"]])


@pytest.mark.parametrize("name", DOCUMENT["channels"])
def test_the_parameters_of_a_channel_are_those_of_its_address(name: str) -> None:
    channel = DOCUMENT["channels"][name]
    assert set(channel) <= {"address", "messages", "title", "summary", "description", "servers", "parameters", "bindings"}
    assert set(re.findall(r"{(\w+)}", channel["address"])) == set(channel["parameters"])
    assert all(set(one) <= {"enum", "default", "description", "examples", "location"} for one in channel["parameters"].values())
    queues = {queue.name for queue in resources_of(read_template(), "blue").queues.values()}
    assert channel["address"].format(stage="blue") in queues


@pytest.mark.parametrize("name", DOCUMENT["operations"])
def test_an_operation_moves_messages_of_its_own_channel(name: str) -> None:
    operation = DOCUMENT["operations"][name]
    assert operation["action"] in {"send", "receive"}
    assert set(operation) <= {"action", "channel", "title", "summary", "description", "messages"}
    channel = operation["channel"]["$ref"]
    assert re.fullmatch(r"#/channels/[^/]+", channel)
    assert operation["messages"]
    assert all(one["$ref"].startswith(f"{channel}/messages/") for one in operation["messages"])


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(event.type))
def test_each_event_is_sent_and_received_and_its_schema_takes_what_is_sent(event: EventType[Any]) -> None:
    name = message_name(event)
    assert {f"send{name}", f"receive{name}"} <= set(DOCUMENT["operations"])
    message = DOCUMENT["components"]["messages"][name]
    assert set(message) <= {"name", "title", "summary", "contentType", "correlationId", "payload", "headers"}
    location = resolved(message["correlationId"]["$ref"])["location"]
    assert re.fullmatch(r"\$message\.(header|payload)#/(\w+)", location)
    schema = resolved(message["payload"]["$ref"])
    assert location.rpartition("/")[2] in schema["properties"]
    assert set(schema["properties"]) == set(Envelope.model_fields), "every attribute, by a name that CloudEvents allows"
    assert all(re.fullmatch(r"[a-z0-9]{1,20}", attribute) for attribute in schema["properties"])


def test_a_schema_takes_an_event_and_refuses_what_is_not_one() -> None:
    payload = DOCUMENT["components"]["messages"]["AssessmentFinishedV1"]["payload"]
    validator = jsonschema_rs.Draft7Validator({**payload, "components": DOCUMENT["components"]})
    for correlation in (None, "c" * 128):
        sent = json.loads(assessment_finished("a1", "p1", Instant(1), correlation).model_dump_json())
        assert validator.is_valid(sent)
    wrong: list[dict[str, Any]] = [{"data": {}}, {"type": "palier.assessment-finished.v2"}, {"specversion": "0.3"}]
    for spoilt in [*wrong, {"correlationid": None}]:
        assert not validator.is_valid({**sent, **spoilt}), spoilt


def test_schemas_stay_within_what_asyncapi_3_reads() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid({"$schema": "http://json-schema.org/draft-07/schema#", **schema}), name
        assert not ONLY_SINCE_2019 & set(re.findall(r'"([^"]+)":', json.dumps(schema)))


def test_the_table_of_events_has_no_doubles_and_names_queues_that_exist() -> None:
    assert len({event.type for event in EVENTS}) == len(EVENTS) == len(document()["components"]["messages"])
    assert len({event.data.__name__ for event in EVENTS}) == len(EVENTS), "each version has a model of its own name"
    assert {event.queue for event in EVENTS} <= set(QUEUES)
    assert all(event.consumers and re.fullmatch(r"[a-z]+(-[a-z]+)*", event.name) for event in EVENTS)
