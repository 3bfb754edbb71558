"""Deploying: what is refused before anything is touched, and the secret that a stage is born with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import jwt
import pytest
from moto import mock_aws

from chalicelib.config import Settings
from infrastructure.deploy import RefusedError, cloud_clients, main, parse
from infrastructure.package.environment import SECRET_FIELDS
from infrastructure.stage_environment import stage_environment
from infrastructure.stage_secret import first_secret, kept_version


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which nobody is signed in."""
    for name in (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))


def test_nothing_is_deployed_without_a_region(nobody: None) -> None:
    with pytest.raises(RefusedError, match="AWS_REGION"):
        cloud_clients(boto3.Session())


def test_nothing_is_deployed_by_nobody_and_one_sentence_says_so(
    nobody: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    assert main(["test"]) == 1
    assert capsys.readouterr().err == "No credentials of a cloud account were found or accepted: sign in, or set AWS_PROFILE.\n"


@pytest.mark.parametrize("stage", ["", "Prod", "1st", "a" * 21, "a_b", "a b"])
def test_a_name_that_no_stage_can_have_is_wrong_use(stage: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse([stage], {})
    assert ended.value.code == 2
    assert "small letters" in capsys.readouterr().err


def test_nothing_is_asked_when_confirmed_beforehand() -> None:
    assert parse(["test"], {"CONFIRM": "yes"}).yes is True
    assert parse(["test"], {}).yes is False
    assert dict(parse(["test", "--parameter", "WarmFrom=cron(0 7 * * ? *)"], {}).parameter) == {"WarmFrom": "cron(0 7 * * ? *)"}


@pytest.fixture
def secrets() -> Iterator[object]:
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="eu-west-3", aws_access_key_id="a", aws_secret_access_key="a")


def test_a_stage_is_born_with_keys_of_its_own_and_keeps_them(secrets: object) -> None:
    version = kept_version("blue", secrets)
    assert kept_version("blue", secrets) == version
    assert kept_version("red", secrets) != version


def test_what_a_secret_holds_are_settings_that_work() -> None:
    secret = first_secret("blue")
    assert set(secret) == set(SECRET_FIELDS)
    others = {
        "assessments_table": "a",
        "people_table": "p",
        "registry_table": "r",
        "results_queue_url": "q",
        "releases_bucket": "b",
    }
    settings = Settings.from_environment({f"PALIER_{name.upper()}": value for name, value in (secret | others).items()})
    key_id = settings.token_signing_key_id
    token = jwt.encode({"sub": "p1"}, settings.token_signing_key.get_secret_value(), "EdDSA", headers={"kid": key_id})
    assert jwt.decode(token, settings.token_trusted_keys[key_id], ["EdDSA"]) == {"sub": "p1"}
    assert len(json.loads(secret["selection_secrets"])["1"]) == 64


class Deployed:
    """A Lambda client of a stage."""

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        variables = {"PALIER_STAGE": "blue", "OPENBLAS_NUM_THREADS": "1"}
        return {"Environment": {"Variables": variables}} if FunctionName == "palier-blue-api" else {}


def test_the_console_gets_the_settings_of_a_stage_and_nothing_else() -> None:
    assert stage_environment("blue", Deployed()) == {"PALIER_STAGE": "blue"}
