"""Target profiles of organisations in DynamoDB (port `TargetProfileStore`): one item each, in the partition of its organisation."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.campaigns.target_profiles.model import KeptProfile, TargetProfile, Targets
from chalicelib.kernel.canonical import pack_json, unpack_json
from chalicelib.storage import keys
from chalicelib.storage.meter import Item
from chalicelib.storage.table import Table, Values


@dataclass(frozen=True)
class DynamoTargetProfiles:
    """Every write is conditional on what was read."""

    registry: Table

    def create(self, kept: KeptProfile) -> KeptProfile | None:
        """Put the profile if its key is free."""
        there = self.registry.put_new(_item_of(kept))
        return _kept(there) if there else None

    def find(self, organisation_id: str, profile_id: str) -> KeptProfile | None:
        """One strong GetItem."""
        item = self.registry.get(keys.organisation(organisation_id), keys.target_profile(profile_id), strong=True)
        return None if item is None else _kept(item)

    def replace(self, kept: KeptProfile) -> bool:
        """Put the profile over the version before."""
        return self.registry.put_over(_item_of(kept), "version", str(kept.version - 1))

    def remove(self, kept: KeptProfile) -> bool:
        """Delete the profile on condition of its version."""
        where = _key(kept)
        return self.registry.remove_if(where["pk"]["S"], where["sk"]["S"], "version", str(kept.version))

    def listed(self, organisation_id: str, after: str, limit: int) -> list[KeptProfile]:
        """One strong Query of the profiles' part of the partition."""
        items = self.registry.page(keys.organisation(organisation_id), keys.TARGET_PROFILE, after, limit)
        return [_kept(item) for item in items]


def _key(kept: KeptProfile) -> Values:
    assert kept.profile.owner is not None
    return {"pk": {"S": keys.organisation(kept.profile.owner)}, "sk": {"S": keys.target_profile(kept.profile.id)}}


def _item_of(kept: KeptProfile) -> Values:
    return {
        **_key(kept),
        "version": {"S": str(kept.version)},
        "wished": {"S": kept.wished},
        "targets": {"B": pack_json(kept.profile.targets.model_dump(mode="json", exclude_none=True))},
    }


def _kept(item: Item) -> KeptProfile:
    profile = TargetProfile(
        id=item["sk"]["S"].removeprefix(keys.TARGET_PROFILE),
        owner=item["pk"]["S"].removeprefix(keys.ORGANISATIONS),
        targets=Targets.model_validate(unpack_json(bytes(item["targets"]["B"]))),
    )
    return KeptProfile(profile, int(item["version"]["S"]), item["wished"]["S"])
