"""Calibrations: what answers said of a challenge in one language, kept in `calibrations.csv`; without data, prior values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from chalicelib.content.challenges import Challenge, ChallengeId, guess_chance
from chalicelib.content.texts import Locale, Strict

Finite = Annotated[float, Field(allow_inf_nan=False)]
STATUSES = ("prior", "provisional", "validated")
LEAST_VALIDATED_SAMPLE = 500
"""First-time answers in the language below which no calibration is `validated` (rule book §1)."""


class CalibrationRow(Strict):
    """One line of `calibrations.csv`."""

    challenge: ChallengeId
    locale: Locale
    a: Annotated[Finite, Field(gt=0.1, le=5)]
    b: Annotated[Finite, Field(ge=-6, le=6)]
    c: Annotated[Finite, Field(ge=0, lt=1)]
    se_a: Annotated[Finite, Field(ge=0)]
    se_b: Annotated[Finite, Field(ge=0)]
    sample: int = Field(ge=0)
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$|^$")]
    status: Literal["prior", "provisional", "validated"]

    @property
    def calibrated(self) -> int:
        """The status as a number: 0 prior, 1 provisional, 2 validated."""
        return STATUSES.index(self.status)


COLUMNS = tuple(CalibrationRow.model_fields)
PRIOR_SE = (0.3, 0.6)
"""How far prior values of a and b may be from the truth."""

WrongLine = tuple[int, str, str]
"""Line, rule, reason."""


def read_calibrations(content: bytes) -> tuple[list[CalibrationRow], list[WrongLine]]:
    """The rows of a CSV of calibrations, and every line that is none: comma-separated UTF-8 with a line of column names."""
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        lines = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        return [], [(1, "not-csv", str(error))]
    if tuple(reader.fieldnames or ()) != COLUMNS:
        return [], [(1, "wrong-columns", f"expected {','.join(COLUMNS)}")]
    rows: dict[tuple[str, Locale], CalibrationRow] = {}
    wrong: list[WrongLine] = []
    for number, line in enumerate(lines, 2):
        try:
            row = CalibrationRow.model_validate(line)
        except ValidationError as error:
            fault = error.errors(include_input=False)[0]
            wrong.append((number, "wrong-calibration", f"{'/'.join(map(str, fault['loc']))}: {fault['msg']}"))
            continue
        if (row.challenge, row.locale) in rows:
            wrong.append((number, "calibrated-twice", f"{row.challenge} {row.locale}"))
        rows[row.challenge, row.locale] = row
    return list(rows.values()), wrong


def write_calibrations(rows: Iterable[CalibrationRow]) -> bytes:
    """The CSV that `read_calibrations` reads."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.model_dump() for row in rows)
    return buffer.getvalue().encode()


def prior(challenge: Challenge, level: int, locale: Locale) -> CalibrationRow:
    """The calibration without data: b = (level − 4.5)·0.8 and a = 1.2 (rule book §1)."""
    b = round((level - 4.5) * 0.8, 6)
    se_a, se_b = PRIOR_SE
    return CalibrationRow(
        challenge=challenge.id,
        locale=locale,
        a=1.2,
        b=b,
        c=guess_chance(challenge),
        se_a=se_a,
        se_b=se_b,
        sample=0,
        date="",
        status="prior",
    )
