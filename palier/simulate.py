"""`palier simulate`: virtual persons take the tests of a bank, and what came of it is told beside the truth."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from chalicelib.engine.simulation.pricing import Pricing
from palier.console import stderr, stdout, stop, table_option
from palier.files import check_places, write
from palier.response_tables import UnreadableTableError
from palier.simulation_figures import person_lines, told
from palier.simulation_run import OnPersons, Scenario, SimulationRun, simulate_cohort
from palier.simulation_settings import InfeasibleError, Quotas, Settings
from palier.simulation_tables import read_abilities, read_bank, read_true_bank

LARGEST_SEED = 2**32 - 1


def simulate(
    bank: Annotated[Path, table_option("CSV item,a,b,competence, and perhaps c,topic,level,timed: what the engine believes.")],
    abilities: Annotated[Path, table_option("CSV, one row a person: a column theta, or one a competence (c1.1 … c5.2).")],
    length: Annotated[int, typer.Option(help="Answers of each test.", min=1)] = 32,
    max_exposure: Annotated[
        float, typer.Option(help="Largest share of the tests that have any one item; 1: no control.")
    ] = 0.2,
    stratum_exposure: Annotated[float | None, typer.Option(help="The same in each of six strata of ability.")] = None,
    quotas: Annotated[Quotas, typer.Option(help="As many items of each competence, or any.")] = "even",
    near_equal: Annotated[float, typer.Option(help="Share of the best gain within which the next item is drawn.")] = 0.02,
    target_se: Annotated[float | None, typer.Option(help="End at this standard error instead of a length.")] = None,
    cut: Annotated[float | None, typer.Option(help="End when the side of this ability is told; one ability only.")] = None,
    longest: Annotated[int | None, typer.Option(help="Most answers with --target-se or --cut; 60 by default.", min=1)] = None,
    together: Annotated[bool, typer.Option("--together", help="All start at once: exposure control learns nothing.")] = False,
    true_bank: Annotated[Path | None, table_option("CSV item,a,b and perhaps c: what persons answer by.")] = None,
    parameter_error: Annotated[
        float, typer.Option(help="Without --true-bank: deviation of true b, twice that of log a.")
    ] = 0.0,
    guessing: Annotated[float, typer.Option(help="Share of the items not known that are guessed right.")] = 0.0,
    slips: Annotated[float, typer.Option(help="Share of the items known that are missed.")] = 0.0,
    rho: Annotated[float, typer.Option(help="Correlation of competences that the engine believes in.")] = 0.7,
    seed: Annotated[int, typer.Option(help="Of every draw.", min=0, max=LARGEST_SEED)] = 1,
    beside: Annotated[Literal["catsim"] | None, typer.Option(help="Another engine, given the same persons; slow.")] = None,
    pricing_rounds: Annotated[
        int, typer.Option(help="Simulated cohorts that the starting prices come from.", min=1)
    ] = Pricing.rounds,
    pricing_persons: Annotated[int, typer.Option(help="Persons of each of them, at least.", min=1)] = Pricing.persons,
    processes: Annotated[int | None, typer.Option(help="By default one a core.", min=1, max=64)] = None,
    out: Annotated[Path | None, typer.Option(help="CSV to write: one line a person.", dir_okay=False)] = None,
    html: Annotated[
        Path | None, typer.Option(help="Report to write: one HTML file of charts and tables.", dir_okay=False)
    ] = None,
    in_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Give the tests of a bank to persons whose abilities are known: error, coverage, exposure, overlap."""
    try:
        settings = Settings(
            length=length,
            quotas=quotas,
            near_equal=near_equal,
            max_exposure=max_exposure,
            stratum_exposure=stratum_exposure,
            target_se=target_se,
            cut=cut,
            longest=longest,
            together=together,
            rho=rho,
            guessing=guessing,
            slips=slips,
            parameter_error=parameter_error,
            seed=seed,
            pricing=Pricing(rounds=pricing_rounds, persons=pricing_persons),
        )
        _check_writable({"--out": out, "--html": html})
        scenario = read_scenario(bank, abilities, true_bank, settings)
        if beside is not None:
            _check_peer(scenario)
    except (UnreadableTableError, InfeasibleError) as error:
        stop(str(error))
    except OSError as error:
        stop(f"{error.filename}: {error.strerror}.")
    run = _run(scenario, processes, beside is not None)
    write(_texts(run, out, html))
    if in_json:
        typer.echo(json.dumps(told(run)))
    else:
        _show(run)


