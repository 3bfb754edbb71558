"""What requests carry, and the replies that are not a plain view of the domain."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.assessments.views import Correction, Progress
from chalicelib.content.challenges import Device, Need
from chalicelib.content.texts import Locale

Step = Annotated[int, Field(ge=1, le=10_000, strict=True, description="the answer's ordinal, from 1")]


class _In(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", hide_input_in_errors=True)


class StartIn(_In):
    """What to assess, and how the person can play."""

    scope: Annotated[str, StringConstraints(min_length=1, max_length=32)] = Field(
        description="a competence (`1.1`), an area (`1`) or the whole framework (`crcn`)", examples=["1.1"]
    )
    locale: Locale = "fr"
    needs: list[Need] = Field(default=[], max_length=5, description="only challenges that suit all of them are asked")
    device: Device = Field(default="computer", description="`any` on a phone or a tablet: no challenge that needs a computer")
    length: int | None = Field(default=None, ge=1, le=250, strict=True, description="answers after which it ends at the latest")


class StepIn(_In):
    """The step that this is about."""

    step: Step


class AnswerIn(_In):
    """An answer. Sending the same one again gives the stored reply; another one for the same step is refused."""

    step: Step
    challenge: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(
        description="id of the challenge that was shown"
    )
    answer: (
        Annotated[str, StringConstraints(max_length=10_000)]
        | Annotated[list[Annotated[str, StringConstraints(max_length=10_000)]], Field(max_length=10)]
        | Annotated[
            dict[Annotated[str, StringConstraints(max_length=64)], Annotated[str, StringConstraints(max_length=10_000)]],
            Field(min_length=1, max_length=10),
        ]
        | None
    ) = Field(
        description="an option's id (`choice`); a list of option ids (`choices`); a text (`text`, `number`, `date`, `file-task`); "
        "a list of item ids in order (`order`); a list of as many texts as inputs (`match`); an object with a text or an option's "
        "id for the id of each input (`blanks`); or null to skip"
    )


class CorrectionsQuery(_In):
    """Which corrections."""

    after: Annotated[int, Field(ge=0, le=10_000, description="the last step already read; corrections after it are given")] = 0


class StartedOut(BaseModel):
    """A started assessment. `token` is there when it was started without an account: it opens this assessment only."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    assessment: Progress
    token: str | None
    token_expires_at: datetime | None


class CorrectionsOut(BaseModel):
    """Corrections, oldest first."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    corrections: list[Correction]


class HealthOut(BaseModel):
    """The service answers, and which content it serves."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    status: Literal["ok"]
    release: str
    challenges: int


class FrameworkTopicOut(BaseModel):
    """A topic and the levels of its ladder."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    title: dict[Locale, str]
    levels: list[int]


class FrameworkCompetenceOut(BaseModel):
    """A competence, its DigComp references, and the levels open in the current release."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    title: dict[Locale, str]
    digcomp: list[str]
    digcomp_partly: list[str]
    top_level: int
    topics: list[FrameworkTopicOut]


class FrameworkAreaOut(BaseModel):
    """An area and its competences."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    title: dict[Locale, str]
    competences: list[FrameworkCompetenceOut]


class FrameworkOut(BaseModel):
    """The framework as the current release opens it."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    title: dict[Locale, str]
    version: str
    source: str
    mapping_note: dict[Locale, str]
    release: str
    areas: list[FrameworkAreaOut]


class LessonsQuery(_In):
    """In which language."""

    locale: Annotated[Locale, Field(description="language of the lessons")] = "fr"


class CheckOptionOut(BaseModel):
    """One option of a self-check."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    text: str
    right: bool


class LessonOut(BaseModel):
    """One lesson. Its texts are a small Markdown: paragraphs, lists, bold, code, tables."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    title: str
    minutes: int
    text: str
    example: str
    question: str
    options: list[CheckOptionOut]
    explanation: str


class LessonsOut(BaseModel):
    """The lessons of a topic."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    topic: str
    title: str
    competence: str
    lessons: list[LessonOut]
