"""The explanation over HTTP: it tells the person what happened, and nothing that would tell a challenge."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest

from chalicelib.assessments import explanation_texts as texts
from chalicelib.assessments.explanation_texts import Reason
from chalicelib.content.challenges import KINDS
from chalicelib.content.shown import shown
from chalicelib.content.texts import LOCALES, Locale
from tests.api.http_client import Client, Player, assert_problem, stored
from tests.api.test_no_solution_leaves import secret_texts, strings_in
from tests.worlds import World, memory_world

STEP_KEYS = {
    "step", "competence", "competence_title", "topic", "level", "answer", "outcome", "before", "after",
    "topic_level_before", "topic_level_after", "moved", "because", "why",
}  # fmt: skip
STATEMENT_KEYS = {
    "computed", "counted", "not_counted", "how_to_read", "rules", "release", "engine", "documentation", "review",
}  # fmt: skip
MOVED = {
    "fr": re.compile(r"^Votre réponse|^Vous avez passé|^Le temps"),
    "en": re.compile(r"^Your answer|^You skipped|^The time"),
}
LONG_ENOUGH_TO_SEARCH = 12


@lru_cache(maxsize=2)
def whole_run(locale: Locale) -> tuple[Player, list[Any], Any]:
    """A run over the whole framework, with right, wrong and skipped answers; what was sent, and the explanation."""
    world = memory_world()
    client = Client(world.services)
    player = Player.person(world, client, scope="crcn", locale=locale)
    sent: list[Any] = []
    while (progress := player.progress())["next"] is not None:
        waiting = progress["next"]
        if waiting["phase"] == "announced":
            player.post("/begin", {"step": waiting["step"]})
            continue
        answer = player.known_answer(progress, right=len(sent) % 3 != 2) if len(sent) % 8 != 7 else None
        assert player.answer(progress, answer).status == 200
        sent.append({"challenge": waiting["challenge"], "answer": answer})
    return player, sent, player.get("/explanation").json


def asked(player: Player) -> list[int]:
    """Ordinals of the challenges that were asked."""
    state = player.world.services.desk.tail(player.assessment_id, "ines").last.state
    return [given.ordinal for given in state.answers]


def texts_of_challenges(player: Player, locale: Locale) -> set[str]:
    """Everything that the asked challenges show in this language."""
    course = player.world.services.desk.courses.of(player.world.services.desk.tail(player.assessment_id, "ines").start)
    found: set[str] = set()
    for step, ordinal in enumerate(asked(player), 1):
        view = shown(course.challenge(ordinal), locale, course.shuffle(step))
        options = [*view.options, *(option for one in view.inputs for option in one.options)]
        found |= {view.prompt, *(option.text for option in options), *(one.label for one in view.inputs)}
        found |= {view.attachment.path, view.attachment.name} if view.attachment else set()
        found |= {view.image.path, view.image.alt} if view.image else set()
    return found


def numbers_in(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a JSON value with the name of what holds it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers_in(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers_in(inner, name)
    elif isinstance(value, int | float):
        yield name, value


def without_own_answers(explanation: Any) -> Any:
    return {**explanation, "steps": [{**step, "answer": None} for step in explanation["steps"]]}


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_of_any_challenge_is_in_the_explanation(locale: Locale) -> None:
    player, sent, explanation = whole_run(locale)
    assert {one["challenge"]["kind"] for one in sent} == set(KINDS)
    told = "\n".join(strings_in(explanation))
    for challenge_id in player.world.release.challenge_ids:
        assert challenge_id not in told
    said = "\n".join(strings_in(without_own_answers(explanation)))
    secrets = secret_texts(player.world) | texts_of_challenges(player, locale)
    own_words = titles(player, locale)
    found = {text for text in secrets if len(text) >= LONG_ENOUGH_TO_SEARCH and text in said}
    assert not {text for text in found if not any(text in title for title in own_words)}
    corrections = "\n".join(strings_in(player.get("/corrections").json))
    assert len([text for text in secrets if text in corrections]) > 100, "the search finds what is there"


def titles(player: Player, locale: Locale) -> set[str]:
    """Titles of competences and topics, which the explanation may say."""
    release = player.world.release
    competences = {one.title.in_(locale) for one in release.framework.competences}
    return competences | {release.topic(index).title.in_(locale) for index in range(len(release.topics))}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_word_of_a_step_is_a_title_a_code_one_of_our_sentences_or_the_persons_own(locale: Locale) -> None:
    player, sent, explanation = whole_run(locale)
    release, known = player.world.release, titles(player, locale)
    assert len(explanation["steps"]) == len(sent)
    for step, one in zip(explanation["steps"], sent, strict=True):
        assert set(step) == STEP_KEYS
        assert {step["competence_title"], step["topic"]} <= known
        assert step["competence"] in release.competence_index
        assert step["outcome"] in {"correct", "incorrect", "skipped", "timed-out"}
        reasons = tuple(Reason(code) for code in step["because"])
        assert step["why"] == texts.why_sentence(reasons, locale)
        assert MOVED[locale].match(step["moved"])
        typed = [part for part in step["answer"] or [] if isinstance(part, str)]
        given = one["answer"].values() if isinstance(one["answer"], dict) else one["answer"]
        own = [] if given is None else [given] if isinstance(given, str) else list(given)
        assert set(typed) <= set(own)
        if one["challenge"]["kind"] in ("choice", "choices", "order"):
            assert typed == []


@pytest.mark.parametrize("locale", LOCALES)
def test_options_are_told_by_the_place_where_the_person_saw_them(locale: Locale) -> None:
    _, sent, explanation = whole_run(locale)
    counted = 0
    for step, one in zip(explanation["steps"], sent, strict=True):
        options, answer = [option["id"] for option in one["challenge"]["options"]], one["answer"]
        if not options or answer is None:
            continue
        chosen = [options[place - 1] for place in step["answer"]]
        assert sorted(chosen) == sorted([answer] if isinstance(answer, str) else answer)
        assert one["challenge"]["kind"] != "order" or chosen == answer
        counted += 1
    assert counted > 20


@pytest.mark.parametrize("locale", LOCALES)
def test_no_number_tells_a_calibration_or_an_ability(locale: Locale) -> None:
    player, _, explanation = whole_run(locale)
    for name, number in numbers_in(explanation):
        assert name in {"explained_until", "engine", "step", "level", "answer", "uncertainty", *STEP_KEYS}
        assert number == round(number, 1)
        assert name in ("level", "uncertainty") or number == int(number)
    for step in explanation["steps"]:
        for moment in ("before", "after"):
            assert set(step[moment]) == {"level", "uncertainty"}
            assert 0 <= step[moment]["level"] <= 8
    results = json.dumps([one["ability"] for one in player.get("/results").json["competences"]])
    assert not {number for number in json.loads(results) if f"{number}" in json.dumps(explanation)}


@pytest.mark.parametrize("locale", LOCALES)
def test_the_statement_is_whole_and_names_no_one(locale: Locale) -> None:
    player, _, explanation = whole_run(locale)
    statement = explanation["statement"]
    assert set(explanation) == {"assessment_id", "locale", "explained_until", "statement", "steps"}
    assert set(statement) == STATEMENT_KEYS
    assert explanation["locale"] == locale
    assert all(statement[name] for name in STATEMENT_KEYS)
    assert statement["release"] == player.world.release.id
    assert not [text for text in strings_in(statement) if "{" in text]
    assert "ines" not in {word for text in strings_in(statement) for word in re.findall(r"\w+", text)}
    assert player.client.get(statement["documentation"][0]).status == 200


def test_it_tells_the_same_steps_as_the_corrections_and_no_further(memory: World) -> None:
    client = Client(memory.services)
    player = Player.person(memory, client, scope="crcn")
    for answers in range(12):
        explanation = player.get("/explanation").json
        corrections = player.get("/corrections").json["corrections"]
        pairs = [(one["step"], one["outcome"], one["topic"], one["level"]) for one in corrections]
        assert [(one["step"], one["outcome"], one["topic"], one["level"]) for one in explanation["steps"]] == pairs
        assert explanation["explained_until"] == answers - answers % 5 == len(pairs)
        player.advance(1, right=answers % 2 == 0)
    player.post("/finish")
    assert len(player.get("/explanation").json["steps"]) == 12


def test_what_is_not_yet_corrected_changes_nothing_in_it(memory: World) -> None:
    player = Player.person(memory, Client(memory.services), scope="crcn")
    player.advance(5)
    before = player.get("/explanation").text
    for right in (True, False, True, False):
        player.advance(1, right)
        assert player.get("/explanation").text == before


def test_reading_it_writes_nothing_and_gives_the_same_each_time(memory: World) -> None:
    player = Player.person(memory, Client(memory.services), scope="1")
    player.advance()
    before = stored(memory)
    first = player.get("/explanation")
    assert (first.status, first.headers["cache-control"]) == (200, "no-store")
    assert player.get("/explanation").text == first.text
    assert stored(memory) == before


def test_somebody_without_an_account_reads_their_own_and_no_other(memory: World) -> None:
    client = Client(memory.services)
    anonymous, other = Player.anonymous(memory, client), Player.anonymous(memory, client)
    anonymous.advance()
    assert anonymous.get("/explanation").json["steps"]
    assert_problem(client.get(f"{anonymous.path}/explanation", other.token), 403, "other-assessment")
    assert_problem(client.get(f"{anonymous.path}/explanation", memory.token("noah")), 404, "assessment-not-found")
    assert_problem(client.get(f"{anonymous.path}/explanation"), 401, "token-missing")
