"""The project that Chalice packages: a copy of what `app.py` reaches, and a configuration made here.

Chalice gives the functions that `app.py` declares, with their events, and a zip of our code with the part of Chalice that runs in Lambda.
It is told of no library: those are added to the zip afterwards.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infrastructure.package.reachable import Reach
from infrastructure.template import TEMPLATE

STAGE = "package"
_PLACEHOLDER_ROLE = "arn:aws:iam::000000000000:role/replaced-by-the-post-processor"
_CONFIGURATION = {
    "version": "2.0",
    "app_name": "palier",
    "autogen_policy": False,
    "manage_iam_role": False,
    "iam_role_arn": _PLACEHOLDER_ROLE,
    "lambda_functions": {},
    "stages": {STAGE: {}},
}


class ChaliceError(RuntimeError):
    """Chalice could not package the project; the message is what it said."""


@dataclass(frozen=True)
class ChalicePackage:
    """What Chalice made: its template, our resources merged in, and the zip of our code."""

    template: dict[str, Any]
    code: Path


def write_project(root: Path, reach: Reach, project: Path) -> None:
    """Make the project folder anew: the reached files, no requirement, the configuration."""
    shutil.rmtree(project, ignore_errors=True)
    for path in reach.files:
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, project / path)
    (project / "requirements.txt").write_text("", encoding="utf-8")
    configuration = project / ".chalice" / "config.json"
    configuration.parent.mkdir()
    configuration.write_text(json.dumps(_CONFIGURATION, indent=2), encoding="utf-8")


def chalice_package(project: Path, resources: Path = TEMPLATE) -> ChalicePackage:
    """Run `chalice package` over the project; raise `ChaliceError` when it fails."""
    out = project.parent / "chalice"
    shutil.rmtree(out, ignore_errors=True)
    command = [str(Path(sys.executable).with_name("chalice")), "--project-dir", str(project), "package", "--stage", STAGE]
    command += ["--pkg-format", "cloudformation", "--template-format", "json", "--merge-template", str(resources), str(out)]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    environment = {**kept, "AWS_DEFAULT_REGION": "eu-west-3", "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if ran.returncode != 0:
        raise ChaliceError(f"chalice package failed:\n{ran.stdout}{ran.stderr}")
    template = json.loads((out / "sam.json").read_text(encoding="utf-8"))
    return ChalicePackage(template, out / "deployment.zip")
