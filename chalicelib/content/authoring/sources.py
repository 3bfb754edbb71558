"""Sources: one YAML file per topic, read into models; whatever cannot be read is a fault with its path, never an exception."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import ValidationError

from chalicelib.content.authoring.calibrating import CalibrationRow, read_calibrations
from chalicelib.content.challenges import Challenge
from chalicelib.content.framework import Framework
from chalicelib.content.rules import Rules
from chalicelib.content.target_profiles import Slug, Targets, Template
from chalicelib.content.texts import Locale, Strict
from chalicelib.content.topics import Lesson, Skill, Topic


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with the sources: where, which rule, and the value or reason."""

    path: str
    rule: str
    reason: str


M = TypeVar("M", bound=Strict)

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where it is there: ten times faster."""


class SourceSkill(Skill):
    """A skill with its challenges, as authors write it."""

    challenges: tuple[Challenge, ...]


class SourceTopic(Topic):
    """A topic with its challenges and lessons, as authors write it."""

    skills: tuple[SourceSkill, ...]
    lessons: tuple[Lesson, ...] = ()


class Pool(Strict):
    """Certification challenges, each on the rung that its id names."""

    pool: Literal["exposed", "private"]
    """`exposed`: published, good for demonstrations only."""
    challenges: tuple[Challenge, ...]


class SourceProfile(Targets):
    """A template of a target profile, as authors write it."""

    id: Slug

    @property
    def template(self) -> Template:
        """As releases carry it."""
        return Template(self.id, Targets.model_validate(self.model_dump(exclude={"id"})))


@dataclass(frozen=True)
class Sources:
    """Everything that could be read, each topic and pool with the path of its file, and the faults met."""

    framework: Framework | None
    rules: Rules
    topics: tuple[tuple[str, SourceTopic], ...]
    faults: tuple[Fault, ...]
    pools: tuple[tuple[str, Pool], ...] = ()
    images: Mapping[str, bytes] = field(default_factory=dict)
    """Every picture by its path."""
    calibrations: Mapping[tuple[str, Locale], CalibrationRow] = field(default_factory=dict)
    profiles: tuple[tuple[str, SourceProfile], ...] = ()


Progress = Callable[[str, int, int], None]
"""Told how far a phase is: its name, how much is done, of how much."""


def untold(_phase: str, _done: int, _all: int) -> None:
    """The progress that nobody looks at."""


def read_sources(folder: Path, private: Path | None = None, progress: Progress = untold) -> Sources:
    """Read `frameworks/crcn.yaml`, `rules.yaml`, `topics/*/*.yaml`, `exposed/*.yaml`, `images/*` and `target_profiles/*.yaml` under it.

    With `calibrations.csv` where there is one. A private folder's `*.yaml` pools, `images/*` and `calibrations.csv` are merged in.
    """
    faults: list[Fault] = []
    framework = _read(folder, folder / "frameworks" / "crcn.yaml", Framework, faults)
    rules_file = folder / "rules.yaml"
    rules = (_read(folder, rules_file, Rules, faults) if rules_file.exists() else None) or Rules()
    topics = []
    files = sorted((folder / "topics").glob("*/*.yaml"))
    for done, file in enumerate(files, 1):
        progress("Reading", done, len(files))
        topic = _read(folder, file, SourceTopic, faults)
        if topic is not None:
            topics.append((str(file.relative_to(folder)), topic))
    pools = _read_pools(folder, folder / "exposed", "exposed", faults)
    images, calibrations = _read_images(folder), _read_calibrations(folder, faults)
    if private is not None:
        pools += _read_pools(private, private, "private", faults)
        images |= _read_images(private)
        calibrations |= _read_calibrations(private, faults)
    profiles = tuple(_read_profiles(folder, faults))
    return Sources(framework, rules, tuple(topics), tuple(faults), tuple(pools), images, calibrations, profiles)


def _read_profiles(folder: Path, faults: list[Fault]) -> Iterator[tuple[str, SourceProfile]]:
    for file in sorted((folder / "target_profiles").glob("*.yaml")):
        profile = _read(folder, file, SourceProfile, faults)
        if profile is not None:
            yield str(file.relative_to(folder)), profile


def _read_calibrations(folder: Path, faults: list[Fault]) -> dict[tuple[str, Locale], CalibrationRow]:
    file = folder / "calibrations.csv"
    if not file.exists():
        return {}
    rows, wrong = read_calibrations(file.read_bytes())
    faults.extend(Fault(f"{file.name}#line {line}", rule, reason) for line, rule, reason in wrong)
    return {(row.challenge, row.locale): row for row in rows}


def _read_pools(root: Path, folder: Path, sort: str, faults: list[Fault]) -> list[tuple[str, Pool]]:
    pools = []
    for file in sorted(folder.glob("*.yaml")):
        pool, path = _read(root, file, Pool, faults), str(file.relative_to(root))
        if pool is not None and pool.pool != sort:
            faults.append(Fault(path, "wrong-pool", f"{pool.pool}, expected {sort}"))
        elif pool is not None:
            pools.append((path, pool))
    return pools


def _read_images(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted((folder / "images").glob("*"))}


def _read(folder: Path, file: Path, model: type[M], faults: list[Fault]) -> M | None:
    path = str(file.relative_to(folder))
    try:
        document: Any = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
        return model.model_validate(document)
    except FileNotFoundError:
        faults.append(Fault(path, "missing-file", "this file is needed"))
    except ValidationError as error:
        faults.extend(
            Fault(f"{path}#/{'/'.join(map(str, fault['loc']))}", fault["type"].replace("_", "-"), fault["msg"])
            for fault in error.errors()
        )
    except (yaml.YAMLError, ValueError) as error:  # ValueError: bytes that are no UTF-8, a date that no calendar has
        faults.append(Fault(path, "not-yaml", " ".join(str(error).split())))
    return None
