"""Packing checked contents into a release: the same contents always give the same release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from chalicelib.content.authoring.calibrating import CalibrationRow, prior
from chalicelib.content.challenges import NEEDS, Challenge, guess_chance
from chalicelib.content.framework import Framework
from chalicelib.content.release_files import FORMAT, name_of, pack_documents, write_arrays
from chalicelib.content.releases import DOCUMENTS, Use, level_in_id
from chalicelib.content.rules import Rules
from chalicelib.content.target_profiles import Template
from chalicelib.content.texts import LOCALES, Locale
from chalicelib.content.topics import Lesson, Topic
from chalicelib.engine.bank import LEVELS
from chalicelib.kernel.canonical import canonical_json

Measured = Mapping[tuple[str, Locale], CalibrationRow]
"""Calibrations by challenge and language."""


@dataclass(frozen=True)
class PackedTopic:
    """A topic with its lessons and all its challenges, each with its use."""

    topic: Topic
    challenges: Sequence[tuple[Challenge, Use]]
    lessons: tuple[Lesson, ...] = field(default=())


def pack_release(
    framework: Framework,
    rules: Rules,
    topics: Iterable[PackedTopic],
    measured: Measured | None = None,
    templates: Iterable[Template] = (),
) -> tuple[str, bytes]:
    """Id and bytes of the release of these contents, which were checked. A challenge stands on the rung that its id names."""
    profiles = sorted(templates, key=lambda one: one.id)
    place = {competence.id: index for index, competence in enumerate(framework.competences)}
    ordered = sorted(topics, key=lambda one: (place[one.topic.competence], one.topic.id))
    listed = [
        (index, challenge, use)
        for index, packed in enumerate(ordered)
        for challenge, use in sorted(packed.challenges, key=lambda pair: (level_in_id(pair[0].id), pair[0].id))
    ]
    head = {
        "format": FORMAT,
        "framework": framework.model_dump(mode="json"),
        "rules": rules.model_dump(mode="json"),
        "topics": [[packed.topic.id, packed.topic.competence] for packed in ordered],
        "challenges": [challenge.id for _, challenge, _ in listed],
        "profiles": [template.id for template in profiles],
    }
    ladder = np.zeros((len(ordered), LEVELS), bool)
    for index, packed in enumerate(ordered):
        ladder[index, [skill.level - 1 for skill in packed.topic.skills]] = True
    rows = [[_calibrated(challenge, locale, measured or {}) for _, challenge, _ in listed] for locale in LOCALES]
    arrays = {
        "head": np.frombuffer(canonical_json(head), np.uint8),
        "ladder": ladder,
        "topic": np.array([index for index, _, _ in listed], np.uint16),
        "level": np.array([level_in_id(challenge.id) for _, challenge, _ in listed], np.uint8),
        "use": np.array([use for _, _, use in listed], np.uint8),
        "timed": np.array([challenge.time_limit_seconds is not None for _, challenge, _ in listed], bool),
        "computer": np.array([challenge.device == "computer" for _, challenge, _ in listed], bool),
        "suits": np.array([sum(1 << NEEDS.index(need) for need in set(one.suits)) for _, one, _ in listed], np.uint8),
        "ready": np.array([_ready(challenge) for _, challenge, _ in listed], np.uint8),
        "seconds": np.array([_seconds(challenge, rules) for _, challenge, _ in listed], np.uint16),
        "c": np.array([guess_chance(challenge) for _, challenge, _ in listed], float),
    }
    for name in ("a", "b", "se_a", "se_b", "calibrated"):
        arrays[name] = np.array([[getattr(one, name) for one in row] for row in rows], float).reshape(len(LOCALES), len(listed))
    arrays |= pack_documents("challenges", (_document(challenge) for _, challenge, _ in listed))
    arrays |= pack_documents("topics", (packed.topic.model_dump(mode="json") for packed in ordered))
    arrays |= pack_documents("lessons", ([lesson.model_dump(mode="json") for lesson in one.lessons] for one in ordered))
    arrays |= pack_documents("profiles", (template.targets.model_dump(mode="json", exclude_none=True) for template in profiles))
    return name_of(arrays, DOCUMENTS), write_arrays(arrays)


def _seconds(challenge: Challenge, rules: Rules) -> int:
    return rules.pace.seconds(challenge.kind, challenge.time_limit_seconds)


def _calibrated(challenge: Challenge, locale: Locale, measured: Measured) -> CalibrationRow:
    return measured.get((challenge.id, locale)) or prior(challenge, level_in_id(challenge.id), locale)


def _ready(challenge: Challenge) -> int:
    return sum(1 << place for place, locale in enumerate(LOCALES) if challenge.locales.in_(locale) == "validated")


def _document(challenge: Challenge) -> dict[str, object]:
    document = _sorted_sets(challenge.model_dump(mode="json", exclude_defaults=True))
    assert isinstance(document, dict)
    return document


def _sorted_sets(value: object) -> object:
    """The same document with what stands for sets in a fixed order."""
    if isinstance(value, dict):
        return {key: sorted(inner) if key in ("fold", "suits") else _sorted_sets(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_sorted_sets(inner) for inner in value]
    return value
