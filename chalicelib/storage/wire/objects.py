"""S3's REST protocol, to get and to put whole objects.

With an endpoint of its own the bucket is the first part of the path. On AWS it is part of the host name, as AWS
recommends, unless it has a dot, which no certificate of AWS would cover.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.storage.failures import CallRefusedError
from chalicelib.storage.wire.calling import Caller
from chalicelib.storage.wire.connections import Connections, HttpReply, Origin, Patience
from chalicelib.storage.wire.signing import Request, encoded_path

_CODE = re.compile(rb"<Code>([^<]{1,100})</Code>")


@dataclass(frozen=True)
class WireObjects:
    """S3. Keyword arguments as boto3's; a reply holds `Body` (to be read) or `ETag`."""

    caller: Caller
    region: str
    endpoint_url: str | None
    patience: Patience
    by_origin: dict[Origin, Connections] = field(default_factory=dict)

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        """GetObject; an absent key is refused as `NoSuchKey`."""
        reply = self._call("GET", Bucket, Key)
        return {"Body": io.BytesIO(reply.body)}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        """PutObject."""
        reply = self._call("PUT", Bucket, Key, Body)
        return {"ETag": reply.headers.get("etag", "")}

    def _call(self, method: str, bucket: str, key: str, body: bytes = b"") -> HttpReply:
        origin, path = address(self.endpoint_url, self.region, bucket, key)
        headers: Mapping[str, str] = {"content-type": "application/octet-stream"} if method == "PUT" else {}
        request = Request(method, origin.host_header, path, headers, body)
        return self.caller.call(self._connections(origin), request, read_object)

    def _connections(self, origin: Origin) -> Connections:
        known = self.by_origin.get(origin)
        return known or self.by_origin.setdefault(origin, Connections(origin, self.patience, self.caller.machine))


def address(endpoint_url: str | None, region: str, bucket: str, key: str) -> tuple[Origin, str]:
    """Where an object answers, and its path there."""
    if endpoint_url is None and "." not in bucket:
        return Origin.of(f"https://{bucket}.s3.{region}.amazonaws.com"), encoded_path(key)
    return Origin.of(endpoint_url or f"https://s3.{region}.amazonaws.com"), encoded_path(bucket, key)


def read_object(reply: HttpReply) -> HttpReply:
    """The reply, unless it refuses."""
    if reply.status < 300:
        return reply
    code = _CODE.search(reply.body)
    raise CallRefusedError(code[1].decode("ascii", "replace") if code else str(reply.status), reply.status)
