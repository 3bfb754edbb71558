"""The secret of a stage, `palier/<stage>`: drawn at the first deployment, then only read, and rotated by whoever may."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from infrastructure.local.settings import new_secrets, public_key

_FIRST_KEY = "1"


def kept_version(stage: str, client: Any) -> str:
    """The version id of the stage's secret, which is made of fresh keys when there is none."""
    name = f"palier/{stage}"
    try:
        versions = client.describe_secret(SecretId=name)["VersionIdsToStages"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        created: str = client.create_secret(
            Name=name,
            Description=f"Keys of the stage {stage} of Palier: they sign its tokens and seed its picks.",
            SecretString=json.dumps(first_secret(stage)),
        )["VersionId"]
        return created
    (current,) = (version for version, labels in versions.items() if "AWSCURRENT" in labels)
    return str(current)


def first_secret(stage: str) -> dict[str, str]:
    """Fresh keys, each a text under the name of its setting."""
    drawn = new_secrets()
    key_id = f"{stage}-{_FIRST_KEY}"
    return {
        "token_signing_key": drawn.token_signing_key,
        "token_signing_key_id": key_id,
        "token_trusted_keys": json.dumps({key_id: public_key(drawn.token_signing_key)}),
        "selection_secrets": json.dumps({_FIRST_KEY: drawn.selection_secret}),
    }
