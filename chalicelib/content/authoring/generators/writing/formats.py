"""Writing files of every sort so that the same content always gives the same bytes."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook

from chalicelib.content.texts import Locale

Value = str | int | float | date
Rows = Sequence[Sequence[Value]]

LONG_AGO = datetime(2026, 1, 5, 9, 0, 0)  # noqa: DTZ001 - what office files call the time of saving has no zone
_EPOCH = (1980, 1, 1, 0, 0, 0)


def zip_of(entries: Iterable[tuple[str, bytes]], times: Mapping[str, datetime] | None = None) -> bytes:
    """A zip of these files in this order; without a time of its own, a file is of 1980."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries:
            at = (times or {}).get(name)
            info = zipfile.ZipInfo(name, at.timetuple()[:6] if at else _EPOCH)
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            archive.writestr(info, content, compresslevel=9)
    return buffer.getvalue()


def same_zip(content: bytes) -> bytes:
    """The same zip without the time of its making: what libraries write into office files."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return zip_of((name, archive.read(name)) for name in archive.namelist())


def xlsx(sheets: Mapping[str, Rows]) -> bytes:
    """A workbook; the first row of each sheet holds its headings. A text that begins with `=` is a formula."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        for cell in (one for row in sheet.iter_rows() for one in row if isinstance(one.value, float)):
            cell.number_format = "0.00"
        for column in sheet.columns:
            letter = column[0].column_letter
            sheet.column_dimensions[letter].width = max(len(str(cell.value or "")) for cell in column) + 3
        sheet.freeze_panes = "A2"
    book.properties.created = book.properties.modified = LONG_AGO
    book.properties.creator = "Palier"
    buffer = io.BytesIO()
    book.save(buffer)
    return same_zip(_without_saving_time(buffer.getvalue()))


def _without_saving_time(content: bytes) -> bytes:
    """openpyxl writes the present instant as the time of saving: put ours."""
    stamp = LONG_AGO.isoformat() + "Z"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    return zip_of((name, _stamped(part, stamp) if name == "docProps/core.xml" else part) for name, part in parts)


def _stamped(core: bytes, stamp: str) -> bytes:
    text = core.decode()
    for tag in ("dcterms:created", "dcterms:modified"):
        start = text.index(">", text.index(f"<{tag}")) + 1
        text = text[:start] + stamp + text[text.index(f"</{tag}>") :]
    return text.encode()


def csv_file(rows: Rows, locale: Locale) -> bytes:
    """A CSV as a spreadsheet of this language opens it: UTF-8 with its mark; in French `;` and decimal commas."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";" if locale == "fr" else ",", lineterminator="\r\n")
    for row in rows:
        writer.writerow([_decimal(value, locale) if isinstance(value, float) else value for value in row])
    return "\ufeff".encode() + buffer.getvalue().encode()


def _decimal(value: float, locale: Locale) -> str:
    text = f"{value:.2f}"
    return text.replace(".", ",") if locale == "fr" else text


def json_file(value: Any) -> bytes:
    """Indented JSON, accents as they are."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
