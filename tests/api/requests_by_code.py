"""For each error code, a request that is answered by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from chalicelib.assessments.model import MOST_ENTRIES, Entry, EntryKind
from chalicelib.content.authoring.packing import PackedTopic, pack_release
from chalicelib.content.releases import Release, Use
from chalicelib.content.rules import Rules
from chalicelib.content.topics import Skill, Topic
from chalicelib.storage.logs import DynamoLogs
from chalicelib.storage.meter import Meter
from chalicelib.storage.table import Table
from chalicelib.wiring import Services
from tests.api.campaign_requests import CAMPAIGN_REQUESTS
from tests.api.client_requests import CLIENT_REQUESTS
from tests.api.http_client import Client, Player, Reply
from tests.api.organisation_requests import ORGANISATION_REQUESTS
from tests.api.scenes import Failing, Scene, down, releases_over
from tests.api.target_profile_requests import TARGET_PROFILE_REQUESTS
from tests.content_of_tests import choice, text
from tests.fakes.memory import MemoryFiles, MemoryLogs, MemoryReleases


class Empty:
    """A client of a store that has nothing."""

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {}


class Lost(MemoryLogs):
    """A log where single entries cannot be read."""

    def entry(self, assessment_id: str, number: int) -> Entry | None:
        return None


class Contended(MemoryLogs):
    """A log where somebody else always writes first."""

    def append(self, assessment_id: str, entry: Entry) -> Entry | None:
        return replace(entry, action="somebody else's")


class Damaged:
    """A source whose releases are not what their names say."""

    def current(self) -> str:
        return "a" * 26

    def get(self, release_id: str) -> Release:
        return Release(release_id, b"rubbish")


def shown(scene: Scene, *kinds: str) -> Player:
    """Ines, with a challenge of one of these kinds in front of her."""
    while (waiting := scene.ines.progress()["next"])["phase"] != "served" or waiting["challenge"]["kind"] not in kinds:
        scene.ines.advance(0 if waiting["phase"] == "announced" else 1)
        if waiting["phase"] == "announced":
            scene.ines.post("/begin", {"step": waiting["step"]})
    return scene.ines


def wrong_shape(scene: Scene) -> Reply:
    shown(scene, "text", "number", "choice")
    return scene.answer([])


def other_option(scene: Scene) -> Reply:
    shown(scene, "choice")
    return scene.answer("z")


def free_answer(scene: Scene, answer: str) -> Reply:
    shown(scene, "text", "number")
    return scene.answer(answer)


def of_another_assessment(scene: Scene) -> Reply:
    return scene.client.get(scene.ines.path, Player.anonymous(scene.world, scene.client).token)


def without_account(scene: Scene) -> Reply:
    return scene.client.get("/v1/me/profile", Player.anonymous(scene.world, scene.client).token)


def finished(scene: Scene) -> Reply:
    scene.ines.post("/finish")
    return scene.ines.post("/begin", {"step": 1})


def announced(scene: Scene) -> Reply:
    scene.ines.advance(5)
    return scene.ines.post("/focus-losses", {"step": 6})


def another_challenge(scene: Scene) -> Reply:
    waiting = scene.ines.progress()["next"]["challenge"]["id"]
    return scene.answer(challenge=next(one for one in scene.world.release.ordinals if one != waiting))


def answered_already(scene: Scene) -> Reply:
    scene.ines.advance(1)
    return scene.ines.post("/begin", {"step": 1})


def answered_lost(scene: Scene) -> Reply:
    waiting = scene.ines.progress()["next"]
    scene.ines.advance(1)
    return scene.answer(None, scene.log_as(Lost), step=1, challenge=waiting["challenge"]["id"])


def key_reused(scene: Scene) -> Reply:
    replies = [scene.client.post("/v1/assessments", {"scope": scope}, idempotency_key="k" * 20) for scope in ("1", "2")]
    return replies[-1]


def full(scene: Scene) -> Reply:
    log = scene.world.services.ports.log
    assert isinstance(log, MemoryLogs)
    entries = log.entries_by_assessment[scene.ines.assessment_id]
    entries.append(replace(entries[-1], number=MOST_ENTRIES - 1, kind=EntryKind.SERVED, start=None))
    return scene.answer()


def nothing_playable(scene: Scene) -> Reply:
    """A release whose every challenge suits no need."""
    skill = Skill(level=1, title=text("Skill"), hint=text("Hint"))
    topics: list[PackedTopic] = []
    for name in ("one", "two"):
        unsuited = choice(f"{name}-1a").model_copy(update={"suits": ()})
        topic = Topic(id=name, competence="1.1", title=text(name), skills=(skill,))
        topics.append(PackedTopic(topic, [(unsuited, Use.PRACTICE)]))
    release = Release(*pack_release(scene.world.release.framework, Rules(), topics))
    return scene.start(scene.over(releases=MemoryReleases.of(release)), needs=["blind"])


def played(scene: Scene, right: bool) -> Reply:
    player = Player.person(scene.world, scene.client, "noah", scope="1.1")
    player.advance(right=right)
    return scene.client.post("/v1/assessments", {"scope": "1.1"}, player.token)


def secret_gone(scene: Scene) -> Reply:
    settings = scene.world.services.settings.model_copy(update={"selection_secrets": {2: SecretStr("another")}})
    return Client(Services(settings, scene.world.services.ports)).get(scene.ines.path, scene.ines.token)


def expired(scene: Scene) -> Reply:
    scene.world.clock.forward(3600)
    return scene.ines.get()


def log_down(scene: Scene) -> Reply:
    client = scene.over(log=DynamoLogs(Table(Failing(down()), "assessments", Meter())))
    return client.get(scene.ines.path, scene.ines.token)


REQUESTS: dict[str, Callable[[Scene], Reply]] = {
    **CLIENT_REQUESTS,
    **CAMPAIGN_REQUESTS,
    **ORGANISATION_REQUESTS,
    **TARGET_PROFILE_REQUESTS,
    "account-needed": without_account,
    "answer-too-long": lambda scene: free_answer(scene, "x" * 300),
    "assessment-busy": lambda scene: scene.answer(client=scene.log_as(Contended)),
    "assessment-finished": finished,
    "assessment-full": full,
    "assessment-not-finished": lambda scene: scene.ines.get("/results"),
    "assessment-not-found": lambda scene: scene.client.get(scene.ines.path, scene.world.token("noah")),
    "body-not-json": lambda scene: scene.raw("{"),
    "body-not-utf8": lambda scene: scene.raw(b"\xff"),
    "body-too-large": lambda scene: scene.raw("x" * 2_000_000),
    "challenge-not-begun": announced,
    "empty-answer": lambda scene: free_answer(scene, " "),
    "entry-missing": answered_lost,
    "file-not-found": lambda scene: scene.client.get(f"/v1/files/{'a' * 26}/plan.svg"),
    "file-unavailable": lambda scene: scene.over(files=MemoryFiles(down=True)).get(f"/v1/files/{'a' * 26}/plan.svg"),
    "idempotency-key-reused": key_reused,
    "internal-error": lambda scene: scene.broken(RuntimeError("m4rk3r")).get(scene.ines.path, scene.ines.token),
    "invalid-idempotency-key": lambda scene: scene.client.post("/v1/assessments", {"scope": "1"}, idempotency_key="k"),
    "invalid-request": lambda scene: scene.raw("{}"),
    "method-not-allowed": lambda scene: scene.client.post("/v1/health"),
    "no-playable-challenge": nothing_playable,
    "no-release": lambda scene: releases_over(scene, Empty(), Empty()).get("/v1/health"),
    "no-such-route": lambda scene: scene.client.get("/v1/nothing"),
    "nothing-left-to-assess": lambda scene: played(scene, right=True),
    "other-assessment": of_another_assessment,
    "other-challenge-pending": another_challenge,
    "release-damaged": lambda scene: scene.over(releases=Damaged()).get("/v1/health"),
    "release-unavailable": lambda scene: scene.over(releases=MemoryReleases({})).get(scene.ines.path, scene.ines.token),
    "repeated-parameter": lambda scene: scene.ines.get("/corrections", "after=1&after=2"),
    "secret-missing": secret_gone,
    "step-already-answered": answered_already,
    "store-unavailable": log_down,
    "token-expired": expired,
    "token-invalid": lambda scene: scene.client.get(scene.ines.path, "rubbish"),
    "token-missing": lambda scene: scene.client.get(scene.ines.path),
    "too-early-to-improve": lambda scene: played(scene, right=False),
    "topic-not-found": lambda scene: scene.client.get("/v1/topics/nothing/lessons"),
    "unknown-challenge": lambda scene: scene.answer(challenge="x"),
    "unknown-option": other_option,
    "unknown-scope": lambda scene: scene.start(scope="9.9"),
    "unsupported-media-type": lambda scene: scene.raw("{}", "text/plain"),
    "wrong-answer-shape": wrong_shape,
    "wrong-step": lambda scene: scene.ines.post("/begin", {"step": 2}),
}
