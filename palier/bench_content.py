"""What a large bank costs: building it from sources, loading it, reading it, grading. Each part in a process of its own."""

from __future__ import annotations

import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chalicelib.content.authoring.building import BuildRelease
from chalicelib.content.authoring.declared import declared_answers
from chalicelib.content.authoring.sources import read_sources
from chalicelib.content.challenges import Challenge
from chalicelib.content.grading import grade
from chalicelib.content.grading.answers import as_sent, read_answer
from chalicelib.content.releases import Release
from palier.stage import CONTENT, ROOT

CHALLENGES_A_TOPIC = 16
"""Two at each of eight levels."""
LOADS = 15
_WORDS = ("mairie", "dossier", "tableau", "fichier", "agenda", "message", "photo", "jardin", "club", "budget", "école", "plan")


def write_synthetic(folder: Path, challenges: int) -> None:
    """Sources of this many short challenges of four kinds, over the competences of the real framework."""
    framework = (CONTENT / "frameworks" / "crcn.yaml").read_text(encoding="utf-8")
    (folder / "frameworks").mkdir(parents=True)
    (folder / "frameworks" / "crcn.yaml").write_text(framework, encoding="utf-8")
    competences = [one.id for one in read_sources(CONTENT).framework.competences]  # type: ignore[union-attr]
    for number in range(-(-challenges // CHALLENGES_A_TOPIC)):
        competence = competences[number % len(competences)]
        file = folder / "topics" / competence / f"topic-{number}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(_topic(f"topic-{number}", competence)), encoding="utf-8")  # JSON is YAML


def _topic(topic: str, competence: str) -> dict[str, Any]:
    chance = random.Random(topic)
    resource_link = {
        "kind": "succeed",
        "title": _both("Page"),
        "url": _both(f"https://example.org/{topic}"),
        "licence": "CC BY 4.0",
    }
    skills = [
        {
            "level": level,
            "title": _both(f"{topic} {level}"),
            "hint": _both("Relisez la consigne."),
            "resources": [resource_link],
            "challenges": [_challenge(f"{topic}-{level}{letter}", chance) for letter in "ab"],
        }
        for level in range(1, 9)
    ]
    check = {"question": _both("Vrai ?"), "options": _options(2), "explanation": _both("Oui.")}
    lesson = {
        "id": topic,
        "title": _both(topic),
        "text": _both(_prose(chance, 60)),
        "example": _both("Exemple."),
        "check": check,
    }
    return {"id": topic, "competence": competence, "title": _both(topic), "skills": skills, "lessons": [lesson]}


def _challenge(challenge_id: str, chance: random.Random) -> dict[str, Any]:
    own: dict[str, Any] = chance.choice(
        (
            {"kind": "choice", "options": _options(4)},
            {"kind": "number", "value": chance.randint(1, 999)},
            {"kind": "text", "accept": _both([chance.choice(_WORDS)])},
            {"kind": "order", "items": _options(4, right=False), "right_order": ["c", "a", "d", "b"]},
        )
    )
    return {
        "id": challenge_id,
        "status": "validated",
        "author": "Palier",
        "written": "2026-11-22",
        "locales": {"fr": "validated", "en": "validated"},
        "found_by": "doing",
        "suits": ["blind", "low-vision", "colour-blind", "motor", "deaf"],
        "prompt": _both(f"{challenge_id} : {_prose(chance, 12)}"),
        "solution": _both(_prose(chance, 30)),
        **own,
    }


def _prose(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(_WORDS) + ("." if place % 8 == 7 else "") for place in range(words))


def _options(count: int, right: bool = True) -> list[dict[str, Any]]:
    options = [{"id": letter, **_both(f"Option {letter}")} for letter in "abcdef"[:count]]
    return [{**option, "right": option["id"] == "a"} for option in options] if right else options


def _both(text: Any) -> dict[str, Any]:
    return {"fr": text, "en": text}


def measure(challenges: int) -> Iterator[tuple[str, float]]:
    """Name and figure of each measure, as they come. Building shows its progress on stderr."""
    with tempfile.TemporaryDirectory() as folder:
        sources, packed = Path(folder) / "content", Path(folder) / "release.npz"
        write_synthetic(sources, challenges)
        yield "challenges", challenges
        yield from _apart("build", str(sources), str(packed))
        yield "release_bytes", packed.stat().st_size
        yield from _apart("load", packed.with_suffix(".id").read_text(), str(packed))
    yield from _apart("grade")


def _apart(*arguments: str) -> Iterator[tuple[str, float]]:
    command = [sys.executable, "-m", "palier.bench_content", *arguments]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)  # noqa: S603
    figures: dict[str, float] = json.loads(ran.stdout)
    yield from figures.items()


def _build(folder: str, output: str) -> dict[str, float]:
    from palier.content import building

    began = time.perf_counter()
    with building() as progress:
        built = BuildRelease(progress).of_folder(Path(folder))
    seconds = time.perf_counter() - began
    Path(output).write_bytes(built.packed)
    Path(output).with_suffix(".id").write_text(built.id)
    return {"build_seconds": round(seconds, 1), "build_peak_mb": round(_peak_mb(), 1)}


def _peak_mb() -> float:
    """Peak of resident memory. Linux's own count starts anew with the program; `ru_maxrss` begins with that of the parent."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _load(release_id: str, path: str) -> dict[str, float]:
    packed = Path(path).read_bytes()
    loads, banks, reads = [], [], []
    for place in range(LOADS):
        began = time.perf_counter()
        release = Release(release_id, packed)
        loads.append(time.perf_counter() - began)
        began = time.perf_counter()
        release.bank_in("fr")
        banks.append(time.perf_counter() - began)
        began = time.perf_counter()
        release.challenge(place * 7 % len(release))
        reads.append(time.perf_counter() - began)
    return {
        "load_ms": _ms(statistics.median(loads)),
        "first_load_ms": _ms(loads[0]),
        "bank_ms": _ms(statistics.median(banks)),
        "read_a_challenge_ms": _ms(statistics.median(reads)),
    }


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


def _grade() -> dict[str, float]:
    """Reading and grading the first declared right answer of every written practice challenge, by kind: the slowest median."""
    times: dict[str, list[float]] = {}
    for challenge in _written():
        for answer in declared_answers(challenge, "fr")[0][:1]:
            sent = as_sent(challenge, answer)
            began = time.perf_counter()
            grade(challenge, read_answer(challenge, sent, 240), "fr")
            times.setdefault(challenge.kind, []).append(time.perf_counter() - began)
    return {f"grade_{kind}_us": round(statistics.median(spent) * 1e6, 1) for kind, spent in sorted(times.items())}


def _written() -> Iterator[Challenge]:
    for _, topic in read_sources(CONTENT).topics:
        for skill in topic.skills:
            yield from (challenge for challenge in skill.challenges if challenge.kind != "file-task")


if __name__ == "__main__":
    part, *values = sys.argv[1:]
    print(json.dumps({"build": _build, "load": _load, "grade": _grade}[part](*values)))  # type: ignore[operator]  # noqa: T201
