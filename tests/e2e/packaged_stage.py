"""The packaged template deployed in an emulated cloud that checks permissions, as tests see it: with all rights, and from outside."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from chalicelib.config import Settings
from chalicelib.content.releases import Release
from chalicelib.kernel.clock import Instant
from chalicelib.storage.boto import NeutralClient
from chalicelib.storage.meter import Meter
from chalicelib.storage.releases import StoredReleases
from chalicelib.wiring import Clients, Ports, RandomIds, Services, ports_over
from infrastructure.local_cloud import STAGE, LocalCloud
from infrastructure.package.functions import FUNCTIONS, Function
from infrastructure.package.grants import Grant
from infrastructure.package.packaging import Package
from infrastructure.package.roles import OURS
from load_tests.client import Answered, ApiClient
from tests.content_of_tests import synthetic
from tests.fakes.memory import FixedClock
from tests.worlds import World, loaded


def release() -> Release:
    """What the stage serves: small, so that a cold function reads it fast."""
    return loaded(synthetic(2))


FILE = ("a" * 26, "picture.png")
"""A file of the stage that no challenge shows."""


class StageClient(ApiClient):
    """A client of an API that answers under a path."""

    def __init__(self, url: str, token: str | None = None) -> None:
        super().__init__(url, token)
        self._under = "/" + url.split("/", 3)[3]

    def _request(self, method: str, path: str, body: Any) -> Answered:
        return super()._request(method, self._under + path, body)

    def status_of(self, path: str) -> int:
        """The status of a GET whose reply is no JSON."""
        return self._status("GET", path, None, {})

    def status_of_form(self, path: str, form: dict[str, str]) -> int:
        """The status of a form that is posted."""
        return self._status("POST", path, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})

    def _status(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> int:
        self._connection.request(method, self._under + path, body, headers)
        reply = self._connection.getresponse()
        reply.read()
        return reply.status


@dataclass
class PackagedStage:
    """One deployed stage. `count` gives every journey people and series of its own."""

    cloud: LocalCloud
    made: Package
    settings: Settings
    roles: dict[str, str]
    ports: Ports
    """Of the whole stage, with all rights."""
    count: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def world(self, at: Instant | None = None, **ports: Any) -> World:
        """The stage with all rights: now, or as it was at an instant, with some of its ports replaced."""
        clock = FixedClock(at or now())
        made = replace(self.ports, clock=clock, **ports)
        return World(Services(self.settings, made), clock, Meter(), release())

    def http(self, token: str | None = None) -> StageClient:
        """A person's connection."""
        return StageClient(self.cloud.url, token)

    def invoke(self, function: Function, event: dict[str, Any]) -> Any:
        """Call an event function as the platform would; None when it failed."""
        client = self.cloud.client("lambda")
        reply = client.invoke(FunctionName=f"palier-{STAGE}-{function.name}", Payload=json.dumps(event))
        content = json.loads(reply["Payload"].read() or "null")
        return None if "FunctionError" in reply else {"reply": content}

    @contextmanager
    def without(self, function: Function, grant: Grant, action: str) -> Iterator[None]:
        """The deployed stage while a function may not make one call."""
        iam = self.cloud.client("iam")
        place = {"RoleName": self.roles[function.logical], "PolicyName": OURS}
        granted = iam.get_role_policy(**place)["PolicyDocument"]
        statements = json.loads(json.dumps(granted))["Statement"]
        narrowed = statements[function.grants.index(grant)]
        narrowed["Action"].remove(action)
        left = [one for one in statements if one["Action"]]
        iam.put_role_policy(**place, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": left}))
        try:
            yield
        finally:
            iam.put_role_policy(**place, PolicyDocument=json.dumps(granted))

    def let_events_come(self, come: bool) -> None:
        """Whether queues and schedules wake functions by themselves."""
        functions, events = self.cloud.client("lambda"), self.cloud.client("events")
        for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=come)
        for rule in events.list_rules()["Rules"]:
            (events.enable_rule if come else events.disable_rule)(Name=rule["Name"])


def stage_of(cloud: LocalCloud, made: Package) -> PackagedStage:
    """The deployed stage, its content published."""
    pages = cloud.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=f"palier-{STAGE}")
    physical = {one["LogicalResourceId"]: one["PhysicalResourceId"] for page in pages for one in page["StackResourceSummaries"]}
    roles = {function.logical: physical[f"{function.logical}Role"] for function in FUNCTIONS}
    settings = Settings.from_environment(cloud.environment())
    clients = Clients(*(NeutralClient(cloud.client(name)) for name in ("dynamodb", "s3", "sqs")))
    ports = ports_over(clients, settings, FixedClock(now()), RandomIds(), Meter())
    assert isinstance(ports.releases, StoredReleases)
    ports.releases.publish(*synthetic(2), {"/".join(FILE): b"\x89PNG"})
    return PackagedStage(cloud, made, settings, roles, ports)


def now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)


def eventually(holds: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Whether it holds within some seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
