"""Releases: the whole content, immutable, named by the hash of its contents.

Challenges are in order of competence, topic, level and id; a challenge's *ordinal* is its place there, which is what logs store.
What selection needs of them stands in arrays; their texts are read one by one, when they are first needed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from chalicelib.content.challenges import NEEDS, Challenge, Device, Need
from chalicelib.content.framework import Framework
from chalicelib.content.release_files import FORMAT, DamagedError, Documents, name_of, read_arrays
from chalicelib.content.rules import Rules
from chalicelib.content.target_profiles import Targets, Template
from chalicelib.content.texts import LOCALES, Locale
from chalicelib.content.topics import Lesson, Skill, Topic
from chalicelib.engine.bank import Bools, Floats, ItemBank
from chalicelib.engine.scoring import top_level
from chalicelib.kernel.errors import UnavailableError

LARGEST_RELEASE = 1 << 14
"""Ordinals take 14 bits in the logs."""
DOCUMENTS = ("challenges", "topics", "lessons", "profiles")
"""The compressed arrays."""
COLUMNS = ("a", "b", "c", "topic", "level", "use", "timed", "computer", "suits", "ready")
"""What is asked of each challenge without reading its text."""
USUAL_SECONDS = 45
"""Of an answer, in a release made before releases told the seconds of each challenge."""

_CHALLENGE: TypeAdapter[Challenge] = TypeAdapter(Challenge)
_LESSONS: TypeAdapter[tuple[Lesson, ...]] = TypeAdapter(tuple[Lesson, ...])


class Use(IntEnum):
    """What a challenge may serve. The numbers are stored."""

    PRACTICE = 0
    EXPOSED = 1
    """Certification, published: for demonstrations only."""
    PRIVATE = 2
    """Certification, never published."""


class Calibration(NamedTuple):
    """The response model of a challenge in one language."""

    a: float
    b: float
    c: float


class TopicHead(NamedTuple):
    """What is known of a topic without reading its texts."""

    id: str
    competence: str


R = TypeVar("R")


def read_challenge(document: Any) -> Challenge:
    """The challenge that this document describes; raises pydantic's ValidationError."""
    return _CHALLENGE.validate_python(document)


def level_in_id(challenge_id: str) -> int:
    """The level that a challenge's id ends with: `search-queries-3a` and `search-queries-3c12` are of level 3."""
    return int(challenge_id.rpartition("-")[2][0])


