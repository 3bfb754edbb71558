"""Everything in order: the reached files, Chalice's package, the template, the libraries, the zip, and a look at what came out."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infrastructure.package.archive import join
from infrastructure.package.assembly import assembled
from infrastructure.package.chalice_project import ChaliceError, ChalicePackage, chalice_package, write_project
from infrastructure.package.contents import faults, import_faults, pins_of
from infrastructure.package.dependencies import DependencyError, dependencies_zip
from infrastructure.package.environment import UnsetSettingError
from infrastructure.package.function_resources import UnknownFunctionError
from infrastructure.package.reachable import Reach, reach_of

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "package"
"""Where packages are made, and where the libraries stay until the requirements change."""


class PackageError(RuntimeError):
    """The zip must not be deployed; the message lists why."""


NOT_MADE = (ChaliceError, DependencyError, PackageError, UnknownFunctionError, UnsetSettingError)
"""What stops a package; each says why."""


@dataclass(frozen=True)
class Package:
    """What `make package` makes: the zip, and the template whose code is not placed yet."""

    code: Path
    template: dict[str, Any]


def package(target: Path, root: Path = ROOT, build: Path = BUILD) -> Package:
    """Make `deployment.zip` and `template.json` in the target folder; raise `PackageError` unless the zip is as promised."""
    target.mkdir(parents=True, exist_ok=True)
    reach = reach_of(root)
    made = _chalice(root, reach, target)
    template = assembled(made.template)
    code = target / "deployment.zip"
    join(_libraries(root, build), made.code, code)
    wrong = faults(code, reach, pins_of((root / "requirements" / "runtime.txt").read_text(encoding="utf-8")))
    wrong = wrong or import_faults(code, reach)
    if wrong:
        raise PackageError("The zip must not be deployed:\n" + "\n".join(f"- {one}" for one in wrong))
    (target / "template.json").write_text(json.dumps(template, indent=2) + "\n", encoding="utf-8")
    return Package(code, template)


def packaged_template(target: Path, root: Path = ROOT) -> dict[str, Any]:
    """The template alone, without fetching any library."""
    target.mkdir(parents=True, exist_ok=True)
    return assembled(_chalice(root, reach_of(root), target).template)


def _chalice(root: Path, reach: Reach, target: Path) -> ChalicePackage:
    project = target / "project"
    write_project(root, reach, project)
    return chalice_package(project)


def _libraries(root: Path, build: Path) -> Path:
    build.mkdir(parents=True, exist_ok=True)
    with _alone(build):
        return dependencies_zip(root, build)


@contextmanager
def _alone(build: Path) -> Iterator[None]:
    """Two packages made at the same time fetch the libraries once."""
    with (build / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
