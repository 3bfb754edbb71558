"""Whatever step or answer is sent, the reply is the right problem with a stable code, nothing is written, and nothing sent comes back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.http_client import Player, assert_problem, stored
from tests.api.request_parts import MARKER, answer_body

# --- steps and challenges ---

BAD_STEPS: list[Any] = [0, -1, 10_001, 10**30, "1", "", 1.0, 1.5, -0.0, True, False, None, [1], {"step": 1}]


@pytest.mark.parametrize("path", ["/begin", "/answers", "/focus-losses"])
def test_a_step_that_cannot_be_one_is_refused(player: Player, path: str) -> None:
    before = stored(player.world)
    for step in BAD_STEPS:
        body = answer_body(player, step=step) if path == "/answers" else {"step": step}
        told = assert_problem(player.post(path, body), 422, "invalid-request")
        assert [fault["pointer"] for fault in told["errors"]] == ["/step"]
    assert stored(player.world) == before


@pytest.mark.parametrize("path", ["/begin", "/answers", "/focus-losses"])
def test_a_step_that_is_not_the_one_that_waits_is_refused(player: Player, path: str) -> None:
    player.advance(2)
    before = stored(player.world)
    for step in (4, 5, 200, 10_000):
        body = answer_body(player, step=step) if path == "/answers" else {"step": step}
        told = assert_problem(player.post(path, body), 409, "wrong-step")
        assert told["details"] == {"step": step, "expected": 3}
    for step in (1, 2):
        body = answer_body(player, step=step) if path == "/answers" else {"step": step}
        assert_problem(player.post(path, body), 409, "step-already-answered")
    assert stored(player.world) == before


def test_a_challenge_that_is_not_the_one_that_waits_is_refused(player: Player) -> None:
    before = stored(player.world)
    waiting = answer_body(player)["challenge"]
    other = next(one for one in player.world.release.ordinals if one != waiting)
    assert_problem(player.post("/answers", answer_body(player, challenge=other)), 409, "other-challenge-pending")
    for unknown in ("x", waiting.upper(), f"{waiting} ", f"{waiting}\x00", "é", "../1", MARKER):
        reply = player.post("/answers", answer_body(player, challenge=unknown))
        assert_problem(reply, 422, "unknown-challenge")
        assert MARKER not in reply.text
    impossible: list[Any] = ["", "x" * 65, None, 3, [waiting], {}]
    for bad in impossible:
        told = assert_problem(player.post("/answers", answer_body(player, challenge=bad)), 422, "invalid-request")
        assert [fault["pointer"] for fault in told["errors"]] == ["/challenge"]
    assert stored(player.world) == before


def test_answer_null_must_be_written(player: Player) -> None:
    before = stored(player.world)
    body = answer_body(player)
    del body["answer"]
    told = assert_problem(player.post("/answers", body), 422, "invalid-request")
    assert told["errors"] == [{"pointer": "/answer", "rule": "missing"}]
    assert stored(player.world) == before


# --- answers of the wrong shape, for each kind of challenge ---

NO_KIND_TAKES: list[Any] = [
    0,
    1,
    2.5,
    True,
    False,
    {},
    {"a": 1},
    {"x" * 65: "a"},
    [1],
    [None],
    [["a"]],
    [True],
    ["x" * 10_001],
    ["a"] * 11,
    "x" * 10_001,
]
LONG = ["x" * 300, "é" * 121, "x" * 10_000, "\U0001f600" * 61]

WRONG_SHAPES: dict[str, list[tuple[Any, str]]] = {
    "choice": [
        (["a"], "wrong-answer-shape"),
        ({"a": "a"}, "wrong-answer-shape"),
        ([], "wrong-answer-shape"),
        ("z", "unknown-option"),
        ("A", "unknown-option"),
        ("", "unknown-option"),
        ("a\x00", "unknown-option"),
        *((text, "unknown-option") for text in LONG),
    ],
    "choices": [
        ("a", "wrong-answer-shape"),
        ("", "wrong-answer-shape"),
        ([], "wrong-answer-shape"),
        (["a", "a"], "wrong-answer-shape"),
        (["a", "z"], "unknown-option"),
        (["x" * 65], "unknown-option"),
        ({"a": "a"}, "wrong-answer-shape"),
        (["\x00"], "unknown-option"),
        *((text, "wrong-answer-shape") for text in LONG),
    ],
    "text": [
        (["a"], "wrong-answer-shape"),
        ([], "wrong-answer-shape"),
        ("", "empty-answer"),
        (" \t\n\u00a0", "empty-answer"),
        *((text, "answer-too-long") for text in LONG),
    ],
    "number": [
        (["1"], "wrong-answer-shape"),
        ([], "wrong-answer-shape"),
        ("", "empty-answer"),
        ("   ", "empty-answer"),
        *((text, "answer-too-long") for text in LONG),
    ],
}


@pytest.mark.parametrize("kind", WRONG_SHAPES)
def test_an_answer_of_the_wrong_shape_is_never_a_wrong_answer(player: Player, kind: str) -> None:
    progress = player.progress()
    while "challenge" not in progress["next"] or progress["next"]["challenge"]["kind"] != kind:
        progress = player.advance(1)[-1].json
        if "challenge" not in progress["next"]:
            progress = player.post("/begin", {"step": progress["next"]["step"]}).json
    before = stored(player.world)
    for answer, code in WRONG_SHAPES[kind]:
        reply = player.answer(progress, answer)
        assert (answer, reply.code) == (answer, code)
        assert_problem(reply, 422, code)
    for answer in NO_KIND_TAKES:
        assert_problem(player.answer(progress, answer), 422, "invalid-request")
    assert stored(player.world) == before
    assert player.answer(progress, player.known_answer(progress)).status == 200


def test_the_longest_text_is_taken_and_one_byte_more_is_not(player: Player) -> None:
    progress = player.progress()
    while "challenge" not in progress["next"] or progress["next"]["challenge"]["kind"] != "text":
        progress = player.advance(1)[-1].json
    assert player.answer(progress, "é" * 120 + "x").code == "answer-too-long"
    assert player.answer(progress, "é" * 120).status == 200


# --- a finished assessment ---


def test_a_finished_assessment_takes_nothing_more(player: Player) -> None:
    body = answer_body(player)
    player.post("/finish")
    before = stored(player.world)
    for path, sent in (("/begin", {"step": 1}), ("/focus-losses", {"step": 1}), ("/answers", body)):
        assert_problem(player.post(path, sent), 409, "assessment-finished")
    assert stored(player.world) == before
