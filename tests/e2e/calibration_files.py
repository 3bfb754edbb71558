"""Files of virtual calibrations: persons of two groups with known faults among the items, and a bank on another scale."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from chalicelib.engine.bank import probability
from chalicelib.engine.calibration.responses import MISSING
from tests.engine.calibration.answered_forms import with_common_factor

PERSONS, ITEMS = 900, 12
HARDER_FOR_GIRLS, MISFITTING, DRIFTED, GUESSER, HASTY = 3, 6, 9, 5, 6
SLOPE, INTERCEPT = 1.2, 0.3
NAMES = [f"item-{place}" for place in range(ITEMS)]


def write_table(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    """A CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)
    return path


def read_table(path: Path) -> list[dict[str, str]]:
    """The lines of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_complete(folder: Path) -> list[str]:
    """The files of a complete form and the words of the command that name them."""
    rng = np.random.default_rng(11)
    a, b = rng.lognormal(0.2, 0.2, ITEMS), np.linspace(-1.6, 1.6, ITEMS)
    girls = rng.random(PERSONS) < 0.5
    theta = rng.normal(0.0, 1.0, PERSONS) - 0.3 * girls
    met = np.tile(b, (PERSONS, 1))
    met[girls, HARDER_FOR_GIRLS] += 1.2
    right = rng.random(met.shape) < probability(theta[:, None], a, met, np.zeros(ITEMS))
    right[:, MISFITTING] = rng.random(PERSONS) < np.where(np.abs(theta) < 0.7, 0.8, 0.2)
    right[GUESSER] = np.arange(ITEMS) >= ITEMS // 2
    persons = [f"p{place}" for place in range(PERSONS)]
    seconds = np.exp(3.0 + rng.normal(0.0, 0.4, right.shape) - rng.normal(0.0, 0.2, (PERSONS, 1)))
    seconds[HASTY, 4:12] = 1.0
    moved = SLOPE * np.where(np.arange(ITEMS) == DRIFTED, b + 0.8, b) + INTERCEPT
    groups = ["girls" if one else "boys" for one in girls.tolist()]
    write_table(folder / "r.csv", ["person", *NAMES], zip(persons, *right.astype(int).T.tolist(), strict=True))
    write_table(folder / "g.csv", ["person", "group"], zip(persons, groups, strict=True))
    write_table(folder / "t.csv", ["person", *NAMES], zip(persons, *seconds.round(2).T.tolist(), strict=True))
    bank = zip(NAMES, a / SLOPE, moved, np.full(ITEMS, 0.05), np.full(ITEMS, 0.05), strict=True)
    write_table(folder / "b.csv", ["item", "a", "b", "se_a", "se_b"], bank)
    files = {"responses": "r", "out": "p", "checks": "f", "groups": "g", "times": "t", "bank": "b", "persons": "s"}
    return [word for option, name in files.items() for word in (f"--{option}", str(folder / f"{name}.csv"))]


def write_competences(folder: Path) -> list[str]:
    """The files of a test of four competences where some skipped items, without names of persons, and the words that name them."""
    known = with_common_factor(700, (4, 3, 3), 0.6, 3)
    known.responses.outcomes[::9, ::5] = MISSING
    items = [f"c{competence}-{place}" for place, competence in enumerate(known.competence.tolist())]
    cells = np.where(known.responses.answered, known.responses.right.astype(int).astype(str), "")
    write_table(folder / "r.csv", items, cells.tolist())
    write_table(folder / "g.csv", ["person", "group"], [(place + 1, "AB"[place % 2]) for place in range(700)])
    write_table(folder / "k.csv", ["item", "competence"], [(item, item.split("-")[0]) for item in items])
    words = [word for option, name in {"responses": "r", "out": "p", "checks": "f", "groups": "g", "competences": "k"}.items()
             for word in (f"--{option}", str(folder / f"{name}.csv"))]  # fmt: skip
    return [*words, "--model", "common-factor"]
