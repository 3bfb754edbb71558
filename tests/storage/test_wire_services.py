"""The wire adapter's queue, objects, addresses and certificates."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chalicelib.kernel.clock import Instant
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.events import assessment_finished
from chalicelib.storage.failures import CallRefusedError, NoReplyError
from chalicelib.storage.queues import QueueSender
from chalicelib.storage.wire import connections
from chalicelib.storage.wire.connections import Origin
from chalicelib.storage.wire.objects import address
from chalicelib.storage.wire.retries import RetryPolicy
from tests.storage.fault_server import (
    Answer,
    Fault,
    FaultServer,
    hang,
    lost,
    operations,
    refusal,
    reset,
    running,
    saying,
    truncated,
    xml_refusal,
)
from tests.storage.wire_builders import HASTY, PATIENT, wire, wire_dynamodb

KEY = {"pk": {"S": "A#1"}, "sk": {"S": "0000"}}
THROTTLED = saying(refusal("ProvisionedThroughputExceededException"))
BROKEN = saying(refusal("InternalServerError", 500))


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with running(FaultServer()) as made:
        yield made


# --- queue ---


def sender(stack: ExitStack, server: FaultServer) -> QueueSender:
    queue = wire(server.url).queue(HASTY, RetryPolicy(1))
    stack.callback(queue.service.connections.close)
    return QueueSender(queue, f"{server.url}/000000000000/results")


def test_a_message_is_sent_as_it_is(server: FaultServer) -> None:
    event = assessment_finished("é" * 3, "p1", Instant(0))
    with ExitStack() as stack:
        sender(stack, server).send(event)
    assert server.messages == [event.model_dump_json()]
    (request,) = server.received
    assert json.loads(request.body)["QueueUrl"].endswith("/000000000000/results")
    assert request.headers["x-amz-target"] == "AmazonSQS.SendMessage"


@pytest.mark.parametrize("fault", [hang, lost, BROKEN, THROTTLED], ids=["hang", "lost reply", "500", "throttle"])
def test_a_send_is_tried_once_and_told_as_unavailable(server: FaultServer, fault: Fault) -> None:
    server.play(fault)
    with ExitStack() as stack, pytest.raises(UnavailableError):
        sender(stack, server).send(assessment_finished("a1", "p1", Instant(0)))
    assert operations(server) == ["SendMessage"]


def test_a_queue_that_took_in_something_else_did_not_take_the_message(server: FaultServer) -> None:
    server.play(saying(Answer(200, b'{"MessageId":"1","MD5OfMessageBody":"d41d8cd98f00b204e9800998ecf8427e"}')))
    with ExitStack() as stack, pytest.raises(UnavailableError):
        sender(stack, server).send(assessment_finished("a1", "p1", Instant(0)))


# --- objects ---


def test_objects_survive_faults_and_an_absent_one_is_named_so(server: FaultServer) -> None:
    objects = wire(server.url).objects(PATIENT, RetryPolicy(3))
    slow_down = saying(xml_refusal("SlowDown", 503))
    server.play(slow_down, reset)
    objects.put_object(Bucket="b", Key="a b/é", Body=b"content" * 1000)
    assert list(server.objects) == ["/b/a%20b/%C3%A9"]
    server.play(truncated, slow_down)
    assert objects.get_object(Bucket="b", Key="a b/é")["Body"].read() == b"content" * 1000
    with pytest.raises(CallRefusedError) as refused:
        objects.get_object(Bucket="b", Key="none")
    assert (refused.value.code, refused.value.status) == ("NoSuchKey", 404)
    server.play(saying(Answer(403, b"")))
    with pytest.raises(CallRefusedError) as refused:
        objects.get_object(Bucket="b", Key="none")
    assert refused.value.code == "403"
    for kept in objects.by_origin.values():
        kept.close()


def test_a_bucket_is_part_of_the_host_on_aws_and_of_the_path_elsewhere() -> None:
    assert address(None, "eu-west-3", "releases", "a/b c") == (
        Origin(True, "releases.s3.eu-west-3.amazonaws.com", 443),
        "/a/b%20c",
    )
    assert address(None, "eu-west-3", "re.leases", "a") == (Origin(True, "s3.eu-west-3.amazonaws.com", 443), "/re.leases/a")
    assert address("http://127.0.0.1:4566", "eu-west-3", "releases", "a") == (Origin(False, "127.0.0.1", 4566), "/releases/a")


def test_aws_is_spoken_to_over_tls_at_the_address_of_the_region() -> None:
    client = replace(wire("http://x.test"), endpoint_url=None).dynamodb(PATIENT, RetryPolicy(1))
    assert client.service.connections.origin == Origin(True, "dynamodb.eu-west-3.amazonaws.com", 443)
    assert Origin.of("http://[::1]:8000").host_header == "[::1]:8000"
    for wrong in ("", "127.0.0.1:4566", "ftp://x.test", "https://"):
        with pytest.raises(ValueError, match="endpoint"):
            Origin.of(wrong)


# --- certificates ---


def tls_of(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS whose certificate vouches for itself and for this name."""
    key = generate_private_key(SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    names: list[x509.GeneralName] = [x509.DNSName(name) if name.isalpha() else x509.IPAddress(ip_address(name))]
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, private = folder / "certificate.pem", folder / "key.pem"
    trusted.write_bytes(certificate.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, private)
    return context, trusted


@pytest.mark.parametrize(
    ("name", "trusted", "served"),
    [("127.0.0.1", True, True), ("127.0.0.1", False, False), ("localhost", True, False)],
    ids=["trusted", "unknown authority", "another name"],
)
def test_a_certificate_is_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, trusted: bool, served: bool
) -> None:
    context, authority = tls_of(tmp_path, name)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority) if trusted else "/dev/null")
    connections._verifying.cache_clear()
    try:
        with running(FaultServer(tls=context)) as server, ExitStack() as stack:
            client = wire_dynamodb(server.url, attempts=1)
            stack.callback(client.service.connections.close)
            if served:
                client.get_item(TableName="t", Key=KEY)
                client.get_item(TableName="t", Key=KEY)
                assert (len(operations(server)), server.connections) == (2, 1)
            else:
                with pytest.raises(NoReplyError, match="SSLCertVerificationError"):
                    client.get_item(TableName="t", Key=KEY)
                assert operations(server) == []
    finally:
        connections._verifying.cache_clear()
