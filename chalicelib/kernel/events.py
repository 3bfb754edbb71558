"""Events: facts in the past tense, sent in the CloudEvents 1.0 envelope. `EVENTS` is the table of all of them.

An event carries ids only; whoever receives it reads the rest where it is kept, so that a message says nothing about
anybody and may come late, twice or in any order. The version is part of the type: a change that a consumer could
misread is another version, and both are consumed until nothing of the old one is left in a queue.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, Protocol

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_serializer,
)
from pydantic_core import from_json
from typing_extensions import TypeVar

from chalicelib.kernel.clock import Instant, to_datetime
from chalicelib.kernel.errors import InvalidError

QUEUES = ("results", "certifications", "deliveries", "imports")
"""Every queue of a stage, by the name that marks, events and commands give it."""

LONGEST_CORRELATION = 128

Id = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Data = TypeVar("Data", default=Any)

_TYPE = re.compile(r"palier\.(?P<name>[a-z]+(?:-[a-z]+)*)\.v[1-9][0-9]*")


class UnreadableEventError(InvalidError):
    """A message that no repetition will make readable; its code is a reason of `dead_letters.REASONS`."""


class AssessmentFinished(BaseModel):
    """An assessment has got its last entry: its contribution to the person's profile can be computed."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    assessment_id: Id = Field(description="whose log has its last entry")
    person_id: Id = Field(description="whose profile it contributes to")


class CampaignJoined(BaseModel):
    """Somebody entered a campaign: its collective results count one more who began."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    campaign_id: Id = Field(description="whose collective results count them")
    person_id: Id = Field(description="who entered")


class ResultsShared(BaseModel):
    """Somebody shared what an assessment came to: the organisation gets its copy, the collective results count it."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    assessment_id: Id = Field(description="whose log says that it was shared")
    person_id: Id = Field(description="who shared")


class Envelope(BaseModel, Generic[Data]):
    """A CloudEvents 1.0 envelope around one event of ours.

    `correlationid` is the attribute of CloudEvents' correlation extension: what the request that led here is found by.
    Source: CloudEvents 1.0.2 specification, "Context Attributes"; extension "Correlation".
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    specversion: Literal["1.0"]
    id: str = Field(min_length=1, max_length=256, description="derives from the fact, so that a repeat is recognised")
    source: str = Field(min_length=1, max_length=256, json_schema_extra={"format": "uri-reference"})
    type: str = Field(description="what happened, and the version of `data`")
    time: str = Field(description="when it happened", json_schema_extra={"format": "date-time"})
    datacontenttype: Literal["application/json"] = "application/json"
    correlationid: str | None = Field(default=None, min_length=1, max_length=LONGEST_CORRELATION)
    data: Data

    @field_validator("data", mode="before")
    @classmethod
    def _as_its_type_says(cls, data: Any, info: ValidationInfo) -> Any:
        event = BY_TYPE.get(info.data.get("type", ""))
        if event is None:
            raise ValueError("no event has this type")
        return event.data.model_validate(data)

    @model_serializer(mode="wrap")
    def _without_what_is_absent(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in serialise(self).items() if value is not None}


class EventSender(Protocol):
    """Where events go: one queue."""

    def send(self, envelope: Envelope) -> None:
        """Send the event; raises `UnavailableError` when it could not be sent in time."""
        ...


@dataclass(frozen=True)
class EventType(Generic[Data]):
    """A row of the table of events: what happened, who tells it, on which queue, and who listens."""

    name: str
    """In the past tense, words joined by hyphens."""
    version: int
    data: type[Any]
    """The pydantic model of `data`."""
    queue: str
    """One of `QUEUES`."""
    producer: str
    """The context that tells it; its envelopes have the source `/palier/<producer>`."""
    consumers: tuple[str, ...]
    """The functions that receive it."""

    @property
    def type(self) -> str:
        """The CloudEvents type."""
        return f"palier.{self.name}.v{self.version}"

    @property
    def source(self) -> str:
        """The CloudEvents source."""
        return f"/palier/{self.producer}"

    def of(self, natural_key: str, data: Data, at: Instant, correlation_id: str | None = None) -> Envelope[Data]:
        """The envelope of the fact that this key names; a correlation longer than 128 characters is cut, never refused."""
        return Envelope(
            specversion="1.0",
            id=f"{self.name}:{natural_key}",
            source=self.source,
            type=self.type,
            time=to_datetime(at).isoformat().replace("+00:00", "Z"),
            correlationid=(correlation_id or "")[:LONGEST_CORRELATION] or None,
            data=data,
        )


ASSESSMENT_FINISHED: EventType[AssessmentFinished] = EventType(
    "assessment-finished", 1, AssessmentFinished, "results", "assessments", ("results_worker",)
)

CAMPAIGN_JOINED: EventType[CampaignJoined] = EventType(
    "campaign-joined", 1, CampaignJoined, "results", "campaigns", ("results_worker",)
)
RESULTS_SHARED: EventType[ResultsShared] = EventType(
    "results-shared", 1, ResultsShared, "results", "assessments", ("results_worker",)
)

EVENTS: tuple[EventType[Any], ...] = (ASSESSMENT_FINISHED, CAMPAIGN_JOINED, RESULTS_SHARED)
BY_TYPE = {event.type: event for event in EVENTS}


def assessment_finished(
    assessment_id: str, person_id: str, finished_at: Instant, correlation_id: str | None = None
) -> Envelope[AssessmentFinished]:
    """The envelope of the end of an assessment; its id derives from the fact, so a repeat is recognised."""
    data = AssessmentFinished(assessment_id=assessment_id, person_id=person_id)
    return ASSESSMENT_FINISHED.of(assessment_id, data, finished_at, correlation_id)


def read_event(body: str, accepted: Collection[EventType[Any]] = EVENTS) -> Envelope:
    """The event of one of the accepted types that a message holds; raises `UnreadableEventError` with the reason it holds none."""
    try:
        content = from_json(body.encode())
    except ValueError as error:
        raise UnreadableEventError("not-json", "The message is not JSON.") from error
    kind = content.get("type") if isinstance(content, dict) else None
    if not isinstance(kind, str):
        raise UnreadableEventError("not-an-envelope", "The message is not a CloudEvents 1.0 envelope.")
    if kind not in {event.type for event in accepted}:
        raise _unaccepted(kind, accepted)
    try:
        return Envelope.model_validate(content)
    except ValidationError as error:
        if "data" in content and all(fault["loc"][0] == "data" for fault in error.errors()):
            raise UnreadableEventError("invalid-data", "The data are not what the type says.") from error
        raise UnreadableEventError("not-an-envelope", "The message is not a CloudEvents 1.0 envelope.") from error


def _unaccepted(kind: str, accepted: Collection[EventType[Any]]) -> UnreadableEventError:
    written = _TYPE.fullmatch(kind)
    if written is not None and written["name"] in {event.name for event in accepted}:
        return UnreadableEventError("unknown-version", "The event is of a version that this consumer does not know.")
    return UnreadableEventError("unknown-type", "The event is of a type that this queue does not carry.")
