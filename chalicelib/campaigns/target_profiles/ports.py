"""What the use-cases of target profiles need from outside."""

from __future__ import annotations

from typing import Protocol

from chalicelib.campaigns.target_profiles.model import KeptProfile


class TargetProfileStore(Protocol):
    """The target profiles of organisations. Reads are strongly consistent."""

    def create(self, kept: KeptProfile) -> KeptProfile | None:
        """Store the profile if its organisation has none of this id: None. Else the one that is there."""
        ...

    def find(self, organisation_id: str, profile_id: str) -> KeptProfile | None:
        """A profile of this organisation, or None."""
        ...

    def replace(self, kept: KeptProfile) -> bool:
        """Store this version if the one before it is there; whether it was."""
        ...

    def remove(self, kept: KeptProfile) -> bool:
        """Delete the profile if this version is there; whether it was."""
        ...

    def listed(self, organisation_id: str, after: str, limit: int) -> list[KeptProfile]:
        """The organisation's profiles in order of their ids, those after this id, at most so many."""
        ...
