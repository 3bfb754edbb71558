"""A small bank that stands for the real one: as wide, and the same for ever, so that what is measured with it does not move."""

from __future__ import annotations

from datetime import date
from typing import Any

from chalicelib.content.authoring.packing import PackedTopic, pack_release
from chalicelib.content.challenges import TextChallenge
from chalicelib.content.framework import Area, Competence, Framework
from chalicelib.content.releases import Use
from chalicelib.content.rules import Rules
from chalicelib.content.texts import Text, Words
from chalicelib.content.topics import Skill, Topic
from chalicelib.engine.bank import LEVELS

AREAS, COMPETENCES, TOPICS = 4, 4, 8
RIGHT, WRONG = "yes", "no"
TIMED_LEVEL = 3
"""Its challenges are announced first, and have a time limit."""


def packed_bank(topics_a_competence: int = TOPICS) -> tuple[str, bytes]:
    """Id and bytes of a release of 16 competences, 128 topics unless told, and a challenge on each of their 8 rungs."""
    areas = tuple(
        Area(id=str(area), title=_both(area), competences=tuple(_competence(area, place) for place in _from_1(COMPETENCES)))
        for area in _from_1(AREAS)
    )
    framework = Framework(
        id="crcn", title=_both("crcn"), version="1", source="none", levels=LEVELS, mapping_note=_both("none"), areas=areas
    )
    topics = [_topic(one.id, number) for one in framework.competences for number in _from_1(topics_a_competence)]
    return pack_release(framework, Rules(), topics)


def _topic(competence: str, number: int) -> PackedTopic:
    name = f"topic-{competence.replace('.', '')}-{number}"
    skills = tuple(Skill(level=level, title=_both(name), hint=_both(name)) for level in _from_1(LEVELS))
    challenges = [(_challenge(name, level), Use.PRACTICE) for level in _from_1(LEVELS)]
    return PackedTopic(Topic(id=name, competence=competence, title=_both(name), skills=skills), challenges)


def _challenge(topic: str, level: int) -> TextChallenge:
    document: dict[str, Any] = {
        "id": f"{topic}-{level}a",
        "kind": "text",
        "status": "validated",
        "author": "Palier",
        "written": date(2026, 11, 22),
        "locales": {"fr": "validated", "en": "validated"},
        "found_by": "knowing",
        "suits": ("blind", "low-vision", "colour-blind", "motor", "deaf"),
        "prompt": _both(f"{topic}, {level}"),
        "solution": _both(RIGHT),
        "accept": Words(fr=(RIGHT,), en=(RIGHT,)),
        "time_limit_seconds": 60 if level == TIMED_LEVEL else None,
    }
    return TextChallenge.model_validate(document)


def _competence(area: int, place: int) -> Competence:
    return Competence(id=f"{area}.{place}", title=_both(f"{area}.{place}"))


def _both(words: object) -> Text:
    return Text(fr=str(words), en=str(words))


def _from_1(count: int) -> range:
    return range(1, count + 1)
