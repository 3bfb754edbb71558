"""The ports of a stage through boto3: what event functions and the console use. No HTTP function imports this module."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

from chalicelib import __version__
from chalicelib.config import KeyPair, Service, Settings
from chalicelib.storage.boto import NeutralClient
from chalicelib.storage.meter import Meter
from chalicelib.wiring import ATTEMPTS, Clients, Ports, RandomIds, machine_clock, ports_over

_ELSEWHERE = Config(
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    s3={"addressing_style": "path"},
)
"""Not every S3 of another cloud knows the checksums that boto3 adds by itself, nor has a host name for each bucket."""


def cloud_ports(settings: Settings) -> Ports:
    """The ports of a deployed or emulated stage, through boto3.

    At each call boto3 builds a user agent and validates parameters, for some 15 % of its CPU; neither serves us.
    """
    plain = Config(user_agent=f"palier/{__version__}", parameter_validation=False)
    retrying = Config(
        connect_timeout=settings.request_timeout_seconds,
        read_timeout=settings.request_timeout_seconds,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    ).merge(plain)
    sending = Config(
        connect_timeout=settings.outbox_send_timeout_seconds,
        read_timeout=settings.outbox_send_timeout_seconds,
        retries={"total_max_attempts": 1},
    ).merge(plain)
    clock = machine_clock()
    clients = Clients(
        dynamodb=NeutralClient(boto3_client("dynamodb", settings, retrying), clock.hear),
        s3=NeutralClient(boto3_client("s3", settings, retrying)),
        sending=NeutralClient(boto3_client("sqs", settings, sending)),
    )
    return ports_over(clients, settings, clock, RandomIds(), Meter())


def boto3_client(service: Service, settings: Settings, config: Config) -> Any:
    """A client of this service of a stage as boto3 makes it: where the settings say, by the keys they say."""
    place = settings.place_of(service)
    keys = {} if place.keys is None else _arguments(place.keys)
    elsewhere = config if place.endpoint_url is None else config.merge(_ELSEWHERE)
    return boto3.client(service, region_name=place.region, endpoint_url=place.endpoint_url, config=elsewhere, **keys)


def _arguments(keys: KeyPair) -> dict[str, str]:
    return {"aws_access_key_id": keys.access_key_id, "aws_secret_access_key": keys.secret_access_key.get_secret_value()}
