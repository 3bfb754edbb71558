"""Sources: one YAML file per topic, read into models; whatever cannot be read is a fault with its path, never an exception."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from chalicelib.content.challenges import Challenge
from chalicelib.content.framework import Framework
from chalicelib.content.rules import Rules
from chalicelib.content.texts import Strict
from chalicelib.content.topics import Skill, Topic


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with the sources: where, which rule, and the value or reason."""

    path: str
    rule: str
    reason: str


M = TypeVar("M", bound=Strict)


class SourceSkill(Skill):
    """A skill with its challenges, as authors write it."""

    challenges: tuple[Challenge, ...]


class SourceTopic(Topic):
    """A topic with its challenges, as authors write it."""

    skills: tuple[SourceSkill, ...]


@dataclass(frozen=True)
class Sources:
    """Everything that could be read, each topic with the path of its file, and the faults met."""

    framework: Framework | None
    rules: Rules
    topics: tuple[tuple[str, SourceTopic], ...]
    faults: tuple[Fault, ...]


def read_sources(folder: Path) -> Sources:
    """Read `frameworks/crcn.yaml`, `rules.yaml` and `topics/*/*.yaml` under this folder."""
    faults: list[Fault] = []
    framework = _read(folder, folder / "frameworks" / "crcn.yaml", Framework, faults)
    rules_file = folder / "rules.yaml"
    rules = (_read(folder, rules_file, Rules, faults) if rules_file.exists() else None) or Rules()
    topics = []
    for file in sorted((folder / "topics").glob("*/*.yaml")):
        topic = _read(folder, file, SourceTopic, faults)
        if topic is not None:
            topics.append((str(file.relative_to(folder)), topic))
    return Sources(framework, rules, tuple(topics), tuple(faults))


def _read(folder: Path, file: Path, model: type[M], faults: list[Fault]) -> M | None:
    path = str(file.relative_to(folder))
    try:
        document: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
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
