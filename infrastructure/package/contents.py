"""What is wrong with a deployment zip: every promise about its contents, checked on the zip itself."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from infrastructure.package.dependencies import CLIENTS, NOT_SHIPPED
from infrastructure.package.reachable import Reach

LARGEST_BYTES = 60 * 1024 * 1024
LARGEST_UNPACKED_BYTES = 250 * 1024 * 1024
"""What Lambda takes."""
OLDEST_GLIBC = 26
"""Minor version of the C library under the runtime python3.11 (Amazon Linux 2); the later ones have 2.34."""
_FORBIDDEN = ("palier/", "infrastructure/", "load_tests/", "tests/", "content/", ".chalice/")
_GLIBC = re.compile(rb"GLIBC_2\.(\d+)")
_PROBE = """
import importlib, sys
sys.path[:] = [sys.argv[1], *(path for path in sys.path if "site-packages" not in path)]
for name in sys.argv[2].split(","):
    importlib.import_module(name)
import boto3
for name in sys.argv[3].split(","):
    boto3.client(name, region_name="eu-west-3", aws_access_key_id="none", aws_secret_access_key="none")
"""
_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^ \\;]+)", re.MULTILINE)


def faults(archive: Path, reach: Reach, pins: Mapping[str, str]) -> list[str]:
    """Everything that is wrong with a zip, in sentences; none when it may be deployed."""
    with ZipFile(archive) as opened:
        names = opened.namelist()
        return [*_size_faults(archive, opened), *name_faults(names, reach), *pin_faults(names, pins), *_native_faults(opened)]


def pins_of(requirements: str) -> dict[str, str]:
    """The pinned version of each library of a requirements file, names as in the file."""
    return {name.lower().replace("-", "_"): version for name, version in _PIN.findall(requirements)}


def import_faults(archive: Path, reach: Reach) -> list[str]:
    """What goes wrong when every module of ours is imported, and every client made, with nothing but the zip.

    Only where this machine is what the zip is for; elsewhere there is nothing to try it with.
    """
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return []
    modules = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in reach.files]
    with TemporaryDirectory() as folder, ZipFile(archive) as opened:
        opened.extractall(folder)
        command = [sys.executable, "-I", "-B", "-c", _PROBE, folder, ",".join(modules), ",".join(sorted(CLIENTS))]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)  # noqa: S603
    return [] if ran.returncode == 0 else [f"it cannot be imported: {ran.stderr.strip().splitlines()[-1]}"]


def _size_faults(archive: Path, opened: ZipFile) -> Iterator[str]:
    if archive.stat().st_size > LARGEST_BYTES:
        yield f"it takes {archive.stat().st_size} bytes, over {LARGEST_BYTES}"
    unpacked = sum(one.file_size for one in opened.infolist())
    if unpacked > LARGEST_UNPACKED_BYTES:
        yield f"it takes {unpacked} bytes unpacked, over {LARGEST_UNPACKED_BYTES}"


def name_faults(names: Collection[str], reach: Reach) -> Iterator[str]:
    """What is there and should not be, and what is missing."""
    if len(set(names)) != len(names):
        yield "it holds a file twice"
    there = set(names)
    ours = {name for name in there if name == "app.py" or (name.startswith("chalicelib/") and name.endswith(".py"))}
    reached = {path.as_posix() for path in reach.files}
    yield from (f"{name} is reached by no handler" for name in sorted(ours - reached))
    yield from (f"{name} is missing" for name in sorted(reached - ours))
    yield from (f"{name} must not be deployed" for name in sorted(there) if name.startswith(_FORBIDDEN))
    yield from (f"{name} has no bytecode" for name in sorted(there) if name.endswith(".py") and bytecode_of(name) not in there)
    for library in sorted(reach.libraries - set(sys.stdlib_module_names)):
        if not {f"{library}/__init__.py", f"{library}.py"} & there:
            yield f"the library {library} is missing"


def bytecode_of(name: str) -> str:
    """The name of the bytecode of a module."""
    folder, _, file = name.rpartition("/")
    cached = f"__pycache__/{file.removesuffix('.py')}.{sys.implementation.cache_tag}.pyc"
    return f"{folder}/{cached}" if folder else cached


def pin_faults(names: Collection[str], pins: Mapping[str, str]) -> Iterator[str]:
    """Libraries of another version than pinned, or that are not pinned."""
    for name in sorted(names):
        if name.endswith(".dist-info/METADATA"):
            library, _, version = name.partition(".dist-info/")[0].rpartition("-")
            if library.lower() in NOT_SHIPPED:
                yield f"{library} must not be deployed"
            elif pins.get(library.lower()) != version:
                yield f"{library} is {version}, pinned {pins.get(library.lower(), 'nowhere')}"


def _native_faults(opened: ZipFile) -> Iterator[str]:
    for one in opened.infolist():
        if ".so" not in Path(one.filename).suffixes:
            continue
        content = opened.read(one)
        if content[:5] != b"\x7fELF\x02" or content[18:20] != b"\x3e\x00":
            yield f"{one.filename} is not for x86_64"
        newest = max((int(version) for version in _GLIBC.findall(content)), default=0)
        if newest > OLDEST_GLIBC:
            yield f"{one.filename} needs glibc 2.{newest}"
    if not any("_multiarray_umath" in name and name.endswith("-x86_64-linux-gnu.so") for name in opened.namelist()):
        yield "numpy comes without its native part"
