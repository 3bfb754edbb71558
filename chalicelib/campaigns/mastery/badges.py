"""Badges: all criteria exactly; and for what is not earned yet, how much is missing at the least.

Of the skills missed, those of the lowest levels are told as the easiest to gain. Within a topic they come from the floor up, so that
each set that is told can really be gained, ladder by ladder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.campaigns.mastery.measured import CompetenceMastery, Mastery
from chalicelib.campaigns.mastery.sentences import MOST_NAMED, missing_skills, out_of_reach
from chalicelib.campaigns.target_profiles.model import Badge, Criterion
from chalicelib.content.releases import Release
from chalicelib.content.texts import Locale


@dataclass(frozen=True)
class MissedSkill:
    """A skill to gain."""

    topic: str
    topic_title: str
    level: int
    title: str


@dataclass(frozen=True)
class CriterionResult:
    """One criterion: where the person stands, and what would fulfil it."""

    mastery: Mastery
    threshold: int
    met: bool
    missing: int
    """Skills to gain at the least."""
    easiest: tuple[MissedSkill, ...]
    """So many skills that would do, those of the lowest levels."""
    sentence: str


@dataclass(frozen=True)
class BadgeResult:
    """One badge: earned when all criteria are met."""

    badge: str
    title: str
    description: str
    earned: bool
    criteria: tuple[CriterionResult, ...]


@dataclass(frozen=True)
class BadgeRules:
    """Reads badges against one person's mastery."""

    release: Release
    competences: Sequence[CompetenceMastery]
    locale: Locale

    def result(self, badge: Badge) -> BadgeResult:
        """Whether the badge is earned, criterion by criterion."""
        criteria = tuple(self._criterion(one) for one in badge.criteria)
        earned = all(one.met for one in criteria)
        return BadgeResult(badge.id, badge.title.in_(self.locale), badge.description.in_(self.locale), earned, criteria)

    def _criterion(self, criterion: Criterion) -> CriterionResult:
        mastery, missed = self._standing(criterion.topics)
        missing = mastery.missing_to(criterion.threshold)
        told = (
            missing_skills(missing, self._titles(criterion.topics), self.locale)
            if mastery.targeted
            else out_of_reach(self.locale)
        )
        easiest = tuple(self._skill(topic, level) for level, _, topic in sorted(missed)[:missing])
        return CriterionResult(mastery, criterion.threshold, mastery.reaches(criterion.threshold), missing, easiest, told)

    def _standing(self, caps: Mapping[str, int]) -> tuple[Mastery, list[tuple[int, int, str]]]:
        """Mastery over the targeted skills of these topics up to these levels, and what is missed: level, place, topic."""
        topics = [one for competence in self.competences for one in competence.topics]
        acquired = sum(level <= caps.get(one.topic, 0) for one in topics for level in one.acquired)
        missed = [
            (level, place, one.topic)
            for place, one in enumerate(topics)
            for level in one.missed
            if level <= caps.get(one.topic, 0)
        ]
        return Mastery.of(acquired, acquired + len(missed)), missed

    def _skill(self, topic: str, level: int) -> MissedSkill:
        read = self.release.topic(self.release.topic_index[topic])
        return MissedSkill(topic, read.title.in_(self.locale), level, read.skill(level).title.in_(self.locale))

    def _titles(self, caps: Mapping[str, int]) -> list[str]:
        """The topics' titles while they are few, else their competence's when they have one in common, else all of them."""
        concerned = [(competence, [one for one in competence.topics if one.topic in caps]) for competence in self.competences]
        concerned = [(competence, topics) for competence, topics in concerned if topics]
        titles = [topic.title for _, topics in concerned for topic in topics]
        return [concerned[0][0].title] if len(titles) > MOST_NAMED and len(concerned) == 1 else titles
