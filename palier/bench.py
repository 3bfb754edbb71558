"""`palier bench`: the engine side by side with a peer, and the API under a bounded load. Figures, never verdicts."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table

from palier.console import stdout

app = typer.Typer(no_args_is_help=True, help="Measures.")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


@app.command()
def engine(
    as_json: AsJson = False, repeats: Annotated[int, typer.Option(help="Steps of each engine, interleaved.", min=5)] = 200
) -> None:
    """Measure one step (cold update and selection) beside catsim, in one process, at 500, 2,000 and 10,000 items."""
    from palier.bench_engine import measure

    rows = measure(repeats)
    if as_json:
        typer.echo(json.dumps({"rows": rows}))
        return
    table = Table("Engine", "Items", "Dimensions", "Answers", "Median µs", "Fastest µs")
    for row in rows:
        table.add_row(*(str(row[key]) for key in ("engine", "items", "dimensions", "answers", "median_us", "min_us")))
    stdout.print(table)


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
