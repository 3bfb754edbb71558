"""Settings of one deployed stage: the only reader of the process environment.

Every function, worker and console command receives a `Settings`; nothing else looks at `os.environ`. The numbers of the
rule book (levels, delays, thresholds) are not here: they are data of the content release, so that an assessment
pins them with everything else (`chalicelib/content/rules.py`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

PREFIX = "PALIER_"


def _from_json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


class SettingsError(RuntimeError):
    """The environment does not describe a stage; the message names each variable at fault, never a value."""


class Settings(BaseModel):
    """What one stage needs to know. Each field is read from `PALIER_<FIELD>`; secrets never print."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    stage: str = "local"
    region: str = "eu-west-3"
    endpoint_url: str | None = None
    """Where DynamoDB, SQS and S3 answer when it is not AWS (an emulator, another cloud)."""

    assessments_table: str
    people_table: str
    registry_table: str
    results_queue_url: str
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
