"""An organisation that launches campaigns, and its people, over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalicelib.kernel.clock import DAY, later, to_datetime
from tests.api.http_client import Client, Reply
from tests.worlds import World, play_on


@dataclass
class TownHall:
    """An organisation of which Ada is the admin, and people."""

    world: World
    client: Client
    id: str

    @classmethod
    def of(cls, world: World, client: Client) -> TownHall:
        """A new one."""
        made = client.post("/v1/organisations", {"name": "Town hall", "type": "public-employer"}, world.token("ada"))
        assert made.status == 201, made.text
        return cls(world, client, made.json["organisation_id"])

    def post(self, path: str, body: Any, person: str = "ada", **headers: str) -> Reply:
        return self.client.post(path, body, self.world.token(person), **headers)

    def get(self, path: str, person: str = "ada", query: str = "") -> Reply:
        return self.client.get(path, self.world.token(person), query)

    @property
    def campaigns(self) -> str:
        return f"/v1/organisations/{self.id}/campaigns"

    def launch(self, profile: str = "diagnostic", **settings: Any) -> dict[str, Any]:
        body = {"target_profile": profile, "settings": {"name": "Digital skills", **settings}, "open": True}
        reply = self.post(self.campaigns, body)
        assert reply.status == 201, reply.text
        campaign: dict[str, Any] = reply.json
        return campaign

    def join(self, code: str, person: str = "ines", **body: Any) -> Reply:
        return self.post("/v1/participations", {"code": code, **body}, person)

    def finish(self, code: str, person: str = "ines", right: bool = True) -> str:
        assessment = str(self.join(code, person).json["assessment"]["assessment_id"])
        progress = self.world.services.reading.current(assessment, person)
        assert play_on(self.world, person, progress, right=right).status == "finished"
        return assessment

    def in_days(self, days: int) -> str:
        """A moment that is so many days away."""
        return to_datetime(later(self.world.clock.now(), days * DAY)).isoformat()
