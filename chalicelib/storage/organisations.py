"""Organisations in DynamoDB (port `OrganisationStore`): one partition each in the registry, and one for each person concerned."""

from __future__ import annotations

import json
from dataclasses import dataclass

from chalicelib.campaigns.organisations.invitation import Invitation, InvitationStatus
from chalicelib.campaigns.organisations.model import Organisation, OrganisationType, Places, PlacesPolicy, Role, Standing
from chalicelib.kernel.canonical import canonical_json
from chalicelib.kernel.clock import Instant
from chalicelib.storage import keys
from chalicelib.storage.meter import Item
from chalicelib.storage.table import LAST_SIGN, Table, Values

OPEN, DELETED = "open", "deleted"
LEFT = "left"


@dataclass(frozen=True)
class DynamoOrganisations:
    """Every write is conditional on what was read, or the same whoever makes it."""

    registry: Table

    def organisation(self, organisation_id: str) -> Organisation | None:
        """One strong GetItem."""
        item = self.registry.get(keys.organisation(organisation_id), keys.ORGANISATION, strong=True)
        return None if item is None else _organisation(item)

    def create(self, organisation: Organisation) -> Organisation:
        """Put the organisation if its key is free."""
        there = self.registry.put_new(_organisation_item(organisation))
        return _organisation(there) if there else organisation

    def replace(self, organisation: Organisation) -> bool:
        """Put the organisation over the version before."""
        return self.registry.put_over(_organisation_item(organisation), "version", str(organisation.version - 1))

    def standing(self, organisation_id: str, person_id: str) -> Standing:
        """One strong GetItem."""
        item = self.registry.get(keys.organisation(organisation_id), keys.member(person_id), strong=True)
        return Standing.none(organisation_id, person_id) if item is None else _standing(organisation_id, item)

    def replace_standing(self, standing: Standing) -> bool:
        """Put the standing over the version before."""
        item: Values = {
            "pk": {"S": keys.organisation(standing.organisation_id)},
            "sk": {"S": keys.member(standing.person_id)},
            "version": {"S": str(standing.version)},
            "role": {"S": standing.role or LEFT},
            "at": {"N": str(standing.at)},
        }
        if standing.version == 1:
            return self.registry.put_new(item) is None
        return self.registry.put_over(item, "version", str(standing.version - 1))

    def standings(self, organisation_id: str) -> list[Standing]:
        """One strong Query of the members' part of the partition."""
        items = self.registry.between(keys.organisation(organisation_id), keys.MEMBER, keys.MEMBER + LAST_SIGN)
        return [_standing(organisation_id, item) for item in items]

    def remember(self, person_id: str, organisation_id: str) -> None:
        """Put that there may be a standing; the same item whoever writes it."""
        self.registry.put({"pk": {"S": keys.organisations_of(person_id)}, "sk": {"S": keys.member(organisation_id)}})

    def remembered(self, person_id: str) -> list[str]:
        """One strong Query."""
        items = self.registry.between(keys.organisations_of(person_id), keys.MEMBER, keys.MEMBER + LAST_SIGN)
        return [item["sk"]["S"].removeprefix(keys.MEMBER) for item in items]

    def invitation(self, organisation_id: str, invitation_id: str) -> Invitation | None:
        """One strong GetItem."""
        item = self.registry.get(keys.organisation(organisation_id), keys.invitation(invitation_id), strong=True)
        return None if item is None else _invitation(organisation_id, item)

    def add_invitation(self, invitation: Invitation) -> None:
        """Put the invitation if its key is free."""
        self.registry.put_new(_invitation_item(invitation))

    def settle_invitation(self, invitation: Invitation) -> bool:
        """Put the invitation over the open one."""
        return self.registry.put_over(_invitation_item(invitation), "status", InvitationStatus.OPEN)

    def invitations(self, organisation_id: str) -> list[Invitation]:
        """One strong Query of the invitations' part of the partition."""
        items = self.registry.between(keys.organisation(organisation_id), keys.INVITATION, keys.INVITATION + LAST_SIGN)
        return [_invitation(organisation_id, item) for item in items]


def _organisation_item(one: Organisation) -> Values:
    item: Values = {
        "pk": {"S": keys.organisation(one.id)},
        "sk": {"S": keys.ORGANISATION},
        "version": {"S": str(one.version)},
        "status": {"S": DELETED if one.deleted else OPEN},
        "type": {"S": one.type},
        "name": {"S": one.name},
        "ancestors": {"B": canonical_json(one.ancestors)},
        "admins": {"B": canonical_json(one.admins)},
        "created_at": {"N": str(one.created_at)},
        "wished": {"S": one.wished},
    }
    if one.places is not None:
        item |= {"places": {"N": str(one.places.quota)}, "policy": {"S": one.places.policy}}
    return item


def _organisation(item: Item) -> Organisation:
    return Organisation(
        id=item["pk"]["S"].removeprefix(keys.ORGANISATIONS),
        type=OrganisationType(item["type"]["S"]),
        name=item["name"]["S"],
        places=Places(int(item["places"]["N"]), PlacesPolicy(item["policy"]["S"])) if "places" in item else None,
        ancestors=_texts(item, "ancestors"),
        admins=_texts(item, "admins"),
        created_at=Instant(int(item["created_at"]["N"])),
        wished=item["wished"]["S"],
        deleted=item["status"]["S"] == DELETED,
        version=int(item["version"]["S"]),
    )


def _texts(item: Item, name: str) -> tuple[str, ...]:
    return tuple(json.loads(bytes(item[name]["B"])))


def _standing(organisation_id: str, item: Item) -> Standing:
    role = item["role"]["S"]
    return Standing(
        organisation_id,
        item["sk"]["S"].removeprefix(keys.MEMBER),
        None if role == LEFT else Role(role),
        Instant(int(item["at"]["N"])),
        int(item["version"]["S"]),
    )


def _invitation_item(one: Invitation) -> Values:
    item: Values = {
        "pk": {"S": keys.organisation(one.organisation_id)},
        "sk": {"S": keys.invitation(one.id)},
        "status": {"S": one.status},
        "role": {"S": one.role},
        "invited_by": {"S": one.invited_by},
        "created_at": {"N": str(one.created_at)},
    }
    if one.person_id is not None:
        item |= {"person": {"S": one.person_id}, "accepted_at": {"N": str(one.accepted_at)}}
    return item


def _invitation(organisation_id: str, item: Item) -> Invitation:
    return Invitation(
        id=item["sk"]["S"].removeprefix(keys.INVITATION),
        organisation_id=organisation_id,
        role=Role(item["role"]["S"]),
        invited_by=item["invited_by"]["S"],
        created_at=Instant(int(item["created_at"]["N"])),
        status=InvitationStatus(item["status"]["S"]),
        person_id=item["person"]["S"] if "person" in item else None,
        accepted_at=Instant(int(item["accepted_at"]["N"])) if "accepted_at" in item else None,
    )
