"""Where the zips and templates of deployments are kept: one closed bucket an account and region, each file under its own hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from infrastructure.cloud_stack import CloudClients
from infrastructure.package.assembly import placed
from infrastructure.package.packaging import Package

_CLOSED = {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": True}


def place(made: Package, values: Mapping[str, str], clients: CloudClients) -> str:
    """Upload the zip and the template that names it, unless they are there; give the template's address."""
    bucket = f"palier-deployments-{clients.account}-{clients.region}"
    _make_bucket(bucket, clients)
    code = made.code.read_bytes()
    code_key = _put(clients.s3, bucket, "code", "zip", code)
    template = json.dumps(placed(made.template, bucket, code_key, values), separators=(",", ":"), sort_keys=True)
    template_key = _put(clients.s3, bucket, "templates", "json", template.encode())
    return f"{clients.s3.meta.endpoint_url}/{bucket}/{template_key}"


def _put(s3: Any, bucket: str, folder: str, ending: str, content: bytes) -> str:
    key = f"{folder}/{hashlib.sha256(content).hexdigest()}.{ending}"
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey", "NotFound"):
            raise
        s3.put_object(Bucket=bucket, Key=key, Body=content)
    return key


def _make_bucket(bucket: str, clients: CloudClients) -> None:
    place = {} if clients.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": clients.region}}
    try:
        clients.s3.create_bucket(Bucket=bucket, **place)
    except ClientError as error:
        if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
            raise
        return
    clients.s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=_CLOSED)
