"""The words of an import: what a learner is, what may be wrong with a row or with a file, and the limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from chalicelib.kernel.errors import InvalidError


class Field(StrEnum):
    """What is kept of a learner. Nothing else of a file is."""

    EXTERNAL_ID = "external_id"
    LAST_NAME = "last_name"
    FIRST_NAME = "first_name"
    USUAL_NAME = "usual_name"
    BIRTH_DATE = "birth_date"
    GROUP = "group"
    EMAIL = "email"


@dataclass(frozen=True)
class Limits:
    """How large an import may be."""

    bytes: int = 100_000_000
    rows: int = 250_000
    characters: int = 200
    """In a field that is kept."""
    columns: int = 200
    line: int = 65_536
    """Characters in a line of a table, and bytes in a tag of XML."""
    lines_of_a_row: int = 10
    """How many lines one row of a table may have, because of line breaks in quoted cells."""
    depth: int = 32
    """Elements of XML inside one another."""


LIMITS = Limits()

FAULTS = {
    "date-impossible": "There is no such day, or it is before 1900.",
    "date-in-future": "It is after today.",
    "date-unreadable": "It is not a date like 31/12/2010 or 2010-12-31.",
    "duplicate": "An earlier row has the same external id.",
    "email-malformed": "It is not an e-mail address.",
    "empty": "It must be filled.",
    "illegal-character": "It holds a control, invisible or damaged character.",
    "number-damaged": "A spreadsheet rounded this number, as in 1,2E+10: its digits are lost.",
    "quotes-malformed": "Its quotation marks do not match.",
    "too-long": f"It has more than {LIMITS.characters} characters.",
    "too-many-cells": "It has more cells than the header has columns.",
}
"""What may be wrong with a row, by its stable code."""

REFUSALS = {
    "column-missing": "Columns that are required are missing.",
    "column-twice": "Two columns say the same thing.",
    "encoding-mixed": "It mixes UTF-8 and another encoding.",
    "encoding-unknown": "Its encoding is not UTF-8, UTF-16, ISO-8859-1, ISO-8859-15 or Windows-1252.",
    "file-empty": "It is empty.",
    "file-is-archive": "It is a workbook or an archive: save it as CSV, or unpack it.",
    "file-is-xml": "It is XML, and a table was expected.",
    "file-too-large": f"It has more than {LIMITS.bytes // 1_000_000} MB.",
    "line-too-long": f"It has a line of more than {LIMITS.line} characters.",
    "no-rows": "It has no row.",
    "not-text": "It is not text in UTF-8 or Windows-1252.",
    "not-xml": "It is not XML.",
    "too-many-columns": f"It has more than {LIMITS.columns} columns.",
    "too-many-rows": f"It has more than {LIMITS.rows} rows.",
    "xml-forbidden": "It has a document type or an entity: these are never read.",
    "xml-malformed": "It is XML that is not well formed.",
    "xml-other-root": "It is another export: its first element is not BEE_ELEVES.",
    "xml-tag-too-long": f"It has a tag or a comment of more than {LIMITS.line} bytes.",
    "xml-too-deep": f"It has more than {LIMITS.depth} elements inside one another.",
}
"""Why a whole file is refused, by its stable code."""


class RefusedFileError(InvalidError):
    """The file is not what it claims to be: none of it is taken. The details say where, never what stands there."""

    def __init__(self, code: str, *, line: int | None = None, columns: tuple[str, ...] = ()) -> None:
        where = {"line": line} if line is not None else {}
        which = {"columns": list(columns)} if columns else {}
        super().__init__(code, REFUSALS[code], **where, **which)


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody whom an organisation expects, as its own register says. Printing one shows nothing of them."""

    external_id: str = field(repr=False)
    last_name: str = field(repr=False)
    first_name: str = field(repr=False)
    usual_name: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    group: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """A row that is right."""

    line: int
    """Where it begins in the file, from 1."""
    learner: Learner


@dataclass(frozen=True, slots=True)
class RowFault:
    """One thing that is wrong with a row. Its value is for the person who imports, and for no log."""

    row: int
    """Which row of the file it is, from 1."""
    line: int
    """Where the row begins in the file, from 1. Rows of XML may all stand in one line."""
    column: str | None = field(repr=False)
    """As the file calls it; None when it is the row as a whole. Hidden too: a file without a header begins with a person."""
    code: str
    """One of `FAULTS`."""
    value: str = field(repr=False)
    """What stands there, cut after the longest field."""
    external_id: str | None = field(default=None, repr=False)
    """Whose row it is, when that could be read."""
    earlier_line: int | None = None
    """Of a duplicate: where the same external id stood first."""


@dataclass(frozen=True, slots=True)
class LeftRow:
    """A row of somebody who left already: passed over, and told."""

    line: int


Row = LearnerRow | RowFault | LeftRow


@dataclass(frozen=True)
class Column:
    """Where a format keeps a field."""

    field: Field
    titles: tuple[str, ...]
    """What the column may be called; the first that is there, and in XML the first that is filled."""
    required: bool = True
    """Whether a file without this column is refused."""
    filled: bool = False
    """Whether a row that leaves it empty is wrong."""


@dataclass(frozen=True)
class Source:
    """What is known of a file before its rows are read."""

    format: str
    encoding: str
    """`utf-8`, `utf-8-sig` (begins with a byte order mark), `windows-1252`, or what XML declares."""
    separator: str | None = None
    unknown_columns: tuple[str, ...] = field(default=(), repr=False)
    """Titles that the format does not know: passed over, and told. Without a header they are a person's: never log them."""
    school: str | None = None
    """The code of the school that a SIECLE export names."""


@dataclass(frozen=True)
class Reading:
    """A file that is being read: its rows come one by one, and may end with `RefusedFileError`."""

    source: Source
    rows: Iterator[Row]
