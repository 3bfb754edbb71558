"""`palier counters`: what collective views show, and whether they are what their source makes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from chalicelib.campaigns.counters.disclosure import K
from chalicelib.campaigns.counters.finished import NATIONAL, shown
from chalicelib.campaigns.counters.model import minus
from chalicelib.campaigns.counters.reconciling import Findings, Heard
from chalicelib.kernel.clock import to_datetime
from palier.console import stderr, stdout, stop
from palier.stage import reach_stage

app = typer.Typer(no_args_is_help=True, help="Collective results: views, and their reconciliation.")

DIFFERENT = 1
"""Exit status when something differs and was not repaired."""

View = Annotated[str, typer.Argument(help="A view, as national:1.1, national:1 or national:crcn.")]
InJson = Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")]


@app.command()
def show(view: View, in_json: InJson = False) -> None:
    """Print the summary of a view, figures of fewer than ten persons hidden."""
    if not view.startswith(NATIONAL):
        stop(f"Only views that begin with {NATIONAL} can be shown.")
    counters = reach_stage().services.ports.counters
    counters.shards(view)
    summary = counters.summary(view)
    figures = shown({} if summary is None else summary.totals)
    at = None if summary is None else to_datetime(summary.at).isoformat()
    if in_json:
        typer.echo(json.dumps({"view": view, "at": at, **figures}))
        return
    stdout.print(f"{view}, {'not summed up yet' if at is None else f'as of {at}'}", soft_wrap=True, highlight=False)
    rows = Table("", "")
    levels = {name.replace("-", " "): figure for name, figure in figures["levels"].items()}
    for name, figure in {"finished": figures["finished"], "persons": figures["persons"], **levels}.items():
        rows.add_row(name, "hidden" if figure is None else str(figure))
    stdout.print(rows)
    stdout.print(f"Hidden: fewer than {K} persons, or what would tell how many they are.", highlight=False)


@app.command()
def reconcile(
    view: Annotated[str | None, typer.Argument(help="A view; or use --all.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every view.")] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Put right what differs.")] = False,
    in_json: InJson = False,
) -> None:
    """Compare views with what people's contributions and logs make them; exit with 1 when anything differs and was not repaired.

    Reads the whole table of people once. A row that people were counted in meanwhile is not judged: ask again at a quieter moment.
    The figures are exact, for whoever runs the service; `show` has those for readers.
    """
    if every == (view is not None):
        stop("Name one view, or use --all.")
    services = reach_stage().services
    views = list(services.ports.counters.enrolled()) if view is None else [view]
    with _progress() as heard:
        found = services.reconciling.reconcile(views, repair=repair, heard=heard)
    if in_json:
        typer.echo(json.dumps([_told(one) for one in found]))
    else:
        for one in found:
            stdout.print(_sentence(one), soft_wrap=True, highlight=False)
    if any(_left(one) for one in found):
        raise typer.Exit(DIFFERENT)


def _left(one: Findings) -> bool:
    """Whether something still differs, or could not be judged."""
    return not one.clean and (not one.repaired or bool(one.busy_rows) or bool(one.unreadable))


def _told(one: Findings) -> dict[str, Any]:
    return {**asdict(one), "clean": one.clean}


def _sentence(one: Findings) -> str:
    verdict = "agrees" if one.clean else "differs" if _left(one) else "repaired"
    found = {
        "wrong rows": len(one.wrong_rows),
        "rows too busy to judge": len(one.busy_rows),
        "participants not counted": one.uncounted,
        "participants counted otherwise": one.different,
        "participants whose source cannot be read": one.unreadable,
    }
    told = "".join(f"; {what}: {number}" for what, number in found.items() if number)
    by_total = minus(one.counted, one.expected)
    off = ", ".join(f"{name} {by_total[name]:+d}" for name in sorted(by_total))
    return f"{one.view}: {one.participants} participants, {verdict}{told}{'; counted too many: ' + off if off else ''}."


@contextmanager
def _progress() -> Iterator[Heard]:
    """A line on stderr for each view, told participant by participant; none when stderr is not a terminal."""
    columns = (
        TextColumn("{task.description}: {task.completed} of {task.total} participants"),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as progress:
        tasks: dict[str, TaskID] = {}

        def heard(view: str, done: int, total: int) -> None:
            if view not in tasks:
                tasks[view] = progress.add_task(view, total=total)
            progress.update(tasks[view], completed=done)

        yield heard
