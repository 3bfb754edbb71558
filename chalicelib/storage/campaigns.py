"""Campaigns in DynamoDB (ports `CampaignStore` and `ParticipationStore`)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TypeVar

from chalicelib.campaigns.campaign import Campaign, Stored
from chalicelib.campaigns.participation import Participation, SharedResults
from chalicelib.campaigns.ports import Frozen
from chalicelib.content.texts import Strict
from chalicelib.kernel.canonical import pack_json, unpack_json
from chalicelib.kernel.ids import shard_of
from chalicelib.storage import keys
from chalicelib.storage.meter import Item
from chalicelib.storage.table import Table, Values

SHARED_SHARDS = 16
"""Partitions of what is shared in one campaign: a million people share in an hour of results."""

M = TypeVar("M", bound=Strict)


@dataclass(frozen=True)
class DynamoCampaigns:
    """A campaign is one item, replaced on condition of what was read; what it froze stands beside it, under the hash of its content."""

    registry: Table

    def create(self, campaign: Campaign) -> tuple[Stored, bool]:
        """Store the campaign unless its id is taken, and list it with its organisation; the one that is stored, and whether it is new."""
        item = _item_of(campaign)
        there = self.registry.put_new(item)
        stored = _stored(there or item)
        self.registry.put(_key(keys.organisation(stored.campaign.organisation), keys.listed_campaign(stored.campaign.id)))
        return stored, there is None

    def campaign(self, campaign_id: str, *, strong: bool) -> Stored | None:
        """One campaign."""
        item = self.registry.get(keys.campaign(campaign_id), keys.CAMPAIGN, strong=strong)
        return None if item is None else _stored(item)

    def replace(self, campaign: Campaign, version: str) -> bool:
        """Store the campaign if the one there has this version; whether it had."""
        return self.registry.put_over(_item_of(campaign), "version", version)

    def campaigns_of(self, organisation: str, after: str, limit: int) -> list[str]:
        """The ids of the organisation's campaigns in order, those after this one, at most so many."""
        items = self.registry.page(keys.organisation(organisation), keys.LISTED_CAMPAIGN, after, limit)
        return [item["sk"]["S"].removeprefix(keys.LISTED_CAMPAIGN) for item in items]

    def freeze(self, frozen: Frozen) -> str:
        """Store what a campaign is going to expect; the name to find it by. The same content has the same name."""
        body = _packed(frozen)
        name = hashlib.sha256(body["B"]).hexdigest()[:32]
        self.registry.put({**_key(keys.campaign(frozen.campaign), keys.frozen_targets(name)), "body": body})
        return name

    def frozen(self, campaign_id: str, name: str) -> Frozen | None:
        """What the campaign expects."""
        where = keys.campaign(campaign_id), keys.frozen_targets(name)
        item = self.registry.get(*where, strong=False) or self.registry.get(*where, strong=True)
        return None if item is None else _unpacked(Frozen, item)

    def give_code(self, code: str, campaign_id: str) -> bool:
        """Let this code lead there unless it leads elsewhere; whether it does."""
        item: Values = {**_key(keys.campaign_code(code), keys.CODE), "campaign": {"S": campaign_id}}
        there = self.registry.put_new(item)
        return there is None or there["campaign"]["S"] == campaign_id

    def campaign_of(self, code: str) -> str | None:
        """Where this code leads."""
        item = self.registry.get(keys.campaign_code(code), keys.CODE, strong=False)
        return None if item is None else str(item["campaign"]["S"])


@dataclass(frozen=True)
class DynamoParticipations:
    """A participation is an item of its person; what was shared, an item of the campaign."""

    people: Table
    registry: Table

    def join(self, participation: Participation) -> Participation:
        """Store the participation unless it is stored; the one that is stored."""
        there = self.people.put_new(_participation_item(participation))
        return participation if there is None else _unpacked(Participation, there)

    def participation(self, person_id: str, campaign_id: str, attempt: int) -> Participation | None:
        """One participation, strongly consistent."""
        item = self.people.get(keys.person(person_id), keys.participation(campaign_id, attempt), strong=True)
        return None if item is None else _unpacked(Participation, item)

    def participations(self, person_id: str, campaign_id: str) -> list[Participation]:
        """Every attempt of a person in a campaign, in order, strongly consistent."""
        first, last = keys.participation(campaign_id, 0), keys.participation(campaign_id, 9999)
        return [_unpacked(Participation, item) for item in self.people.between(keys.person(person_id), first, last)]

    def share(self, participation: Participation) -> Participation:
        """Store it as shared unless it was shared before; the one that is stored."""
        if self.people.put_over(_participation_item(participation), "shared", "no"):
            return participation
        there = self.participation(participation.person, participation.campaign, participation.attempt)
        assert there is not None, "who shares has joined"
        return there

    def give(self, shared: SharedResults) -> None:
        """Store what the organisation is given. Safe to repeat."""
        partition = keys.shared_results(shared.campaign, shard_of(shared.assessment, SHARED_SHARDS))
        self.registry.put_new({**_key(partition, keys.shared_result(shared.assessment)), "body": _packed(shared)})

    def given(self, campaign_id: str, after: str, limit: int) -> list[SharedResults]:
        """What was shared in this campaign, shard by shard, those after this assessment, at most so many."""
        first = shard_of(after, SHARED_SHARDS) if after else 0
        found: list[SharedResults] = []
        for shard in range(first, SHARED_SHARDS):
            partition = keys.shared_results(campaign_id, shard)
            items = self.registry.page(partition, keys.SHARED, after if shard == first else "", limit - len(found))
            found.extend(_unpacked(SharedResults, item) for item in items)
            if len(found) >= limit:
                break
        return found


def _key(partition: str, sort: str) -> Values:
    return {"pk": {"S": partition}, "sk": {"S": sort}}


def _packed(model: Strict) -> dict[str, bytes]:
    return {"B": pack_json(model.model_dump(mode="json"))}


def _unpacked(model: type[M], item: Item) -> M:
    return model.model_validate(unpack_json(bytes(item["body"]["B"])))


def _item_of(campaign: Campaign) -> Values:
    body = _packed(campaign)
    return {
        **_key(keys.campaign(campaign.id), keys.CAMPAIGN),
        "version": {"S": hashlib.sha256(body["B"]).hexdigest()[:32]},
        "body": body,
    }


def _stored(item: Item) -> Stored:
    return Stored(_unpacked(Campaign, item), item["version"]["S"])


def _participation_item(participation: Participation) -> Values:
    return {
        **_key(keys.person(participation.person), keys.participation(participation.campaign, participation.attempt)),
        "shared": {"S": "yes" if participation.shared else "no"},
        "body": _packed(participation),
    }
