"""What the use-cases of campaigns need from outside."""

from __future__ import annotations

from typing import Protocol

from chalicelib.campaigns.campaign import Campaign, Stored
from chalicelib.campaigns.participation import Participation, SharedResults
from chalicelib.campaigns.target_profiles.model import TargetProfile, Targets
from chalicelib.content.texts import Strict


class Frozen(Strict):
    """What a campaign expects, as it was when it first opened. It never changes."""

    campaign: str
    release: str
    """The release whose skills were targeted."""
    targets: Targets
    skills: dict[str, tuple[int, ...]]
    """The targeted levels of each topic."""


class CampaignStore(Protocol):
    """Campaigns, what they froze, and the codes that lead to them."""

    def create(self, campaign: Campaign) -> tuple[Stored, bool]:
        """Store the campaign unless its id is taken, and list it with its organisation; the one that is stored, and whether it is new."""
        ...

    def campaign(self, campaign_id: str, *, strong: bool) -> Stored | None:
        """One campaign."""
        ...

    def replace(self, campaign: Campaign, version: str) -> bool:
        """Store the campaign if the one there has this version; whether it had."""
        ...

    def campaigns_of(self, organisation: str, after: str, limit: int) -> list[str]:
        """The ids of the organisation's campaigns in order, those after this one, at most so many."""
        ...

    def freeze(self, frozen: Frozen) -> str:
        """Store what a campaign is going to expect; the name to find it by. The same content has the same name."""
        ...

    def frozen(self, campaign_id: str, name: str) -> Frozen | None:
        """What the campaign expects."""
        ...

    def give_code(self, code: str, campaign_id: str) -> bool:
        """Let this code lead there unless it leads elsewhere; whether it does."""
        ...

    def campaign_of(self, code: str) -> str | None:
        """Where this code leads."""
        ...


class ParticipationStore(Protocol):
    """Participations by person, and what was shared by campaign."""

    def join(self, participation: Participation) -> Participation:
        """Store the participation unless it is stored; the one that is stored."""
        ...

    def participation(self, person_id: str, campaign_id: str, attempt: int) -> Participation | None:
        """One participation, strongly consistent."""
        ...

    def participations(self, person_id: str, campaign_id: str) -> list[Participation]:
        """Every attempt of a person in a campaign, in order, strongly consistent."""
        ...

    def share(self, participation: Participation) -> Participation:
        """Store it as shared unless it was shared before; the one that is stored."""
        ...

    def give(self, shared: SharedResults) -> None:
        """Store what the organisation is given. Safe to repeat."""
        ...

    def given(self, campaign_id: str, after: str, limit: int) -> list[SharedResults]:
        """What was shared in this campaign by assessment id, those after this id, at most so many."""
        ...


class TargetProfileSource(Protocol):
    """Where target profiles are looked up."""

    def profile(self, organisation: str, profile_id: str) -> TargetProfile | None:
        """A template, or a profile of this organisation; None when it has none of this id."""
        ...
