"""Releases and the files of their challenges in S3, and the pointer to the current one in the registry (port `ReleaseSource`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from chalicelib.content.releases import Release
from chalicelib.kernel.clock import SECOND, Clock, Instant, later
from chalicelib.kernel.errors import UnavailableError
from chalicelib.storage import keys
from chalicelib.storage.failures import CallRefusedError, CloudCallError
from chalicelib.storage.table import Table, telling

RELEASES_KEPT = 2
POINTER_SECONDS = 60
WRITERS = 4
"""Files put at the same time by `publish`."""


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
        except CloudCallError as error:
            raise UnavailableError("release-unavailable", "A content release cannot be read.", release=release_id) from error
        release = Release(release_id, packed)
        while len(self.kept) >= RELEASES_KEPT:
            self.kept.pop(next(iter(self.kept)))
        self.kept[release_id] = release
        return release

    def publish(self, release_id: str, packed: bytes, files: Mapping[str, bytes] | None = None) -> None:
        """Store the files, by address, then the release, and make it the current one. Safe to repeat."""
        Release(release_id, packed)
        with telling("publish"):
            self._put_missing(files or {})
            self.s3.put_object(Bucket=self.bucket, Key=keys.release_object(release_id), Body=packed)
        partition, sort = keys.CURRENT_RELEASE
        self.registry.put({"pk": {"S": partition}, "sk": {"S": sort}, "release": {"S": release_id}})
        self.pointer.until = _NEVER

    def _put_missing(self, files: Mapping[str, bytes]) -> None:
        """Files are named by their content: what is there is there."""
        there = set(self._addresses()) if files else set()
        missing = [address for address in files if address not in there]
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(lambda address: self._put(address, files[address]), missing))

    def _put(self, address: str, content: bytes) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=keys.file_object(address), Body=content)

    def _addresses(self) -> Iterator[str]:
        prefix, token = keys.file_object(""), None
        while True:
            following: dict[str, str] = {"ContinuationToken": token} if token else {}
            page = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix, **following)
            yield from (entry["Key"].removeprefix(prefix) for entry in page.get("Contents", ()))
            token = page.get("NextContinuationToken")
            if token is None:
                return


@dataclass(frozen=True)
class StoredFiles:
    """The files that challenges show (port `FileSource`). Their addresses are unguessable and their contents never change."""

    s3: Any
    bucket: str

    def get(self, address: str) -> bytes | None:
        """The content of a file; None when there is none. Raises `UnavailableError` when the store is out of reach."""
        try:
            content: bytes = self.s3.get_object(Bucket=self.bucket, Key=keys.file_object(address))["Body"].read()
        except CloudCallError as error:
            if isinstance(error, CallRefusedError) and error.code in ("NoSuchKey", "404"):
                return None
            raise UnavailableError("file-unavailable", "A file cannot be read now.") from error
        return content
