"""`palier bench`: the engine side by side with a peer, and the API under a bounded load. Figures, never verdicts."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from palier.console import stderr, stdout

app = typer.Typer(no_args_is_help=True, help="Measures.")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


@app.command()
def engine(
    as_json: AsJson = False, repeats: Annotated[int, typer.Option(help="Steps of each engine, interleaved.", min=5)] = 200
) -> None:
    """Measure one step (cold update and selection), in training and of a test that measures, beside catsim in one process."""
    from palier.bench_engine import measure

    rows = measure(repeats)
    if as_json:
        typer.echo(json.dumps({"rows": rows}))
        return
    titles = ("Step", "Engine", "Abilities", "Items", "Dimensions", "Answers", "Median µs", "Fastest µs", "catsim ÷ ours")
    keys = ("step", "engine", "abilities", "items", "dimensions", "answers", "median_us", "min_us", "ratio_to_catsim")
    table = Table(*titles)
    for row in rows:
        table.add_row(*(str(row.get(key, "")) for key in keys))
    stdout.print(table)


@app.command()
def measuring(
    as_json: AsJson = False,
    cohorts: Annotated[int, typer.Option(help="Cohorts of each condition.", min=1, max=1000)] = 10,
    persons: Annotated[int, typer.Option(help="Persons of each cohort.", min=20, max=100_000)] = 2_000,
    only: Annotated[list[str] | None, typer.Option(help="Names of the conditions; may be given several times.")] = None,
    processes: Annotated[int | None, typer.Option(help="By default one a core.", min=1, max=64)] = None,
    seed: Annotated[int, typer.Option(help="Of the bank and of every draw.", min=0, max=2**20)] = 1,
) -> None:
    """Measure what tests that measure give: error, coverage, exposure, length, calibration, over simulated cohorts."""
    from palier.bench_cohorts import Size
    from palier.bench_measuring import NAMES, measure

    unknown = sorted(set(only or ()) - set(NAMES))
    if unknown:
        stderr.print(f"No condition is named {', '.join(unknown)}. There are {', '.join(NAMES)}.", markup=False, soft_wrap=True)
        raise typer.Exit(2)
    columns = (TextColumn("{task.completed} of {task.total} tasks"), BarColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=stderr, transient=True, auto_refresh=False, disable=not stderr.is_terminal
    ) as progress:  # refreshed when told: a thread of its own would not survive the forks
        task = progress.add_task("", total=None)

        def told(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, refresh=True)

        rows = measure(Size(cohorts, persons, seed), only or NAMES, processes, told)
    if as_json:
        typer.echo(json.dumps({"rows": rows}))
        return
    for _, group in groupby(rows, key=lambda row: (row["name"], row["persons"])):
        _show_condition(list(group))
    stdout.print("A bar of one number is the most that the figure should be, one of two a range.", soft_wrap=True)


def _show_condition(rows: list[dict[str, Any]]) -> None:
    first, seconds = rows[0], max(row["seconds"] for row in rows)
    title = f"{first['name']}: {first['cohorts']} × {first['persons']} persons, {seconds:.1f} s"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column("Figure", min_width=30, no_wrap=True)
    for heading, width in (("Value", 9), ("At least", 11), ("Aim", 13), ("SD", 6)):
        table.add_column(heading, min_width=width)
    for row in rows:
        table.add_row(*(_cell(row[key]) for key in ("figure", "value", "at_least", "aim", "sd_over_cohorts")))
    stdout.print(table)


def _cell(value: object) -> str:
    """A number with at most four decimals, a range with a dash, nothing as a dot."""
    if isinstance(value, tuple | list):
        return "–".join(_cell(one) for one in value)
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return "·" if value is None else str(value)


@app.command()
def api(
    as_json: AsJson = False,
    seconds: Annotated[float, typer.Option(help="How long.", min=1, max=120)] = 15.0,
    at_once: Annotated[int, typer.Option(help="Connections.", min=1, max=32)] = 4,
    workers: Annotated[int, typer.Option(help="Gateway processes, when a stack is started.", min=1, max=8)] = 2,
) -> None:
    """Measure the local service: answers a second, latencies, errors, handler CPU an answer."""
    from palier.bench_api import measure

    figures = measure(seconds, at_once, workers)
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        stdout.print(f"{name:>28}  {value}")


@app.command()
def isolation(
    as_json: AsJson = False,
    seconds: Annotated[float, typer.Option(help="How long quiet, and how long loaded.", min=1, max=120)] = 10.0,
    workers: Annotated[int, typer.Option(help="Processes of `answer`, when a stack is started.", min=1, max=8)] = 1,
) -> None:
    """Measure answers while the other routes are saturated, beside quiet moments of the same run."""
    from palier.bench_isolation import measure

    figures = measure(seconds, workers)
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        stdout.print(f"{name:>28}  {value}")


@app.command()
def content(
    as_json: AsJson = False,
    challenges: Annotated[int, typer.Option(help="Challenges of the bank.", min=256, max=16_384)] = 10_000,
) -> None:
    """Measure building, loading and reading a large synthetic bank, and grading each kind of the real one."""
    from palier.bench_content import measure

    figures = {}
    for name, value in measure(challenges):
        figures[name] = value
        if not as_json:
            stdout.print(f"{name:>28}  {value}")
    if as_json:
        typer.echo(json.dumps(figures))


@app.command()
def cold(
    as_json: AsJson = False, runs: Annotated[int, typer.Option(help="Fresh processes of each part.", min=1, max=50)] = 5
) -> None:
    """Measure the CPU that importing the HTTP functions takes, and that of its largest parts alone."""
    from palier.bench_cold import measure

    figures = measure(runs)
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        stdout.print(f"{name:>28}  {value}")
