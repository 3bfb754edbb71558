"""AWS Signature Version 4 of requests without a query string.

Source: AWS, "Create a signed AWS API request" (IAM user guide) and "Authenticating Requests: Using the Authorization
Header" (Amazon S3 API reference). A path is signed as it is sent, which is S3's rule; the other services that we call
know no path but `/`.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from chalicelib.storage.wire.credentials import Credentials

ALGORITHM = "AWS4-HMAC-SHA256"
_UNRESERVED = "-_.~/"


@dataclass(frozen=True)
class Request:
    """A request before it is signed. `path` is encoded already; header names are in lower case."""

    method: str
    host: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


def encoded_path(*segments: str) -> str:
    """An absolute path of these segments; a slash within one stays a slash, as in the names of S3's objects."""
    return "/" + "/".join(quote(segment, safe=_UNRESERVED) for segment in segments)


@dataclass
class Signer:
    """Signs for one service of one region. The key derived for a day is kept until the day or the credentials change."""

    service: str
    region: str
    signs_payload_header: bool = False
    """S3 wants the hash of the body among the headers."""
    _kept: tuple[str, str, bytes] = field(default=("", "", b""), init=False, repr=False)

    def signed(self, request: Request, credentials: Credentials, now: float) -> dict[str, str]:
        """Every header to send; `now` in seconds since 1970."""
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        payload = hashlib.sha256(request.body).hexdigest()
        headers = {**request.headers, "host": request.host, "x-amz-date": stamp}
        if self.signs_payload_header:
            headers["x-amz-content-sha256"] = payload
        if credentials.session_token:
            headers["x-amz-security-token"] = credentials.session_token
        names = ";".join(sorted(headers))
        scope = f"{stamp[:8]}/{self.region}/{self.service}/aws4_request"
        digest = hashlib.sha256(canonical_request(request, headers, payload).encode()).hexdigest()
        key = self._signing_key(credentials, stamp[:8])
        signature = hmac.digest(key, f"{ALGORITHM}\n{stamp}\n{scope}\n{digest}".encode(), "sha256").hex()
        headers["authorization"] = (
            f"{ALGORITHM} Credential={credentials.access_key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
        )
        return headers

    def _signing_key(self, credentials: Credentials, day: str) -> bytes:
        secret = credentials.secret_access_key
        kept_secret, kept_day, key = self._kept
        if (kept_secret, kept_day) != (secret, day):
            key = signing_key(secret, day, self.region, self.service)
            self._kept = (secret, day, key)
        return key


def canonical_request(request: Request, headers: Mapping[str, str], payload: str) -> str:
    """The text whose hash is signed: method, path, empty query, headers in order, their names, and the body's hash."""
    names = sorted(headers)
    lines = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in names)
    return f"{request.method}\n{request.path}\n\n{lines}\n{';'.join(names)}\n{payload}"


def signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    """The key that signs for one day (`YYYYMMDD`), region and service."""
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
