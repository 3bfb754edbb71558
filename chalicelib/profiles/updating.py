"""Bringing a person's profile up to date with an assessment that finished. Safe to repeat, in any order, by anyone at once."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.assessments.desk import Courses
from chalicelib.assessments.model import Tail
from chalicelib.assessments.ports import LogStore
from chalicelib.kernel.errors import ConflictError, NotFoundError, UnavailableError
from chalicelib.profiles.contributions import Contribution, contribution_of
from chalicelib.profiles.folding import Profile, fold
from chalicelib.profiles.ports import PeopleStore

TRIES = 20


@dataclass(frozen=True)
class UpdateProfile:
    """Writes contributions and refolds profiles."""

    log: LogStore
    people: PeopleStore
    courses: Courses

    def ended(self, assessment_id: str) -> Tail:
        """A finished assessment as it stands; raises when there is none or it is still open."""
        tail = self.log.tail(assessment_id)
        if tail is None:
            raise NotFoundError("assessment-not-found", "There is no such assessment.", assessment=assessment_id)
        if tail.last.state.stop is None:
            raise ConflictError("assessment-not-finished", "This assessment is not finished.", assessment=assessment_id)
        return tail

    def contribute(self, assessment_id: str) -> Contribution:
        """Store the contribution of a finished assessment, unless it was an exam; raises when there is none or it is still open."""
        return self._contribute(self.ended(assessment_id))

    def _contribute(self, tail: Tail) -> Contribution:
        contribution = contribution_of(self.courses.of(tail.start), tail.last.state)
        if tail.start.purpose != "exam":
            self.people.contribute(contribution)
        return contribution

    def refold(self, person_id: str) -> Profile:
        """Fold all contributions again and store the profile.

        The stored profile is read *before* the contributions: if another worker stores a newer one in between, the
        condition fails and we fold again; so a profile never loses a contribution that an older one had.
        """
        release = self.courses.releases.get(self.courses.releases.current())
        for _ in range(TRIES):
            stored = self.people.profile(person_id)
            profile = fold(self.people.person(person_id).contributions, release)
            if stored is not None and stored.profile == profile:
                return profile
            if self.people.replace_profile(person_id, profile, stored):
                return profile
        raise UnavailableError("profile-busy", "This profile changes too fast to be folded now.")

    def finished(self, assessment_id: str) -> Profile:
        """What follows the end of an assessment: its contribution, then the profile."""
        return self.settle(self.ended(assessment_id))

    def settle(self, tail: Tail) -> Profile:
        """The same, of a finished assessment that was read already."""
        return self.refold(self._contribute(tail).person)
