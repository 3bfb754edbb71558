"""A campaign that is always the same, and requests to every route about it."""

from __future__ import annotations

from functools import lru_cache

from chalicelib.campaigns.campaign import Campaign, Settings, State
from chalicelib.campaigns.collective import ROWS, view_of
from chalicelib.campaigns.mastery.targeted import freeze
from chalicelib.campaigns.ports import Frozen
from chalicelib.content.releases import Release
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.ids import derive_id
from tests.fakes.campaigns import MemoryCampaigns, MemoryParticipations, version_of
from tests.worlds import World

CAMPAIGN, CAMPAIGN_CODE = derive_id("campaign of Ines"), "CDFGHJ234"
CAMPAIGN_PATHS = {"campaign_id": CAMPAIGN, "code": CAMPAIGN_CODE}
CREATION = {"target_profile": "diagnostic", "settings": {"name": "Digital skills"}, "open": True}
JOINING = {"code": CAMPAIGN_CODE}


def settle_campaign(world: World, organisation: str) -> None:
    """Let there be, as if nothing had happened since, an open campaign of this organisation in which nobody is."""
    campaigns, participations = world.services.ports.campaigns, world.services.ports.participations
    assert isinstance(campaigns, MemoryCampaigns)
    assert isinstance(participations, MemoryParticipations)
    for kept in (campaigns.kept, campaigns.codes, participations.kept, participations.shared):
        kept.clear()
    campaigns.listed.clear()
    expected, name = _expected(world.release)
    campaigns.froze[CAMPAIGN, name] = expected
    campaigns.create(the_campaign(organisation, name))
    campaigns.give_code(CAMPAIGN_CODE, CAMPAIGN)
    world.services.ports.counters.enrol(view_of(CAMPAIGN), ROWS)


@lru_cache(maxsize=1)
def _expected(release: Release) -> tuple[Frozen, str]:
    """What it expects, and the name of that: made once, because every case of every route settles the campaign again."""
    _, targets = release.templates["diagnostic"]
    skills = dict(freeze(release, targets.topics).levels)
    expected = Frozen(campaign=CAMPAIGN, release=release.id, targets=targets, skills=skills)
    return expected, version_of(expected)


def the_campaign(organisation: str, frozen: str) -> Campaign:
    """The campaign, open."""
    return Campaign(
        id=CAMPAIGN,
        organisation=organisation,
        profile="diagnostic",
        settings=Settings(name="Digital skills", anonymous=True),
        state=State.OPEN,
        created_at=Instant(1),
        opened_at=Instant(2),
        code=CAMPAIGN_CODE,
        frozen=frozen,
    )


def editing(world: World) -> dict[str, object]:
    """A change of it that is allowed."""
    there = world.services.ports.campaigns.campaign(CAMPAIGN, strong=True)
    assert there is not None
    return {"settings": {"name": "Another name", "anonymous": True}, "version": version_of(there.campaign)}
