"""Organisations in memory: the same promises as the adapter, with a lock where a store is atomic."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from chalicelib.campaigns.organisations.invitation import Invitation, InvitationStatus
from chalicelib.campaigns.organisations.model import Organisation, Standing


@dataclass
class MemoryOrganisations:
    """Port `OrganisationStore`."""

    kept: dict[str, Organisation] = field(default_factory=dict)
    roles: dict[tuple[str, str], Standing] = field(default_factory=dict)
    hints: dict[str, set[str]] = field(default_factory=dict)
    codes: dict[tuple[str, str], Invitation] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def organisation(self, organisation_id: str) -> Organisation | None:
        with self.lock:
            return self.kept.get(organisation_id)

    def create(self, organisation: Organisation) -> Organisation:
        with self.lock:
            return self.kept.setdefault(organisation.id, organisation)

    def replace(self, organisation: Organisation) -> bool:
        with self.lock:
            there = self.kept.get(organisation.id)
            if there is None or there.version != organisation.version - 1:
                return False
            self.kept[organisation.id] = organisation
            return True

    def standing(self, organisation_id: str, person_id: str) -> Standing:
        with self.lock:
            return self.roles.get((organisation_id, person_id), Standing.none(organisation_id, person_id))

    def replace_standing(self, standing: Standing) -> bool:
        key = standing.organisation_id, standing.person_id
        with self.lock:
            there = self.roles.get(key)
            if (there.version if there else 0) != standing.version - 1:
                return False
            self.roles[key] = standing
            return True

    def standings(self, organisation_id: str) -> list[Standing]:
        with self.lock:
            return [one for (of, _), one in sorted(self.roles.items()) if of == organisation_id]

    def remember(self, person_id: str, organisation_id: str) -> None:
        with self.lock:
            self.hints.setdefault(person_id, set()).add(organisation_id)

    def remembered(self, person_id: str) -> list[str]:
        with self.lock:
            return sorted(self.hints.get(person_id, ()))

    def invitation(self, organisation_id: str, invitation_id: str) -> Invitation | None:
        with self.lock:
            return self.codes.get((organisation_id, invitation_id))

    def add_invitation(self, invitation: Invitation) -> None:
        with self.lock:
            self.codes.setdefault((invitation.organisation_id, invitation.id), invitation)

    def settle_invitation(self, invitation: Invitation) -> bool:
        key = invitation.organisation_id, invitation.id
        with self.lock:
            if key not in self.codes or self.codes[key].status is not InvitationStatus.OPEN:
                return False
            self.codes[key] = invitation
            return True

    def invitations(self, organisation_id: str) -> list[Invitation]:
        with self.lock:
            return [one for (of, _), one in self.codes.items() if of == organisation_id]
