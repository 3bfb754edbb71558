"""Reading one's own profile."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.assessments.ports import ReleaseSource
from chalicelib.profiles.folding import Profile, fold
from chalicelib.profiles.ports import PeopleStore


@dataclass(frozen=True)
class ReadProfile:
    """What a person may read of what they know."""

    people: PeopleStore
    releases: ReleaseSource

    def profile(self, person_id: str) -> Profile:
        """The profile as the current release reads it; empty before the first assessment."""
        release = self.releases.get(self.releases.current())
        stored = self.people.profile(person_id)
        if stored is None:
            return fold((), release)
        if stored.profile.release == release.id:
            return stored.profile
        return fold(self.people.person(person_id).contributions, release)
