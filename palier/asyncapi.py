"""The AsyncAPI 3.0 document of the events, made from their table and models.

Source: AsyncAPI specification 3.0.0, "Channels Object", "Operations Object", "Message Object".
"""

from __future__ import annotations

from typing import Any

from chalicelib import __version__
from chalicelib.kernel.events import EVENTS, Envelope, EventType

_SCHEMAS = "#/components/schemas/"
CLOUDEVENTS_JSON = "application/cloudevents+json"


def document() -> dict[str, Any]:
    """Channels are queues; the service sends and receives on each; a message is an envelope around one model."""
    queues = list(dict.fromkeys(event.queue for event in EVENTS))
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Palier events",
            "version": __version__,
            "description": "What happened, told from one function to another. Events carry ids only, in CloudEvents 1.0.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": CLOUDEVENTS_JSON,
        "channels": {queue: _channel(queue) for queue in queues},
        "operations": {name: made for event in EVENTS for name, made in _operations(event).items()},
        "components": {
            "messages": {message_name(event): _message(event) for event in EVENTS},
            "schemas": {name: schema for event in EVENTS for name, schema in _schemas(event).items()},
            "correlationIds": {
                "request": {
                    "description": "What the request that led here is found by.",
                    "location": "$message.payload#/correlationid",
                }
            },
        },
    }


def message_name(event: EventType[Any]) -> str:
    """What the document calls this event: its words in capitals, then its version."""
    return "".join(word.capitalize() for word in event.name.split("-")) + f"V{event.version}"


def _channel(queue: str) -> dict[str, Any]:
    names = [message_name(event) for event in EVENTS if event.queue == queue]
    return {
        "address": f"palier-{{stage}}-{queue}",
        "description": f"The queue {queue}. What cannot be handled goes to palier-{{stage}}-{queue}-dead.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "parameters": {"stage": {"description": "Name of the stage."}},
    }


def _operations(event: EventType[Any]) -> dict[str, Any]:
    name, channel = message_name(event), f"#/channels/{event.queue}"
    made = {"channel": {"$ref": channel}, "messages": [{"$ref": f"{channel}/messages/{name}"}]}
    sends = {f"send{name}": {"action": "send", "summary": f"Sent by {event.producer}.", **made}}
    received = {"action": "receive", "summary": f"Received by {', '.join(event.consumers)}.", **made}
    return {**sends, f"receive{name}": received}


def _message(event: EventType[Any]) -> dict[str, Any]:
    return {
        "name": event.type,
        "title": event.name,
        "summary": _summary(event),
        "contentType": CLOUDEVENTS_JSON,
        "correlationId": {"$ref": "#/components/correlationIds/request"},
        "payload": {"$ref": f"{_SCHEMAS}{message_name(event)}"},
    }


def _schemas(event: EventType[Any]) -> dict[str, Any]:
    """The envelope with the type, source and data of this event, and the models of its data."""
    envelope = Envelope.model_json_schema()
    own = {"type": {"const": event.type}, "source": {"const": event.source}, "data": {"$ref": _SCHEMAS + event.data.__name__}}
    properties = {name: {**_plain(schema), **own.get(name, {})} for name, schema in envelope["properties"].items()}
    described = {"type": "object", "description": _summary(event), "properties": properties, "required": envelope["required"]}
    data = event.data.model_json_schema(ref_template=_SCHEMAS + "{model}")
    nested = data.pop("$defs", {})
    return {message_name(event): described, event.data.__name__: _plain(data), **{k: _plain(v) for k, v in nested.items()}}


def _summary(event: EventType[Any]) -> str:
    return str(event.data.__doc__).splitlines()[0]


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without the titles and defaults that pydantic adds; an absent attribute is absent, never null."""
    kept = {name: value for name, value in schema.items() if name not in {"title", "default"}}
    if "properties" in kept:
        kept["properties"] = {name: _plain(one) for name, one in kept["properties"].items()}
    given = [one for one in kept.get("anyOf", ()) if one != {"type": "null"}]
    return {**{name: value for name, value in kept.items() if name != "anyOf"}, **given[0]} if len(given) == 1 else kept
