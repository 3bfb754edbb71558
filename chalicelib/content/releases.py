"""Releases: the whole content, immutable, named by the hash of its bytes.

A release is one canonical JSON document, compressed. Challenges are in order of competence, topic, level and id; a challenge's
*ordinal* is its place there, which is what logs store. Challenges are read one by one, when they are first needed.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from chalicelib.content.challenges import Challenge, Device, Need, guess_chance
from chalicelib.content.framework import Framework
from chalicelib.content.rules import Rules
from chalicelib.content.topics import Skill, Topic
from chalicelib.engine.bank import LEVELS, ItemBank
from chalicelib.engine.scoring import top_level
from chalicelib.kernel.canonical import canonical_json
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.ids import encode_id

FORMAT = 1
LARGEST_RELEASE = 1 << 14
"""Ordinals take 14 bits in the logs."""

_CHALLENGE: TypeAdapter[Challenge] = TypeAdapter(Challenge)


def read_challenge(document: Any) -> Challenge:
    """The challenge that this document describes; raises pydantic's ValidationError."""
    return _CHALLENGE.validate_python(document)


def calibration(challenge: Challenge, level: int) -> tuple[float, float, float]:
    """(a, b, c) of a challenge: its calibration where it has one, else b = (level − 4.5)·0.8 and a = 1.2."""
    a = 1.2 if challenge.a is None else challenge.a
    b = round((level - 4.5) * 0.8, 6) if challenge.b is None else challenge.b
    return a, b, guess_chance(challenge)


class Release:
    """One release, loaded. Raises `UnavailableError("release-damaged")` when the bytes are not those of its id."""

    def __init__(self, release_id: str, packed: bytes) -> None:
        try:
            document = zlib.decompress(packed)
            if release_id_of(document) != release_id:
                raise ValueError("the hash differs")
            content = json.loads(document)
            if content["format"] != FORMAT:
                raise ValueError("another format")
            self.framework = Framework.model_validate(content["framework"])
            self.rules = Rules.model_validate(content["rules"])
            self.topics: tuple[Topic, ...] = tuple(Topic.model_validate(topic) for topic in content["topics"])
            self._challenges: list[dict[str, Any]] = content["challenges"]
        except (zlib.error, ValueError, KeyError, TypeError, ValidationError) as error:
            raise UnavailableError("release-damaged", "The content release cannot be read.", release=release_id) from error
        self.id = release_id
        self.challenge = lru_cache(maxsize=None)(self._read_challenge)
        self.playable = lru_cache(maxsize=64)(self._playable)

    def __len__(self) -> int:
        return len(self._challenges)

    def _read_challenge(self, ordinal: int) -> Challenge:
        return read_challenge(self._challenges[ordinal]["task"])

    def challenge_id(self, ordinal: int) -> str:
        """The lasting id of a challenge."""
        name: str = self._challenges[ordinal]["task"]["id"]
        return name

    @cached_property
    def ordinals(self) -> dict[str, int]:
        """Ordinal of each challenge by its id."""
        return {entry["task"]["id"]: ordinal for ordinal, entry in enumerate(self._challenges)}

    def topic_of(self, ordinal: int) -> Topic:
        """The topic of a challenge."""
        index: int = self._challenges[ordinal]["topic"]
        return self.topics[index]

    def level_of(self, ordinal: int) -> int:
        """The level of a challenge."""
        level: int = self._challenges[ordinal]["level"]
        return level

    def skill_of(self, ordinal: int) -> Skill:
        """The skill that a challenge shows."""
        return self.topic_of(ordinal).skill(self.level_of(ordinal))

    @cached_property
    def topic_index(self) -> dict[str, int]:
        """Place of each topic by its id."""
        return {topic.id: index for index, topic in enumerate(self.topics)}

    @cached_property
    def competence_index(self) -> dict[str, int]:
        """Place of each competence by its id."""
        return {competence.id: index for index, competence in enumerate(self.framework.competences)}

    @cached_property
    def bank(self) -> ItemBank:
        """The challenges as calibrated items, in order of ordinal."""
        ladder = np.zeros((len(self.topics), LEVELS), bool)
        for index, topic in enumerate(self.topics):
            ladder[index, [skill.level - 1 for skill in topic.skills]] = True
        column = {name: [entry[name] for entry in self._challenges] for name in ("a", "b", "c", "topic", "level")}
        return ItemBank(
            discrimination=np.array(column["a"], float),
            difficulty=np.array(column["b"], float),
            guess=np.array(column["c"], float),
            topic=np.array(column["topic"], np.intp),
            level=np.array(column["level"], np.intp),
            timed=np.array([entry["task"].get("time_limit_seconds") is not None for entry in self._challenges], bool),
            topic_competence=np.array([self.competence_index[topic.competence] for topic in self.topics], np.intp),
            ladder=ladder,
            competences=len(self.framework.competences),
        )

    @cached_property
    def top_levels(self) -> dict[str, int]:
        """The highest level open in each competence, by its id."""
        tops = {}
        for competence, index in self.competence_index.items():
            ladders = self.bank.ladder[self.bank.topic_competence == index]
            tops[competence] = top_level(ladders, self.rules.highest_open_level)
        return tops

    def _playable(self, needs: frozenset[Need], device: Device) -> tuple[int, ...]:
        """Ordinals of the challenges that someone with these needs can do on this device. All are in every language."""
        return tuple(
            ordinal
            for ordinal, entry in enumerate(self._challenges)
            if needs.issubset(entry["task"]["suits"]) and (device == "computer" or entry["task"]["device"] == "any")
        )


def release_id_of(document: bytes) -> str:
    """The name of a release: the hash of its canonical document."""
    return encode_id(hashlib.sha256(document).digest())


def pack_release(framework: Framework, rules: Rules, topics: list[tuple[Topic, list[Challenge]]]) -> tuple[str, bytes]:
    """Id and bytes of the release of these contents: the same contents always give the same bytes.

    Each topic comes with its challenges; challenges are placed by the level that their id carries. The contents were checked.
    """
    place = {competence.id: index for index, competence in enumerate(framework.competences)}
    ordered = sorted(topics, key=lambda pair: (place[pair[0].competence], pair[0].id))
    entries = []
    for index, (_, challenges) in enumerate(ordered):
        for challenge in sorted(challenges, key=lambda one: (level_in_id(one.id), one.id)):
            level = level_in_id(challenge.id)
            a, b, c = calibration(challenge, level)
            task = challenge.model_dump(mode="json")
            for unordered in ("fold", "suits"):
                if unordered in task:
                    task[unordered] = sorted(task[unordered])
            entries.append({"topic": index, "level": level, "a": a, "b": b, "c": c, "task": task})
    document = canonical_json(
        {
            "format": FORMAT,
            "framework": framework.model_dump(mode="json"),
            "rules": rules.model_dump(mode="json"),
            "topics": [topic.model_dump(mode="json") for topic, _ in ordered],
            "challenges": entries,
        }
    )
    return release_id_of(document), zlib.compress(document, 9)


def level_in_id(challenge_id: str) -> int:
    """The level that a challenge's id ends with: `search-queries-3a` is of level 3."""
    return int(challenge_id[-2])