class Release:
    """One release, loaded. Raises `UnavailableError("release-damaged")` when the bytes are not those of its id.

    A text that proves damaged later raises the same error when it is read: a wrong challenge is never served.
    """

    def __init__(self, release_id: str, packed: bytes) -> None:
        self.id = release_id
        self._undamaged(lambda: self._load(packed))
        self.challenge = lru_cache(maxsize=1024)(self._read_challenge)
        self.topic = lru_cache(maxsize=None)(self._read_topic)
        self.playable = lru_cache(maxsize=64)(self._playable)
        self.bank_in = lru_cache(maxsize=len(LOCALES))(self._bank_in)

    def _load(self, packed: bytes) -> None:
        arrays = read_arrays(packed)
        if name_of(arrays, DOCUMENTS) != self.id:
            raise DamagedError("the hash differs")
        head = json.loads(arrays["head"].tobytes())
        if head["format"] != FORMAT:
            raise DamagedError("another format")
        self._arrays = {name: arrays[name] for name in COLUMNS}
        self._errors = (arrays["se_a"], arrays["se_b"])
        self.framework = Framework.model_validate(head["framework"])
        self.rules = Rules.model_validate(head["rules"])
        self.topics = tuple(TopicHead(*pair) for pair in head["topics"])
        self.challenge_ids: tuple[str, ...] = tuple(head["challenges"])
        self.ladder: Bools = arrays["ladder"]
        self._challenges, self._topics, self._lessons = (
            Documents(arrays, name) for name in ("challenges", "topics", "lessons")
        )
        # Releases made before there were templates have neither their names nor their documents, nor the seconds.
        older = "profiles" not in head
        self.template_ids: tuple[str, ...] = () if older else tuple(head["profiles"])
        self._templates = None if older else Documents(arrays, "profiles")
        self.seconds: NDArray[np.uint16] = (
            np.full(len(self.challenge_ids), USUAL_SECONDS, np.uint16) if older else arrays["seconds"]
        )
        """Seconds that an answer to each challenge usually takes, (n,)."""

    def _undamaged(self, read: Callable[[], R]) -> R:
        try:
            return read()
        except (DamagedError, ValidationError, ValueError, KeyError, TypeError) as error:
            raise UnavailableError("release-damaged", "The content release cannot be read.", release=self.id) from error

    def __len__(self) -> int:
        return len(self.challenge_ids)

    # --- challenges ---

    def _read_challenge(self, ordinal: int) -> Challenge:
        return self._undamaged(lambda: read_challenge(self._challenges[ordinal]))

    @cached_property
    def ordinals(self) -> dict[str, int]:
        """Ordinal of each challenge by its id."""
        return {challenge_id: ordinal for ordinal, challenge_id in enumerate(self.challenge_ids)}

    def topic_index_of(self, ordinal: int) -> int:
        """Place of the topic of a challenge."""
        return int(self._arrays["topic"][ordinal])

    def topic_of(self, ordinal: int) -> Topic:
        """The topic of a challenge."""
        return self.topic(self.topic_index_of(ordinal))

    def level_of(self, ordinal: int) -> int:
        """The level of a challenge."""
        return int(self._arrays["level"][ordinal])

    def skill_of(self, ordinal: int) -> Skill:
        """The skill that a challenge shows."""
        return self.topic_of(ordinal).skill(self.level_of(ordinal))

    def use_of(self, ordinal: int) -> Use:
        """What a challenge may serve."""
        return Use(int(self._arrays["use"][ordinal]))

    def calibration_of(self, ordinal: int, locale: Locale) -> Calibration:
        """The response model of a challenge."""
        row, arrays = LOCALES.index(locale), self._arrays
        return Calibration(float(arrays["a"][row, ordinal]), float(arrays["b"][row, ordinal]), float(arrays["c"][ordinal]))

    def calibration_errors(self, locale: Locale) -> tuple[Floats, Floats]:
        """Standard errors of the discrimination and the difficulty of every challenge in this language, (n,) each."""
        row = LOCALES.index(locale)
        se_a, se_b = self._errors
        return se_a[row], se_b[row]

    def _playable(self, needs: frozenset[Need], device: Device, locale: Locale, use: Use = Use.PRACTICE) -> Bools:
        """Which challenges of a use, (n,), somebody with these needs can play, on this device, in this language."""
        wanted = sum(1 << NEEDS.index(need) for need in needs)
        arrays = self._arrays
        playable: Bools = (
            (arrays["use"] == use)
            & (arrays["suits"] & wanted == wanted)
            & (arrays["ready"] >> LOCALES.index(locale) & 1).astype(bool)
        )
        if device == "any":
            playable &= ~arrays["computer"]
        playable.flags.writeable = False
        return playable

    # --- topics ---

    def _read_topic(self, index: int) -> Topic:
        return self._undamaged(lambda: Topic.model_validate(self._topics[index]))

    def lessons_of(self, index: int) -> tuple[Lesson, ...]:
        """The lessons of the topic at this place."""
        return self._undamaged(lambda: _LESSONS.validate_python(self._lessons[index]))

    @cached_property
    def topic_index(self) -> dict[str, int]:
        """Place of each topic by its id."""
        return {topic.id: index for index, topic in enumerate(self.topics)}

    @cached_property
    def competence_index(self) -> dict[str, int]:
        """Place of each competence by its id."""
        return {competence.id: index for index, competence in enumerate(self.framework.competences)}

    @cached_property
    def topic_competence(self) -> NDArray[np.intp]:
        """Place of the competence of each topic, (T,)."""
        return np.array([self.competence_index[topic.competence] for topic in self.topics], np.intp)

    @cached_property
    def top_levels(self) -> dict[str, int]:
        """The highest level open in each competence, by its id."""
        tops = {}
        for competence, index in self.competence_index.items():
            tops[competence] = top_level(self.ladder[self.topic_competence == index], self.rules.highest_open_level)
        return tops

    @cached_property
    def ladders(self) -> dict[str, tuple[int, ...]]:
        """The levels of each topic, rising, by its id."""
        rows = zip(self.topics, self.ladder, strict=True)
        return {topic.id: tuple(int(one) + 1 for one in np.flatnonzero(rungs)) for topic, rungs in rows}

    # --- target profiles ---

    @cached_property
    def templates(self) -> dict[str, Template]:
        """The target profiles that the release carries, in the order of their ids."""
        return self._undamaged(lambda: {one.id: one for one in map(self._read_template, range(len(self.template_ids)))})

    def _read_template(self, index: int) -> Template:
        assert self._templates is not None
        return Template(self.template_ids[index], Targets.model_validate(self._templates[index]))

    # --- the engine's view ---

    def _bank_in(self, locale: Locale) -> ItemBank:
        """Every challenge as a calibrated item in this language, in order of ordinal."""
        arrays, row = self._arrays, LOCALES.index(locale)
        if row and all(np.array_equal(arrays[name][row], arrays[name][0]) for name in ("a", "b")):
            return self.bank_in(LOCALES[0])
        return ItemBank(
            discrimination=arrays["a"][row],
            difficulty=arrays["b"][row],
            guess=arrays["c"],
            topic=arrays["topic"].astype(np.intp),
            level=arrays["level"].astype(np.intp),
            timed=arrays["timed"],
            topic_competence=self.topic_competence,
            ladder=self.ladder,
            competences=len(self.framework.competences),
        )
