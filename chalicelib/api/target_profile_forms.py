"""What requests about target profiles carry, and their replies."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from chalicelib.campaigns.target_profiles.duration import Duration, duration_of
from chalicelib.campaigns.target_profiles.model import Badge, KeptProfile, Stage, Targets
from chalicelib.campaigns.wording import Wording
from chalicelib.content.releases import Release
from chalicelib.content.target_profiles import misfits
from chalicelib.content.texts import Strict
from chalicelib.kernel.ids import ID_PATTERN

ProfileId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
After = Annotated[str, StringConstraints(pattern=f"^$|{ID_PATTERN}")]


class TargetProfileIn(Strict):
    """A target profile to create: from what it holds, or as a copy."""

    targets: Targets | None = None
    copy_of: ProfileId | None = Field(
        default=None, description="a template's id or one of the organisation's own", examples=["territoires-common-base"]
    )
    title: Wording | None = Field(default=None, description="of the copy, when it is not to be that of the original")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.targets is None) == (self.copy_of is None):
            raise ValueError("give either targets or copy_of")
        if self.title is not None and self.copy_of is None:
            raise ValueError("the title of what is no copy stands in its targets")
        return self


class TargetProfileEditIn(Strict):
    """All that a target profile holds, as it shall be."""

    targets: Targets
    version: int = Field(ge=1, strict=True, description="the version that was read")


class TargetProfilesQuery(Strict):
    """Which target profiles to list."""

    after: After = Field(default="", description="the last id of the page before")
    limit: int = Field(default=20, ge=1, le=100)


class _Out(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True)


class DurationOut(_Out):
    """What a profile is expected to take somebody of whom nothing is known yet."""

    challenges: int
    minutes: int

    @classmethod
    def of(cls, duration: Duration) -> Self:
        """In whole numbers."""
        return cls(challenges=round(duration.challenges), minutes=duration.minutes)


class TargetProfileCardOut(_Out):
    """A target profile in a list."""

    id: str
    owner: str | None = Field(description="the organisation that may change it; null for a template")
    version: int = Field(description="how many times it was written; 0 for a template")
    title: Wording
    description: Wording
    topics: int = Field(description="how many it targets")
    duration: DurationOut

    @classmethod
    def of(cls, kept: KeptProfile, release: Release) -> Self:
        """As it stands with this release."""
        one = kept.profile
        return cls(
            id=one.id,
            owner=one.owner,
            version=kept.version,
            title=one.targets.title,
            description=one.targets.description,
            topics=len(one.targets.topics),
            duration=DurationOut.of(duration_of(release, one.targets.topics)),
        )


class TargetProfileOut(_Out):
    """A whole target profile."""

    id: str
    owner: str | None = Field(description="the organisation that may change it; null for a template")
    version: int = Field(description="how many times it was written; 0 for a template")
    title: Wording
    description: Wording
    topics: dict[str, int] = Field(description="the highest targeted level of each topic")
    stages: list[Stage]
    badges: list[Badge]
    duration: DurationOut
    not_in_content: list[str] = Field(
        description="targeted topics that the current content does not have, or not at this level"
    )

    @classmethod
    def of(cls, kept: KeptProfile, release: Release) -> Self:
        """As it stands with this release."""
        one = kept.profile
        targets = one.targets
        parts = [found.path.split("/") for found in misfits(targets, release.ladders)]
        return cls(
            id=one.id,
            owner=one.owner,
            version=kept.version,
            title=targets.title,
            description=targets.description,
            topics=dict(targets.topics),
            stages=list(targets.stages),
            badges=list(targets.badges),
            duration=DurationOut.of(duration_of(release, targets.topics)),
            not_in_content=[part[1] for part in parts if part[0] == "topics"],
        )


class TemplatesOut(_Out):
    """The target profiles that the current content carries, which everybody may use and copy."""

    templates: list[TargetProfileOut]


class TargetProfilesOut(_Out):
    """The templates, and one page of the organisation's own profiles."""

    templates: list[TargetProfileCardOut]
    profiles: list[TargetProfileCardOut]
    after: str | None = Field(description="what to ask the next page with; null on the last one")
