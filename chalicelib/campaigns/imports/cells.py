"""The rules of a cell: each reader gives what a cell says, None when it is empty, or raises `FaultyCellError` with a code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from unicodedata import normalize

from chalicelib.campaigns.imports.model import Field

EARLIEST = date(1900, 1, 1)

_ILLEGAL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\uf8ff\ufdd0-\ufdef\ufeff"
    "\ufff9-\uffff\U000e0000-\U0010ffff]"
)
"""Controls, direction marks, separators, private and damaged characters. The joiners U+200C and U+200D are letters' business."""
_SPACES = re.compile(r"\s\s|[^\S ]")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_ROUNDED = re.compile(r"[0-9]+([.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\.]+(\.[^\s@<>,;:\"()\[\]\\.]+)+")


class FaultyCellError(Exception):
    """A cell breaks a rule: the one argument is a code of `FAULTS`."""

    @property
    def code(self) -> str:
        """Which rule."""
        return str(self.args[0])


def read_text(raw: str, longest: int) -> str | None:
    """The text of a cell: trimmed, in normal form C, runs of spaces made one; apostrophes and hyphens stay as they are."""
    text = raw.strip()
    if not text:
        return None
    if not text.isascii():
        text = normalize("NFC", text)
    if len(text) > longest:
        raise FaultyCellError("too-long")
    if _ILLEGAL.search(text):
        raise FaultyCellError("illegal-character")
    return " ".join(text.split()) if _SPACES.search(text) else text


def read_external_id(raw: str, longest: int) -> str | None:
    """An external id, kept as it is written."""
    text = read_text(raw, longest)
    if text is not None and _ROUNDED.fullmatch(text):
        raise FaultyCellError("number-damaged")
    return text


def read_email(raw: str, longest: int) -> str | None:
    """An e-mail address, kept as it is written."""
    text = read_text(raw, longest)
    if text is not None and not _EMAIL.fullmatch(text):
        raise FaultyCellError("email-malformed")
    return text


def read_date(raw: str, longest: int) -> date | None:
    """A date with its day first or its year first, never with its month first."""
    text = read_text(raw, longest)
    if text is None:
        return None
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    else:
        raise FaultyCellError("date-unreadable")
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise FaultyCellError("date-impossible") from error


def read_birth_date(raw: str, longest: int, today: date) -> date | None:
    """A date on which somebody may have been born by now."""
    born = read_date(raw, longest)
    if born is not None and born < EARLIEST:
        raise FaultyCellError("date-impossible")
    if born is not None and born > today:
        raise FaultyCellError("date-in-future")
    return born


Reader = Callable[[str, int], Any]

READERS: Mapping[Field, Reader] = {
    Field.EXTERNAL_ID: read_external_id,
    Field.LAST_NAME: read_text,
    Field.FIRST_NAME: read_text,
    Field.USUAL_NAME: read_text,
    Field.GROUP: read_text,
    Field.EMAIL: read_email,
}
"""The reader of each field but the birth date, whose depends on today."""
