"""People without an account: who they are, and the token that opens their one assessment."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from chalicelib.api.idempotency import checked_key
from chalicelib.kernel.clock import SECOND, later, to_datetime
from chalicelib.kernel.ids import encode_id
from chalicelib.wiring import Services


@dataclass(frozen=True)
class Pass:
    """A token of somebody without an account, and how long it is good."""

    token: str
    expires_at: datetime


def somebody_new(services: Services, idempotency_key: str | None) -> str:
    """The id of a person without an account: the same for the same key, so that a repeated start finds its assessment."""
    if checked_key(idempotency_key) is None:
        return services.ports.ids.new()
    secrets = services.desk.courses.secrets
    digest = hmac.digest(secrets.of(secrets.latest), f"anonymous|{idempotency_key}".encode(), hashlib.sha256)
    return encode_id(digest)


def pass_for(services: Services, person_id: str, assessment_id: str) -> Pass:
    """What opens this assessment to this person, and nothing else."""
    seconds = services.settings.anonymous_token_seconds
    token = services.issuer.issue(person_id, seconds, assessment_id)
    return Pass(token, to_datetime(later(services.ports.clock.now(), seconds * SECOND)))
