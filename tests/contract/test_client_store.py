"""What every store of clients promises: run on the fake, on moto, on MiniStack, through boto3 and through our own client."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.identity.clients import Client, ClientStore, Secret, digest_of
from chalicelib.kernel.clock import Instant
from tests.worlds import World

SCHOOL, TOWN = "o" * 26, "t" * 26


def a_client(**other: Any) -> Client:
    """A client of the school with one secret."""
    secret = Secret("s" * 26, digest_of("secret"), Instant(1_000))
    given = {"id": "c" * 26, "organisation_id": SCHOOL, "label": "Élan, le soir", "scopes": ("campaigns:read",), **other}
    return Client(**{"secrets": (secret,), "created_at": Instant(1_000), **given})


@pytest.fixture
def clients(world: World) -> ClientStore:
    return world.services.ports.api_clients


def test_there_is_no_client_before_one_is_created(clients: ClientStore) -> None:
    assert clients.client(SCHOOL, "c" * 26) is None
    assert clients.clients_of(SCHOOL) == []


def test_a_client_is_read_back_whole(clients: ClientStore) -> None:
    secrets = (*a_client().secrets, Secret("2" * 26, digest_of("other"), Instant(2_000)))
    full = a_client(secrets=secrets, scopes=("campaigns:read", "results:read"), revoked_at=Instant(3_000), version=7)
    assert clients.create(full)
    assert clients.client(SCHOOL, full.id) == full
    assert clients.clients_of(SCHOOL) == [full]


def test_an_id_is_taken_once_and_a_lost_reply_is_no_failure(clients: ClientStore) -> None:
    assert clients.create(a_client())
    assert clients.create(a_client()), "it is our own write"
    assert not clients.create(a_client(label="another"))
    assert clients.client(SCHOOL, "c" * 26) == a_client()


def test_a_client_is_replaced_by_its_next_version_only(clients: ClientStore) -> None:
    clients.create(a_client())
    following = replace(a_client(label="second"), version=2)
    assert clients.replace(following)
    assert not clients.replace(replace(following, label="late"))
    assert clients.client(SCHOOL, "c" * 26) == following
    assert not clients.replace(a_client(id="d" * 26, version=2)), "what is not there is not replaced"


def test_organisations_see_their_own_clients_only(clients: ClientStore) -> None:
    ids = ["2" * 26, "a" * 26, "z" * 26]
    for own in reversed(ids):
        clients.create(a_client(id=own))
    clients.create(a_client(organisation_id=TOWN))
    assert [one.id for one in clients.clients_of(SCHOOL)] == ids
    assert clients.client(TOWN, "a" * 26) is None
