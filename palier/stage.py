"""Which stage a command talks to: the environment's, or the local stack that is running."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chalicelib.config import Settings, SettingsError
from chalicelib.wiring import Services
from chalicelib.wiring_boto import cloud_ports
from infrastructure.local.stack_file import read_stack_file
from infrastructure.local.supervisor import private_stack

ROOT = Path(__file__).resolve().parent.parent
CONTENT = ROOT / "content"
STACK_FILE = ROOT / ".local" / "stack.env"


class NoStageError(Exception):
    """No stage is described by the environment, and no local stack runs."""


@dataclass(frozen=True)
class Stage:
    """A stage within reach: its use-cases, and where its API answers."""

    services: Services
    api_url: str


def within_reach() -> bool:
    """Whether a stage is described by the environment or runs here."""
    return "PALIER_ASSESSMENTS_TABLE" in os.environ or STACK_FILE.exists()


@contextmanager
def reached_or_own(workers: int) -> Iterator[Stage]:
    """The stage within reach, or a local stack of our own for the length of the block."""
    if within_reach():
        yield reach_stage()
        return
    with private_stack(workers=workers) as stack:
        os.environ.update(stack.environment)
        yield reach_stage()


def reach_stage() -> Stage:
    """The stage that the environment describes, else the local stack; raises `NoStageError` in one sentence."""
    settings = reach_settings()
    return Stage(Services(settings, cloud_ports(settings)), os.environ.get("PALIER_API_URL", "http://127.0.0.1:8000"))


def reach_settings() -> Settings:
    """The settings of the stage that `reach_stage` gives; raises `NoStageError` in one sentence."""
    if "PALIER_ASSESSMENTS_TABLE" not in os.environ:
        if not STACK_FILE.exists():
            raise NoStageError(
                "No stage is described by PALIER_* variables and no local stack runs: start one with `make run`."
            )
        os.environ.update(read_stack_file(STACK_FILE))
    try:
        return Settings.from_environment()
    except SettingsError as error:
        raise NoStageError(str(error)) from error
