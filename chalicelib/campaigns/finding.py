"""Finding a campaign fast: a warm function keeps what it read for a minute, because a million people may type one code."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TypeVar

from chalicelib.campaigns.campaign import Campaign
from chalicelib.campaigns.organisations.ports import Organisations
from chalicelib.campaigns.ports import CampaignStore, Frozen
from chalicelib.kernel.clock import SECOND, Clock, Instant, later
from chalicelib.kernel.errors import NotFoundError, UnavailableError

V = TypeVar("V")

KEPT_SECONDS = 60
"""So long a campaign may still take people after it was archived."""
MOST_KEPT = 200


@dataclass(frozen=True)
class FindCampaigns:
    """Looks campaigns up by code and by id. What is not found is looked up again each time."""

    store: CampaignStore
    organisations: Organisations
    clock: Clock
    _campaigns: OrderedDict[str, tuple[Instant, Campaign]] = field(default_factory=OrderedDict, init=False, repr=False)
    _codes: OrderedDict[str, str] = field(default_factory=OrderedDict, init=False, repr=False)
    _expected: OrderedDict[str, Frozen] = field(default_factory=OrderedDict, init=False, repr=False)

    def by_code(self, code: str) -> Campaign:
        """The campaign that has this code; raises `NotFoundError`."""
        campaign_id = self._codes.get(code) or self.store.campaign_of(code)
        if campaign_id is None:
            raise _no_such_campaign()
        campaign = self.by_id(campaign_id)
        if campaign.code != code:  # drawn by an opening that another one overtook
            raise _no_such_campaign()
        _keep(self._codes, code, campaign_id)
        return campaign

    def by_id(self, campaign_id: str) -> Campaign:
        """A campaign as it was in the last minute; raises `NotFoundError`."""
        kept = self._campaigns.get(campaign_id)
        if kept is not None and self.clock.now() < later(kept[0], KEPT_SECONDS * SECOND):
            return kept[1]
        return self.now(campaign_id)

    def now(self, campaign_id: str) -> Campaign:
        """A campaign as it is; raises `NotFoundError`, also when its organisation was deleted."""
        stored = self.store.campaign(campaign_id, strong=True)
        if stored is None or self._is_deleted(stored.campaign.organisation):
            raise _no_such_campaign()
        _keep(self._campaigns, campaign_id, (self.clock.now(), stored.campaign))
        return stored.campaign

    def _is_deleted(self, organisation_id: str) -> bool:
        organisation = self.organisations.organisation(organisation_id)
        return organisation is not None and organisation.deleted

    def expected(self, campaign_id: str) -> Frozen:
        """What a campaign that was opened expects: it never changes, so it is read once."""
        there = self._expected.get(campaign_id)
        if there is None:
            name = self.by_id(campaign_id).frozen or self.now(campaign_id).frozen
            there = None if name is None else self.store.frozen(campaign_id, name)
            if there is None:
                raise UnavailableError("campaign-incomplete", "What this campaign expects cannot be read now.")
            _keep(self._expected, campaign_id, there)
        return there


def _no_such_campaign() -> NotFoundError:
    return NotFoundError("campaign-not-found", "There is no such campaign.")


def _keep(kept: OrderedDict[str, V], key: str, value: V) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > MOST_KEPT:
        kept.popitem(last=False)
