"""`palier story`: what the service is for, played from end to end through its API by virtual people, and checked as it goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from palier.console import stderr
from palier.stage import reached_or_own, within_reach

app = typer.Typer(no_args_is_help=True, help="Stories played through the API by virtual people, and checked.")

BROKEN = 1
"""Exit status when an expectation was broken."""
TOKEN_SECONDS = 3600


@app.callback()
def _group() -> None:
    """Keep `campaign` a word of its own while it is the only one."""


@app.command()
def campaign(
    people: Annotated[int, typer.Option(help="How many take it.", min=1, max=2000)] = 200,
    at_once: Annotated[int, typer.Option(help="How many at a time.", min=1, max=32)] = 8,
    seed: Annotated[int, typer.Option(help="Of abilities and of luck.")] = 1,
    in_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
    picture: Annotated[
        Path | None, typer.Option(help="Write the picture of the collective results to this SVG.", dir_okay=False)
    ] = None,
) -> None:
    """Let an employer launch a campaign that people take, share or not; exit with 1 when anything is not as it should be."""
    from palier.story_figures import figures_of
    from palier.story_picture import as_svg
    from palier.story_run import Cast, play_story
    from palier.story_tables import show

    if not within_reach():
        stderr.print("No stack runs: starting one for this story.", style="default")
    with reached_or_own(workers=2) as stage, _progress(people) as told:
        services = stage.services
        release = services.ports.releases.get(services.ports.releases.current())
        cast = Cast(stage.api_url, lambda who: services.issuer.issue(who, TOKEN_SECONDS), release, people, at_once, seed)
        story = play_story(cast, told)
    figures = figures_of(story)
    if picture is not None and story.collective:
        picture.write_text(as_svg(story.collective), encoding="utf-8")
    if in_json:
        typer.echo(json.dumps(figures.as_json(), ensure_ascii=False))
    else:
        show(figures)
    if figures.broken:
        raise typer.Exit(BROKEN)


@contextmanager
def _progress(people: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr, told how many people are done; none when stderr is not a terminal."""
    columns = (TextColumn("people"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as progress:
        task = progress.add_task("", total=people)
        yield lambda done: progress.update(task, completed=done)
