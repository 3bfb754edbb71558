"""Keeping an organisation: editing, deleting, and what a person is a member of."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.campaigns.organisations.access import Access, Action, Membership
from chalicelib.campaigns.organisations.model import TRIES, Places, busy
from chalicelib.campaigns.organisations.ports import Organisations, PersonOrganisations
from chalicelib.kernel.errors import NotFoundError


@dataclass(frozen=True)
class KeepOrganisation:
    """What is done to an organisation as a whole. Each change is one conditional write, decided again when another was faster."""

    organisations: Organisations
    persons: PersonOrganisations
    access: Access

    def edit(self, person_id: str, organisation_id: str, name: str, places: Places | None) -> Membership:
        """Give it this name and these places; asking again changes nothing."""
        for _ in range(TRIES):
            membership = self.access.require(person_id, organisation_id, Action.EDIT_ORGANISATION)
            there = membership.organisation
            if (there.name, there.places) == (name, places):
                return membership
            edited = there.edited(name, places)
            if self.organisations.replace(edited):
                return replace(membership, organisation=edited)
        raise busy()

    def delete(self, person_id: str, organisation_id: str) -> None:
        """Mark it as deleted: from then on there is no such organisation for anybody. Its children stay."""
        for _ in range(TRIES):
            membership = self.access.require(person_id, organisation_id, Action.EDIT_ORGANISATION)
            if self.organisations.replace(membership.organisation.ended()):
                return
        raise busy()

    def of_person(self, person_id: str) -> list[Membership]:
        """What this person is a member of, by name; two reads for each."""
        found = []
        for organisation_id in self.persons.remembered(person_id):
            try:
                found.append(self.access.membership(person_id, organisation_id))
            except NotFoundError:
                continue
        return sorted(found, key=lambda one: (one.organisation.name, one.organisation_id))
