"""Mastery: how many of the targeted skills are acquired, exactly; in all, by competence and by topic.

A skill is acquired when its level is at or below the floor of its topic (rule book §3). A skill that the release can no longer ask
does not count at all, so that nobody is held to what they cannot show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from chalicelib.campaigns.mastery.targeted import Targeted
from chalicelib.content.releases import Release
from chalicelib.content.texts import Locale


@dataclass(frozen=True)
class Mastery:
    """Acquired skills among the targeted ones."""

    acquired: int
    targeted: int
    percent: int
    """To be shown beside the counts: rounded down, so 100 says that all is acquired. Nothing is decided by it."""

    @classmethod
    def of(cls, acquired: int, targeted: int) -> Mastery:
        """The mastery of these counts."""
        return cls(acquired, targeted, 100 * acquired // max(targeted, 1))

    @property
    def share(self) -> Fraction:
        """The exact mastery, 0 to 1; 0 where nothing is targeted."""
        return Fraction(self.acquired, max(self.targeted, 1))

    def reaches(self, threshold: int) -> bool:
        """Whether it is at least this whole percentage, exactly: acquired · 100 ≥ threshold · targeted."""
        return self.share >= Fraction(threshold, 100)

    def missing_to(self, threshold: int) -> int:
        """How many more skills it takes to reach this percentage: ⌈threshold · targeted / 100⌉ − acquired, at least 0."""
        return max(-(-threshold * self.targeted // 100) - self.acquired, 0)


def together(parts: Iterable[Mastery]) -> Mastery:
    """The mastery of all these."""
    counts = [(part.acquired, part.targeted) for part in parts]
    return Mastery.of(sum(acquired for acquired, _ in counts), sum(targeted for _, targeted in counts))


@dataclass(frozen=True)
class TopicMastery:
    """One topic: which of its targeted skills are acquired."""

    topic: str
    title: str
    mastery: Mastery
    acquired: tuple[int, ...]
    """Levels."""
    missed: tuple[int, ...]
    """Levels."""


@dataclass(frozen=True)
class CompetenceMastery:
    """One competence, over its targeted topics."""

    competence: str
    title: str
    mastery: Mastery
    topics: tuple[TopicMastery, ...]


def measured(release: Release, targeted: Targeted, floors: Mapping[str, int], locale: Locale) -> tuple[CompetenceMastery, ...]:
    """The mastery of each targeted competence, in the framework's order, given the floor of each topic by its id (none is 0)."""
    held = targeted.held_by(release)
    places = sorted(held, key=lambda place: (int(release.topic_competence[place]), place))
    found = []
    for index, group in groupby(places, key=lambda place: int(release.topic_competence[place])):
        competence = release.framework.competences[index]
        topics = tuple(_topic(release, place, held[place], floors, locale) for place in group)
        mastery = together(topic.mastery for topic in topics)
        found.append(CompetenceMastery(competence.id, competence.title.in_(locale), mastery, topics))
    return tuple(found)


def _topic(release: Release, place: int, levels: tuple[int, ...], floors: Mapping[str, int], locale: Locale) -> TopicMastery:
    topic = release.topics[place].id
    floor = floors.get(topic, 0)
    acquired, missed = tuple(one for one in levels if one <= floor), tuple(one for one in levels if one > floor)
    title = release.topic(place).title.in_(locale)
    return TopicMastery(topic, title, Mastery.of(len(acquired), len(levels)), acquired, missed)
