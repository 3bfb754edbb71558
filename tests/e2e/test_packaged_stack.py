"""What is deployed, deployed: the package in an emulated cloud that checks every signature and every permission of ours.

The order of the tests counts. Events come when a test sends them, until the whole placement lets them flow. A warm function keeps the
pointer to the release and the release itself, so what it reads only once is refused first, while it is cold; a refusal leaves it as
cold as it was.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from chalicelib.assessments.model import EntryKind
from infrastructure.cloud_stack import Change
from infrastructure.deploy import Console, RefusedError
from infrastructure.local.children import Children
from infrastructure.local.ports import free_ports
from infrastructure.local_cloud import local_cloud, redeploy
from infrastructure.package.functions import FUNCTIONS, Function
from infrastructure.package.grants import Grant
from infrastructure.package.packaging import package
from load_tests.virtual_person import VirtualPerson, play
from tests.e2e.packaged_journeys import JOURNEYS
from tests.e2e.packaged_stage import PackagedStage, eventually, release, stage_of
from tests.worlds import ROOT

pytestmark = [pytest.mark.stack, pytest.mark.long]

POINTER, RELEASE = ("RegistryTable", "dynamodb:GetItem"), ("ReleasesBucket", "s3:GetObject")
READ_ONCE = {
    "Answer": (POINTER, RELEASE),
    "Api": (POINTER, RELEASE),
    "ResultsWorker": (RELEASE, POINTER),
    "Sweeper": (RELEASE,),
}
"""What each function keeps once it has read it, in the order in which it reads."""


NOT_EMULATED = {("ReleasesBucket", "s3:ListBucket")}
"""S3 answers 403 without it where it would answer 404; MiniStack answers 404."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PackagedStage]:
    if not (ROOT / ".venv-stack" / "bin" / "python").exists():
        pytest.skip("the embedded stack is not installed: `make stack-setup`")
    folder: Path = tmp_path_factory.mktemp("cloud")
    made = package(folder / "package")
    (port,) = free_ports(1)
    with local_cloud(made, folder, port, Children(threading.Event()), lambda _: None) as cloud:
        deployed = stage_of(cloud, made)
        deployed.let_events_come(False)
        yield deployed


def calls_of(function: Function) -> list[tuple[Function, Grant, str]]:
    """Everything that a function may do, what it reads only once first."""
    granted = [(function, grant, action) for grant in function.grants for action in grant.actions]
    calls = [(function, grant, action) for _, grant, action in granted if (grant.resource, action) not in NOT_EMULATED]
    once = READ_ONCE.get(function.logical, ())

    def turn(call: tuple[Function, Grant, str]) -> int:
        _, grant, action = call
        named = (grant.resource, action)
        return once.index(named) if named in once and grant.suffix in ("", "/releases/*") else len(once)

    return sorted(calls, key=turn)


def name_of(call: tuple[Function, Grant, str]) -> str:
    function, grant, action = call
    return f"{function.name}: {action} {grant.resource}{grant.suffix}"


@pytest.mark.parametrize("call", [call for function in FUNCTIONS for call in calls_of(function)], ids=name_of)
def test_a_function_that_may_not_make_one_of_its_calls_fails(stage: PackagedStage, call: tuple[Function, Grant, str]) -> None:
    function, grant, action = call
    with stage.without(function, grant, action):
        assert not all(journey(stage) for journey in JOURNEYS[function.logical])


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_with_its_real_role_every_journey_through_a_function_works(stage: PackagedStage, function: Function) -> None:
    for journey in JOURNEYS[function.logical]:
        assert journey(stage), journey.__name__


def test_a_whole_placement_passes_from_the_api_to_the_profile(stage: PackagedStage) -> None:
    world = stage.world()
    stage.let_events_come(True)
    with stage.http(world.token("ines")) as client:
        played = play(client, VirtualPerson(release(), 0.5, random.Random(7)), "1.1")
        assert played.errors == []
        assert played.stop_reason is not None
        reached = eventually(lambda: client.get("/v1/me/profile").body["assessments"] == [played.assessment_id])
    assert reached
    kinds = [entry.kind for entry in world.services.ports.log.entries(played.assessment_id)]
    assert kinds.count(EntryKind.ANSWERED) == len(played.acknowledged) > 0


def test_the_functions_run_what_the_package_brought(stage: PackagedStage) -> None:
    functions = stage.cloud.client("lambda").list_functions()["Functions"]
    assert {one["FunctionName"] for one in functions} == {f"palier-cloud-{function.name}" for function in FUNCTIONS}
    assert len({one["CodeSha256"] for one in functions}) == 1
    assert len({one["Role"] for one in functions}) == len(FUNCTIONS)


def console(agrees: bool, seen: list[str]) -> Console:
    """Somebody who always or never agrees, and what they were shown."""

    def shown(changes: Sequence[Change]) -> bool:
        seen.extend(one.logical for one in changes)
        return agrees

    return Console(shown, lambda _: None, poll_seconds=0.1)


def test_deploying_the_same_again_asks_nothing_and_changes_nothing(stage: PackagedStage) -> None:
    seen: list[str] = []
    outputs = redeploy(stage.made, stage.cloud.endpoint_url, {}, console(False, seen))
    assert (outputs, seen) == (dict(stage.cloud.outputs), [])


def test_who_does_not_agree_changes_nothing(stage: PackagedStage) -> None:
    seen: list[str] = []
    with pytest.raises(RefusedError):
        redeploy(stage.made, stage.cloud.endpoint_url, {"LogDays": "7"}, console(False, seen))
    assert "AnswerLogs" in seen
    groups = stage.cloud.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/palier-cloud-answer")["logGroups"]
    assert [one["retentionInDays"] for one in groups] == [30]


def test_a_parameter_that_the_template_does_not_have_is_refused_by_name(stage: PackagedStage) -> None:
    with pytest.raises(RefusedError, match="Colour"):
        redeploy(stage.made, stage.cloud.endpoint_url, {"Colour": "red"}, console(True, []))


def test_the_next_deployment_after_a_rotation_brings_every_function_the_rotated_secret(stage: PackagedStage) -> None:
    secrets = stage.cloud.client("secretsmanager")
    kept = secrets.get_secret_value(SecretId="palier/cloud")["SecretString"]
    secrets.put_secret_value(SecretId="palier/cloud", SecretString=kept)
    seen: list[str] = []
    with pytest.raises(RefusedError):
        redeploy(stage.made, stage.cloud.endpoint_url, {}, console(False, seen))
    assert {function.logical for function in FUNCTIONS} <= set(seen)
    assert len([logical for logical in seen if logical.startswith("AnswerVersion")]) == 2
