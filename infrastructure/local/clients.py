"""boto3 clients of the local stack: dummy credentials, short time-outs, and never through a proxy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

CREDENTIALS: Mapping[str, str] = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
"""What every local process presents; an emulator believes anyone."""


@dataclass(frozen=True)
class Clients:
    """The three boto3 clients that creating the resources takes."""

    dynamodb: Any
    sqs: Any
    s3: Any


def local_clients(endpoint_url: str | None, region: str) -> Clients:
    """Give clients that talk to `endpoint_url` (an emulator), or to the default endpoints under moto when None."""
    session = boto3.Session(
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name=region,
    )
    config = Config(
        connect_timeout=2,
        read_timeout=10,
        retries={"total_max_attempts": 3, "mode": "standard"},
        proxies={},
        s3={"addressing_style": "path"},
    )
    return Clients(*(session.client(name, endpoint_url=endpoint_url, config=config) for name in ("dynamodb", "sqs", "s3")))
