"""A small release for what participations come to, with goals and people who stand anywhere in it.

Competence 1.1 has the topics alpha and beta of four rungs; 1.2 has gamma, of rungs 1, 2 and 4. Every challenge is a free answer without
data: a = 1.2, b = (level − 4.5)·0.8, c = 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from chalicelib.campaigns.mastery.participation_results import Goals, Standing
from chalicelib.campaigns.mastery.targeted import Targeted, freeze
from chalicelib.content.authoring.packing import PackedTopic, pack_release
from chalicelib.content.framework import Framework
from chalicelib.content.releases import Release, Use
from chalicelib.content.rules import Rules
from chalicelib.content.target_profiles import Badge, Criterion, Stage
from chalicelib.content.texts import Text
from chalicelib.content.topics import Lesson, Resource, Skill, Topic
from chalicelib.content.wording import Wording
from chalicelib.engine.bank import GRID, Floats
from tests.content_of_tests import choice, free_text
from tests.domain.content_builders import a_framework, a_lesson

LADDERS = {"alpha": (1, 2, 3, 4), "beta": (1, 2, 3, 4), "gamma": (1, 2, 4)}
TITLES = {
    "alpha": Text(fr="Chercher", en="Searching"),
    "beta": Text(fr="Trier", en="Sorting"),
    "gamma": Text(fr="Ranger", en="Filing"),
}
COMPETENCES = {"alpha": "1.1", "beta": "1.1", "gamma": "1.2"}
CAPS = {"alpha": 3, "beta": 4, "gamma": 3}
"""Nine skills: of gamma the rungs 1 and 2, for it has none on level 3."""


def words(told: str) -> Wording:
    return Wording(fr=told, en=told)


def a_stage(threshold: int) -> Stage:
    return Stage(threshold=threshold, title=words(f"From {threshold}"), message=words(f"You reached {threshold}."))


def a_badge(name: str, *criteria: tuple[Mapping[str, int], int]) -> Badge:
    asked = tuple(Criterion(topics=dict(topics), threshold=threshold) for topics, threshold in criteria)
    return Badge(id=name, title=words(name), description=words(f"About {name}"), criteria=asked)


@lru_cache(maxsize=8)
def a_release(kind: str = "text", without: tuple[tuple[str, int], ...] = ()) -> Release:
    """The release, of challenges of this kind, without some rungs; a topic without any rung is gone."""
    return Release(*packed(kind, without))


@lru_cache(maxsize=8)
def packed(kind: str = "text", without: tuple[tuple[str, int], ...] = ()) -> tuple[str, bytes]:
    """Its id and bytes."""
    topics = []
    for name, levels in LADDERS.items():
        kept = tuple(level for level in levels if (name, level) not in without)
        if kept:
            skills = tuple(a_rung(name, level) for level in kept)
            topic = Topic(id=name, competence=COMPETENCES[name], title=TITLES[name], skills=skills)
            made = free_text if kind == "text" else choice
            challenges = [(made(f"{name}-{level}a"), Use.PRACTICE) for level in kept]
            topics.append(PackedTopic(topic, challenges, (Lesson.model_validate(a_lesson(f"{name}-lesson")),)))
    framework = Framework.model_validate(a_framework("1.1", "1.2"))
    return pack_release(framework, Rules(), topics)


def a_rung(topic: str, level: int) -> Skill:
    resources = tuple(
        Resource(
            kind=kind,
            title=Text(fr=f"{kind} {topic} {level}", en=f"{kind} {topic} {level}"),
            url=Text(fr=f"https://example.org/{topic}/{level}/{kind}", en=f"https://example.org/{topic}/{level}/{kind}"),
            licence="CC BY 4.0",
        )
        for kind in ("further", "succeed")
    )
    title = Text(fr=f"Savoir {topic} {level}", en=f"Skill {topic} {level}")
    return Skill(level=level, title=title, hint=Text(fr="Cherchez.", en="Look for it."), resources=resources)


def sure_of(*abilities: float) -> Floats:
    """Beliefs about the two competences' abilities: each of these points of the grid as likely as the others."""
    weights = np.zeros((2, len(GRID)))
    for ability in abilities:
        weights[:, int(np.argmin(np.abs(GRID - ability)))] += 1.0 / len(abilities)
    return weights


def standing(floors: Mapping[str, int], *abilities: float) -> Standing:
    """Somebody with these floors, whose ability in either competence is one of these (−1 unless told)."""
    return Standing(dict(floors), sure_of(*(abilities or (-1.0,))))


def goals(*stages: int, badges: tuple[Badge, ...] = (), targeted: Targeted | None = None) -> Goals:
    """These stages and badges over the nine skills, or over these."""
    return Goals(targeted or freeze(a_release(), CAPS), tuple(a_stage(one) for one in stages), badges)
