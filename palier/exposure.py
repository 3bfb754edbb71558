"""`palier exposure`: the table that a pool of a release starts with, and how often its items are given."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from chalicelib.assessments.exposure.model import DEMONSTRATION, LIMITS, NO_TABLE, PRACTICE, Series
from chalicelib.assessments.exposure.publishing import nothing_yet
from chalicelib.content.releases import Release, Use
from chalicelib.engine.bank import Bools
from chalicelib.engine.blueprint import Blueprint
from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.exposure import ExposureTable, Limits, Tally
from chalicelib.engine.feasibility import Lacking, Shortage, shortages
from chalicelib.engine.selection import Pool
from chalicelib.engine.simulation.pricing import Pricing, Publication
from chalicelib.engine.stopping import FixedLength
from chalicelib.wiring import Services
from palier.console import WRONG_USE, stderr, stdout
from palier.jobs import job
from palier.parallel import runner_of
from palier.simulation_run import OnPersons
from palier.stage import reach_stage

app = typer.Typer(no_args_is_help=True, help="How often challenges may be given, and are.")

PoolName = Literal["practice", "demonstration"]
USES = {PRACTICE: Use.PRACTICE, DEMONSTRATION: Use.EXPOSED}
CURRENT = "current"

ReleaseId = Annotated[str, typer.Option("--release", help="Id of a release, or `current`.")]
OfPool = Annotated[PoolName, typer.Option("--pool", help="Whose challenges.")]


@dataclass(frozen=True, eq=False)
class Place:
    """A pool of a release of the stage within reach."""

    services: Services
    release: Release
    series: Series

    @classmethod
    def of(cls, release_id: str, pool: str) -> Place:
        """The place that these options name; raises `UnavailableError` for a release that is not there."""
        services = reach_stage().services
        releases = services.ports.releases
        release = releases.get(releases.current() if release_id == CURRENT else release_id)
        return cls(services, release, Series(release.id, pool))

    @property
    def playable(self) -> Bools:
        """Which challenges the pool has, (n,), for somebody without needs, at a computer, in French."""
        return self.release.playable(frozenset(), "computer", "fr", USES[self.series.pool])


@app.command()
def publish(
    pool: OfPool = "practice",
    release_id: ReleaseId = CURRENT,
    limit: Annotated[float, typer.Option(help="Largest share of the tests that have any one challenge.")] = LIMITS.population,
    length: Annotated[int, typer.Option(help="Answers of a test, as many of each competence.", min=1)] = 32,
    seed: Annotated[int, typer.Option(help="Of every draw.", min=0)] = 1,
    rounds: Annotated[int, typer.Option(help="Simulated cohorts that prices come from.", min=1)] = Pricing.rounds,
    persons: Annotated[int, typer.Option(help="Persons of each of them.", min=1)] = Pricing.persons,
    processes: Annotated[int | None, typer.Option(help="By default one a core.", min=1, max=64)] = None,
) -> None:
    """Simulate the pool's first table and publish it; exit with 2 and the whole list when its tests cannot be given."""
    if not 0 < limit <= 1:
        stderr.print("--limit must be in (0, 1].")
        raise typer.Exit(WRONG_USE)
    place, limits = Place.of(release_id, pool), Limits(limit)
    bank, playable = place.release.bank_in("fr"), place.playable
    blueprint = Blueprint.even(bank.competences, length)
    lacking = shortages(bank, blueprint, limits, playable)
    if lacking:
        stderr.print(f"Tests of {length} answers cannot be given from the pool {pool} at a limit of {limit:g}:", soft_wrap=True)
        for one in lacking:
            stderr.print(f"- {_told(one, place.release)}", soft_wrap=True)
        raise typer.Exit(WRONG_USE)
    pricing = Pricing(rounds=rounds, persons=persons)
    of_pool = Pool(bank, CommonFactor(bank.competences), blueprint)
    publication = Publication(of_pool, FixedLength(length), limits, pricing, seed, playable)
    with runner_of(processes) as runner, _progress(pricing.total(limits.strata)) as heard:
        start = publication.first_table(runner, heard)
    with job("exposure-begun", release=place.release.id, pool=pool):
        number = place.services.publishing.begin(place.series, start.table, start.tally)
    shown = shown_of(place, start.table, start.tally)
    stdout.print(f"Published version {number} of the pool {pool} of {place.release.id}.", soft_wrap=True, highlight=False)
    stdout.print(f"Simulated: largest rate {shown['largest_rate']:.3f}, overlap {shown['overlap']:.3f}.", highlight=False)


@app.command()
def show(
    pool: OfPool = "practice",
    release_id: ReleaseId = CURRENT,
    in_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Tell how often the pool's challenges were given, older tests weighing less, and which are over the limit."""
    place = Place.of(release_id, pool)
    versions = place.services.ports.exposure_versions
    last = versions.last(place.series, strong=True)
    before = nothing_yet(len(place.release))
    table = before.table if last is None else versions.table(place.series, last)
    tally = before.counts.tally if last is None else versions.counts(place.series, last).tally
    shown = shown_of(place, table, tally)
    if in_json:
        typer.echo(json.dumps(shown))
        return
    if table.version == NO_TABLE:
        stdout.print("No table was published: every challenge may be given to everybody.", soft_wrap=True)
    rows = Table("", "", title=f"Pool {pool} of {place.release.id}")
    for name, value in shown.items():
        text = f"{value:.4f}" if isinstance(value, float) else ", ".join(value) if isinstance(value, list) else str(value)
        rows.add_row(name.replace("_", " "), text)
    stdout.print(rows)


def shown_of(place: Place, table: ExposureTable, tally: Tally) -> dict[str, Any]:
    """The figures of `palier exposure show`.

    `overlap` is the share of its items that a test has in common with another, on average: Σ r² / Σ r over the rates r.
    """
    rates, limit = tally.rates(), table.limits.population
    length = float(rates.sum())
    over = np.flatnonzero(rates > limit + _ROUNDING)
    return {
        "release": place.release.id,
        "pool": place.series.pool,
        "version": table.version,
        "limit": limit,
        "sessions": float(tally.sessions.sum()),
        "mean_length": length,
        "largest_rate": float(rates.max(initial=0.0)),
        "overlap": float((rates**2).sum() / length) if length else 0.0,
        "unused_share": float(np.mean(rates[place.playable] == 0)) if place.playable.any() else 0.0,
        "over_limit": [place.release.challenge_ids[one] for one in over],
    }


def _told(shortage: Shortage, release: Release) -> str:
    where = "in all" if shortage.competence is None else f"in {release.framework.competences[shortage.competence].id}"
    has, needs = f"{shortage.has:.4g}", shortage.needs
    if shortage.what in {Lacking.EXPOSURE, Lacking.STRATUM_EXPOSURE}:
        return f"{where}: the limit leaves {has} answers a test, {needs} are asked ({shortage.what})."
    return f"{where}: {has} {shortage.what}, {needs} are asked."


@contextmanager
def _progress(total: int) -> Iterator[OnPersons]:
    """A line on stderr that is told how many more persons were played; none when stderr is not a terminal."""
    columns = (TextColumn("{task.completed} of {task.total} simulated tests"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True, auto_refresh=False, disable=not stderr.is_terminal) as progress:
        task = progress.add_task("", total=total)
        yield lambda persons: progress.update(task, advance=persons, refresh=True)


_ROUNDING = 1e-9
