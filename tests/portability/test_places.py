"""Each service may answer somewhere else, in another region, and know us by other keys."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config
from pydantic import SecretStr

from chalicelib.config import CloudIdentity, Service, Settings, SettingsError
from chalicelib.storage.wire.connections import Origin
from chalicelib.wiring import wire_clients
from chalicelib.wiring_boto import boto3_client
from tests.worlds import memory_world

OURS = CloudIdentity(access_key_id="ours", secret_access_key=SecretStr("our-secret"))
APART = {
    "PALIER_REGION": "eu-west-3",
    "PALIER_DYNAMODB_ENDPOINT_URL": "http://scylla.test:8000",
    "PALIER_SQS_ENDPOINT_URL": "https://queues.test",
    "PALIER_SQS_REGION": "fr-par",
    "PALIER_SQS_KEYS": "queue-key:queue:secret",
    "PALIER_S3_ENDPOINT_URL": "https://objects.test",
    "PALIER_S3_REGION": "gra",
}


def settings(**variables: str) -> Settings:
    return Settings.from_environment({**memory_world().services.settings.as_environment(), **variables})


def test_a_service_without_a_place_of_its_own_is_where_all_are() -> None:
    made = settings(PALIER_ENDPOINT_URL="http://127.0.0.1:4566", PALIER_SQS_ENDPOINT_URL="http://127.0.0.1:9324")
    assert made.place_of("dynamodb").endpoint_url == made.place_of("s3").endpoint_url == "http://127.0.0.1:4566"
    assert made.place_of("sqs").endpoint_url == "http://127.0.0.1:9324"
    assert [settings().place_of(service).endpoint_url for service in ("dynamodb", "sqs", "s3")] == [None] * 3
    assert made.place_of("s3").region == made.region
    assert made.place_of("s3").keys is None


def test_the_wire_adapter_goes_where_each_service_is_and_signs_as_it_wants() -> None:
    clients = wire_clients(settings(**APART), OURS)
    dynamodb, queue, objects = clients.dynamodb.service, clients.sending.service, clients.s3
    assert dynamodb.connections.origin == Origin(False, "scylla.test", 8000)
    assert queue.connections.origin == Origin(True, "queues.test", 443)
    assert objects.endpoint_url == "https://objects.test"
    signed = [(one.caller.signer.region, one.caller.credentials.current().access_key_id) for one in (dynamodb, queue, objects)]
    assert signed == [("eu-west-3", "ours"), ("fr-par", "queue-key"), ("gra", "ours")]
    assert queue.caller.credentials.current().secret_access_key == "queue:secret"


@pytest.mark.parametrize(
    ("service", "address", "region"),
    [
        ("dynamodb", "http://scylla.test:8000", "eu-west-3"),
        ("sqs", "https://queues.test", "fr-par"),
        ("s3", "https://objects.test", "gra"),
    ],
)
def test_boto3_goes_there_too(service: Service, address: str, region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ours")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "our-secret")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps the credentials that it first found
    client = boto3_client(service, settings(**APART), Config())
    assert (client.meta.endpoint_url, client.meta.region_name) == (address, region)
    assert client._request_signer._credentials.access_key == ("queue-key" if service == "sqs" else "ours")
    assert client.meta.config.request_checksum_calculation == "when_required"


def test_half_a_key_pair_is_told_without_its_value() -> None:
    for half in ("s3cret-only", "s3cret:", ":s3cret"):
        with pytest.raises(SettingsError, match="PALIER_S3_KEYS") as told:
            settings(PALIER_S3_KEYS=half)
        assert "s3cret" not in str(told.value)
    made = settings(PALIER_S3_KEYS="name:s3cret")
    assert "s3cret" not in repr(made) + str(made.place_of("s3"))
    assert Settings.from_environment(made.as_environment()) == made
