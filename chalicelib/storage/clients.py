"""Clients of organisations in DynamoDB (port `ClientStore`)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from chalicelib.identity.clients import Client, Secret
from chalicelib.kernel.canonical import canonical_json
from chalicelib.kernel.clock import Instant
from chalicelib.storage import keys
from chalicelib.storage.meter import Item
from chalicelib.storage.table import Table, Values

_FIRST_ID, _LAST_ID = "2" * 26, "z" * 26


@dataclass(frozen=True)
class DynamoClients:
    """A client is one item in the partition of its organisation, replaced on condition of its version."""

    registry: Table

    def create(self, client: Client) -> bool:
        """Put it if its key is free, or it is there already: then the reply to our own write was lost."""
        there = self.registry.put_new(_item(client))
        return there is None or _client(there) == client

    def client(self, organisation_id: str, own_id: str) -> Client | None:
        """One strong GetItem."""
        item = self.registry.get(keys.organisation(organisation_id), keys.client(own_id), strong=True)
        return None if item is None else _client(item)

    def clients_of(self, organisation_id: str) -> list[Client]:
        """One strong Query of a range of the organisation's partition."""
        first, last = keys.client(_FIRST_ID), keys.client(_LAST_ID)
        return [_client(item) for item in self.registry.between(keys.organisation(organisation_id), first, last)]

    def replace(self, client: Client) -> bool:
        """Put it over the version before."""
        return self.registry.put_over(_item(client), "version", str(client.version - 1))


def _item(client: Client) -> Values:
    secrets = [{"id": one.id, "digest": one.digest, "created_at": one.created_at} for one in client.secrets]
    item: Values = {
        "pk": {"S": keys.organisation(client.organisation_id)},
        "sk": {"S": keys.client(client.id)},
        "version": {"S": str(client.version)},
        "label": {"S": client.label},
        "scopes": {"S": " ".join(client.scopes)},
        "secrets": {"B": canonical_json(secrets)},
        "created_at": {"N": str(client.created_at)},
    }
    if client.revoked_at is not None:
        item["revoked_at"] = {"N": str(client.revoked_at)}
    return item


def _client(item: Item) -> Client:
    return Client(
        id=item["sk"]["S"].removeprefix(keys.client("")),
        organisation_id=item["pk"]["S"].removeprefix(keys.organisation("")),
        label=item["label"]["S"],
        scopes=tuple(item["scopes"]["S"].split()),
        secrets=tuple(
            Secret(one["id"], one["digest"], Instant(one["created_at"])) for one in json.loads(bytes(item["secrets"]["B"]))
        ),
        created_at=Instant(int(item["created_at"]["N"])),
        revoked_at=Instant(int(item["revoked_at"]["N"])) if "revoked_at" in item else None,
        version=int(item["version"]["S"]),
    )
