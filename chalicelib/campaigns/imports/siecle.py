"""SIECLE: the XML in which secondary schools export their pupils.

The shape is known from what public tools read: `BEE_ELEVES/PARAMETRES/UAJ` is the code of the school; each
`BEE_ELEVES/DONNEES/ELEVES/ELEVE` is a pupil with an attribute `ELEVE_ID`; the class stands apart, in
`BEE_ELEVES/DONNEES/STRUCTURES/STRUCTURES_ELEVE/STRUCTURE`, of type `D` for a division (a class) or `G` for a group, and leads to
its pupil by the same `ELEVE_ID`. Dates have their day first. `DATE_SORTIE` is the day somebody left. See docs/imports.md for the sources.

As a class may stand after its pupils, or before, the file is read twice: once for the classes, then for the pupils.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from sys import intern
from typing import BinaryIO

from chalicelib.campaigns.imports.cells import FaultyCellError, read_date
from chalicelib.campaigns.imports.model import Column, Field, LeftRow, Limits, Reading, RefusedFileError, Row, Source
from chalicelib.campaigns.imports.records import Path, Record, RecordParser
from chalicelib.campaigns.imports.rows import Cell, RowRules, Wrong

ROOT = "BEE_ELEVES"
SCHOOL: Path = (ROOT, "PARAMETRES")
PUPIL: Path = (ROOT, "DONNEES", "ELEVES", "ELEVE")
CLASS: Path = (ROOT, "DONNEES", "STRUCTURES", "STRUCTURES_ELEVE", "STRUCTURE")
LEFT = "DATE_SORTIE"


@dataclass(frozen=True)
class SiecleForm:
    """The format, as data: which elements hold which field."""

    name: str
    columns: tuple[Column, ...]


@dataclass
class _Classes:
    """Which pupil is in which class, by `ELEVE_ID`, and of which school."""

    of: dict[str, str]
    school: str | None = None


def read_siecle(stream: BinaryIO, form: SiecleForm, today: date, limits: Limits) -> Reading:
    """Read an export of pupils. Raises `RefusedFileError` at once when it is not one, before any row is given."""
    parser = RecordParser({SCHOOL: frozenset({"UAJ"}), CLASS: frozenset({"CODE_STRUCTURE", "TYPE_STRUCTURE"})}, ROOT, limits)
    classes = _classes(parser.read(stream), limits)
    source = Source(form.name, parser.encoding, school=classes.school)
    return Reading(source, _rows(stream, form, classes.of, RowRules(today, limits)))


def _classes(records: Iterator[Record], limits: Limits) -> _Classes:
    found = _Classes({})
    for record in records:
        if record.path == SCHOOL:
            found.school = found.school or record.texts.get("UAJ", "").strip() or None
        elif record.texts.get("TYPE_STRUCTURE", "").strip() == "D":
            found.of.setdefault(record.parent.get("ELEVE_ID", "").strip(), intern(record.texts.get("CODE_STRUCTURE", "")))
            if len(found.of) > limits.rows:
                raise RefusedFileError("too-many-rows", line=record.line)
    return found


def _rows(stream: BinaryIO, form: SiecleForm, classes: Mapping[str, str], rules: RowRules) -> Iterator[Row]:
    wanted = {title for column in form.columns if column.field is not Field.GROUP for title in column.titles}
    pupils = RecordParser({PUPIL: frozenset(wanted | {LEFT})}, ROOT, rules.limits)
    for pupil in pupils.read(stream):
        rules.count(pupil.line)
        left, wrong = _left(pupil, rules)
        if left is not None and left <= rules.today:
            yield LeftRow(pupil.line)
            continue
        division = classes.get(pupil.attributes.get("ELEVE_ID", "").strip(), "")
        yield from rules.check(pupil.line, [_cell(column, pupil, division) for column in form.columns], wrong)
    if not rules.rows:
        raise RefusedFileError("no-rows")


def _left(pupil: Record, rules: RowRules) -> tuple[date | None, tuple[Wrong, ...]]:
    """The day a pupil left, or what is wrong with it."""
    raw = pupil.texts.get(LEFT, "")
    try:
        return read_date(raw, rules.limits.characters), ()
    except FaultyCellError as error:
        return None, ((LEFT, error.code, raw),)


def _cell(column: Column, pupil: Record, division: str) -> Cell:
    if column.field is Field.GROUP:
        return column, column.titles[0], division
    filled = next((title for title in column.titles if pupil.texts.get(title, "").strip()), column.titles[0])
    return column, filled, pupil.texts.get(filled, "")
