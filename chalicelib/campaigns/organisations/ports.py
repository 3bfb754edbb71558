"""What the use-cases of organisations need from outside. Every read is strongly consistent; every write tells whether it was made."""

from __future__ import annotations

from typing import Protocol

from chalicelib.campaigns.organisations.invitation import Invitation
from chalicelib.campaigns.organisations.model import Organisation, Standing


class Organisations(Protocol):
    """Every organisation, the deleted ones included."""

    def organisation(self, organisation_id: str) -> Organisation | None:
        """An organisation, or None when there never was one of this id."""
        ...

    def create(self, organisation: Organisation) -> Organisation:
        """Store the organisation unless there is one of this id; the one that is stored."""
        ...

    def replace(self, organisation: Organisation) -> bool:
        """Store this version if the one before it is there; whether it was."""
        ...


class Standings(Protocol):
    """What each person is in each organisation."""

    def standing(self, organisation_id: str, person_id: str) -> Standing:
        """A standing; of version 0 before it is first written."""
        ...

    def replace_standing(self, standing: Standing) -> bool:
        """Store this version if the one before it is there; whether it was."""
        ...

    def standings(self, organisation_id: str) -> list[Standing]:
        """Every standing of an organisation, those that ended included."""
        ...


class PersonOrganisations(Protocol):
    """Where to look for what a person is a member of."""

    def remember(self, person_id: str, organisation_id: str) -> None:
        """Remember that this person may have a standing there. Safe to repeat, and never forgotten."""
        ...

    def remembered(self, person_id: str) -> list[str]:
        """The organisations where the person may have a standing."""
        ...


class Invitations(Protocol):
    """Every invitation."""

    def invitation(self, organisation_id: str, invitation_id: str) -> Invitation | None:
        """An invitation, or None when there is none of this id."""
        ...

    def add_invitation(self, invitation: Invitation) -> None:
        """Store the invitation unless it is there."""
        ...

    def settle_invitation(self, invitation: Invitation) -> bool:
        """Store an invitation that is no longer open if it is open still; whether it was."""
        ...

    def invitations(self, organisation_id: str) -> list[Invitation]:
        """Every invitation of an organisation, in any order."""
        ...


class OrganisationStore(Organisations, Standings, PersonOrganisations, Invitations, Protocol):
    """All of these, as one adapter answers them."""
