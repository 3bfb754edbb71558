"""`palier learners check`: what it reports, and what its exit status says."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from palier import learners as console
from palier.__main__ import app
from tests.domain.imports.learner_files import (
    DECLARED,
    GENERIC_HEADER,
    day_first,
    generic_file,
    onde_file,
    siecle_file,
    sup_file,
    table,
)
from tests.domain.imports.learner_files import learners as invented

PEOPLE = [replace(one, birth_date=one.birth_date.replace(year=2010)) for one in invented(12) if one.birth_date]


@pytest.fixture
def columns(tmp_path: Path) -> Path:
    path = tmp_path / "columns.json"
    path.write_text(DECLARED.model_dump_json(exclude_none=True), encoding="utf-8")
    return path


def palier(folder: Path, content: bytes, *words: str) -> Result:
    path = folder / "people"
    path.write_bytes(content)
    return CliRunner().invoke(app, ["learners", "check", str(path), *words])


def told(ran: Result) -> Any:
    return json.loads(ran.stdout)


@pytest.mark.parametrize(("name", "written"), [("onde", onde_file), ("sup", sup_file), ("siecle", siecle_file)])
def test_a_right_file_ends_with_0(tmp_path: Path, name: str, written: Callable[..., bytes]) -> None:
    ran = palier(tmp_path, written(PEOPLE), "--format", name)
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert ran.stdout.startswith(f"{name}, utf-8")
    assert "Rows that are right: 12; with a fault: 0; of people who left: 0." in ran.stdout


def test_a_generic_table_is_read_by_its_declaration(tmp_path: Path, columns: Path) -> None:
    ran = palier(tmp_path, generic_file(PEOPLE, ","), "--format", "generic", "--columns", str(columns), "--json")
    found = told(ran)
    assert (ran.exit_code, found["refused"], found["valid"], found["separator"], found["faults"]) == (0, None, 12, ",", [])


def test_faults_are_shown_as_a_table_and_as_json_and_end_with_1(tmp_path: Path, columns: Path) -> None:
    header = (*GENERIC_HEADER, "[red]Allergies")
    tomorrow = day_first(datetime.now(UTC).date() + timedelta(days=2))
    content = table(header, [("M1", "Vent", "", tomorrow, "", "[b]x", ""), ("M1", "Ciel", "Ada\x1b[2J", "", "", "", "")])
    words = ("--format", "generic", "--columns", str(columns))
    ran = palier(tmp_path, content, *words)
    assert ran.exit_code == 1
    for part in (
        "date-in-future",
        tomorrow,
        "[b]x",
        "Ada?[2J",
        "first in line 2",
        "duplicate, 1: An earlier row",
        "[red]Allergies",
    ):
        assert part in ran.stdout
    assert "\x1b" not in ran.stdout
    assert "4 more faults are not shown." in palier(tmp_path, content, *words, "--limit", "1").stdout
    found = palier(tmp_path, content, *words, "--json")
    assert (found.exit_code, told(found)["by_code"]["empty"], told(found)["unknown_columns"]) == (1, 1, ["[red]Allergies"])
    assert [one["line"] for one in told(found)["faults"]] == [2, 2, 2, 3, 3]


def test_a_refused_file_is_told_with_its_code_and_ends_with_1(tmp_path: Path) -> None:
    ran = palier(tmp_path, b"<BEE_ELEVES>\n<b>", "--format", "siecle")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert ran.stderr == "Refused: It is XML that is not well formed. Line 2. (xml-malformed)\n"
    ran = palier(tmp_path, b"a;b\n", "--format", "sup", "--json")
    assert ran.exit_code == 1
    assert (told(ran)["refused"]["code"], told(ran)["refused"]["columns"][0]) == ("column-missing", "Numéro étudiant")


def test_a_wrong_use_ends_with_2(tmp_path: Path, columns: Path) -> None:
    for words in (("--format", "generic"), ("--format", "onde", "--columns", str(columns)), ("--format", "excel"), ()):
        assert palier(tmp_path, b"x", *words).exit_code == 2
    columns.write_text('{"external_id": "A", "last_name": "B", "shoe": "C"}', encoding="utf-8")
    ran = palier(tmp_path, b"x", "--format", "generic", "--columns", str(columns))
    assert (ran.exit_code, ran.stderr) == (
        2,
        "columns.json declares no columns: first_name: Field required; shoe: Extra inputs are not permitted.\n",
    )


def test_a_bar_follows_the_reading_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(console, "stderr", Console(file=screen, force_terminal=True, width=100))
    monkeypatch.setattr(console, "ROWS_A_STEP", 1)
    assert palier(tmp_path, onde_file(PEOPLE), "--format", "onde").exit_code == 0
    assert "reading" in screen.getvalue()
