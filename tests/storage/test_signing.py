"""Signature Version 4: AWS's published examples, and equality with botocore's signer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.storage.wire.credentials import Credentials
from chalicelib.storage.wire.signing import Request, Signer, encoded_path, signing_key

SUITE = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SUITE_NOW = datetime(2015, 8, 30, 12, 36, tzinfo=UTC).timestamp()
S3_EXAMPLE = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
S3_NOW = datetime(2013, 5, 24, tzinfo=UTC).timestamp()


def signature(headers: dict[str, str]) -> str:
    return headers["authorization"].rpartition("Signature=")[2]


# --- published examples ---

PUBLISHED = {
    "get-vanilla": (("GET", {}), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    "post-vanilla": (("POST", {}), "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    "post-header-key-sort": (
        ("POST", {"my-header1": "value1"}),
        "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
    ),
    "get-header-value-trim": (
        ("GET", {"my-header1": " value1", "my-header2": ' "a   b   c"'}),
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    ),
}


@pytest.mark.parametrize("example", PUBLISHED)
def test_the_examples_of_the_signature_test_suite_are_signed_as_published(example: str) -> None:
    (method, headers), published = PUBLISHED[example]
    signer = Signer("service", "us-east-1")
    signed = signer.signed(Request(method, "example.amazonaws.com", "/", headers), SUITE, SUITE_NOW)
    assert signature(signed) == published
    assert signed["x-amz-date"] == "20150830T123600Z"
    assert "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=" in signed["authorization"]


def test_the_signing_key_of_the_user_guide_is_derived() -> None:
    key = signing_key(SUITE.secret_access_key, "20150830", "us-east-1", "iam")
    assert key.hex() == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"


def test_the_examples_of_the_s3_reference_are_signed_as_published() -> None:
    host = "examplebucket.s3.amazonaws.com"
    got = Request("GET", host, encoded_path("test.txt"), {"range": "bytes=0-9"})
    put = Request(
        "PUT",
        host,
        encoded_path("test$file.text"),
        {"date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
        b"Welcome to Amazon S3.",
    )
    signer = Signer("s3", "us-east-1", signs_payload_header=True)
    assert signature(signer.signed(got, S3_EXAMPLE, S3_NOW)) == (
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )
    assert signature(signer.signed(put, S3_EXAMPLE, S3_NOW)) == (
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    )


# --- botocore ---

PRINTED = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
HEADERS = st.dictionaries(
    st.from_regex(r"x-[a-z0-9-]{1,12}[a-z]", fullmatch=True).filter(lambda name: not name.startswith("x-amz-")),
    st.lists(PRINTED, min_size=1, max_size=3).map("  ".join),
    max_size=4,
)
KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), min_size=1, max_size=30)
NOW = datetime(2026, 11, 22, 13, 5, 9, tzinfo=UTC)
KEY_PAIR = Credentials("AKIDEXAMPLE", "secret", "a session token==")


def by_botocore(auth: Any, request: Request, credentials: Credentials, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda remove_tzinfo=True: NOW.replace(tzinfo=None))
    theirs = AWSRequest(request.method, f"https://{request.host}{request.path}", headers=request.headers, data=request.body)
    theirs.prepare()
    keys = BotoCredentials(credentials.access_key_id, credentials.secret_access_key, credentials.session_token or None)
    auth(keys).add_auth(theirs)
    return theirs.headers


@settings(max_examples=60)
@given(st.sampled_from(["GET", "PUT", "DELETE"]), KEYS, HEADERS, st.binary(max_size=200), st.booleans())
def test_objects_of_any_name_are_signed_as_botocore_does(
    method: str, key: str, headers: dict[str, str], body: bytes, temporary: bool
) -> None:
    request = Request(method, "bucket.s3.eu-west-3.amazonaws.com", encoded_path("bucket", key), headers, body)
    credentials = KEY_PAIR if temporary else SUITE
    ours = Signer("s3", "eu-west-3", signs_payload_header=True).signed(request, credentials, NOW.timestamp())
    with pytest.MonkeyPatch.context() as monkeypatch:
        theirs = by_botocore(lambda keys: S3SigV4Auth(keys, "s3", "eu-west-3"), request, credentials, monkeypatch)
    assert ours["authorization"] == theirs["Authorization"]
    assert ours["x-amz-content-sha256"] == theirs["X-Amz-Content-SHA256"]


@settings(max_examples=40)
@given(
    HEADERS, st.binary(max_size=200), st.sampled_from(["dynamodb", "sqs", "kms"]), st.sampled_from(["a.test", "127.0.0.1:4566"])
)
def test_json_calls_are_signed_as_botocore_does(headers: dict[str, str], body: bytes, service: str, host: str) -> None:
    request = Request("POST", host, "/", {**headers, "content-type": "application/x-amz-json-1.0"}, body)
    ours = Signer(service, "eu-west-3").signed(request, KEY_PAIR, NOW.timestamp())
    with pytest.MonkeyPatch.context() as monkeypatch:
        theirs = by_botocore(lambda keys: SigV4Auth(keys, service, "eu-west-3"), request, KEY_PAIR, monkeypatch)
    assert ours["authorization"] == theirs["Authorization"]


def test_a_new_day_and_new_credentials_are_signed_with_a_new_key() -> None:
    request = Request("POST", "a.test", "/", {})
    warm = Signer("dynamodb", "eu-west-3")
    for credentials, now in ((SUITE, 0.0), (SUITE, 86_399.0), (SUITE, 86_400.0), (KEY_PAIR, 86_400.0), (SUITE, 86_400.0)):
        fresh = Signer("dynamodb", "eu-west-3")
        assert warm.signed(request, credentials, now) == fresh.signed(request, credentials, now)


def test_secrets_do_not_print() -> None:
    signer = Signer("dynamodb", "eu-west-3")
    signer.signed(Request("POST", "a.test", "/", {}), KEY_PAIR, 0.0)
    assert "secret'" not in repr(KEY_PAIR)
    assert "session token" not in repr(KEY_PAIR)
    assert "secret" not in repr(signer)
