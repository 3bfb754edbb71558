"""Clients of the wire adapter for tests, over a machine whose time, sleep and chance a test holds; and boto3's beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

from chalicelib.storage.boto import NeutralClient
from chalicelib.storage.wire.clients import Wire
from chalicelib.storage.wire.connections import Patience
from chalicelib.storage.wire.credentials import Credentials, FixedCredentials
from chalicelib.storage.wire.machine import Machine
from chalicelib.storage.wire.retries import RetryPolicy

REGION = "eu-west-3"
KEYS = Credentials("AKIDEXAMPLE", "secret", "token")
NOW = 1_795_000_000.0
PATIENT = Patience(5.0, 5.0)
HASTY = Patience(5.0, 0.2)
"""For a server that hangs: nothing else in these tests takes as long."""


@dataclass
class HeldMachine:
    """A machine that a test holds: waiting takes no time, and is written down."""

    now: float = NOW
    elapsed: float = 0.0
    drawn: float = 1.0
    slept: list[float] = field(default_factory=list)
    heard: list[float] = field(default_factory=list)

    @property
    def machine(self) -> Machine:
        return Machine(lambda: self.now, lambda: self.elapsed, self.slept.append, lambda: self.drawn, self.heard.append)


def wire(url: str, held: HeldMachine | None = None) -> Wire:
    return Wire(REGION, url, FixedCredentials(KEYS), (held or HeldMachine()).machine)


def wire_dynamodb(url: str, attempts: int = 3, patience: Patience = PATIENT, held: HeldMachine | None = None) -> Any:
    return wire(url, held).dynamodb(patience, RetryPolicy(attempts))


def boto_client(
    service: str, url: str, attempts: int = 3, patience: Patience = PATIENT, held: HeldMachine | None = None
) -> Any:
    config = Config(
        connect_timeout=patience.connect_seconds,
        read_timeout=patience.read_seconds,
        retries={"mode": "standard", "total_max_attempts": attempts},
        proxies={},
        s3={"addressing_style": "path"},
    )
    keys = {"aws_access_key_id": KEYS.access_key_id, "aws_secret_access_key": KEYS.secret_access_key}
    made = boto3.client(service, region_name=REGION, endpoint_url=url, config=config, **keys)
    return NeutralClient(made, held.heard.append if held else None)
