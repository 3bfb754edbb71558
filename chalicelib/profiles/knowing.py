"""What counts of a person's knowledge when an assessment starts."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.assessments.course import known_sign
from chalicelib.assessments.model import UNASKED, Start
from chalicelib.assessments.ports import Known, LogStore
from chalicelib.content.releases import Release
from chalicelib.engine.bank import LEVELS
from chalicelib.kernel.clock import DAY, Instant, later
from chalicelib.profiles.contributions import Contribution
from chalicelib.profiles.folding import Direct, ability, gather, remembered
from chalicelib.profiles.ports import Attempt, PeopleStore, Person
from chalicelib.profiles.updating import UpdateProfile

MOST_SEEN = 400
"""Challenges met lately that a start remembers, so that entry 0 stays small."""


@dataclass(frozen=True)
class PersonKnowledge:
    """The `KnowledgeSource` of assessments, read from the person's partition and repaired on the way."""

    log: LogStore
    people: PeopleStore
    updating: UpdateProfile

    def known(self, person_id: str, scope: str, targets: tuple[int, ...], release: Release, now: Instant) -> Known:
        """What counts now; an assessment that finished but was not folded in yet is folded in first."""
        person = self.people.person(person_id)
        contributions = (*person.contributions, *self._missing(person))
        return known_at(person.attempts, contributions, scope, targets, release, now)

    def remember(self, start: Start) -> None:
        """Remember this attempt in the person's partition."""
        self.people.remember(start)

    def _missing(self, person: Person) -> list[Contribution]:
        there = {contribution.assessment for contribution in person.contributions}
        repaired = []
        for attempt in person.attempts:
            if attempt.assessment_id in there or not attempt.contributes:
                continue
            tail = self.log.tail(attempt.assessment_id)
            if tail is not None and tail.last.state.stop is not None:
                repaired.append(self.updating.contribute(attempt.assessment_id))
        return repaired


def known_at(
    attempts: tuple[Attempt, ...],
    contributions: tuple[Contribution, ...],
    scope: str,
    targets: tuple[int, ...],
    release: Release,
    now: Instant,
) -> Known:
    """What counts for an assessment of this scope starting now: a pure function of the person's partition.

    Misses old enough are forgotten, successes too old are asked again; the prior of each competence is what the answers
    that count say of it.
    """
    rules = release.rules
    counting = {topic: _counting(rungs, now, release) for topic, rungs in gather(contributions, rules).items()}
    made = {(one.attempt, one.assessment) for one in contributions if one.scope == scope}
    made |= {(one.attempt, one.assessment_id) for one in attempts if one.scope == scope}
    attempt, last = max(made, default=(0, None))
    return Known(
        signs="".join(_signs(counting.get(topic.id, {})) for topic in release.topics),
        priors=_priors(counting, release),
        seen=_seen(contributions, release),
        attempt=attempt,
        turn=len({one.assessment for one in contributions} | {one.assessment_id for one in attempts}),
        last_assessment_id=last,
        forgets_at=_forgets_at(counting, targets, release),
    )


def _counting(rungs: dict[int, Direct], now: Instant, release: Release) -> dict[int, Direct]:
    horizon = now - release.rules.verify_again_after_days * DAY
    kept = remembered(rungs, now, release.rules)
    return {level: direct for level, direct in kept.items() if not direct.answer.right or direct.at > horizon}


def _signs(rungs: dict[int, Direct]) -> str:
    signs = [UNASKED] * LEVELS
    for level, direct in rungs.items():
        possible = round(1 / direct.answer.c) if direct.answer.c else 0
        signs[level - 1] = known_sign(direct.answer.right, possible)
    return "".join(signs)


def _priors(counting: dict[str, dict[int, Direct]], release: Release) -> tuple[tuple[int, int], ...]:
    topics: dict[str, list[str]] = {competence: [] for competence in release.competence_index}
    for topic in release.topics:
        topics[topic.competence].append(topic.id)
    beliefs = [ability(counting, ids, release.rules.training) for ids in topics.values()]
    return tuple((round(mean * 1000), max(round(sd * 1000), 1)) for mean, sd in beliefs)


def _seen(contributions: tuple[Contribution, ...], release: Release) -> tuple[int, ...]:
    met: dict[int, None] = {}
    for contribution in sorted(contributions, key=lambda one: one.order, reverse=True):
        for answer in contribution.answers:
            ordinal = release.ordinals.get(answer.challenge)
            if ordinal is not None and len(met) < MOST_SEEN:
                met[ordinal] = None
    return tuple(sorted(met))


def _forgets_at(counting: dict[str, dict[int, Direct]], targets: tuple[int, ...], release: Release) -> Instant | None:
    misses = [
        direct.at
        for topic, cap in zip(release.topics, targets, strict=True)
        for level, direct in counting.get(topic.id, {}).items()
        if level <= cap and not direct.answer.right
    ]
    return later(Instant(min(misses)), release.rules.improve_after_days * DAY) if misses else None
