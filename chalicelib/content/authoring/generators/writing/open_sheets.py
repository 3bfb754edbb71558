"""OpenDocument spreadsheets written directly: quick to make, with column widths, dates and amounts that show well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from chalicelib.content.authoring.generators.writing.formats import Rows, Value, zip_of

_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("style", "style"),
        ("text", "text"),
        ("table", "table"),
        ("number", "datastyle"),
        ("fo", "xsl-fo-compatible"),
    )
)
_STYLES = """\
<number:date-style style:name="N1"><number:year number:style="long"/><number:text>-</number:text>\
<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/></number:date-style>
<number:number-style style:name="N2"><number:number number:decimal-places="2" number:min-integer-digits="1"/></number:number-style>
<style:style style:name="day" style:family="table-cell" style:data-style-name="N1"/>
<style:style style:name="amount" style:family="table-cell" style:data-style-name="N2"/>
<style:style style:name="heading" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style>
"""
_MANIFEST = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">
<manifest:file-entry manifest:full-path="/" manifest:version="1.2" manifest:media-type="{_TYPE}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>
"""


def open_sheets(sheets: Mapping[str, Rows]) -> bytes:
    """An `.ods` workbook of texts, numbers and dates; the first row of each sheet holds its headings."""
    widths = sorted({width for rows in sheets.values() for width in _widths(rows)})
    columns = "".join(
        f'<style:style style:name="w{width}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * 0.22:.2f}cm"/></style:style>\n'
        for width in widths
    )
    tables = "".join(_table(title, rows) for title, rows in sheets.items())
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content {_NAMES} office:version="1.2">'
        f"<office:automatic-styles>\n{_STYLES}{columns}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>\n{tables}</office:spreadsheet></office:body></office:document-content>\n"
    )
    parts = [("mimetype", _TYPE), ("content.xml", content), ("META-INF/manifest.xml", _MANIFEST)]
    return zip_of((name, text.encode()) for name, text in parts)


def _widths(rows: Rows) -> list[int]:
    return [max(len(str(value)) for value in column) + 3 for column in zip(*rows, strict=True)]


def _table(title: str, rows: Rows) -> str:
    columns = "".join(f'<table:table-column table:style-name="w{width}"/>' for width in _widths(rows))
    headings = _row([_cell(value, "heading") for value in rows[0]])
    others = "".join(_row([_cell(value) for value in row]) for row in rows[1:])
    return f"<table:table table:name={quoteattr(title)}>{columns}\n{headings}{others}</table:table>\n"


def _row(cells: Sequence[str]) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>\n"


def _cell(value: Value, style: str = "") -> str:
    if isinstance(value, date):
        kind, shown = f'office:value-type="date" office:date-value="{value.isoformat()}"', value.isoformat()
        style = style or "day"
    elif isinstance(value, int | float):
        kind, shown = f'office:value-type="float" office:value="{value}"', str(value)
        style = style or ("amount" if isinstance(value, float) else "")
    else:
        kind, shown = 'office:value-type="string"', escape(value)
    named = f' table:style-name="{style}"' if style else ""
    return f"<table:table-cell{named} {kind}><text:p>{shown}</text:p></table:table-cell>"
