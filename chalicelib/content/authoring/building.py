"""Building a release from checked sources: the same sources always give the same release."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chalicelib.content.authoring.checks import faults_of
from chalicelib.content.authoring.generators import GENERATORS
from chalicelib.content.authoring.generators.drawing import MadeFile, with_variants
from chalicelib.content.authoring.packing import PackedTopic, pack_release
from chalicelib.content.authoring.sources import Fault, Progress, Sources, SourceTopic, read_sources, untold
from chalicelib.content.challenges import Challenge, FileTaskChallenge
from chalicelib.content.releases import Use
from chalicelib.content.topics import Skill, Topic
from chalicelib.kernel.ids import encode_id


class ReleaseRefusedError(Exception):
    """These sources break rules of a release; `faults` lists them all."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(f"{fault.path}: {fault.rule}: {fault.reason}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Built:
    """A release, and the files that its challenges show, by address."""

    id: str
    packed: bytes
    files: dict[str, bytes]


@dataclass(frozen=True)
class BuildRelease:
    """Builds a release, and tells how far it is."""

    progress: Progress = untold

    def of_folder(self, folder: Path, private: Path | None = None) -> Built:
        """The release of the sources in this folder. Raises `ReleaseRefusedError` with every fault at once."""
        return self.of_sources(read_sources(folder, private, self.progress))

    def of_sources(self, sources: Sources) -> Built:
        """The release of these sources. Raises `ReleaseRefusedError` with every fault at once."""
        faults = faults_of(sources, self.progress)
        if faults or sources.framework is None:
            raise ReleaseRefusedError(faults)
        files: dict[str, bytes] = {}
        topics = list(self._topics(sources, files))
        release_id, packed = pack_release(
            sources.framework, sources.rules, topics, sources.calibrations, [one.template for _, one in sources.profiles]
        )
        return Built(release_id, packed, files)

    def _topics(self, sources: Sources, files: dict[str, bytes]) -> Iterator[PackedTopic]:
        used = _by_topic(sources)
        done, count = 0, sum(len(listed) for listed in used.values())
        for _, source in sources.topics:
            settled = []
            for challenge, use in used[source.id]:
                settled.append((_with_files(challenge, sources, files), use))
                done += 1
                self.progress("Building", done, count)
            yield PackedTopic(_bare(source), settled, source.lessons)


def build_release(folder: Path) -> Built:
    """The release of the sources in this folder. Raises `ReleaseRefusedError` with every fault at once."""
    return BuildRelease().of_folder(folder)


def address_of(made: MadeFile) -> str:
    """Where a file is: the hash of its content, then its name.

    Of a zip, office files included, what is hashed is its content before compression: two versions of a compressor give other
    bytes for the same files, and the name of a release must not depend on that.
    """
    return f"{encode_id(_digest(made.content))}/{made.name}"


def _digest(content: bytes) -> bytes:
    digest = hashlib.sha256()
    if not content.startswith(b"PK\x03\x04"):
        digest.update(content)
        return digest.digest()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            digest.update(f"{entry.filename}|{entry.date_time}|{entry.file_size}|".encode())
            digest.update(archive.read(entry))
    return digest.digest()


def _by_topic(sources: Sources) -> dict[str, list[tuple[Challenge, Use]]]:
    """The validated challenges of each topic, pools included, with their use."""
    used: dict[str, list[tuple[Challenge, Use]]] = {}
    for _, topic in sources.topics:
        used[topic.id] = [
            (one, Use.PRACTICE) for skill in topic.skills for one in skill.challenges if one.status == "validated"
        ]
    for _, pool in sources.pools:
        use = Use.EXPOSED if pool.pool == "exposed" else Use.PRIVATE
        for challenge in pool.challenges:
            if challenge.status == "validated":
                used[challenge.id.rpartition("-")[0]].append((challenge, use))
    return used


def _with_files(challenge: Challenge, sources: Sources, files: dict[str, bytes]) -> Challenge:
    def keep(made: MadeFile) -> str:
        address = address_of(made)
        files[address] = made.content
        return address

    if isinstance(challenge, FileTaskChallenge):
        challenge = with_variants(
            GENERATORS[challenge.generator], challenge, lambda drawn, locale: keep(drawn.make_file(locale))
        )
    if challenge.image is not None:
        paths = {"fr": challenge.image.fr, "en": challenge.image.en}
        kept = {locale: keep(MadeFile(path.rpartition("/")[2], sources.images[path])) for locale, path in paths.items()}
        challenge = challenge.model_copy(update={"image": challenge.image.model_copy(update=kept)})
    return challenge


def _bare(source: SourceTopic) -> Topic:
    skills = tuple(
        Skill(level=skill.level, title=skill.title, hint=skill.hint, resources=skill.resources) for skill in source.skills
    )
    return Topic(id=source.id, competence=source.competence, title=source.title, skills=skills)
