"""A target profile as it is kept. What it holds is written in the content's own terms: `chalicelib/content/target_profiles.py`."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.content.target_profiles import Badge, Caps, Criterion, Level, Percent, Slug, Stage, Targets
from chalicelib.content.texts import Strict

__all__ = ["Badge", "Caps", "Criterion", "KeptProfile", "Level", "Percent", "Slug", "Stage", "TargetProfile", "Targets"]


class TargetProfile(Strict):
    """A target profile as it is kept. A template has no owner, and an id that is a name."""

    id: str
    owner: str | None
    """The organisation that may change it; None for a template, which everybody may use and copy."""
    targets: Targets


@dataclass(frozen=True)
class KeptProfile:
    """A target profile, and which version of it this is."""

    profile: TargetProfile
    version: int
    """How many times it was written; 0 for a template, which only another release changes."""
    wished: str = ""
    """The fingerprint of what it was created from."""
