"""Campaigns and participations in memory."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field

from chalicelib.campaigns.campaign import Campaign, Stored
from chalicelib.campaigns.participation import Participation, SharedResults
from chalicelib.campaigns.ports import Frozen
from chalicelib.kernel.canonical import canonical_json
from chalicelib.kernel.ids import shard_of
from chalicelib.storage.campaigns import SHARED_SHARDS


def version_of(model: Campaign | Frozen) -> str:
    """The version that this one is stored as."""
    return hashlib.sha256(canonical_json(model.model_dump(mode="json"))).hexdigest()[:32]


@dataclass
class MemoryCampaigns:
    """A `CampaignStore`."""

    kept: dict[str, Campaign] = field(default_factory=dict)
    listed: set[tuple[str, str]] = field(default_factory=set)
    froze: dict[tuple[str, str], Frozen] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def create(self, campaign: Campaign) -> tuple[Stored, bool]:
        """As the port says."""
        with self.lock:
            new = campaign.id not in self.kept
            stored = self.kept.setdefault(campaign.id, campaign)
            self.listed.add((stored.organisation, stored.id))
            return Stored(stored, version_of(stored)), new

    def campaign(self, campaign_id: str, *, strong: bool) -> Stored | None:
        """As the port says."""
        del strong
        there = self.kept.get(campaign_id)
        return None if there is None else Stored(there, version_of(there))

    def replace(self, campaign: Campaign, version: str) -> bool:
        """As the port says."""
        with self.lock:
            there = self.kept.get(campaign.id)
            if there is None or version_of(there) != version:
                return False
            self.kept[campaign.id] = campaign
            return True

    def campaigns_of(self, organisation: str, after: str, limit: int) -> list[str]:
        """As the port says."""
        return sorted(one for of, one in self.listed if of == organisation and one > after)[:limit]

    def freeze(self, frozen: Frozen) -> str:
        """As the port says."""
        name = version_of(frozen)
        self.froze[frozen.campaign, name] = frozen
        return name

    def frozen(self, campaign_id: str, name: str) -> Frozen | None:
        """As the port says."""
        return self.froze.get((campaign_id, name))

    def give_code(self, code: str, campaign_id: str) -> bool:
        """As the port says."""
        with self.lock:
            return self.codes.setdefault(code, campaign_id) == campaign_id

    def campaign_of(self, code: str) -> str | None:
        """As the port says."""
        return self.codes.get(code)


@dataclass
class MemoryParticipations:
    """A `ParticipationStore`."""

    kept: dict[tuple[str, str, int], Participation] = field(default_factory=dict)
    shared: dict[str, SharedResults] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def join(self, participation: Participation) -> Participation:
        """As the port says."""
        with self.lock:
            return self.kept.setdefault(_key(participation), participation)

    def participation(self, person_id: str, campaign_id: str, attempt: int) -> Participation | None:
        """As the port says."""
        return self.kept.get((person_id, campaign_id, attempt))

    def participations(self, person_id: str, campaign_id: str) -> list[Participation]:
        """As the port says."""
        with self.lock:
            keys = sorted(one for one in self.kept if one[:2] == (person_id, campaign_id))
            return [self.kept[one] for one in keys]

    def share(self, participation: Participation) -> Participation:
        """As the port says."""
        with self.lock:
            if not self.kept[_key(participation)].shared:
                self.kept[_key(participation)] = participation
            return self.kept[_key(participation)]

    def give(self, shared: SharedResults) -> None:
        """As the port says."""
        with self.lock:
            self.shared.setdefault(shared.assessment, shared)

    def given(self, campaign_id: str, after: str, limit: int) -> list[SharedResults]:
        """As the port says."""

        def place(assessment: str) -> tuple[int, str]:
            return shard_of(assessment, SHARED_SHARDS), assessment

        of_campaign = [one for one in self.shared.values() if one.campaign == campaign_id]
        ordered = sorted(of_campaign, key=lambda one: place(one.assessment))
        return [one for one in ordered if not after or place(one.assessment) > place(after)][:limit]


def _key(participation: Participation) -> tuple[str, str, int]:
    return participation.person, participation.campaign, participation.attempt
