"""A scene: somebody with an open assessment, and the same service over ports that fail or were replaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.storage.failures import CallRefusedError
from chalicelib.storage.meter import Meter
from chalicelib.storage.releases import StoredReleases
from chalicelib.storage.table import Table
from chalicelib.wiring import Services
from tests.api.http_client import Client, Player, Reply, Request, bearer
from tests.fakes.memory import MemoryLogs
from tests.worlds import World


class Failing:
    """A port, or a client of a store, whose every call fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fails(*_: Any, **__: Any) -> Any:
            raise self.error

        return fails


def down() -> CallRefusedError:
    return CallRefusedError("InternalServerError", 500, {"message": "down"})


@dataclass
class Scene:
    """Ines with an open assessment of the whole framework, and other states of the same service."""

    world: World
    client: Client
    ines: Player

    def over(self, **ports: Any) -> Client:
        """A caller of the same service with these ports instead."""
        services = self.world.services
        return Client(Services(services.settings, replace(services.ports, **ports)))

    def log_as(self, kind: type[MemoryLogs]) -> Client:
        """A caller of the service over the same log entries, kept by another kind of log."""
        log = self.world.services.ports.log
        assert isinstance(log, MemoryLogs)
        return self.over(log=kind(log.entries_by_assessment))

    def broken(self, error: Exception) -> Client:
        return self.over(log=Failing(error), people=Failing(error))

    def start(self, client: Client | None = None, **wish: Any) -> Reply:
        return (client or self.client).post("/v1/assessments", {"scope": "1.1", **wish}, self.world.token("ines"))

    def answer(self, answer: Any = None, client: Client | None = None, **other: Any) -> Reply:
        waiting = self.ines.progress()["next"]
        body = {"step": waiting["step"], "challenge": waiting["challenge"]["id"], "answer": answer, **other}
        return (client or self.client).post(f"{self.ines.path}/answers", body, self.ines.token)

    def raw(self, body: str | bytes, content_type: str = "application/json") -> Reply:
        headers = {"content-type": content_type, **bearer(self.ines.token)}
        return self.client.send(Request("POST", f"{self.ines.path}/begin", headers=headers, body=body))


def releases_over(scene: Scene, s3: Any, dynamodb: Any) -> Client:
    clock = scene.world.clock
    return scene.over(releases=StoredReleases(s3, "bucket", Table(dynamodb, "registry", Meter()), clock))
