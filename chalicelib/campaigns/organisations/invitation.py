"""An invitation and its code: what it becomes, decided without any store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from chalicelib.campaigns.organisations.model import Role
from chalicelib.kernel.clock import DAY, Instant, later
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.ids import derive_id, is_id

INVITATION_LIFE = 14 * DAY


class InvitationStatus(StrEnum):
    """What became of an invitation."""

    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Invitation:
    """An invitation to be a member. Its id is a hash of its code, and nothing else of the code is kept."""

    id: str
    organisation_id: str
    role: Role
    invited_by: str
    created_at: Instant
    status: InvitationStatus = InvitationStatus.OPEN
    person_id: str | None = None
    """Who accepted it."""
    accepted_at: Instant | None = None

    @property
    def expires_at(self) -> Instant:
        """From when it cannot be accepted any more."""
        return later(self.created_at, INVITATION_LIFE)

    def has_expired(self, now: Instant) -> bool:
        """Whether nobody accepted it in time."""
        return self.status is InvitationStatus.OPEN and now >= self.expires_at

    def withdrawn(self) -> Self:
        """Withdrawn; raises `ConflictError` when somebody accepted it."""
        if self.status is InvitationStatus.ACCEPTED:
            raise invitation_used()
        return replace(self, status=InvitationStatus.WITHDRAWN)

    def accepted_by(self, person_id: str, now: Instant, at: Instant) -> Self:
        """Accepted by this person, to count from `at`; raises `ConflictError` unless it is theirs or still free now."""
        if self.status is InvitationStatus.WITHDRAWN:
            raise ConflictError("invitation-withdrawn", "This invitation was withdrawn.")
        if self.status is InvitationStatus.ACCEPTED:
            if self.person_id != person_id:
                raise invitation_used()
            return self
        if self.has_expired(now):
            raise ConflictError("invitation-expired", "This invitation has expired; ask for another one.")
        return replace(self, status=InvitationStatus.ACCEPTED, person_id=person_id, accepted_at=at)


def code_of(organisation_id: str, secret: str) -> str:
    """The code of an invitation: where it belongs, and 130 bits that nobody can guess."""
    return f"{organisation_id}-{secret}"


def named_by(code: str) -> tuple[str, str]:
    """The organisation and the id of the invitation that a code names; raises `NotFoundError` for what cannot be one."""
    organisation_id, _, secret = code.strip().lower().partition("-")
    if not is_id(organisation_id) or not secret:
        raise no_invitation()
    return organisation_id, invitation_id(organisation_id, secret)


def invitation_id(organisation_id: str, secret: str) -> str:
    """The id of the invitation of this secret."""
    return derive_id("invitation", organisation_id, secret)


def no_invitation() -> NotFoundError:
    """No code and no id leads there."""
    return NotFoundError("invitation-not-found", "There is no such invitation.")


def invitation_used() -> ConflictError:
    """An invitation makes one person a member, once."""
    return ConflictError("invitation-used", "This invitation was used already.")
