"""The people of the story: agents of a town hall, of drawn ability and conduct, and what became of them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from chalicelib.content.texts import Locale

ABILITY_MEAN, ABILITY_SD = -1.2, 0.9
"""Of the people drawn, on the scale where level ℓ is complete at (ℓ − 4)·0.8."""
EARLIEST, LATEST = 3, 8
"""Answers after which somebody leaves, or goes on on another device."""


class Conduct(StrEnum):
    """How somebody takes the campaign."""

    FINISHES = "finishes"
    LEAVES = "leaves"
    """Half-way, for long."""
    COMES_TWICE = "comes-twice"
    """From two devices at the same moment, entering and sharing."""


@dataclass(frozen=True)
class Agent:
    """Somebody who works for the organisation."""

    external_id: str
    person_id: str
    ability: float
    locale: Locale
    conduct: Conduct
    shares: bool
    changes_after: int
    """Answers on the first device."""


def draw_agents(people: int, seed: int, run: str) -> list[Agent]:
    """So many people of this run: one of ten leaves half-way, one of ten comes twice, three of four would share."""
    rng = random.Random(seed)
    conducts = {0: Conduct.LEAVES, 5: Conduct.COMES_TWICE}
    return [
        Agent(
            external_id=f"A-{number:04}",
            person_id=f"story-{run}-{number}",
            ability=rng.gauss(ABILITY_MEAN, ABILITY_SD),
            locale="en" if rng.random() < 0.1 else "fr",
            conduct=conducts.get(number % 10, Conduct.FINISHES),
            shares=number % 4 != 3,
            changes_after=rng.randint(EARLIEST, LATEST),
        )
        for number in range(people)
    ]


@dataclass
class Visit:
    """What became of one of them, and what was broken on the way."""

    agent: Agent
    assessment_id: str = ""
    told: dict[str, Any] | None = None
    """The results that they were told; None while they are not done."""
    participation: dict[str, Any] = field(default_factory=dict)
    """Their own view of it, once they shared."""
    joins: list[float] = field(default_factory=list)
    """Seconds of each."""
    answers: list[float] = field(default_factory=list)
    """Seconds of each."""
    broken: list[str] = field(default_factory=list)

    @property
    def shared(self) -> bool:
        """Whether the organisation was given the results."""
        return bool(self.participation)
