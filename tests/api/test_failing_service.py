"""A service that cannot answer, for a store that is down or for a bug, tells it without a word of the cause."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from pydantic import BaseModel, ValidationError

from chalicelib.kernel.errors import UnavailableError
from chalicelib.storage.boto import NeutralClient
from chalicelib.storage.failures import NoReplyError
from chalicelib.storage.logs import DynamoLogs
from chalicelib.storage.meter import Meter
from chalicelib.storage.table import Table
from chalicelib.wiring import Services
from tests.api.http_client import Client, Reply, assert_problem, stored
from tests.api.scenes import Failing, Scene, down, releases_over
from tests.fakes.memory import MemoryReleases, MemorySender

FAILURES: dict[str, Any] = {
    "refused by boto3": NeutralClient(Failing(ClientError({"Error": {"Code": "InternalServerError"}}, "GetItem"))),
    "unreachable for boto3": NeutralClient(Failing(EndpointConnectionError(endpoint_url="http://127.0.0.1:1"))),
    "refused": Failing(down()),
    "no reply": Failing(NoReplyError("http://127.0.0.1:1")),
}


# --- not now ---


ASKING: dict[str, Callable[[Scene, Client], Reply]] = {
    "start": lambda scene, client: scene.start(client),
    "anonymous start": lambda scene, client: client.post("/v1/assessments", {"scope": "1.1"}),
    "read": lambda scene, client: client.get(scene.ines.path, scene.ines.token),
    "begin": lambda scene, client: client.post(f"{scene.ines.path}/begin", {"step": 1}, scene.ines.token),
    "answer": lambda scene, client: scene.answer(client=client),
    "focus loss": lambda scene, client: client.post(f"{scene.ines.path}/focus-losses", {"step": 1}, scene.ines.token),
    "finish": lambda scene, client: client.post(f"{scene.ines.path}/finish", None, scene.ines.token),
    "corrections": lambda scene, client: client.get(f"{scene.ines.path}/corrections", scene.ines.token),
    "explanation": lambda scene, client: client.get(f"{scene.ines.path}/explanation", scene.ines.token),
    "results": lambda scene, client: client.get(f"{scene.ines.path}/results", scene.ines.token),
    "profile": lambda scene, client: client.get("/v1/me/profile", scene.ines.token),
}


@pytest.mark.parametrize("asking", ASKING)
def test_a_store_that_is_down_is_told_with_the_time_to_wait_and_nothing_of_the_cause(scene: Scene, asking: str) -> None:
    before = stored(scene.world)
    client = scene.broken(UnavailableError("store-unavailable", "The store did not answer: get.", retry_after_seconds=7))
    reply = ASKING[asking](scene, client)
    assert_problem(reply, 503, "store-unavailable")
    assert reply.headers["retry-after"] == "7"
    assert stored(scene.world) == before


@pytest.mark.parametrize("failing", FAILURES)
def test_what_a_client_says_of_a_failure_stays_inside(scene: Scene, failing: str) -> None:
    client = scene.over(log=DynamoLogs(Table(FAILURES[failing], "assessments", Meter())))
    reply = client.get(scene.ines.path, scene.ines.token)
    assert_problem(reply, 503, "store-unavailable")
    assert "127.0.0.1" not in reply.text
    assert "InternalServerError" not in reply.text
    told = assert_problem(
        releases_over(scene, FAILURES[failing], FAILURES[failing]).get("/v1/health"), 503, "store-unavailable"
    )
    assert "details" not in told


@pytest.mark.parametrize("asking", [one for one in ASKING if one != "profile"])
def test_a_release_that_is_gone_is_told_with_the_time_to_wait(scene: Scene, asking: str) -> None:
    class Gone(MemoryReleases):
        def current(self) -> str:
            return "a" * 26

    before = stored(scene.world)
    reply = ASKING[asking](scene, scene.over(releases=Gone({})))
    if asking == "results":  # it is refused before its release is needed
        assert_problem(reply, 409, "assessment-not-finished")
        return
    assert_problem(reply, 503, "release-unavailable")
    assert int(reply.headers["retry-after"]) >= 1
    assert stored(scene.world) == before


def test_a_queue_that_is_down_keeps_nobody_from_finishing(scene: Scene) -> None:
    sender = scene.world.services.ports.sender
    assert isinstance(sender, MemorySender)
    sender.down = True
    assert scene.ines.post("/finish").status == 200
    assert scene.ines.get("/results").status == 200


# --- bugs ---


@pytest.mark.parametrize("asking", ASKING)
def test_a_bug_is_told_without_a_word_of_it(scene: Scene, asking: str) -> None:
    before = stored(scene.world)
    reply = ASKING[asking](scene, scene.broken(RuntimeError("m4rk3r")))
    told = assert_problem(reply, 500, "internal-error")
    assert set(told) == {"type", "title", "status", "code", "detail"}
    for word in ("m4rk3r", "Traceback", "RuntimeError", ".py", "File"):
        assert word not in reply.text
    assert stored(scene.world) == before


def test_settings_that_are_missing_are_a_bug_too(scene: Scene) -> None:
    def services() -> Services:
        raise RuntimeError("PALIER_TOKEN_SIGNING_KEY: m4rk3r")

    reply = Client(services).get("/v1/health")
    assert_problem(reply, 500, "internal-error")
    assert "PALIER" not in reply.text


def test_the_service_goes_on_after_a_bug(scene: Scene) -> None:
    broken = scene.broken(RuntimeError("m4rk3r"))
    assert broken.get(scene.ines.path, scene.ines.token).status == 500
    assert broken.get("/v1/health").status == 200


def test_something_stored_that_cannot_be_validated_is_our_fault_not_the_callers(scene: Scene) -> None:
    class Kept(BaseModel):
        release: str

    with pytest.raises(ValidationError) as caught:
        Kept.model_validate({})
    reply = scene.broken(caught.value).get(scene.ines.path, scene.ines.token)
    assert_problem(reply, 500, "internal-error")
