"""Invitations, from the code to the member."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.campaigns.organisations.access import Access, Action, Membership
from chalicelib.campaigns.organisations.invitation import (
    Invitation,
    InvitationStatus,
    code_of,
    invitation_id,
    invitation_used,
    named_by,
    no_invitation,
)
from chalicelib.campaigns.organisations.model import TRIES, Organisation, Role, Standing, busy, no_organisation
from chalicelib.campaigns.organisations.ports import OrganisationStore
from chalicelib.campaigns.organisations.roles import AssignRole
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.ids import IdSource, is_id


@dataclass(frozen=True)
class InviteMembers:
    """What an admin does with invitations. A code is told once; what is kept of it is a hash."""

    store: OrganisationStore
    access: Access
    clock: Clock
    ids: IdSource
    """A source that nobody can foretell."""

    def invite(self, admin_id: str, organisation_id: str, role: Role) -> tuple[Invitation, str]:
        """An invitation to this role, and its code."""
        self.access.require(admin_id, organisation_id, Action.MANAGE_MEMBERS)
        secret = self.ids.new()
        made = Invitation(invitation_id(organisation_id, secret), organisation_id, role, admin_id, self.clock.now())
        self.store.add_invitation(made)
        return made, code_of(organisation_id, secret)

    def invitations(self, admin_id: str, organisation_id: str) -> list[Invitation]:
        """Every invitation, the latest first."""
        self.access.require(admin_id, organisation_id, Action.MANAGE_MEMBERS)
        return sorted(self.store.invitations(organisation_id), key=lambda one: (-one.created_at, one.id))

    def withdraw(self, admin_id: str, organisation_id: str, invitation_id: str) -> Invitation:
        """Let an invitation be accepted no more; asking again changes nothing. Raises `ConflictError` when somebody accepted it."""
        for _ in range(TRIES):
            self.access.require(admin_id, organisation_id, Action.MANAGE_MEMBERS)
            found = self.store.invitation(organisation_id, invitation_id) if is_id(invitation_id) else None
            if found is None:
                raise no_invitation()
            withdrawn = found.withdrawn()
            if withdrawn == found or self.store.settle_invitation(withdrawn):
                return withdrawn
        raise busy()


@dataclass(frozen=True)
class AcceptInvitation:
    """Makes whoever holds a code a member.

    The invitation is written first and decides who, and when. What follows compares that instant with the standing's, so that an
    acceptance that comes again, or late, never brings back somebody who was removed since.
    """

    store: OrganisationStore
    roles: AssignRole
    clock: Clock

    def accept(self, person_id: str, code: str) -> Membership:
        """The membership that the code gives; asking again gives it again.

        A code that would give nothing more is left for somebody else. Raises `NotFoundError` for a code of no invitation or of an
        organisation that is deleted; `ConflictError` for one that has expired, was withdrawn or was used, by whomever.
        """
        organisation_id, name = named_by(code)
        for _ in range(TRIES):
            invitation, organisation = self._invitation(organisation_id, name)
            standing = self.store.standing(organisation_id, person_id)
            if invitation.status is InvitationStatus.OPEN and standing.role and standing.role.covers(invitation.role):
                return Membership(person_id, organisation, standing.role)
            now = self.clock.now()
            accepted = invitation.accepted_by(person_id, now, max(now, standing.next_at()))
            if accepted != invitation and not self.store.settle_invitation(accepted):
                continue
            role = self._joined(organisation, standing, accepted)
            if role is not None:
                return Membership(person_id, organisation, role)
        raise busy()

    def _invitation(self, organisation_id: str, name: str) -> tuple[Invitation, Organisation]:
        invitation = self.store.invitation(organisation_id, name)
        if invitation is None:
            raise no_invitation()
        organisation = self.store.organisation(organisation_id)
        if organisation is None or organisation.deleted:
            raise no_organisation()
        return invitation, organisation

    def _joined(self, organisation: Organisation, standing: Standing, accepted: Invitation) -> Role | None:
        """The role that the person has now; None when it has to be read and decided again."""
        assert accepted.accepted_at is not None
        role = standing.role
        if standing.at < accepted.accepted_at:
            role = accepted.role if role is None or accepted.role.covers(role) else role
        if role is None:
            raise invitation_used()
        self.store.remember(standing.person_id, organisation.id)
        return role if self.roles.give(organisation, standing, role, accepted.accepted_at) else None
