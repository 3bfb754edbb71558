"""Who may do what in an organisation: the matrix, and the one use-case that enforces it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.campaigns.organisations.model import Organisation, Role, is_person_id, no_organisation
from chalicelib.campaigns.organisations.ports import Organisations, Standings
from chalicelib.kernel.errors import ForbiddenError
from chalicelib.kernel.ids import is_id


class Action(StrEnum):
    """What may be done in an organisation."""

    READ_ORGANISATION = "read-organisation"
    EDIT_ORGANISATION = "edit-organisation"
    MANAGE_MEMBERS = "manage-members"
    MANAGE_CLIENTS = "manage-clients"
    MANAGE_TARGET_PROFILES = "manage-target-profiles"
    MANAGE_CAMPAIGNS = "manage-campaigns"
    READ_RESULTS = "read-results"
    MANAGE_LEARNERS = "manage-learners"


PERMISSIONS: Mapping[Role, frozenset[Action]] = {
    Role.ADMIN: frozenset(Action),
    Role.MEMBER: frozenset(
        {Action.READ_ORGANISATION, Action.MANAGE_TARGET_PROFILES, Action.MANAGE_CAMPAIGNS, Action.READ_RESULTS}
    ),
}
"""The matrix: what each role may do. Nothing else in the service knows a role."""


@dataclass(frozen=True)
class Membership:
    """A person who is a member of an organisation, now."""

    person_id: str
    organisation: Organisation
    role: Role

    @property
    def organisation_id(self) -> str:
        """The organisation's id."""
        return self.organisation.id

    def may(self, action: Action) -> bool:
        """Whether the matrix lets them."""
        return action in PERMISSIONS[self.role]


@dataclass(frozen=True)
class Access:
    """Enforces the matrix. A membership is read each time it is used: two strong reads, one for a stranger."""

    organisations: Organisations
    standings: Standings

    def require(self, person_id: str, organisation_id: str, action: Action) -> Membership:
        """The membership by which this person may do this.

        Raises `NotFoundError` for who is no member, as for an organisation that is deleted or never was, so that nobody learns of
        one by asking; `ForbiddenError` for a member whose role may not.
        """
        membership = self.membership(person_id, organisation_id)
        if not membership.may(action):
            raise ForbiddenError("not-allowed", "Your role in this organisation does not allow this.")
        return membership

    def membership(self, person_id: str, organisation_id: str) -> Membership:
        """What this person is in this organisation; raises `NotFoundError` for who is no member."""
        if not is_id(organisation_id) or not is_person_id(person_id):
            raise no_organisation()
        standing = self.standings.standing(organisation_id, person_id)
        if standing.role is None:
            raise no_organisation()
        organisation = self.organisations.organisation(organisation_id)
        if organisation is None or organisation.deleted:
            raise no_organisation()
        return Membership(person_id, organisation, standing.role)
