"""Calibrations in and out: only what fits the bank comes in, and what is there is never lost by the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.content.authoring.calibrating import COLUMNS, CalibrationRow, read_calibrations, write_calibrations
from chalicelib.content.authoring.exchange.calibrations import export_calibrations, import_calibrations
from chalicelib.content.authoring.sources import Fault, Pool, Sources
from tests.domain.content_builders import a_challenge, document
from tests.domain.exchange.samples import a_bank, refusal_of, saved

BANK = a_bank(document("text", "alpha-1a"), document("choice", "alpha-2a"))


def a_row(**override: Any) -> CalibrationRow:
    base = {"challenge": "alpha-1a", "locale": "fr", "a": 1.2, "b": 0.5, "c": 0, "se_a": 0.1, "se_b": 0.1, "sample": 600}
    return CalibrationRow.model_validate({**base, "date": "2026-11-22", "status": "validated", **override})


def with_rows(*rows: CalibrationRow, bank: Sources = BANK) -> Sources:
    return replace(bank, calibrations={(row.challenge, row.locale): row for row in rows})


def rows_of(content: bytes) -> list[CalibrationRow]:
    rows, wrong = read_calibrations(content)
    assert wrong == []
    return rows


def test_new_calibrations_join_those_that_are_there_and_replace_their_own(tmp_path: Path) -> None:
    kept, old, new = a_row(locale="en"), a_row(b=1), a_row(b=-1)
    other = a_row(challenge="alpha-2a", c=1 / 3)
    made = import_calibrations(saved(tmp_path, write_calibrations([new, other])), with_rows(kept, old))
    assert (made.changed, made.refusals) == (2, ())
    assert rows_of(made.content) == [kept, new, other]


def test_what_is_the_same_changes_nothing(tmp_path: Path) -> None:
    made = import_calibrations(saved(tmp_path, write_calibrations([a_row()])), with_rows(a_row()))
    assert (made.changed, rows_of(made.content)) == (0, [a_row()])


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (a_row(challenge="beta-1a"), "no-such-challenge"),
        (a_row(c=0.2), "guess-chance"),
        (a_row(challenge="alpha-2a", c=0), "guess-chance"),
        (a_row(sample=20), "sample-too-small"),
    ],
)
def test_a_line_that_does_not_fit_the_bank_is_refused_and_the_rest_is_there(
    tmp_path: Path, row: CalibrationRow, code: str
) -> None:
    made = import_calibrations(saved(tmp_path, write_calibrations([row, a_row(locale="en")])), BANK)
    assert [one.code for one in made.refusals] == [code]
    assert rows_of(made.content) == [a_row(locale="en")]


def test_a_line_that_is_none_or_stands_there_twice_is_refused(tmp_path: Path) -> None:
    lines = write_calibrations([a_row(), a_row(locale="en"), a_row(challenge="alpha-2a", c=1 / 3)]).decode().splitlines()
    content = "\n".join([*lines, lines[1].replace("0.5", "0.7"), "alpha-2a,en,nan,,,,,,,"])
    made = import_calibrations(saved(tmp_path, content), BANK)
    assert [(one.where, one.code) for one in made.refusals] == [("line 5", "calibrated-twice"), ("line 6", "wrong-calibration")]
    assert [(row.challenge, row.locale) for row in rows_of(made.content)] == [("alpha-1a", "en"), ("alpha-2a", "fr")]


@pytest.mark.parametrize(
    ("content", "code"), [(b"\xff\xfe", "not-csv"), (b"a,b\n1,2\n", "wrong-columns"), (b"", "wrong-columns")]
)
def test_a_file_of_something_else_gives_nothing(tmp_path: Path, content: bytes, code: str) -> None:
    made = import_calibrations(saved(tmp_path, content), with_rows(a_row()))
    assert [one.code for one in made.refusals] == [code]
    assert rows_of(made.content) == [a_row()]


def test_lines_of_ours_that_cannot_be_read_are_not_written_away(tmp_path: Path) -> None:
    damaged = replace(BANK, faults=(Fault("calibrations.csv#line 3", "wrong-calibration", "a"),))
    path = saved(tmp_path, write_calibrations([a_row()]))
    assert refusal_of(lambda: import_calibrations(path, damaged)) == "damaged-calibrations"
    assert refusal_of(lambda: export_calibrations(damaged)) == "damaged-calibrations"


def test_what_goes_out_comes_back_and_certification_stays(tmp_path: Path) -> None:
    hidden = Pool(pool="exposed", challenges=(a_challenge("text", "alpha-1c1"),))
    bank = replace(BANK, pools=(("exposed/1.1.yaml", hidden),))
    sources = with_rows(a_row(), a_row(challenge="alpha-1c1"), bank=bank)
    made = export_calibrations(sources)
    assert (made.changed, rows_of(made.content)) == (1, [a_row()])
    again = import_calibrations(saved(tmp_path, made.content), bank)
    assert (again.refusals, again.content) == ((), made.content)


def test_a_bank_without_calibrations_gives_the_line_of_names() -> None:
    assert export_calibrations(BANK).content.decode() == ",".join(COLUMNS) + "\n"
