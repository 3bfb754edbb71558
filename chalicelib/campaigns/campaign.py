"""A campaign: what an organisation asks its people to take, and the life of it. Pure.

`draft → open → archived`, and back from archived to open. What is expected is frozen when it first opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from chalicelib.campaigns.wording import Wording
from chalicelib.content.texts import Strict
from chalicelib.kernel.clock import Instant, to_datetime
from chalicelib.kernel.errors import ConflictError
from chalicelib.profiles.ports import EXAM

Kind = Literal["assessment", "exam"]
"""`assessment` uses what the person is known to know and adds to it; `exam` does neither, and shows no solution before it closes."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class State(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    OPEN = "open"
    ARCHIVED = "archived"


def fault_of_dates(kind: Kind, opens: Any, closes: Any) -> str | None:
    """What is wrong with these dates of a campaign, instants or not; None when nothing is."""
    if opens is not None and closes is not None and opens >= closes:
        return "a campaign opens before it closes"
    if kind == "exam" and closes is None:
        return "an exam needs a closing date: its solutions are shown from then on"
    return None


class Settings(Strict):
    """What those who launch it choose."""

    name: Name
    kind: Kind = "assessment"
    welcome: Wording | None = None
    external_id: Name | None = None
    """What people are asked for beside the code, as their staff number; None asks for nothing."""
    several_attempts: bool = False
    anonymous: bool = False
    """Whether people without an account may take it."""
    opens_at: Instant | None = None
    closes_at: Instant | None = None
    budget_minutes: Annotated[int, Field(ge=5, le=240, strict=True)] = 45
    expected_people: Annotated[int, Field(ge=1, le=10_000_000, strict=True)] | None = None
    """About how many will come, if that is known: many are counted in more rows."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        fault = fault_of_dates(self.kind, self.opens_at, self.closes_at)
        if fault is not None:
            raise ValueError(fault)
        return self


class Campaign(Strict):
    """A campaign as it is kept."""

    id: str
    organisation: str
    profile: str
    """The target profile: it is looked up until the campaign opens, and not again."""
    settings: Settings
    state: State
    created_at: Instant
    opened_at: Instant | None = None
    """When it first opened."""
    code: str | None = None
    """Given when it first opens."""
    frozen: str | None = None
    """The name of what it expects, frozen when it first opens."""

    @property
    def scope(self) -> str:
        """What assessments of this campaign are started for."""
        return scope_of(self.settings.kind, self.id)


def scope_of(kind: Kind, campaign_id: str) -> str:
    """The scope of assessments of a campaign."""
    return f"campaign:{campaign_id}" if kind == "assessment" else f"{EXAM}{campaign_id}"


EDITABLE: dict[State, frozenset[str]] = {
    State.DRAFT: frozenset(Settings.model_fields),
    State.OPEN: frozenset({"name", "welcome", "closes_at", "several_attempts"}),
    State.ARCHIVED: frozenset({"name"}),
}
"""What may still be changed. An exam that is open may close later, never sooner: its solutions would come out before others are done."""


def edited(campaign: Campaign, settings: Settings) -> Campaign:
    """The campaign with these settings; raises `ConflictError` naming what may no longer change."""
    before, after = campaign.settings.model_dump(), settings.model_dump()
    changed = {name for name in before if before[name] != after[name]}
    frozen = changed - EDITABLE[campaign.state]
    if campaign.state is State.OPEN and "closes_at" in changed and campaign.settings.kind == "exam":
        assert campaign.settings.closes_at is not None
        assert settings.closes_at is not None
        if settings.closes_at < campaign.settings.closes_at:
            frozen |= {"closes_at"}
    if frozen:
        raise ConflictError(
            "campaign-settings-frozen", "Some settings can no longer be changed.", settings=sorted(frozen), state=campaign.state
        )
    return campaign.model_copy(update={"settings": settings})


def opened(campaign: Campaign, code: str, frozen: str, now: Instant) -> Campaign:
    """The campaign, open from now on; the same when it is open. What it got when it first opened it keeps."""
    if campaign.state is State.OPEN:
        return campaign
    first = {} if campaign.opened_at is not None else {"code": code, "frozen": frozen, "opened_at": now}
    return campaign.model_copy(update={"state": State.OPEN, **first})


def archived(campaign: Campaign) -> Campaign:
    """The campaign, closed to everybody new; the same when it is archived. Raises `ConflictError` for a draft."""
    if campaign.state is State.DRAFT:
        raise ConflictError("campaign-not-open", "This campaign was never opened.", state=campaign.state)
    return campaign.model_copy(update={"state": State.ARCHIVED})


def why_closed(campaign: Campaign, now: Instant) -> ConflictError | None:
    """Why nobody may begin it now; None when they may. Whoever began goes on."""
    opens, closes = campaign.settings.opens_at, campaign.settings.closes_at
    if campaign.state is not State.OPEN:
        return ConflictError("campaign-not-open", "This campaign does not take anybody new.", state=campaign.state)
    if opens is not None and now < opens:
        told = to_datetime(opens).isoformat()
        return ConflictError("campaign-not-yet-open", "This campaign is not open yet.", opens_at=told)
    if closes is not None and now >= closes:
        return ConflictError("campaign-closed", "This campaign is over.", closed_at=to_datetime(closes).isoformat())
    return None


def solutions_open(settings: Settings, now: Instant) -> bool:
    """Whether people may see solutions: always, but for an exam that is not over."""
    return settings.kind != "exam" or (settings.closes_at is not None and now >= settings.closes_at)


@dataclass(frozen=True)
class Stored:
    """A campaign and the version that the next write must replace."""

    campaign: Campaign
    version: str
