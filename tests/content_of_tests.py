"""Releases for tests: the real one, and a synthetic one wide enough for 200 answers."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from chalicelib.content.authoring.building import BuildRelease, Built
from chalicelib.content.authoring.packing import PackedTopic, pack_release
from chalicelib.content.authoring.sources import Sources, read_sources
from chalicelib.content.challenges import Challenge, ChoiceChallenge, TextChallenge
from chalicelib.content.expected import Option
from chalicelib.content.releases import Release, Use
from chalicelib.content.rules import Rules
from chalicelib.content.texts import Text, Words
from chalicelib.content.topics import Skill, Topic

CONTENT = Path(__file__).resolve().parent.parent / "content"


@lru_cache(maxsize=1)
def real_sources() -> Sources:
    """The sources of `content/`."""
    return read_sources(CONTENT)


@lru_cache(maxsize=1)
def real_built() -> Built:
    """The release of `content/` and its files."""
    return BuildRelease().of_sources(real_sources())


def real_packed() -> tuple[str, bytes]:
    """Id and bytes of the release of `content/`."""
    return real_built().id, real_built().packed


@lru_cache(maxsize=1)
def real_release() -> Release:
    """The release of `content/`."""
    return Release(*real_packed())


def text(words: str) -> Text:
    return Text(fr=words, en=words)


def document(challenge_id: str, **of_its_kind: Any) -> dict[str, Any]:
    """What every challenge has, and the fields of its kind."""
    return {
        "id": challenge_id,
        "status": "validated",
        "author": "Palier",
        "written": date(2026, 11, 22),
        "locales": {"fr": "validated", "en": "validated"},
        "found_by": "knowing",
        "suits": ("blind", "low-vision", "colour-blind", "motor", "deaf"),
        "prompt": text(f"Prompt of {challenge_id}"),
        "solution": text("Because."),
        **of_its_kind,
    }


def choice(challenge_id: str, **override: Any) -> ChoiceChallenge:
    options = tuple(Option(id=key, fr=key.upper(), en=key.upper(), right=key == "a") for key in "abc")
    return ChoiceChallenge.model_validate(document(challenge_id, kind="choice", options=options, **override))


def free_text(challenge_id: str) -> TextChallenge:
    accept = Words(fr=("oui",), en=("yes",))
    return TextChallenge.model_validate(document(challenge_id, kind="text", accept=accept))


@lru_cache(maxsize=8)
def synthetic(
    topics_per_competence: int, levels: int = 7, *, kind: str = "choice", rules: Rules | None = None
) -> tuple[str, bytes]:
    """A release over the 16 competences, one challenge a rung: `choice`, `text`, `timed` or `focus`."""
    framework = real_sources().framework
    assert framework is not None
    topics: list[PackedTopic] = []
    for competence in framework.competences:
        for number in range(topics_per_competence):
            name = f"t{competence.id.replace('.', '')}x{number}"
            skills = tuple(Skill(level=level, title=text("Skill"), hint=text("Hint")) for level in range(1, levels + 1))
            challenges: list[Challenge] = []
            for level in range(1, levels + 1):
                challenge_id = f"{name}-{level}a"
                if kind == "text":
                    challenges.append(free_text(challenge_id))
                else:
                    limit = 60 if kind == "timed" else None
                    challenges.append(choice(challenge_id, time_limit_seconds=limit, focus_required=kind == "focus"))
            topic = Topic(id=name, competence=competence.id, title=text(name), skills=skills)
            topics.append(PackedTopic(topic, [(one, Use.PRACTICE) for one in challenges]))
    return pack_release(framework, rules or Rules(), topics)
