"""For each error code of clients, a request that is answered by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chalicelib.identity.clients import Client as ApiClient
from chalicelib.identity.tokens import ClientGrant
from chalicelib.wiring import Services
from tests.api.client_scenes import WISH
from tests.api.http_client import Client, Reply
from tests.api.scenes import Scene
from tests.fakes.callers import MemoryClients


class Contended(MemoryClients):
    """A store where somebody else always writes first."""

    def replace(self, client: ApiClient) -> bool:
        return False


def clients_path(scene: Scene) -> str:
    """Where the clients of an organisation of Ines are."""
    created = scene.client.post("/v1/organisations", {"type": "school", "name": "School"}, scene.world.token("ines"))
    return f"/v1/organisations/{created.json['organisation_id']}/clients"


def post(scene: Scene, path: str, body: Any = None) -> Reply:
    return scene.client.post(path, body, scene.world.token("ines"))


def one_client(scene: Scene) -> str:
    path = clients_path(scene)
    return f"{path}/{post(scene, path, WISH).json['client']['id']}"


def client_token(scene: Scene) -> str:
    """A token of a client that does not exist."""
    return scene.world.services.issuer.issue_to_client(ClientGrant("c" * 26, "a" * 26, frozenset({"campaigns:read"})), 600)


def third_secret(scene: Scene) -> Reply:
    path = one_client(scene)
    post(scene, f"{path}/secrets")
    return post(scene, f"{path}/secrets")


def secret_of_a_revoked_one(scene: Scene) -> Reply:
    path = one_client(scene)
    post(scene, f"{path}/revoke")
    return post(scene, f"{path}/secrets")


def one_too_many(scene: Scene) -> Reply:
    path = clients_path(scene)
    return [post(scene, path, WISH) for _ in range(21)][-1]


def contended(scene: Scene) -> Reply:
    path, services = one_client(scene), scene.world.services
    clients = services.ports.api_clients
    assert isinstance(clients, MemoryClients)
    over = Services(services.settings, replace(services.ports, api_clients=Contended(clients.kept)))
    return Client(over).post(f"{path}/revoke", None, scene.world.token("ines"))


def guess(scene: Scene, person: str) -> Reply:
    """A code of an invitation that does not exist."""
    return scene.client.post("/v1/invitations/accept", {"code": f"{'a' * 26}-{'b' * 26}"}, scene.world.token(person))


def guessed_again(scene: Scene) -> Reply:
    return [guess(scene, "ines") for _ in range(7)][-1]


def guessed_by_others(scene: Scene) -> Reply:
    """Who never failed is told to wait a moment at an address where a hundred others did."""
    for number in range(101):
        assert guess(scene, f"somebody-{number}").status == 404
    return guess(scene, "ines")


CLIENT_REQUESTS: dict[str, Callable[[Scene], Reply]] = {
    "client-busy": contended,
    "client-gone": lambda scene: scene.client.get("/v1/client", client_token(scene)),
    "client-needed": lambda scene: scene.client.get("/v1/client", scene.world.token("ines")),
    "client-not-found": lambda scene: post(scene, f"{clients_path(scene)}/{'c' * 26}/revoke"),
    "client-revoked": secret_of_a_revoked_one,
    "client-secrets-full": third_secret,
    "person-needed": lambda scene: scene.client.get("/v1/me/profile", client_token(scene)),
    "slow-down": guessed_by_others,
    "too-many-clients": one_too_many,
    "too-many-failures": guessed_again,
}
