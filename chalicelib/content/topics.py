"""Topics and skills: the ladders that challenges stand on."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.content.texts import Line, Strict, Text

TopicId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]


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
