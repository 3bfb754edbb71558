"""For each error code of campaigns, a request that is answered by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chalicelib.campaigns.campaign import Campaign
from chalicelib.campaigns.ports import Frozen
from chalicelib.wiring import Services
from tests.api.http_client import Client, Reply
from tests.api.scenes import Scene
from tests.api.town_hall import TownHall
from tests.fakes.campaigns import MemoryCampaigns


class Contended(MemoryCampaigns):
    """A store where somebody else always writes first."""

    def replace(self, campaign: Campaign, version: str) -> bool:
        return False


class Lost(MemoryCampaigns):
    """A store where what a campaign expects cannot be read."""

    def frozen(self, campaign_id: str, name: str) -> Frozen | None:
        return None


def hall(scene: Scene) -> TownHall:
    return TownHall.of(scene.world, scene.client)


def over(there: TownHall, kind: type[MemoryCampaigns]) -> TownHall:
    """The same, with campaigns in another kind of store."""
    services = there.world.services
    campaigns = services.ports.campaigns
    assert isinstance(campaigns, MemoryCampaigns)
    ports = replace(services.ports, campaigns=kind(**vars(campaigns)))
    return replace(there, client=Client(Services(services.settings, ports)))


def archived(there: TownHall) -> dict[str, Any]:
    campaign = there.launch()
    there.post(f"{there.campaigns}/{campaign['campaign_id']}/archive", None)
    return campaign


def edited(scene: Scene, version: str | None, **settings: Any) -> Reply:
    there = hall(scene)
    campaign = there.launch()
    at = f"{there.campaigns}/{campaign['campaign_id']}"
    return there.post(at, {"settings": {"name": "Two", **settings}, "version": version or campaign["version"]})


def shared_late(scene: Scene) -> Reply:
    there = hall(scene)
    campaign = there.launch()
    assessment = there.finish(campaign["code"])
    there.post(f"{there.campaigns}/{campaign['campaign_id']}/archive", None)
    return there.post(f"/v1/assessments/{assessment}/share", None, "ines")


def solutions(scene: Scene) -> Reply:
    there = hall(scene)
    exam = there.launch(kind="exam", closes_at=there.in_days(1))
    return there.get(f"/v1/assessments/{there.finish(exam['code'])}/corrections", "ines")


def again(scene: Scene, **settings: Any) -> Reply:
    there = hall(scene)
    campaign = there.launch(**settings)
    there.finish(campaign["code"])
    return there.join(campaign["code"], again=True)


def joined(scene: Scene, settings: dict[str, Any], **body: Any) -> Reply:
    there = hall(scene)
    return there.join(there.launch(**settings)["code"], **body)


def closed(scene: Scene) -> Reply:
    there = hall(scene)
    campaign = there.launch(closes_at=there.in_days(1))
    there.world.clock.forward(24 * 3600)
    return there.join(campaign["code"])


def busy(scene: Scene) -> Reply:
    there = hall(scene)
    campaign = there.launch()
    return over(there, Contended).post(f"{there.campaigns}/{campaign['campaign_id']}/archive", None)


def incomplete(scene: Scene) -> Reply:
    there = hall(scene)
    campaign = there.launch()
    return over(there, Lost).join(campaign["code"])


def never_opened(scene: Scene) -> Reply:
    there = hall(scene)
    draft = there.post(there.campaigns, {"target_profile": "diagnostic", "settings": {"name": "One"}}).json
    return there.post(f"{there.campaigns}/{draft['campaign_id']}/archive", None)


CAMPAIGN_REQUESTS: dict[str, Callable[[Scene], Reply]] = {
    "campaign-archived": shared_late,
    "campaign-busy": busy,
    "campaign-changed": lambda scene: edited(scene, "another"),
    "campaign-closed": closed,
    "campaign-incomplete": incomplete,
    "campaign-not-found": lambda scene: scene.client.get("/v1/campaigns/CDFGHJ234"),
    "campaign-not-open": never_opened,
    "campaign-not-yet-open": lambda scene: joined(scene, {"opens_at": hall(scene).in_days(1)}),
    "campaign-settings-frozen": lambda scene: edited(scene, None, budget_minutes=20),
    "external-id-missing": lambda scene: joined(scene, {"external_id": "Staff number"}),
    "external-id-not-asked": lambda scene: joined(scene, {}, external_id="12"),
    "one-attempt-only": again,
    "participation-not-found": lambda scene: scene.ines.get("/participation"),
    "solutions-not-yet": solutions,
    "too-early-to-retry": lambda scene: again(scene, several_attempts=True),
}
