"""The libraries of the zip: the pinned, hashed wheels of `requirements/runtime.txt`, without what Lambda never runs, compiled.

Chalice could fetch them itself, but leaves out a library for which it finds no wheel that it knows, and still exits with 0. So pip fetches
them, for the platform of Lambda whatever this machine is, and fails when one is missing. Chalice's own tools stay out: the part of
Chalice that runs in Lambda comes in Chalice's zip.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infrastructure.package.archive import compile_tree, write_tree

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
"""The runtime that the package is for: that of the interpreter which makes it, because it compiles the bytecode too."""
PLATFORM = "manylinux2014_x86_64"
"""glibc 2.17: the runtime python3.11 of Lambda has 2.26."""
NOT_SHIPPED = frozenset({"chalice"})
CLIENTS = frozenset({"dynamodb", "s3", "sqs"})
"""The services that our code makes boto3 clients of."""
_SERVICE_DATA = (("botocore", "data"), ("boto3", "data"))
_DEVELOPMENT_FOLDERS = frozenset({"bin", "tests", "f2py", "distutils", "include", "examples", "_pyinstaller"})
_DEVELOPMENT_FILES = frozenset({".pyi", ".pxd", ".pyx", ".a", ".h", ".c", ".typed", ".pyc"})
_VERSION = "1"
"""Change it when this file makes something else of the same requirements."""


class DependencyError(RuntimeError):
    """The libraries cannot be brought together; the message says why."""


def dependencies_zip(root: Path, build: Path) -> Path:
    """Give the zip of the libraries, made once for the same requirements and interpreter."""
    requirements = root / "requirements" / "runtime.txt"
    recipe = "|".join((_VERSION, sys.version, PLATFORM, *sorted(CLIENTS), *_own_requirements(root)))
    digest = hashlib.sha256(recipe.encode() + requirements.read_bytes()).hexdigest()[:16]
    made = build / f"dependencies-{digest}.zip"
    if made.exists():
        return made
    fetched = build / "fetched"
    shutil.rmtree(fetched, ignore_errors=True)
    fetch(requirements, fetched)
    remove(fetched, set(all_files(fetched)) - set(shipped_files(fetched, needed(root, fetched))))
    compile_tree(fetched)
    draft = made.with_suffix(".draft")
    with ZipFile(draft, "w", ZIP_DEFLATED) as archive:
        write_tree(archive, fetched)
    draft.replace(made)
    shutil.rmtree(fetched)
    return made


def fetch(requirements: Path, folder: Path) -> None:
    """Install every wheel of a requirements file in a folder, its hash checked; raise `DependencyError` if one cannot be had."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--no-compile", "--require-hashes", "--only-binary=:all:", "--requirement", str(requirements)]
    command += ["--implementation", "cp", "--python-version", PYTHON, "--platform", PLATFORM, "--target", str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)  # noqa: S603
    if ran.returncode != 0:
        told = "\n".join(line for line in ran.stderr.splitlines() if not line.startswith("WARNING"))
        raise DependencyError(f"pip could not fetch what the package needs:\n{told}")


def needed(root: Path, fetched: Path) -> list[Distribution]:
    """The fetched distributions that our own requirements lead to; raise `DependencyError` when one is not pinned."""
    there = {canonicalize_name(one.metadata["Name"]): one for one in distributions(path=[str(fetched)])}
    waiting = [Requirement(line) for line in _own_requirements(root)]
    found: dict[str, Distribution] = {}
    followed: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement = waiting.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if name in NOT_SHIPPED or (name, extras) in followed:
            continue
        if name not in there:
            raise DependencyError(f"{name} is needed and is not in requirements/runtime.txt: run `make lock`.")
        found[name] = there[name]
        followed.add((name, extras))
        waiting.extend(_required(there[name], extras))
    return [found[name] for name in sorted(found)]


def _own_requirements(root: Path) -> list[str]:
    lines: list[str] = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    return lines


def _required(distribution: Distribution, extras: frozenset[str]) -> Iterator[Requirement]:
    for line in distribution.requires or ():
        requirement = Requirement(line)
        environments = [{"extra": extra, **_LAMBDA} for extra in (*sorted(extras), "")]
        if requirement.marker is None or any(requirement.marker.evaluate(one) for one in environments):
            yield requirement


_LAMBDA = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_version": PYTHON,
    "sys_platform": "linux",
}


def shipped_files(folder: Path, kept: Iterable[Distribution]) -> Iterator[PurePosixPath]:
    """The files of these distributions that Lambda may need."""
    for distribution in kept:
        for path in distribution.files or ():
            relative = PurePosixPath(path)
            if is_shipped(relative) and (folder / relative).is_file():
                yield relative


def is_shipped(path: PurePosixPath) -> bool:
    """Whether Lambda may need this file of a library: no tests, headers, tools, or data of services that we do not call."""
    if path.parts[0].endswith(".dist-info"):
        return path.name in ("METADATA", "WHEEL") or "licenses" in path.parts
    if ".." in path.parts or path.suffix in _DEVELOPMENT_FILES or _DEVELOPMENT_FOLDERS & set(path.parts[:-1]):
        return False
    if path.parts[:2] in _SERVICE_DATA and len(path.parts) > 3:
        return path.parts[2] in CLIENTS
    return True


def all_files(folder: Path) -> Iterator[PurePosixPath]:
    """Every file under a folder, relative to it."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield PurePosixPath(path.relative_to(folder).as_posix())


def remove(folder: Path, files: Iterable[PurePosixPath]) -> None:
    """Remove these files, and the folders that are empty after it."""
    for path in files:
        (folder / path).unlink()
    for inner in sorted((one for one in folder.rglob("*") if one.is_dir()), reverse=True):
        if not any(inner.iterdir()):
            inner.rmdir()
