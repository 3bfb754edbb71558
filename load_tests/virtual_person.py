"""A virtual person: has an ability, answers by the response model of each challenge, and plays an assessment to its end."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chalicelib.content.authoring.declared import declared_answers
from chalicelib.content.grading.answers import as_sent
from chalicelib.content.releases import Release
from chalicelib.content.shown import as_shown
from chalicelib.content.texts import Locale
from chalicelib.engine.bank import probability
from load_tests.client import Answered, ApiClient

MOST_STEPS = 300


@dataclass
class VirtualPerson:
    """Someone of this ability θ who knows the release by heart, and shows only as much of it as the ability allows."""

    release: Release
    ability: float
    rng: random.Random
    locale: Locale = "fr"

    def answer(self, seen: Mapping[str, Any]) -> Any:
        """An answer to the challenge shown: right with the probability of the model, else a declared wrong one or a skip."""
        ordinal = self.release.ordinals[seen["id"]]
        attachment = seen.get("attachment")
        challenge = as_shown(self.release.challenge(ordinal), attachment["path"] if attachment else None)
        a, b, c = self.release.calibration_of(ordinal, self.locale)
        chance = float(probability(np.array(self.ability), np.array(a), np.array(b), np.array(c)))
        right, wrong = declared_answers(challenge, self.locale)
        if self.rng.random() < chance:
            return as_sent(challenge, right[0])
        return as_sent(challenge, self.rng.choice(wrong)) if wrong else None


@dataclass
class Played:
    """What happened to one person."""

    assessment_id: str = ""
    replies: list[Answered] = field(default_factory=list)
    acknowledged: dict[int, Any] = field(default_factory=dict)
    """The answers that the service acknowledged, by step."""
    stop_reason: str | None = None
    errors: list[str] = field(default_factory=list)


def play(
    client: ApiClient,
    person: VirtualPerson,
    scope: str,
    until: Callable[[], bool] = lambda: False,
    watch: Callable[[dict[str, Any], Any], None] = lambda _progress, _answer: None,
) -> Played:
    """Start an assessment with this client and answer to its end (or until told), `watch` seeing each challenge and answer."""
    played = Played()
    started = client.post("/v1/assessments", {"scope": scope, "locale": person.locale})
    if started.status not in (200, 201):
        played.errors.append(f"start: {started.status} {started.body}")
        return played
    progress = started.body["assessment"]
    client.token = started.body["token"] or client.token
    played.assessment_id = progress["assessment_id"]
    path = f"/v1/assessments/{played.assessment_id}"
    for _ in range(MOST_STEPS):
        if progress["status"] == "finished" or until():
            break
        step, waiting = progress["next"]["step"], progress["next"]
        if waiting["phase"] == "announced":
            reply, answer = client.post(f"{path}/begin", {"step": step}), None
        else:
            challenge = waiting["challenge"]["id"]
            answer = person.answer(waiting["challenge"])
            watch(progress, answer)
            reply = client.post(f"{path}/answers", {"step": step, "challenge": challenge, "answer": answer})
            played.replies.append(reply)
        if reply.status != 200:
            played.errors.append(f"step {step}: {reply.status} {reply.body}")
            break
        if waiting["phase"] == "served":
            played.acknowledged[step] = answer
        progress = reply.body
    played.stop_reason = progress["stop_reason"]
    return played
