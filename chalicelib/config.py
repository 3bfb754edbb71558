"""Settings of one deployed stage: the only reader of the process environment.

Every function, worker and console command receives a `Settings`; nothing else looks at `os.environ`. The numbers of the
rule book (levels, delays, thresholds) are not here: they are data of the content release, so that an assessment
pins them with everything else (`chalicelib/content/rules.py`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

PREFIX = "PALIER_"

Service = Literal["dynamodb", "sqs", "s3"]
"""A service of a cloud, by the name that boto3 gives it."""


def _from_json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


@dataclass(frozen=True)
class KeyPair:
    """What signs requests to one service."""

    access_key_id: str
    secret_access_key: SecretStr

    @classmethod
    def of(cls, joined: SecretStr) -> KeyPair:
        """The pair that a colon joins; raises ValueError, without the pair, when a half is missing."""
        name, _, secret = joined.get_secret_value().partition(":")
        if not (name and secret):
            raise ValueError("a key pair is <access key id>:<secret access key>")
        return cls(name, SecretStr(secret))


def _joined_pair(joined: SecretStr) -> SecretStr:
    KeyPair.of(joined)
    return joined


KeyPairSetting = Annotated[SecretStr, AfterValidator(_joined_pair)] | None


@dataclass(frozen=True)
class Place:
    """Where a service answers (None is AWS), the region that requests are signed for, and the keys when they are its own."""

    endpoint_url: str | None
    region: str
    keys: KeyPair | None


class SettingsError(RuntimeError):
    """The environment does not describe a stage; the message names each variable at fault, never a value."""


class Settings(BaseModel):
    """What one stage needs to know. Each field is read from `PALIER_<FIELD>`; secrets never print."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    stage: str = "local"
    region: str = "eu-west-3"
    endpoint_url: str | None = None
    """Where DynamoDB, SQS and S3 answer when it is not AWS (an emulator, another cloud)."""
    dynamodb_endpoint_url: str | None = None
    sqs_endpoint_url: str | None = None
    s3_endpoint_url: str | None = None
    """Where one service answers when the three are not together."""
    sqs_region: str | None = None
    s3_region: str | None = None
    """Where requests to these are signed for, when it is not `region`."""
    dynamodb_keys: KeyPairSetting = None
    sqs_keys: KeyPairSetting = None
    s3_keys: KeyPairSetting = None
    """`<access key id>:<secret access key>` of one service, when it knows us by other keys than the process's own."""

    assessments_table: str
    people_table: str
    registry_table: str
    results_queue_url: str
    results_dead_queue_url: str | None = None
    """Where the worker sets aside what cannot be read; None leaves that to the queue, after five receives."""
    releases_bucket: str

    token_issuer: str = "https://palier.local"
    token_audience: str = "palier"
    token_signing_key: SecretStr
    """Ed25519 private key (PEM) with which this service signs the tokens of anonymous starts."""
    token_signing_key_id: str = "local-1"
    """Id of its public half among the trusted keys."""
    token_trusted_keys: Annotated[dict[str, str], BeforeValidator(_from_json)]
    """Ed25519 or P-256 public keys (PEM) by key id: whose tokens are believed."""
    anonymous_token_seconds: int = Field(default=72 * 3600, ge=3600)

    selection_secrets: Annotated[dict[int, SecretStr], BeforeValidator(_from_json)] = Field(min_length=1)
    """Secrets of the seeded picks by version; the highest starts new assessments, the others still serve the old."""

    request_timeout_seconds: float = Field(default=2.0, gt=0)
    outbox_send_timeout_seconds: float = Field(default=0.5, gt=0)

    def place_of(self, service: Service) -> Place:
        """Where this service answers, and who we are there: its own settings, else those of all services."""
        own: str | None = getattr(self, f"{service}_endpoint_url")
        region: str | None = getattr(self, f"{service}_region", None)
        keys: SecretStr | None = getattr(self, f"{service}_keys")
        return Place(own or self.endpoint_url, region or self.region, None if keys is None else KeyPair.of(keys))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the `PALIER_*` variables, the process's own unless given; raise `SettingsError` naming all faults at once."""
        environment = os.environ if environment is None else environment
        known = {name: environment[PREFIX + name.upper()] for name in cls.model_fields if PREFIX + name.upper() in environment}
        try:
            return cls.model_validate(known)
        except ValidationError as error:
            faults = ", ".join(
                f"{PREFIX}{'.'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in error.errors()
            )
            raise SettingsError(f"These settings are missing or wrong: {faults}") from error

    def as_environment(self) -> dict[str, str]:
        """The variables that give these settings back: what a child process or a deployed function is handed."""
        variables: dict[str, str] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if value is None:
                continue
            if isinstance(value, SecretStr):
                text = value.get_secret_value()
            elif isinstance(value, dict):
                text = json.dumps({k: v.get_secret_value() if isinstance(v, SecretStr) else v for k, v in value.items()})
            else:
                text = str(value)
            variables[PREFIX + name.upper()] = text
        return variables


class CloudIdentity(BaseModel):
    """How this process proves to the cloud who it is, as a Lambda function or a container is told. Secrets never print."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    access_key_id: str = ""
    secret_access_key: SecretStr = SecretStr("")
    session_token: SecretStr = SecretStr("")
    container_credentials_full_uri: str = ""
    container_credentials_relative_uri: str = ""
    container_authorization_token: SecretStr = SecretStr("")
    container_authorization_token_file: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> CloudIdentity:
        """Read the `AWS_*` variables of these names, the process's own unless given; what is absent is empty."""
        environment = os.environ if environment is None else environment
        known = {name: environment["AWS_" + name.upper()] for name in cls.model_fields if "AWS_" + name.upper() in environment}
        return cls.model_validate(known)
