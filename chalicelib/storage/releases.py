"""Releases in S3, and the pointer to the current one in the registry (port `ReleaseSource`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.content.releases import Release
from chalicelib.kernel.clock import SECOND, Clock, Instant, later
from chalicelib.kernel.errors import UnavailableError
from chalicelib.storage import keys
from chalicelib.storage.table import Table, telling

RELEASES_KEPT = 2
POINTER_SECONDS = 60


_NEVER = Instant(0)


@dataclass
class _Pointer:
    release_id: str = ""
    until: Instant = _NEVER


@dataclass(frozen=True)
class StoredReleases:
    """Releases never change, so a warm function keeps the two it used last; the pointer is read again every minute."""

    s3: Any
    bucket: str
    registry: Table
    clock: Clock
    kept: dict[str, Release] = field(default_factory=dict)
    pointer: _Pointer = field(default_factory=_Pointer)

    def current(self) -> str:
        """Id of the current release; raises `UnavailableError` before the first is published."""
        now = self.clock.now()
        if now >= self.pointer.until:
            item = self.registry.get(*keys.CURRENT_RELEASE, strong=False)
            if item is None:
                raise UnavailableError("no-release", "No content release is published.", retry_after_seconds=10)
            self.pointer.release_id = item["release"]["S"]
            self.pointer.until = later(now, POINTER_SECONDS * SECOND)
        return self.pointer.release_id

    def get(self, release_id: str) -> Release:
        """A release; raises `UnavailableError` when it is unknown, damaged or out of reach."""
        if release_id in self.kept:
            return self.kept[release_id]
        try:
            packed = self.s3.get_object(Bucket=self.bucket, Key=keys.release_object(release_id))["Body"].read()
        except (BotoCoreError, ClientError) as error:
            raise UnavailableError("release-unavailable", "A content release cannot be read.", release=release_id) from error
        release = Release(release_id, packed)
        while len(self.kept) >= RELEASES_KEPT:
            self.kept.pop(next(iter(self.kept)))
        self.kept[release_id] = release
        return release

    def publish(self, release_id: str, packed: bytes) -> None:
        """Store a release and make it the current one. Safe to repeat."""
        Release(release_id, packed)
        with telling("publish"):
            self.s3.put_object(Bucket=self.bucket, Key=keys.release_object(release_id), Body=packed)
        partition, sort = keys.CURRENT_RELEASE
        self.registry.put({"pk": {"S": partition}, "sk": {"S": sort}, "release": {"S": release_id}})
        self.pointer.until = _NEVER
