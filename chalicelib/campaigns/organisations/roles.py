"""How a role is given and taken, so that an admin always stays.

Two writes are concerned, and no transaction: the person's standing, which alone says what they may do, and the list of admins that the
organisation counts on. One invariant carries everything, at every moment:

    whoever the organisation counts on is an admin, and it counts on somebody.

To give: read the organisation, write the standing (again, when it is an admin's already: under another version), then the list at the
version of the organisation that was read. To take from an admin: read the standing, write the list without them, or as it is, under
another version, then the standing at the version that was read. So taking that began before giving wrote the standing fails at the
standing; taking that wrote the list since giving read it makes giving fail at the list; and then each begins again.

Who dies in between leaves an admin on whom the organisation does not count: they may do everything, and only do not make it possible
for the last of the others to go. Giving the role again, or accepting the invitation again, finishes it. Taking it again does too.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.campaigns.organisations.model import Organisation, Role, Standing
from chalicelib.campaigns.organisations.ports import Organisations, Standings
from chalicelib.kernel.clock import Instant


@dataclass(frozen=True)
class AssignRole:
    """Gives and takes roles. What was read must have been read in this order: the organisation, then the standing."""

    organisations: Organisations
    standings: Standings

    def give(self, organisation: Organisation, standing: Standing, role: Role, at: Instant) -> bool:
        """Let the person have this role, if it is not less than theirs; False when it has to be read and decided again."""
        if standing.role is not role:
            standing = standing.with_role(role, at)
        elif role is Role.ADMIN and organisation.counting_on(standing.person_id) is not organisation:
            standing = standing.written_again()
        else:
            return True
        return self.standings.replace_standing(standing) and (role is Role.MEMBER or self._count_on(organisation, standing))

    def _count_on(self, organisation: Organisation, standing: Standing) -> bool:
        counting = organisation.counting_on(standing.person_id)
        return counting is organisation or self.organisations.replace(counting)

    def take(self, organisation: Organisation, standing: Standing, left: Role | None, at: Instant) -> bool:
        """Let the person have only what is left; False when it has to be read and decided again.

        Raises `ConflictError` when the organisation counts on nobody else.
        """
        if standing.role is left:
            return True
        if standing.role is Role.ADMIN and not self.organisations.replace(
            organisation.no_longer_counting_on(standing.person_id)
        ):
            return False
        return self.standings.replace_standing(standing.with_role(left, at))