def read_scenario(bank: Path, abilities: Path, true_bank: Path | None, settings: Settings) -> Scenario:
    """What is simulated, from files. Raises UnreadableTableError, InfeasibleError, OSError."""
    table = read_bank(bank)
    answered = None if true_bank is None else read_true_bank(true_bank, table)
    return Scenario.of(table, answered, read_abilities(abilities, table.competences), settings)


def _check_peer(scenario: Scenario) -> None:
    from palier.beside_catsim import check_playable

    check_playable(scenario)


def _check_writable(places: dict[str, Path | None]) -> None:
    """Before the work, not after it."""
    for option, place in places.items():
        if place is not None and not (place.parent.is_dir() and os.access(place.parent, os.W_OK)):
            raise InfeasibleError(f"{option} {place} cannot be written: there is no such folder, or it is closed.")
    check_places(*places.values())


def _texts(run: SimulationRun, out: Path | None, html: Path | None) -> dict[Path, str]:
    """What is written, by place."""
    texts = {} if out is None else {out: person_lines(run)}
    if html is not None:
        from palier.reports.simulation import simulation_report  # charts take long to load

        texts[html] = simulation_report(run)
    return texts


def _run(scenario: Scenario, processes: int | None, beside: bool) -> SimulationRun:
    with _progress("persons, those of the pricing included", scenario.total) as heard:
        run = simulate_cohort(scenario, processes, heard)
    if not beside:
        return run
    from palier.beside_catsim import play_catsim

    with _progress("persons by catsim", len(scenario.truth)) as heard:
        return replace(run, peer=play_catsim(scenario, heard))


@contextmanager
def _progress(what: str, total: int) -> Iterator[OnPersons]:
    """A line on stderr that is told how many more persons were played; none when stderr is not a terminal.

    It refreshes itself only when told: a thread of its own would not survive the forks of the processes.
    """
    columns = (TextColumn("{task.completed} of {task.total} " + what), BarColumn(), TimeElapsedColumn())
    hidden = not stderr.is_terminal
    with Progress(*columns, console=stderr, transient=True, auto_refresh=False, disable=hidden) as progress:
        task = progress.add_task("", total=total)

        def heard(persons: int) -> None:
            progress.update(task, advance=persons, refresh=True)

        yield heard


ROWS = {
    "rmse": "RMSE",
    "bias": "bias",
    "mean_se": "mean standard error",
    "coverage90": "coverage of the 90 % interval",
    "level_accuracy": "levels reported right",
    "right_decisions": "decisions right",
    "competence_rmse": "RMSE of a competence",
    "competence_coverage90": "coverage of a competence",
    "mean_length": "mean length",
    "max_exposure": "largest exposure",
    "overlap": "overlap of two tests",
    "unused_share": "items never given",
    "given_up": "constraints given up a test",
    "pricing_seconds": "seconds of pricing",
    "seconds": "seconds of the cohort",
}


def _show(run: SimulationRun) -> None:
    ours = told(run)
    peer = ours.get(run.peer.name, {}) if run.peer is not None else None
    names = ["Palier"] if run.peer is None else ["Palier", run.peer.name]
    table = Table("", *names, title=f"{ours['persons']} persons, {ours['items']} items, limit {run.settings.max_exposure:g}")
    for key, label in ROWS.items():
        if key in ours:
            table.add_row(label, *(_cell(figures.get(key)) for figures in (ours, peer) if figures is not None))
    stdout.print(table)
    lines = ["RMSE of each quarter: " + ", ".join(_cell(one) for one in ours["quarters"]) + "."]
    if "stratum_max" in ours:
        lines.append("Largest exposure in each stratum: " + ", ".join(_cell(one) for one in ours["stratum_max"]) + ".")
    stdout.print("\n".join(lines), soft_wrap=True, highlight=False)


def _cell(number: float | None) -> str:
    return "·" if number is None else f"{number:.4f}"
