"""What the profile use-cases need from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chalicelib.assessments.model import Start
from chalicelib.profiles.contributions import Contribution
from chalicelib.profiles.folding import Profile

EXAM = "exam:"
"""How the scopes of exams begin."""


@dataclass(frozen=True)
class Attempt:
    """An assessment that a person started."""

    assessment_id: str
    scope: str
    attempt: int

    @property
    def contributes(self) -> bool:
        """Whether it says something about what the person knows, once it is finished."""
        return not self.scope.startswith(EXAM)


@dataclass(frozen=True)
class Person:
    """Everything in a person's partition."""

    attempts: tuple[Attempt, ...]
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True)
class StoredProfile:
    """A profile and the version that the next write must replace."""

    profile: Profile
    version: str


class PeopleStore(Protocol):
    """One partition per person: attempts, contributions, the profile folded from them."""

    def person(self, person_id: str) -> Person:
        """Attempts and contributions, as of now (strongly consistent)."""
        ...

    def remember(self, start: Start) -> None:
        """Store that this attempt exists. Safe to repeat."""
        ...

    def contribute(self, contribution: Contribution) -> None:
        """Store the contribution unless its assessment has one already."""
        ...

    def profile(self, person_id: str) -> StoredProfile | None:
        """The folded profile, as of now (strongly consistent); None before the first."""
        ...

    def replace_profile(self, person_id: str, profile: Profile, replaced: StoredProfile | None) -> bool:
        """Store the profile if what it replaces is still there; whether it was."""
        ...
