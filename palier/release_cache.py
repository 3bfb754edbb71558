"""The release built last, kept beside the local state: the same sources and the same code are not built twice."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

from chalicelib.content.authoring.building import Built
from palier.stage import ROOT

CACHE = ROOT / ".local" / "releases"
_RELEASE, _FILES = "release.npz", "files/"
CODE = (ROOT / "chalicelib" / "content", ROOT / "chalicelib" / "engine", ROOT / "chalicelib" / "kernel")
PINS = ROOT / "requirements" / "tools.txt"


def built_once(folder: Path, private: Path | None, build: Callable[[], Built], cache: Path = CACHE) -> Built:
    """What was built from these very bytes, else what `build` builds now. A cache that cannot be read is built again."""
    file = cache / f"{_digest(folder, private)}.zip"
    if file.exists():
        try:
            return _unpacked(file.read_bytes())
        except (zipfile.BadZipFile, KeyError, OSError):
            file.unlink(missing_ok=True)
    built = build()
    cache.mkdir(parents=True, exist_ok=True)
    for older in cache.glob("*.zip"):
        older.unlink(missing_ok=True)
    with NamedTemporaryFile(dir=cache, delete=False) as temporary:
        temporary.write(_packed(built))
    os.replace(temporary.name, file)
    return built


def _digest(folder: Path, private: Path | None) -> str:
    digest = hashlib.sha256(PINS.read_bytes())
    for root in (folder, *([private] if private else []), *CODE):
        for file in _files(root):
            digest.update(f"{file.relative_to(root)}|{file.stat().st_size}|".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:32]


def _files(root: Path) -> Iterator[Path]:
    return (file for file in sorted(root.rglob("*")) if file.is_file() and file.suffix != ".pyc")


def _packed(built: Built) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.comment = built.id.encode()
        archive.writestr(_RELEASE, built.packed)
        for address, content in built.files.items():
            archive.writestr(_FILES + address, content)
    return buffer.getvalue()


def _unpacked(content: bytes) -> Built:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith(_FILES)]
        files = {name.removeprefix(_FILES): archive.read(name) for name in names}
        return Built(archive.comment.decode(), archive.read(_RELEASE), files)
