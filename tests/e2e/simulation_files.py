"""Small banks and persons on disk, and `palier simulate` over them in this process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from typer.testing import CliRunner, Result

from palier.__main__ import app

QUICK = ("--length", "8", "--max-exposure", "0.4", "--pricing-rounds", "2", "--pricing-persons", "20", "--processes", "1")
COMPETENCES = ("1.1", "1.2", "2.1", "10.1")


@dataclass(frozen=True)
class Files:
    """A bank of 120 items in four competences, and 40 persons with one ability and with four."""

    folder: Path

    @property
    def bank(self) -> Path:
        return self.folder / "bank.csv"

    @property
    def one(self) -> Path:
        return self.folder / "one.csv"

    @property
    def four(self) -> Path:
        return self.folder / "four.csv"

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


def item_lines(items: int = 120, shift: float = 0.0) -> list[str]:
    """Lines item,a,b,competence of a seeded bank, competences taking turns."""
    rng = np.random.default_rng(11)
    a, b = rng.lognormal(0.0, 0.3, items), rng.normal(0.0, 1.2, items) + shift
    return [f"i{i},{a[i]:.5f},{b[i]:.5f},{COMPETENCES[i % 4]}" for i in range(items)]


def bank_text(lines: Sequence[str]) -> str:
    return "\n".join(["item,a,b,competence", *lines]) + "\n"


def made(folder: Path) -> Files:
    files, rng = Files(folder), np.random.default_rng(12)
    files.write("bank.csv", bank_text(item_lines()))
    files.write("one.csv", "\n".join(["theta", *(f"{theta:.5f}" for theta in rng.normal(size=40))]) + "\n")
    four = np.sqrt(0.7) * rng.normal(size=(40, 1)) + np.sqrt(0.3) * rng.normal(size=(40, 4))
    rows = [",".join(f"{theta:.5f}" for theta in person) for person in four]
    files.write("four.csv", "\n".join([",".join(f"c{name}" for name in COMPETENCES), *rows]) + "\n")
    return files


def simulate(bank: Path, abilities: Path, *words: str) -> Result:
    given = ["simulate", "--bank", str(bank), "--abilities", str(abilities), *QUICK, *words]
    return CliRunner().invoke(app, given, catch_exceptions=False)


def figures(bank: Path, abilities: Path, *words: str) -> dict[str, Any]:
    """The JSON object of a run that ends well."""
    ran = simulate(bank, abilities, "--json", *words)
    assert (ran.exit_code, ran.stderr) == (0, "")
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def timeless(told: dict[str, Any]) -> dict[str, Any]:
    """The figures that the same arguments must give again."""
    return {key: value for key, value in told.items() if "seconds" not in key}
