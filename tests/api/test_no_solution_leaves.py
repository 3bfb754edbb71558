"""Before the checkpoint nothing that leaves the service tells what is right: neither texts, nor flags, nor calibration."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest

from chalicelib.content.challenges import (
    Challenge,
    ChoiceChallenge,
    ChoicesChallenge,
    OrderChallenge,
    TextChallenge,
    in_variant,
    variants_of,
)
from chalicelib.content.expected import Item
from chalicelib.content.releases import Use
from chalicelib.content.shown import as_shown, filled
from chalicelib.content.texts import LOCALES, Locale
from tests.api.http_client import Client, Player, Reply
from tests.worlds import World, memory_world

PROGRESS_KEYS = {"assessment_id", "scope", "locale", "status", "answers", "corrected_until", "stop_reason", "next"}
SERVED_KEYS = {"phase", "step", "challenge", "served_at", "deadline_at"}
ANNOUNCED_KEYS = {"phase", "step", "because", "time_limit_seconds"}
CHALLENGE_KEYS = {"id", "kind", "prompt", "time_limit_seconds", "focus_required", "options", "inputs", "image", "attachment"}

TELLING = re.compile(
    r"correct|right|wrong|skipped|timed-out|outcome|solution|accept|refuse|tolerance|hint|verdict|grade"
    r"|difficulty|discrimination|ability|guess|level|points|theta",
)


def secret_texts(world: World) -> set[str]:
    """What only corrections tell, in both languages: each paragraph of a solution, each hint, skill and link.

    And what nobody who practises ever sees: the prompts of certification challenges.
    """
    texts: set[str] = set()
    for topic in map(world.release.topic, range(len(world.release.topics))):
        for skill in topic.skills:
            both = [skill.title, skill.hint, *(resource.url for resource in skill.resources)]
            texts.update(text.in_(locale) for text in both for locale in ("fr", "en"))
    for ordinal in range(len(world.release)):
        whole = world.release.challenge(ordinal)
        for challenge in (in_variant(whole, number) for number in range(variants_of(whole))):
            solutions = (filled(challenge, challenge.solution, locale) for locale in LOCALES)
            texts.update(part.strip() for solution in solutions for part in solution.split("\n\n"))
        if world.release.use_of(ordinal) is not Use.PRACTICE:
            texts.update(whole.prompt.in_(locale) for locale in LOCALES)
    return {text for text in texts if len(text) >= 12}


def strings_in(value: Any) -> Iterator[str]:
    """Every string of a JSON value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_in(inner)


@lru_cache(maxsize=2)
def whole_run(locale: Locale) -> tuple[Player, list[Reply]]:
    """Every reply of a run over the whole framework, half of the answers wrong, but corrections and results."""
    world = memory_world()
    client = Client(world.services)
    player = Player.person(world, client, scope="crcn", locale=locale)
    replies = [client.get("/v1/framework"), client.get("/v1/health"), client.get("/docs"), client.get("/openapi.json")]
    replies.append(client.post("/v1/assessments", {"scope": "crcn", "locale": locale}, player.token))
    given = 0
    while (progress := player.progress())["next"] is not None:
        waiting = progress["next"]
        replies += [player.get(), player.post("/focus-losses", {"step": waiting["step"]}), player.get("/results")]
        replies.append(player.post("/begin", {"step": waiting["step"] + 1}))
        if waiting["phase"] == "announced":
            replies += [player.post("/begin", {"step": waiting["step"]}), client.get("/v1/me/profile", player.token)]
            continue
        replies += [player.answer(progress, 3), player.answer(progress, "z" * 300), player.answer(progress, ["z"])]
        replies += player.advance(1, right=given % 2 == 0)
        replies.append(player.answer(progress, player.known_answer(progress, right=given % 2 == 0)))
        replies.append(player.answer(progress, player.known_answer(progress, right=given % 2 == 1)))
        given += 1
    assert given > 20
    replies += [player.get(), player.post("/finish")]
    return player, replies


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_no_reply_of_a_whole_run_tells_a_solution(locale: Locale) -> None:
    player, replies = whole_run(locale)
    secrets = secret_texts(player.world)
    assert len(secrets) > 500
    documents = {reply.text: reply.headers["content-type"] for reply in replies}
    for document, content_type in documents.items():
        text = "\n".join(strings_in(json.loads(document))) if content_type.endswith("json") else document
        assert not {secret for secret in secrets if secret in text}, document
    corrections = "\n".join(strings_in(player.get("/corrections").json))
    assert len({secret for secret in secrets if secret in corrections}) > 40, "the search finds what is there"


def progresses(replies: list[Reply]) -> list[Any]:
    """Every progress among these replies."""
    good = [reply.json for reply in replies if (reply.status, reply.headers["content-type"]) == (200, "application/json")]
    return [one for one in good if "assessment_id" in one]


