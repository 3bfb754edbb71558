"""A participation: one person's way through a campaign. `started → completed → shared`. Pure.

A participation is an assessment and what the campaign adds to it, so it bears the assessment's id. Whether it is completed, and that it was
shared, stands in the log of the assessment: what is kept here and given to the organisation is computed from it, by whoever comes first.
"""

from __future__ import annotations

from typing import Any

from chalicelib.assessments.model import Start
from chalicelib.content.texts import Strict
from chalicelib.kernel.clock import Instant


class Participation(Strict):
    """What is kept in the person's partition."""

    assessment: str
    person: str
    campaign: str
    organisation: str
    attempt: int
    joined_at: Instant
    external_id: str | None = None
    shared_at: Instant | None = None
    results: dict[str, Any] | None = None
    """What the person shared, as it was that day; None before."""

    @property
    def shared(self) -> bool:
        """Whether the organisation may see it."""
        return self.shared_at is not None


class SharedResults(Strict):
    """What the organisation is given: a copy, so that it never reads in a person's partition."""

    assessment: str
    campaign: str
    attempt: int
    external_id: str | None
    joined_at: Instant
    shared_at: Instant
    results: dict[str, Any]


def campaign_of(start: Start) -> str:
    """The campaign that this assessment is of; empty for a placement."""
    return "" if start.purpose == "placement" else start.scope.partition(":")[2]


def begun(start: Start, organisation: str, external_id: str | None = None) -> Participation:
    """The participation that this assessment is."""
    return Participation(
        assessment=start.assessment_id,
        person=start.person_id,
        campaign=campaign_of(start),
        organisation=organisation,
        attempt=start.attempt,
        joined_at=start.started_at,
        external_id=external_id,
    )


def shared(participation: Participation, results: dict[str, Any], now: Instant) -> Participation:
    """The participation with these results given to the organisation; the same when it was shared before."""
    if participation.shared:
        return participation
    return participation.model_copy(update={"shared_at": now, "results": results})


def given_to_organisation(participation: Participation) -> SharedResults:
    """What the organisation gets of a shared participation."""
    assert participation.shared_at is not None
    assert participation.results is not None
    return SharedResults(
        assessment=participation.assessment,
        campaign=participation.campaign,
        attempt=participation.attempt,
        external_id=participation.external_id,
        joined_at=participation.joined_at,
        shared_at=participation.shared_at,
        results=participation.results,
    )
