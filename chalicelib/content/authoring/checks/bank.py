"""The bank as a whole: no hole in the levels, pools wide enough for every need, calibrations of what exists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from chalicelib.content.authoring.calibrating import LEAST_VALIDATED_SAMPLE
from chalicelib.content.authoring.checks.walking import Check, challenges_in, located
from chalicelib.content.authoring.sources import Fault, Sources
from chalicelib.content.challenges import NEEDS, Challenge, guess_chance
from chalicelib.content.releases import LARGEST_RELEASE, level_in_id
from chalicelib.content.texts import LOCALES, Locale

POOL_LEVELS = range(1, 6)
"""A pool is counted over these levels (rule book §1)."""


def _levels_have_no_gap(sources: Sources) -> Iterator[Fault]:
    rungs = Counter((topic.competence, skill.level) for _, topic in sources.topics for skill in topic.skills)
    for competence in sources.framework.competences if sources.framework else ():
        if rungs[competence.id, 1] < 2:
            yield Fault(f"topics/{competence.id}", "no-open-level", "fewer than two skills at level 1")
        highest = max((level for one, level in rungs if one == competence.id), default=0)
        for level in range(2, highest):
            if rungs[competence.id, level] < 2:
                yield Fault(f"topics/{competence.id}", "level-gap", f"fewer than two skills at level {level}, below {highest}")


def _pools_are_wide_enough(sources: Sources) -> Iterator[Fault]:
    pool = sources.rules.pool
    for competence in sources.framework.competences if sources.framework else ():
        place = f"topics/{competence.id}"
        inside = [challenge for _, topic, challenge in challenges_in(sources) if topic.competence == competence.id]
        for locale in LOCALES:
            playable = [challenge for challenge in inside if _counts(challenge, locale)]
            for need in NEEDS:
                count = sum(need in challenge.suits for challenge in playable)
                if count < pool.playable_with_a_need:
                    yield Fault(f"{place}/{locale}", "pool-too-small", f"{count} for {need}")
            on_phone = sum(challenge.device == "any" for challenge in playable)
            if on_phone < pool.playable_on_a_phone:
                yield Fault(f"{place}/{locale}", "pool-too-small", f"{on_phone} on a phone")


def _counts(challenge: Challenge, locale: Locale) -> bool:
    validated = challenge.status == "validated" and challenge.locales.in_(locale) == "validated"
    return validated and level_in_id(challenge.id) in POOL_LEVELS


def _release_is_not_too_large(sources: Sources) -> Iterator[Fault]:
    count = sum(1 for _ in located(sources))
    if count > LARGEST_RELEASE:
        yield Fault("topics", "too-many-challenges", f"{count}, at most {LARGEST_RELEASE}")


def _calibrations_fit(sources: Sources) -> Iterator[Fault]:
    known = {challenge.id: challenge for _, challenge in located(sources)}
    for (challenge_id, locale), row in sources.calibrations.items():
        place, challenge = f"calibrations.csv#{challenge_id}/{locale}", known.get(challenge_id)
        if challenge is None:
            yield Fault(place, "no-such-challenge", challenge_id)
        elif abs(row.c - guess_chance(challenge)) > 1e-6:
            yield Fault(
                place, "guess-chance", f"{row.c}, a {challenge.kind} has {guess_chance(challenge):.6g}: it is never estimated"
            )
        if row.status == "validated" and row.sample < LEAST_VALIDATED_SAMPLE:
            yield Fault(place, "sample-too-small", f"{row.sample} answers, validated from {LEAST_VALIDATED_SAMPLE}")


CHECKS: tuple[Check, ...] = (_levels_have_no_gap, _pools_are_wide_enough, _release_is_not_too_large, _calibrations_fit)