def challenge_of(world: World, shown: Any) -> Challenge:
    """The challenge that is shown, as its author wrote it."""
    challenge = world.release.challenge(world.release.ordinals[shown["id"]])
    return as_shown(challenge, shown["attachment"]["path"] if shown["attachment"] else None)


def without_content(progress: Any) -> Any:
    """A progress without the texts that authors wrote, and without the step up to which corrections may be read."""
    waiting = progress["next"]
    rest = {key: value for key, value in progress.items() if key != "corrected_until"}
    if waiting is None or "challenge" not in waiting:
        return rest
    bare = {
        key: value for key, value in waiting["challenge"].items() if key not in ("id", "prompt", "options", "inputs", "image")
    }
    return {**rest, "next": {**waiting, "challenge": bare}}


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_every_progress_has_these_fields_and_no_other(locale: Locale) -> None:
    player, replies = whole_run(locale)
    seen = 0
    for progress in progresses(replies):
        assert set(progress) == PROGRESS_KEYS
        assert not TELLING.search(json.dumps(without_content(progress)))
        if progress["next"] is None:
            continue
        if progress["next"]["phase"] == "announced":
            assert set(progress["next"]) == ANNOUNCED_KEYS
            continue
        assert set(progress["next"]) == SERVED_KEYS
        shown = progress["next"]["challenge"]
        assert set(shown) == CHALLENGE_KEYS
        challenge = challenge_of(player.world, shown)
        assert shown["prompt"] == filled(challenge, challenge.prompt, locale)
        assert "{{" not in shown["prompt"]
        options: tuple[Item, ...] = challenge.options if isinstance(challenge, ChoiceChallenge | ChoicesChallenge) else ()
        if isinstance(challenge, OrderChallenge):
            options = challenge.items
            assert tuple(one["id"] for one in shown["options"]) != challenge.right_order
        assert {tuple(sorted(one.items())) for one in shown["options"]} == {
            (("id", one.id), ("text", one.in_(locale))) for one in options
        }
        assert len(shown["options"]) == len(options)
        seen += 1
    assert seen > 50


def test_problems_of_a_whole_run_tell_nothing() -> None:
    _, replies = whole_run("fr")
    problems = [reply.json for reply in replies if reply.status >= 400]
    assert {one["code"] for one in problems} >= {"unknown-option", "answer-too-long", "wrong-step", "assessment-not-finished"}
    for told in problems:
        assert not TELLING.search(json.dumps({**told, "code": "", "type": ""})), told
        assert set(told.get("details", {})) <= {"options", "inputs", "limit_bytes", "step", "expected"}


def test_the_reply_to_a_right_answer_looks_like_the_reply_to_a_wrong_one(memory: World) -> None:
    client = Client(memory.services)
    replies = []
    for person, right in (("ines", True), ("noah", False)):
        player = Player.person(memory, client, person, scope="1")
        progress = player.progress()
        replies.append(player.answer(progress, player.known_answer(progress, right)))
    right_reply, wrong_reply = replies
    assert right_reply.headers == wrong_reply.headers
    alike = [{**without_content(one.json), "assessment_id": ""} for one in replies]
    for one in alike:
        one["next"].pop("challenge")
    assert alike[0] == alike[1]


def test_the_place_of_an_option_does_not_tell_that_it_is_right(memory: World) -> None:
    client = Client(memory.services)
    places: dict[str, set[int]] = {}
    for number in range(12):
        player = Player.person(memory, client, f"person-{number}", scope="crcn")
        for _ in range(4):
            shown = player.served()["next"]["challenge"]
            challenge = challenge_of(memory, shown)
            if isinstance(challenge, ChoiceChallenge) and not challenge.fixed_order:
                order = [one["id"] for one in shown["options"]]
                (right,) = challenge.right_options
                places.setdefault(shown["id"], set()).add(order.index(right))
            player.advance(1)
    assert set().union(*places.values()) >= {0, 1, 2}


def test_corrections_never_reach_past_the_checkpoint(memory: World) -> None:
    client = Client(memory.services)
    player = Player.person(memory, client, scope="crcn")
    player.advance(8)
    asked = {one["challenge"]["id"] for one in player.get("/corrections").json["corrections"]}
    waiting = player.progress()["next"]["challenge"]["id"]
    state = memory.services.desk.tail(player.assessment_id, "ines").last.state
    given = [memory.release.challenge_ids[one.ordinal] for one in state.answers]
    assert asked == set(given[:5])
    assert not asked & {*given[5:], waiting}


def test_accepted_texts_leave_only_in_prompts() -> None:
    player, replies = whole_run("fr")
    met = 0
    for progress in progresses(replies):
        waiting = progress["next"] or {}
        challenge = challenge_of(player.world, waiting["challenge"]) if "challenge" in waiting else None
        if isinstance(challenge, TextChallenge):
            rest = json.dumps(without_content(progress), ensure_ascii=False)
            told = [answer for answer in challenge.accept.fr + challenge.accept.en if len(answer) > 3]  # "4" is in every reply
            assert not [answer for answer in told if answer in rest]
            met += 1
    assert met > 10
