"""Launching campaigns: an organisation makes one, opens it, changes what may still change, closes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.assessments.ports import ReleaseSource
from chalicelib.campaigns.campaign import Campaign, Settings, State, Stored, archived, edited, opened
from chalicelib.campaigns.codes import draw_code
from chalicelib.campaigns.collective import rows_for, view_of
from chalicelib.campaigns.counters.ports import Views
from chalicelib.campaigns.mastery.targeted import freeze
from chalicelib.campaigns.ports import CampaignStore, Frozen, TargetProfileSource
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import ConflictError, NotFoundError, UnavailableError
from chalicelib.kernel.ids import IdSource, derive_id

TRIES = 5


@dataclass(frozen=True)
class LaunchCampaigns:
    """Makes and changes campaigns. Who may is checked before."""

    store: CampaignStore
    profiles: TargetProfileSource
    releases: ReleaseSource
    views: Views
    clock: Clock
    ids: IdSource

    def create(self, organisation: str, profile: str, settings: Settings, idempotency_key: str | None) -> tuple[Stored, bool]:
        """A draft, and whether it is new: the same key gives the same draft.

        Raises `NotFoundError` when there is no such target profile, `ConflictError` when the key made another campaign.
        """
        if self.profiles.profile(organisation, profile) is None:
            raise NotFoundError("target-profile-not-found", "There is no such target profile.")
        named = None if idempotency_key is None else derive_id("campaign", organisation, idempotency_key)
        campaign = Campaign(
            id=named or self.ids.new(),
            organisation=organisation,
            profile=profile,
            settings=settings,
            state=State.DRAFT,
            created_at=self.clock.now(),
        )
        stored, new = self.store.create(campaign)
        if (stored.campaign.profile, stored.campaign.settings) != (profile, settings):
            raise ConflictError("idempotency-key-reused", "This Idempotency-Key made another campaign.")
        return stored, new

    def read(self, organisation: str, campaign_id: str) -> Stored:
        """A campaign of this organisation; raises `NotFoundError`."""
        stored = self.store.campaign(campaign_id, strong=True)
        if stored is None or stored.campaign.organisation != organisation:
            raise NotFoundError("campaign-not-found", "There is no such campaign.")
        return stored

    def listed(self, organisation: str, after: str, limit: int) -> list[Stored]:
        """The organisation's campaigns in order of their ids, those after this one, at most so many."""
        found = (self.store.campaign(one, strong=False) for one in self.store.campaigns_of(organisation, after, limit))
        return [stored for stored in found if stored is not None]

    def edit(self, organisation: str, campaign_id: str, settings: Settings, version: str) -> Stored:
        """The campaign with these settings; raises `ConflictError` for what is frozen, or for another version."""
        stored = self.read(organisation, campaign_id)
        if stored.version != version or not self.store.replace(edited(stored.campaign, settings), version):
            raise ConflictError("campaign-changed", "This campaign was changed meanwhile; read it again.")
        return self.read(organisation, campaign_id)

    def open(self, organisation: str, campaign_id: str) -> Stored:
        """The campaign, open. The first time its skills are frozen and it gets a code, which leads to it before it says so.

        Raises `InvalidError` when no skill of the target profile can be asked for.
        """
        return self._changed(organisation, campaign_id, self._opened)

    def archive(self, organisation: str, campaign_id: str) -> Stored:
        """The campaign, closed to everybody new; whoever began goes on."""
        return self._changed(organisation, campaign_id, archived)

    def _opened(self, campaign: Campaign) -> Campaign:
        now = self.clock.now()
        if campaign.opened_at is not None:
            return opened(campaign, "", "", now)
        frozen = self.store.freeze(self._frozen(campaign))
        self.views.enrol(view_of(campaign.id), rows_for(campaign.settings.expected_people))
        for _ in range(TRIES):
            code = draw_code(self.ids)
            if self.store.give_code(code, campaign.id):
                return opened(campaign, code, frozen, now)
        raise UnavailableError("campaign-busy", "No code could be drawn now; try again.")

    def _frozen(self, campaign: Campaign) -> Frozen:
        kept = self.profiles.profile(campaign.organisation, campaign.profile)
        if kept is None:
            raise NotFoundError("target-profile-not-found", "There is no such target profile.")
        release = self.releases.get(self.releases.current())
        skills = freeze(release, kept.targets.topics)
        return Frozen(campaign=campaign.id, release=release.id, targets=kept.targets, skills=skills.levels)

    def _changed(self, organisation: str, campaign_id: str, change: Callable[[Campaign], Campaign]) -> Stored:
        """Read, change and replace, again when somebody else was faster."""
        for _ in range(TRIES):
            stored = self.read(organisation, campaign_id)
            changed = change(stored.campaign)
            if changed == stored.campaign:
                return stored
            if self.store.replace(changed, stored.version):
                return self.read(organisation, campaign_id)
        raise UnavailableError("campaign-busy", "This campaign changes too fast; try again.")
