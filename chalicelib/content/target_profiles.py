"""What a target profile holds: what is expected of people, topic by topic, and what they earn by it.

A release carries templates; an organisation has profiles of its own, of the same form. All thresholds are whole percentages, compared
as exact fractions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, NamedTuple, Self

from pydantic import Field, StringConstraints, model_validator

from chalicelib.content.texts import Strict
from chalicelib.content.topics import TopicId
from chalicelib.content.wording import Wording

Slug = Annotated[str, StringConstraints(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]
Percent = Annotated[int, Field(ge=0, le=100, strict=True)]
Level = Annotated[int, Field(ge=1, le=8, strict=True)]
Caps = Annotated[dict[TopicId, Level], Field(min_length=1, max_length=200)]
"""The highest targeted level of each topic."""


class Stage(Strict):
    """A message for those who reach a mastery, until the next stage."""

    threshold: Percent
    """Reached when mastery is at least this."""
    title: Wording
    message: Wording


class Criterion(Strict):
    """Something that a badge asks for: mastery over these skills of at least the threshold."""

    topics: Caps
    threshold: Annotated[int, Field(ge=1, le=100, strict=True)]


class Badge(Strict):
    """What a person earns who fulfils all the criteria."""

    id: Slug
    title: Wording
    description: Wording
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=10)]


class Targets(Strict):
    """What is expected, and what is earned: all of a target profile but who owns it."""

    title: Wording
    description: Wording
    topics: Caps
    stages: Annotated[tuple[Stage, ...], Field(max_length=10)] = ()
    badges: Annotated[tuple[Badge, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        thresholds = [stage.threshold for stage in self.stages]
        if thresholds != sorted(set(thresholds)):
            raise ValueError("stages stand in the order of their thresholds, each once")
        ids = [badge.id for badge in self.badges]
        if len(set(ids)) != len(ids):
            raise ValueError("two badges have the same id")
        for badge in self.badges:
            for criterion in badge.criteria:
                if any(level > self.topics.get(topic, 0) for topic, level in criterion.topics.items()):
                    raise ValueError("a badge asks for a skill that the profile does not target")
        return self

    def wordings(self) -> Iterator[tuple[str, Wording]]:
        """Every text with where it stands, as a path of the document."""
        yield "title", self.title
        yield "description", self.description
        for place, stage in enumerate(self.stages):
            yield f"stages/{place}/title", stage.title
            yield f"stages/{place}/message", stage.message
        for place, badge in enumerate(self.badges):
            yield f"badges/{place}/title", badge.title
            yield f"badges/{place}/description", badge.description


class Template(NamedTuple):
    """A target profile that a release carries, which everybody may use and copy."""

    id: str
    targets: Targets


class Misfit(NamedTuple):
    """A level that the content does not have: where it is asked, which rule it breaks, and what was asked."""

    path: str
    rule: str
    value: str


Ladders = Mapping[str, tuple[int, ...]]
"""The levels of each topic of a release, rising, by its id."""


def misfits(targets: Targets, ladders: Ladders) -> list[Misfit]:
    """Every topic and level of these targets that this content does not have, in the order of the document.

    `unknown-topic`: no such topic. `level-above-the-ladder`: above its highest skill. `no-skill-up-to-this-level`: below its lowest.
    """
    asked = [("topics", targets.topics)]
    for place, badge in enumerate(targets.badges):
        for number, criterion in enumerate(badge.criteria):
            asked.append((f"badges/{place}/criteria/{number}/topics", criterion.topics))
    found = []
    for path, caps in asked:
        for topic, level in caps.items():
            rule = _rule_broken(level, ladders.get(topic, ()))
            if rule is not None:
                found.append(Misfit(f"{path}/{topic}", rule, str(level)))
    return found


def _rule_broken(level: int, ladder: tuple[int, ...]) -> str | None:
    if not ladder:
        return "unknown-topic"
    if level > ladder[-1]:
        return "level-above-the-ladder"
    return "no-skill-up-to-this-level" if level < ladder[0] else None
