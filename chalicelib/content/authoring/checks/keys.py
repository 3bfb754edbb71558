"""The rules of a release: every check looks at all the sources and reports every fault, so that an author mends once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from chalicelib.content.authoring.sources import Fault, Sources, SourceTopic
from chalicelib.content.challenges import (
    Answer,
    Challenge,
    ChoiceChallenge,
    ChoicesChallenge,
    NumberChallenge,
    TextChallenge,
)
from chalicelib.content.grading import folded, grade, read_answer
from chalicelib.content.releases import LARGEST_RELEASE
from chalicelib.content.texts import LOCALES, Locale
from chalicelib.kernel.errors import InvalidError

Check = Callable[[Sources], Iterator[Fault]]


def faults_of(sources: Sources) -> list[Fault]:
    """Everything that is wrong with these sources, in order of path."""
    found = list(sources.faults)
    for check in CHECKS:
        found.extend(check(sources))
    return sorted(set(found))


def _topic_is_in_its_place(sources: Sources) -> Iterator[Fault]:
    competences = {competence.id for competence in sources.framework.competences} if sources.framework else set()
    for path, topic in sources.topics:
        if competences and topic.competence not in competences:
            yield Fault(path, "unknown-competence", topic.competence)
        if path != f"topics/{topic.competence}/{topic.id}.yaml":
            yield Fault(path, "misplaced-file", f"expected topics/{topic.competence}/{topic.id}.yaml")


def _ids_are_unique(sources: Sources) -> Iterator[Fault]:
    topics = Counter(topic.id for _, topic in sources.topics)
    challenges = Counter(challenge.id for _, _, challenge in _challenges(sources))
    for path, topic in sources.topics:
        if topics[topic.id] > 1:
            yield Fault(path, "duplicate-topic", topic.id)
    for path, _, challenge in _challenges(sources):
        if challenges[challenge.id] > 1:
            yield Fault(f"{path}#{challenge.id}", "duplicate-challenge", challenge.id)


def _ladder_climbs(sources: Sources) -> Iterator[Fault]:
    for path, topic in sources.topics:
        levels = [skill.level for skill in topic.skills]
        if levels != sorted(set(levels)):
            yield Fault(path, "levels-out-of-order", f"levels {levels} must rise, each once")
        for skill in topic.skills:
            if not any(challenge.status == "validated" for challenge in skill.challenges):
                yield Fault(f"{path}#level {skill.level}", "skill-without-challenge", "no validated challenge")
            if not skill.resources:
                yield Fault(f"{path}#level {skill.level}", "skill-without-resource", "no resource")


def _challenge_ids_tell_their_place(sources: Sources) -> Iterator[Fault]:
    for path, topic in sources.topics:
        for skill in topic.skills:
            for challenge in skill.challenges:
                if not re.fullmatch(f"{re.escape(topic.id)}-{skill.level}[a-z]", challenge.id):
                    yield Fault(f"{path}#{challenge.id}", "misnamed-challenge", f"expected {topic.id}-{skill.level}<letter>")


def _stems_differ(sources: Sources) -> Iterator[Fault]:
    for locale in LOCALES:
        stems = Counter(_squeezed(challenge.prompt.in_(locale)) for _, _, challenge in _challenges(sources))
        for path, _, challenge in _challenges(sources):
            if stems[_squeezed(challenge.prompt.in_(locale))] > 1:
                yield Fault(f"{path}#{challenge.id}/{locale}", "duplicate-stem", "another challenge has the same prompt")


def _options_differ(sources: Sources) -> Iterator[Fault]:
    for path, _, challenge in _challenges(sources):
        if isinstance(challenge, ChoiceChallenge | ChoicesChallenge):
            for locale in LOCALES:
                texts = {_squeezed(option.in_(locale)) for option in challenge.options}
                if len(texts) != len(challenge.options):
                    yield Fault(f"{path}#{challenge.id}/{locale}", "same-option-twice", "two options read the same")


def _key_grades_right(sources: Sources) -> Iterator[Fault]:
    for path, _, challenge in _challenges(sources):
        for locale in LOCALES:
            right, wrong = declared_answers(challenge, locale)
            for answer in right:
                if not _is_accepted(challenge, answer, locale, sources.rules.longest_text_bytes):
                    yield Fault(f"{path}#{challenge.id}/{locale}", "right-answer-refused", str(answer))
            for answer in wrong:
                if grade(challenge, answer, locale).verdict == "correct":
                    yield Fault(f"{path}#{challenge.id}/{locale}", "wrong-answer-accepted", str(answer))


def _is_accepted(challenge: Challenge, answer: Answer, locale: Locale, longest_text_bytes: int) -> bool:
    sent = list(answer) if isinstance(answer, tuple) else answer
    try:
        read = read_answer(challenge, sent, longest_text_bytes)
    except InvalidError:
        return False
    return grade(challenge, read, locale).verdict == "correct"


def _refused_texts_are_not_accepted(sources: Sources) -> Iterator[Fault]:
    for path, _, challenge in _challenges(sources):
        if isinstance(challenge, TextChallenge):
            for locale in LOCALES:
                accepted = {folded(challenge, word) for word in challenge.accept.in_(locale)}
                if "" in accepted:
                    yield Fault(f"{path}#{challenge.id}/{locale}", "accepts-nothing", "an accepted answer is empty once folded")
                for word in challenge.refuse.in_(locale):
                    if folded(challenge, word) in accepted:
                        yield Fault(f"{path}#{challenge.id}/{locale}", "accepted-and-refused", word)


def _links_lead_to_a_page(sources: Sources) -> Iterator[Fault]:
    for path, topic in sources.topics:
        for skill in topic.skills:
            for resource in skill.resources:
                for locale in LOCALES:
                    link = urlsplit(resource.url.in_(locale))
                    if link.scheme != "https" or not link.hostname:
                        yield Fault(f"{path}#level {skill.level}", "link-not-https", resource.url.in_(locale))
                    elif link.path in ("", "/") and not link.query:
                        yield Fault(f"{path}#level {skill.level}", "link-to-a-home-page", resource.url.in_(locale))


def _every_competence_opens_a_level(sources: Sources) -> Iterator[Fault]:
    rungs = Counter((topic.competence, skill.level) for _, topic in sources.topics for skill in topic.skills)
    for competence in sources.framework.competences if sources.framework else ():
        if rungs[competence.id, 1] < 2:
            yield Fault(f"topics/{competence.id}", "no-open-level", "fewer than two skills at level 1")


def _release_is_not_too_large(sources: Sources) -> Iterator[Fault]:
    count = sum(1 for _ in _challenges(sources))
    if count > LARGEST_RELEASE:
        yield Fault("topics", "too-many-challenges", f"{count}, at most {LARGEST_RELEASE}")


CHECKS: tuple[Check, ...] = (
    _topic_is_in_its_place,
    _ids_are_unique,
    _ladder_climbs,
    _challenge_ids_tell_their_place,
    _stems_differ,
    _options_differ,
    _key_grades_right,
    _refused_texts_are_not_accepted,
    _links_lead_to_a_page,
    _every_competence_opens_a_level,
    _release_is_not_too_large,
)


def declared_answers(challenge: Challenge, locale: Locale) -> tuple[list[Answer], list[Answer]]:
    """The answers that the author declares right, and those declared wrong, in canonical form."""
    if isinstance(challenge, ChoiceChallenge):
        right: list[Answer] = [option.id for option in challenge.options if option.right]
        return right, [option.id for option in challenge.options if not option.right]
    if isinstance(challenge, ChoicesChallenge):
        key = tuple(sorted(challenge.right_options))
        others: list[Answer] = [tuple(one for one in key if one != left_out) for left_out in key]
        return [key], [*others, tuple(sorted(option.id for option in challenge.options))]
    if isinstance(challenge, NumberChallenge):
        return [str(challenge.value)], [str(value) for value in challenge.refuse_values]
    return list(challenge.accept.in_(locale)), list(challenge.refuse.in_(locale))


def _challenges(sources: Sources) -> Iterator[tuple[str, SourceTopic, Challenge]]:
    for path, topic in sources.topics:
        for skill in topic.skills:
            for challenge in skill.challenges:
                yield path, topic, challenge


def _squeezed(text: str) -> str:
    return " ".join(text.casefold().split())
