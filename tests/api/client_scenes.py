"""A client of an organisation that always has the same ids and the same secret."""

from __future__ import annotations

from chalicelib.identity.clients import Client, Secret, digest_of
from chalicelib.identity.tokens import ClientGrant
from tests.fakes.callers import MemoryClients
from tests.worlds import World

OWN_ID, SECRET_ID = "c" * 26, "d" * 26
CLIENT_SECRET = "the-secret-of-the-client-of-the-school"
SCOPES = ("campaigns:read", "participations:read")
CLIENT_PATHS = {"client_id": OWN_ID, "secret_id": SECRET_ID}
WISH = {"label": "the timetable", "scopes": ["campaigns:read"]}


def settle_client(world: World, organisation_id: str) -> None:
    """Let the organisation have this client and no other."""
    store, now = world.services.ports.api_clients, world.clock.now()
    assert isinstance(store, MemoryClients)
    store.kept.clear()
    secret = Secret(SECRET_ID, digest_of(CLIENT_SECRET), now)
    store.create(Client(OWN_ID, organisation_id, "the timetable", SCOPES, (secret,), now))


def token_form(organisation_id: str) -> dict[str, str]:
    """What the client sends for a token."""
    return {
        "grant_type": "client_credentials",
        "client_id": f"{organisation_id}.{OWN_ID}",
        "client_secret": CLIENT_SECRET,
    }


def client_token(world: World, organisation_id: str) -> str:
    """A token of the client."""
    return world.services.issuer.issue_to_client(ClientGrant(OWN_ID, organisation_id, frozenset(SCOPES)), 3_600)
