"""What requests about organisations carry, and their replies."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.campaigns.organisations.access import Membership
from chalicelib.campaigns.organisations.invitation import Invitation
from chalicelib.campaigns.organisations.model import OrganisationType, OrganisationWish, Places, PlacesPolicy, Role, Standing
from chalicelib.content.texts import Strict
from chalicelib.kernel.clock import Instant, to_datetime

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Quota = Annotated[int, Field(ge=1, le=10_000_000, strict=True)]


class EditIn(Strict):
    """What an organisation is called, and how many people may take part."""

    name: Name
    places: Quota | None = Field(default=None, description="people who may take part; null for as many as come")
    places_policy: PlacesPolicy = Field(
        default=PlacesPolicy.WARN, description="what happens to one more: `warn` the organisation, or `block`"
    )

    @property
    def chosen_places(self) -> Places | None:
        """The quota and its policy."""
        return None if self.places is None else Places(self.places, self.places_policy)


class OrganisationIn(EditIn):
    """An organisation to create."""

    type: OrganisationType

    @property
    def wish(self) -> OrganisationWish:
        """What is wanted."""
        return OrganisationWish(self.type, self.name, self.chosen_places)


class RoleIn(Strict):
    """A role."""

    role: Role


class AcceptIn(Strict):
    """The code of an invitation."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class _Out(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True)


class OrganisationOut(_Out):
    """An organisation, and what one is in it."""

    organisation_id: str
    type: OrganisationType
    name: str
    places: int | None
    places_policy: PlacesPolicy | None
    parent_id: str | None
    created_at: datetime
    role: Role = Field(description="the role of who asks")

    @classmethod
    def of(cls, membership: Membership) -> Self:
        """As this member sees it."""
        one = membership.organisation
        return cls(
            organisation_id=one.id,
            type=one.type,
            name=one.name,
            places=one.places.quota if one.places else None,
            places_policy=one.places.policy if one.places else None,
            parent_id=one.parent_id,
            created_at=to_datetime(one.created_at),
            role=membership.role,
        )


class OrganisationsOut(_Out):
    """Organisations, by name."""

    organisations: list[OrganisationOut]


class MemberOut(_Out):
    """A member. Nothing but an id: names are not kept here."""

    person_id: str
    role: Role
    since: datetime = Field(description="when the role was given")

    @classmethod
    def of(cls, standing: Standing) -> Self:
        """Of somebody who is a member."""
        assert standing.role is not None
        return cls(person_id=standing.person_id, role=standing.role, since=to_datetime(standing.at))


class MembersOut(_Out):
    """The members, since the longest first."""

    members: list[MemberOut]


class GoneOut(_Out):
    """What is no more."""

    gone: str = Field(description="its id")


class InvitationOut(_Out):
    """An invitation, without its code: nobody can read that again."""

    invitation_id: str
    role: Role
    status: Literal["open", "accepted", "withdrawn", "expired"]
    invited_by: str
    created_at: datetime
    expires_at: datetime
    accepted_by: str | None

    @classmethod
    def of(cls, invitation: Invitation, now: Instant) -> Self:
        """As it stands now."""
        return cls(
            invitation_id=invitation.id,
            role=invitation.role,
            status="expired" if invitation.has_expired(now) else invitation.status.value,
            invited_by=invitation.invited_by,
            created_at=to_datetime(invitation.created_at),
            expires_at=to_datetime(invitation.expires_at),
            accepted_by=invitation.person_id,
        )


class InvitationsOut(_Out):
    """Invitations, the latest first."""

    invitations: list[InvitationOut]


class InvitedOut(_Out):
    """An invitation that was just made."""

    invitation: InvitationOut
    code: str = Field(description="to give to one person; it is told this once and never again")
