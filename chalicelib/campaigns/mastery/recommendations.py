"""What to study next: for each topic with missed skills its next missed rung, ranked by the skills that it is expected to gain.

Let ℓ₁ < ℓ₂ < … be the missed targeted rungs of a topic. Whoever studies ℓ₁ is taken to hold it afterwards with the chance that people of
their ability have to do it by knowing, and then to climb on as they would: rung by rung up to the first that they cannot do.
The response model (Birnbaum 1968, `engine.bank`) gives that chance for a challenge, and responses are independent given ability θ. So

    K_ℓ(θ) = mean over the practice challenges of rung ℓ of (P(right | θ) − c) / (1 − c)
    gain   = Σ_j P(the first j rungs are climbed) = Σ_j ∫ K_ℓ₁(θ) · … · K_ℓⱼ(θ) p(θ | answers) dθ

the mean length of the climb, by the sum of its tail. It is between 0 and the number of missed rungs, and grows with what is within reach.
Studying is not taken to change ability: nothing measured says by how much.

Gains are told in thousandths of a skill and ranked as told: the last bits of two machines never decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from chalicelib.assessments.views import Link
from chalicelib.campaigns.mastery.measured import CompetenceMastery
from chalicelib.content.releases import Release
from chalicelib.content.texts import Locale
from chalicelib.engine.bank import GRID, LEVELS, Floats, Ints, ItemBank, probability

KINDS = ("succeed", "further")
"""Resources in this order."""


@dataclass(frozen=True)
class LessonLink:
    """A lesson of the service."""

    id: str
    title: str
    minutes: int


@dataclass(frozen=True)
class Recommendation:
    """One topic to study, from its next missed rung on."""

    topic: str
    title: str
    level: int
    """Of the next missed skill."""
    skill: str
    hint: str
    missed: int
    """Targeted skills of the topic that are missed."""
    expected_gain: float
    """Skills, in thousandths."""
    lessons: tuple[LessonLink, ...]
    """Of the topic, at `/v1/topics/<topic>/lessons`."""
    resources: tuple[Link, ...]
    """Of the next missed skill."""


@dataclass(frozen=True)
class RankedLessons:
    """Ranks what one person might study."""

    release: Release
    beliefs: Floats
    """Posterior of each competence's ability on the grid, (C, Q)."""
    locale: Locale

    def recommended(self, competences: Sequence[CompetenceMastery], most: int) -> tuple[Recommendation, ...]:
        """At most so many topics, the greatest expected gain first, equals in the framework's order."""
        ranked = []
        for competence in competences:
            for topic in competence.topics:
                if topic.missed:
                    place = self.release.topic_index[topic.topic]
                    ranked.append((-self.gain(place, topic.missed), place, topic.missed))
        return tuple(self._recommendation(place, missed, -gain) for gain, place, missed in sorted(ranked)[:most])

    def gain(self, place: int, missed: Sequence[int]) -> float:
        """The expected gain of studying a topic from its first missed level on, in thousandths of a skill."""
        climbed = np.cumprod(knowing(self.release, self.locale)[place, np.array(missed) - 1], axis=0)
        belief = self.beliefs[self.release.topic_competence[place]]
        return round(float((climbed @ belief).sum()), 3)

    def _recommendation(self, place: int, missed: tuple[int, ...], gain: float) -> Recommendation:
        topic, locale = self.release.topic(place), self.locale
        skill = topic.skill(missed[0])
        return Recommendation(
            topic=topic.id,
            title=topic.title.in_(locale),
            level=skill.level,
            skill=skill.title.in_(locale),
            hint=skill.hint.in_(locale),
            missed=len(missed),
            expected_gain=gain,
            lessons=tuple(LessonLink(one.id, one.title.in_(locale), one.minutes) for one in self.release.lessons_of(place)),
            resources=tuple(
                Link(one.kind, one.title.in_(locale), one.url.in_(locale), one.licence)
                for one in sorted(skill.resources, key=lambda one: KINDS.index(one.kind))
            ),
        )


@lru_cache(maxsize=4)
def knowing(release: Release, locale: Locale) -> Floats:
    """K_ℓ(θ) of every rung at every grid point, (T, 8, Q); where a rung has no practice challenge in this language, without data's.

    Without data a = 1.2 and b = (ℓ − 4.5)·0.8 (rule book §1).
    """
    bank = release.bank_in(locale)
    difficulties: Floats = (np.arange(1.0, LEVELS + 1.0, dtype=np.float64)[:, None] - 4.5) * 0.8
    without_data = probability(GRID, np.array(1.2), difficulties, np.array(0.0))
    sums, challenges = _by_rung(bank, np.flatnonzero(release.playable(frozenset(), "computer", locale)))
    means = sums / np.maximum(challenges, 1)[:, :, None]
    known: Floats = np.where(challenges[:, :, None] > 0, means, without_data)
    known.flags.writeable = False
    return known


def _by_rung(bank: ItemBank, items: Ints) -> tuple[Floats, Floats]:
    rungs = (bank.topic[items], bank.level[items] - 1)
    guess = bank.guess[items][:, None]
    sums = np.zeros((len(bank.topic_competence), LEVELS, len(GRID)))
    challenges = np.zeros(sums.shape[:2])
    np.add.at(sums, rungs, (bank.right[items] - guess) / (1.0 - guess))
    np.add.at(challenges, rungs, 1.0)
    return sums, challenges
