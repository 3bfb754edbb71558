"""Topics and skills: the ladders that challenges stand on."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from chalicelib.content.expected import Option
from chalicelib.content.texts import Line, Strict, Text

TOPIC_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$"

TopicId = Annotated[str, StringConstraints(pattern=TOPIC_PATTERN, max_length=48)]


class Resource(Strict):
    """A link to a lasting public page, in every language."""

    kind: Literal["succeed", "further"]
    title: Text
    url: Text
    licence: Line


class Skill(Strict):
    """One rung of a topic's ladder."""

    level: int = Field(ge=1, le=8)
    title: Text
    hint: Text
    resources: tuple[Resource, ...] = ()


class SelfCheck(Strict):
    """A question that the reader answers alone, at once corrected."""

    question: Text
    options: tuple[Option, ...] = Field(min_length=2, max_length=5)
    explanation: Text

    @model_validator(mode="after")
    def _one_right(self) -> Self:
        if sum(option.right for option in self.options) != 1 or len({option.id for option in self.options}) != len(
            self.options
        ):
            raise ValueError("exactly one option must be right, and ids must differ")
        return self


class Lesson(Strict):
    """Five minutes on a topic: a text, an example, a self-check. Small Markdown, as prompts."""

    id: TopicId
    title: Text
    minutes: int = Field(default=5, ge=2, le=10)
    text: Text
    example: Text
    check: SelfCheck


class Topic(Strict):
    """An ordered ladder of skills on one subject."""

    id: TopicId
    competence: str
    title: Text
    skills: tuple[Skill, ...]

    def skill(self, level: int) -> Skill:
        """The skill on this rung; raises KeyError when there is none."""
        for skill in self.skills:
            if skill.level == level:
                return skill
        raise KeyError(level)
