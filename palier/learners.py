"""`palier learners`: files of learners, checked before anybody imports them. Nothing is stored, nothing is logged."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

import typer
from pydantic import ValidationError
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from chalicelib.campaigns.imports.formats import FORMS, DeclaredColumns, Form, read_learners
from chalicelib.campaigns.imports.model import FAULTS, RefusedFileError, RowFault
from chalicelib.campaigns.imports.reports import Report, report
from palier.console import stderr, stdout, stop

app = typer.Typer(no_args_is_help=True, help="Learners: their files checked before an import.")

REFUSED = 1
"""Exit status when the file, or a row of it, is refused."""
ROWS_A_STEP = 1_000
"""Rows between two steps of the progress bar."""

FormatName = Literal["generic", "siecle", "onde", "sup"]


@app.callback()
def _group() -> None:
    """Keep `check` a word of its own while it is the only one."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="File to read.", exists=True, dir_okay=False)],
    form: Annotated[FormatName, typer.Option("--format", help="What the file claims to be.")],
    columns: Annotated[
        Path | None, typer.Option(help="JSON that declares the columns of a generic table.", exists=True, dir_okay=False)
    ] = None,
    limit: Annotated[int, typer.Option(help="How many faults the table shows.", min=0)] = 100,
    in_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Report everything that is wrong with a file of learners; exit with 1 when it, or a row of it, is refused.

    The report shows the values that are wrong, for whoever imports: it may hold names.
    """
    chosen = _form(form, columns)
    with file.open("rb") as stream:
        try:
            with _progress(stream, file.stat().st_size) as heard:
                found = report(read_learners(stream, chosen, datetime.now(UTC).date()), heard)
        except RefusedFileError as error:
            _tell_refusal(error, in_json)
            raise typer.Exit(REFUSED) from error
    if in_json:
        typer.echo(json.dumps(_told(found), default=str))
    else:
        _show(found, limit)
    if found.faulty:
        raise typer.Exit(REFUSED)


def _form(name: FormatName, columns: Path | None) -> Form:
    if (name == "generic") != (columns is not None):
        stop("Declare the columns of a generic table, and of no other: --columns.")
    if columns is None:
        return FORMS[name]
    try:
        return DeclaredColumns.model_validate_json(columns.read_bytes()).form()
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'columns'}: {one['msg']}" for one in error.errors())
        stop(f"{columns.name} declares no columns: {faults}.")


def _tell_refusal(error: RefusedFileError, in_json: bool) -> None:
    if in_json:
        typer.echo(json.dumps({"refused": {"code": error.code, "message": error.message, **error.details}}))
        return
    where = f" Line {error.details['line']}." if "line" in error.details else ""
    which = f" Columns: {', '.join(error.details['columns'])}." if "columns" in error.details else ""
    stderr.print(f"Refused: {error.message}{which}{where} ({error.code})", markup=False, soft_wrap=True)


def _told(found: Report) -> dict[str, Any]:
    """The whole report but its kind of source, as JSON says it."""
    return {
        "refused": None,
        **asdict(found.source),
        **{name: getattr(found, name) for name in ("valid", "faulty", "left", "by_code")},
        "faults": [
            {name: getattr(one, name) for name in ("row", "line", "column", "code", "value", "earlier_line")}
            for one in found.faults
        ],
    }


def _show(found: Report, limit: int) -> None:
    source = found.source
    separator = {";": ", semicolons", ",": ", commas", "\t": ", tabs", None: ""}[source.separator]
    school = f", school {_printable(source.school)}" if source.school else ""
    lines = [
        f"{source.format}, {source.encoding}{separator}{school}.",
        f"Rows that are right: {found.valid}; with a fault: {found.faulty}; of people who left: {found.left}.",
    ]
    if source.unknown_columns:
        lines.append(f"Columns passed over: {', '.join(map(_printable, source.unknown_columns))}.")
    for line in lines:
        stdout.print(line, markup=False, highlight=False, soft_wrap=True)
    if not found.faulty:
        return
    rows = Table("Row", "Line", *(Column(head, overflow="fold") for head in ("Column", "Code", "Value")))
    for one in found.faults[:limit]:
        rows.add_row(str(one.row), str(one.line), escape(_printable(one.column or "")), one.code, escape(_value(one)))
    if rows.rows:
        stdout.print(rows)
    for code, number in found.by_code.items():
        stdout.print(f"{code}, {number}: {FAULTS[code]}", markup=False, highlight=False, soft_wrap=True)
    if (more := sum(found.by_code.values()) - min(limit, len(found.faults))) > 0:
        stdout.print(f"{more} more faults are not shown.", highlight=False)


def _value(one: RowFault) -> str:
    earlier = f" (first in line {one.earlier_line})" if one.earlier_line is not None else ""
    return _printable(one.value) + earlier


def _printable(text: str) -> str:
    """A text of a file, with what would command a terminal shown as ?."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


@contextmanager
def _progress(stream: BinaryIO, size: int) -> Iterator[Callable[[], None]]:
    """A bar on stderr that follows the stream, told of each row; none when stderr is not a terminal."""
    columns = (TextColumn("reading"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as progress:
        task = progress.add_task("", total=size)
        rows = 0

        def heard() -> None:
            nonlocal rows
            rows += 1
            if rows % ROWS_A_STEP == 0:
                progress.update(task, completed=stream.tell())

        yield heard
