"""The settings of the local stage: resources as provisioned, secrets made once and kept in the state folder."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from pydantic import SecretStr

from chalicelib.config import Settings
from infrastructure.local.private_files import write_private
from infrastructure.local.provision import Provisioned

STAGE = "local"
REGION = "eu-west-3"
KEY_ID = "local-1"


@dataclass(frozen=True)
class LocalSecrets:
    """The Ed25519 private key (PEM) that signs tokens, and the secret of the seeded picks (64 hex digits)."""

    token_signing_key: str
    selection_secret: str


def new_secrets() -> LocalSecrets:
    """Draw fresh secrets."""
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return LocalSecrets(key.decode("ascii"), secrets.token_hex(32))


def kept_secrets(folder: Path) -> LocalSecrets:
    """Give the secrets kept in `folder/secrets.json` (mode 0600), made the first time."""
    path = folder / "secrets.json"
    if not path.exists():
        write_private(path, json.dumps(asdict(new_secrets()), indent=2))
    return LocalSecrets(**json.loads(path.read_text(encoding="utf-8")))


def public_key(private_pem: str) -> str:
    """Give the public half (PEM) of a private key (PEM)."""
    public = load_pem_private_key(private_pem.encode("ascii"), password=None).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def local_settings(provisioned: Provisioned, endpoint_url: str | None, kept: LocalSecrets) -> Settings:
    """Give the settings of a local stage whose resources answer at `endpoint_url`."""
    return Settings(
        stage=STAGE,
        region=REGION,
        endpoint_url=endpoint_url,
        assessments_table=provisioned.tables["AssessmentsTable"],
        people_table=provisioned.tables["PeopleTable"],
        registry_table=provisioned.tables["RegistryTable"],
        results_queue_url=provisioned.queue_urls["ResultsQueue"],
        results_dead_queue_url=provisioned.queue_urls.get("ResultsDeadQueue"),
        releases_bucket=provisioned.buckets["ReleasesBucket"],
        token_signing_key=SecretStr(kept.token_signing_key),
        token_trusted_keys={KEY_ID: public_key(kept.token_signing_key)},
        selection_secrets={1: SecretStr(kept.selection_secret)},
    )
