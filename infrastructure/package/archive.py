"""The zip, byte for byte the same for the same sources: sorted names, one date, one mode, bytecode that never looks at the clock.

Bytecode is compiled in a process of its own whose hash seed is fixed, and marked *unchecked*: Lambda runs it without comparing it with its
source. It names its files as Lambda sees them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from shutil import copyfile
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

LAMBDA_ROOT = "/var/task"
_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644


def compile_tree(folder: Path) -> None:
    """Compile every module under a folder, in place."""
    command = [sys.executable, "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(folder), "-p", LAMBDA_ROOT, str(folder)]
    environment = {"PYTHONHASHSEED": "0", "PATH": os.environ.get("PATH", "")}
    subprocess.run(command, check=True, env=environment)  # noqa: S603


def write_tree(archive: ZipFile, folder: Path) -> None:
    """Add every file under a folder to an archive, in the order of their names."""
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        archive.writestr(entry(path.relative_to(folder).as_posix()), path.read_bytes(), compresslevel=6)


def entry(name: str) -> ZipInfo:
    """The entry of a file, without anything of this machine or this hour."""
    made = ZipInfo(name, _DATE)
    made.compress_type = ZIP_DEFLATED
    made.external_attr = _MODE << 16
    made.create_system = 3
    return made


def join(libraries: Path, code: Path, target: Path) -> None:
    """Write the deployment zip: the libraries as they are, then the code of Chalice's zip, compiled."""
    draft = target.with_suffix(".draft")
    copyfile(libraries, draft)
    with TemporaryDirectory() as folder, ZipFile(draft, "a", ZIP_DEFLATED) as archive:
        unpack(code, Path(folder))
        compile_tree(Path(folder))
        write_tree(archive, Path(folder))
    draft.replace(target)


def unpack(archive: Path, folder: Path, ignored: Iterable[str] = ("__pycache__",)) -> None:
    """Write the files of an archive under a folder, but what an ignored folder holds."""
    with ZipFile(archive) as opened:
        for one in opened.infolist():
            path = PurePosixPath(one.filename)
            if not one.is_dir() and not set(ignored) & set(path.parts):
                opened.extract(one, folder)
