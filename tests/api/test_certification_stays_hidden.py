"""Certification challenges are in the release, and nobody who practises can tell."""

from __future__ import annotations

from chalicelib.content.releases import Use
from tests.api.http_client import Client, Player, assert_problem
from tests.worlds import World


def test_a_certification_challenge_is_as_unknown_as_one_that_is_not_there(memory: World) -> None:
    release = memory.release
    pool = [release.challenge_ids[one] for one in range(len(release)) if release.use_of(one) is not Use.PRACTICE]
    assert pool
    player = Player.person(memory, Client(memory.services), scope="crcn")
    for challenge in [*pool, "nothing-1a"]:
        told = assert_problem(
            player.post("/answers", {"step": 1, "challenge": challenge, "answer": None}), 422, "unknown-challenge"
        )
        assert challenge not in str(told)


def test_a_placement_never_serves_one(memory: World) -> None:
    player = Player.person(memory, Client(memory.services), scope="crcn")
    player.advance()
    tail = memory.services.desk.tail(player.assessment_id, "ines")
    assert len(tail.last.state.answers) > 40
    assert {memory.release.use_of(given.ordinal) for given in tail.last.state.answers} == {Use.PRACTICE}
