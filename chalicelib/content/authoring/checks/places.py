"""Everything has a name and a place: files, ids, rungs, lessons, resources."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import urlsplit

from chalicelib.content.authoring.checks.walking import Check, challenges_in, located
from chalicelib.content.authoring.sources import Fault, Sources
from chalicelib.content.challenges import FileTaskChallenge
from chalicelib.content.texts import LOCALES

EASY = 2
"""A topic begins at this level at the latest."""
LARGEST_STEP = 3
"""Levels from one rung to the next at most."""
MOST_SKILLS_A_GENERATOR = 3
_NO_LICENCE = re.compile(r"^\W*(unknown|none|n/?a|tbd|todo|inconnue?|aucune?)?\W*$", re.IGNORECASE)


def _topic_is_in_its_place(sources: Sources) -> Iterator[Fault]:
    competences = {competence.id for competence in sources.framework.competences} if sources.framework else set()
    for path, topic in sources.topics:
        if competences and topic.competence not in competences:
            yield Fault(path, "unknown-competence", topic.competence)
        if path != f"topics/{topic.competence}/{topic.id}.yaml":
            yield Fault(path, "misplaced-file", f"expected topics/{topic.competence}/{topic.id}.yaml")


def _ids_are_unique(sources: Sources) -> Iterator[Fault]:
    topics = Counter(topic.id for _, topic in sources.topics)
    lessons = Counter(lesson.id for _, topic in sources.topics for lesson in topic.lessons)
    challenges = Counter(challenge.id for _, challenge in located(sources))
    for path, topic in sources.topics:
        if topics[topic.id] > 1:
            yield Fault(path, "duplicate-topic", topic.id)
        for lesson in topic.lessons:
            if lessons[lesson.id] > 1:
                yield Fault(path, "duplicate-lesson", lesson.id)
    for place, challenge in located(sources):
        if challenges[challenge.id] > 1:
            yield Fault(place, "duplicate-challenge", challenge.id)


def _ladder_climbs(sources: Sources) -> Iterator[Fault]:
    for path, topic in sources.topics:
        levels = [skill.level for skill in topic.skills]
        if levels != sorted(set(levels)):
            yield Fault(path, "levels-out-of-order", f"levels {levels} must rise, each once")
        if levels and min(levels) > EASY:
            yield Fault(path, "topic-without-easy-rung", f"begins at level {min(levels)}, expected {EASY} at most")
        for below, above in pairwise(sorted(set(levels))):
            if above - below > LARGEST_STEP:
                yield Fault(path, "step-too-high", f"from level {below} to {above}")


def _skills_have_what_they_need(sources: Sources) -> Iterator[Fault]:
    least = sources.rules.pool.challenges_a_skill
    for path, topic in sources.topics:
        for skill in topic.skills:
            place = f"{path}#level {skill.level}"
            validated = [challenge for challenge in skill.challenges if challenge.status == "validated"]
            parametric = any(isinstance(challenge, FileTaskChallenge) for challenge in validated)
            if not validated:
                yield Fault(place, "skill-without-challenge", "no validated challenge")
            elif len(validated) < least and not parametric:
                yield Fault(place, "too-few-challenges", f"{len(validated)}, expected {least} or a file task")
            if not skill.resources:
                yield Fault(place, "skill-without-resource", "no resource")


def _topics_have_a_lesson(sources: Sources) -> Iterator[Fault]:
    for path, topic in sources.topics:
        if len(topic.lessons) < sources.rules.pool.lessons_a_topic:
            yield Fault(path, "topic-without-lesson", f"{len(topic.lessons)} lessons")


def _challenge_ids_tell_their_place(sources: Sources) -> Iterator[Fault]:
    for path, topic in sources.topics:
        for skill in topic.skills:
            for challenge in skill.challenges:
                if not re.fullmatch(f"{re.escape(topic.id)}-{skill.level}[a-z]", challenge.id):
                    yield Fault(f"{path}#{challenge.id}", "misnamed-challenge", f"expected {topic.id}-{skill.level}<letter>")
    rungs = {f"{topic.id}-{skill.level}" for _, topic in sources.topics for skill in topic.skills}
    for path, pool in sources.pools:
        for challenge in pool.challenges:
            rung = re.fullmatch(r"(.*-[1-8])c[0-9]{1,3}", challenge.id)
            if rung is None:
                yield Fault(f"{path}#{challenge.id}", "misnamed-challenge", "expected <topic>-<level>c<number>")
            elif rung[1] not in rungs:
                yield Fault(f"{path}#{challenge.id}", "no-such-skill", rung[1])


def _generators_serve_few_skills(sources: Sources) -> Iterator[Fault]:
    served: dict[str, dict[str, None]] = {}
    for _, _, challenge in challenges_in(sources):
        if isinstance(challenge, FileTaskChallenge):
            served.setdefault(challenge.generator, {})[challenge.id[:-1]] = None
    for generator, skills in served.items():
        if len(skills) > MOST_SKILLS_A_GENERATOR:
            yield Fault("topics", "generator-serves-many-skills", f"{generator}: {', '.join(sorted(skills))}")


def _links_lead_to_a_page(sources: Sources) -> Iterator[Fault]:
    for path, topic in sources.topics:
        for skill in topic.skills:
            place = f"{path}#level {skill.level}"
            for resource in skill.resources:
                if _NO_LICENCE.match(resource.licence):
                    yield Fault(place, "resource-without-licence", resource.title.en)
                for locale in LOCALES:
                    link = urlsplit(resource.url.in_(locale))
                    if link.scheme != "https" or not link.hostname:
                        yield Fault(place, "link-not-https", resource.url.in_(locale))
                    elif link.path in ("", "/") and not link.query:
                        yield Fault(place, "link-to-a-home-page", resource.url.in_(locale))


CHECKS: tuple[Check, ...] = (
    _topic_is_in_its_place,
    _ids_are_unique,
    _ladder_climbs,
    _skills_have_what_they_need,
    _topics_have_a_lesson,
    _challenge_ids_tell_their_place,
    _generators_serve_few_skills,
    _links_lead_to_a_page,
)
