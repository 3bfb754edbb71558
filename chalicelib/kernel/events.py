"""Events: facts in the past tense, sent in the CloudEvents 1.0 envelope.

An event carries ids only; whoever receives it reads the rest where it is kept, so that a message says nothing about
anybody and may come late, twice or in any order.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from chalicelib.kernel.clock import Instant, to_datetime


class AssessmentFinished(BaseModel):
    """An assessment has got its last entry: its contribution to the person's profile can be computed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    assessment_id: str
    person_id: str


class Envelope(BaseModel):
    """A CloudEvents 1.0 envelope around one event of ours."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: Literal["/palier/assessments"] = "/palier/assessments"
    type: Literal["palier.assessment-finished.v1"] = "palier.assessment-finished.v1"
    time: str
    datacontenttype: Literal["application/json"] = "application/json"
    data: AssessmentFinished


def assessment_finished(assessment_id: str, person_id: str, finished_at: Instant) -> Envelope:
    """The envelope of the end of an assessment; its id derives from the fact, so a repeat is recognised."""
    return Envelope(
        id=f"assessment-finished:{assessment_id}",
        time=to_datetime(finished_at).isoformat().replace("+00:00", "Z"),
        data=AssessmentFinished(assessment_id=assessment_id, person_id=person_id),
    )
