"""Building a release from checked sources: the same sources always give the same release."""

from __future__ import annotations

from pathlib import Path

from chalicelib.content.authoring.checks import faults_of
from chalicelib.content.authoring.sources import Fault, Sources, SourceTopic, read_sources
from chalicelib.content.challenges import Challenge
from chalicelib.content.releases import pack_release
from chalicelib.content.topics import Skill, Topic


class ReleaseRefusedError(Exception):
    """These sources break rules of a release; `faults` lists them all."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(f"{fault.path}: {fault.rule}: {fault.reason}" for fault in faults))
        self.faults = faults


def build_release(folder: Path) -> tuple[str, bytes]:
    """Id and bytes of the release of the sources in this folder. Raises `ReleaseRefusedError` with every fault at once."""
    return build_from(read_sources(folder))


def build_from(sources: Sources) -> tuple[str, bytes]:
    """Id and bytes of the release of these sources. Raises `ReleaseRefusedError` with every fault at once."""
    faults = faults_of(sources)
    if faults or sources.framework is None:
        raise ReleaseRefusedError(faults)
    return pack_release(sources.framework, sources.rules, [_validated(topic) for _, topic in sources.topics])


def _validated(source: SourceTopic) -> tuple[Topic, list[Challenge]]:
    skills = tuple(
        Skill(level=skill.level, title=skill.title, hint=skill.hint, resources=skill.resources) for skill in source.skills
    )
    challenges = [challenge for skill in source.skills for challenge in skill.challenges if challenge.status == "validated"]
    return Topic(id=source.id, competence=source.competence, title=source.title, skills=skills), challenges
