"""What requests about campaigns carry, and their replies."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from chalicelib.assessments.views import Progress
from chalicelib.campaigns.campaign import Kind, Name, fault_of_dates
from chalicelib.campaigns.wording import Wording
from chalicelib.content.challenges import Device, Need
from chalicelib.content.texts import Locale
from chalicelib.kernel.ids import ID_PATTERN

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]


class _In(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", hide_input_in_errors=True)


class _Out(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True)


class SettingsIn(_In):
    """What those who launch a campaign choose."""

    name: Name = Field(examples=["Digital skills of our town hall"])
    kind: Kind = Field(
        default="assessment", description="an `exam` neither uses nor feeds the profile; its solutions wait for its end"
    )
    welcome: Wording | None = None
    external_id: Name | None = Field(
        default=None, description="what people are asked for beside the code", examples=["Staff number"]
    )
    several_attempts: bool = False
    anonymous: bool = Field(default=False, description="whether people without an account may take it")
    opens_at: AwareDatetime | None = None
    closes_at: AwareDatetime | None = None
    budget_minutes: Annotated[int, Field(ge=5, le=240, strict=True)] = 45
    expected_people: Annotated[int, Field(ge=1, le=10_000_000, strict=True)] | None = Field(
        default=None, description="about how many will come, if more than 20,000"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        fault = fault_of_dates(self.kind, self.opens_at, self.closes_at)
        if fault is not None:
            raise ValueError(fault)
        return self


class CampaignIn(_In):
    """A campaign to make."""

    target_profile: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(
        description="a template's id or one of the organisation's own", examples=["territoires-common-base"]
    )
    settings: SettingsIn
    open: bool = Field(default=False, description="open it at once")


class CampaignEditIn(_In):
    """All settings of a campaign, as they shall be."""

    settings: SettingsIn
    version: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(description="the version that was read")


class SettingsOut(_Out):
    """The settings of a campaign."""

    name: str
    kind: Kind
    welcome: Wording | None
    external_id: str | None
    several_attempts: bool
    anonymous: bool
    opens_at: datetime | None
    closes_at: datetime | None
    budget_minutes: int
    expected_people: int | None


class CampaignOut(_Out):
    """A campaign, for those who launch it."""

    campaign_id: str
    organisation_id: str
    target_profile: str
    state: Literal["draft", "open", "archived"]
    code: str | None = Field(description="what people type; given when it first opens")
    settings: SettingsOut
    created_at: datetime
    opened_at: datetime | None
    version: str


class CampaignsQuery(_In):
    """Which campaigns to list."""

    after: Annotated[str, StringConstraints(pattern=f"^$|{ID_PATTERN}")] = Field(
        default="", description="the last id of the page before"
    )
    limit: int = Field(default=20, ge=1, le=100)


class CampaignsOut(_Out):
    """One page of campaigns."""

    campaigns: list[CampaignOut]
    after: str | None = Field(description="what to ask the next page with; null on the last one")


class CampaignCardOut(_Out):
    """What somebody is shown who types a code."""

    code: str
    name: str
    kind: Kind
    title: str = Field(description="of the target profile")
    welcome: str | None
    external_id: str | None = Field(description="what they are asked for, null for nothing")
    anonymous: bool
    skills: int = Field(description="how many skills are expected")
    budget_minutes: int
    closes_at: datetime | None
    takes_people: bool


class CardQuery(_In):
    """In which language."""

    locale: Locale = "fr"


class JoinIn(_In):
    """Entering a campaign."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    external_id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)] | None = None
    locale: Locale = "fr"
    needs: list[Need] = Field(default=[], max_length=5)
    device: Device = "computer"
    again: bool = Field(default=False, description="begin another attempt, where the campaign allows several")


class JoinedOut(_Out):
    """Where the person stands, and a token for somebody without an account."""

    campaign_id: str
    attempt: int
    assessment: Progress
    shared: bool
    token: str | None
    token_expires_at: datetime | None


class ParticipationOut(_Out):
    """One's own way through a campaign."""

    assessment_id: str
    campaign_id: str
    attempt: int
    external_id: str | None
    joined_at: datetime
    shared_at: datetime | None


class CollectiveOut(_Out):
    """What a campaign came to so far, as of the last minute; null for what fewer than five people stand behind, or would tell of it."""

    as_of: datetime | None = Field(description="null before the first figures")
    started: int
    completed: int
    shared: int | None
    mastery: dict[str, int | None] = Field(description="people who shared, by tenths of the expected skills acquired, 0 to 10")
    stages: dict[str, int | None] = Field(description="people who shared, by the highest stage reached, 0 for none")


class SharedQuery(_In):
    """Which shared results to list."""

    after: Annotated[str, StringConstraints(pattern=f"^$|{ID_PATTERN}")] = Field(
        default="", description="the last id of the page before"
    )
    limit: int = Field(default=20, ge=1, le=100)


class SharedResultOut(_Out):
    """What one person shared, as it was that day."""

    assessment_id: str
    attempt: int
    external_id: str | None
    joined_at: datetime
    shared_at: datetime
    results: dict[str, Any]


class SharedResultsOut(_Out):
    """One page of shared results."""

    results: list[SharedResultOut]
    after: str | None = Field(description="what to ask the next page with; null on the last one")
