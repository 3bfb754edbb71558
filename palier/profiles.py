"""`palier profiles`: the templates of target profiles, what each asks, and how long it takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.table import Column, Table

from chalicelib.campaigns.target_profiles.duration import duration_of
from chalicelib.content.authoring.building import BuildRelease, Built, ReleaseRefusedError
from chalicelib.content.releases import Release
from chalicelib.content.target_profiles import Template
from chalicelib.content.texts import Locale
from palier.console import stdout, stop
from palier.profile_sittings import Crowd, sittings
from palier.release_cache import built_once
from palier.stage import CONTENT

app = typer.Typer(no_args_is_help=True, help="Templates of target profiles.")

Folder = Annotated[Path, typer.Option("--folder", help="The sources.", exists=True, file_okay=False)]
InLocale = Annotated[Locale, typer.Option(help="Language.")]
ProfileId = Annotated[str, typer.Argument(help="As `palier profiles list` names it.")]


@app.command("list")
def list_profiles(locale: InLocale = "en", folder: Folder = CONTENT) -> None:
    """List the templates, with their topics and the time that they take."""
    release = _release(folder)
    table = Table(Column("id", no_wrap=True), "title", "topics", "challenges", "minutes")
    for one in release.templates.values():
        duration = duration_of(release, one.targets.topics)
        counts = (len(one.targets.topics), round(duration.challenges), duration.minutes)
        table.add_row(one.id, one.targets.title.in_(locale), *map(str, counts))
    stdout.print(table)


@app.command()
def show(profile_id: ProfileId, locale: InLocale = "en", folder: Folder = CONTENT) -> None:
    """Show a template: topics with their highest level, stages, badges."""
    release = _release(folder)
    targets = _template(release, profile_id).targets
    table = Table("topic", "", "up to level", title=targets.title.in_(locale), caption=targets.description.in_(locale))
    for topic, level in sorted(targets.topics.items(), key=lambda one: release.topic_index[one[0]]):
        table.add_row(topic, release.topic(release.topic_index[topic]).title.in_(locale), str(level))
    stdout.print(table)
    for stage in targets.stages:
        stdout.print(f"From {stage.threshold} %: {stage.title.in_(locale)}. {stage.message.in_(locale)}", soft_wrap=True)
    for badge in targets.badges:
        asked = " and ".join(f"{one.threshold} % of {', '.join(one.topics)}" for one in badge.criteria)
        stdout.print(f"Badge {badge.id}: {badge.title.in_(locale)}, for {asked}.", soft_wrap=True, highlight=False)


@app.command()
def estimate(
    profile_id: ProfileId,
    persons: Annotated[int, typer.Option(help="Virtual persons who take it.", min=2, max=10_000)] = 100,
    ability: Annotated[float, typer.Option(help="Their mean ability; -2 is far from digital.", min=-4, max=4)] = 0.0,
    seed: Annotated[int, typer.Option(help="Of every draw.", min=0)] = 1,
    in_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
    folder: Folder = CONTENT,
) -> None:
    """Tell how long a template takes: as the service estimates it, and as virtual persons take it with the engine itself."""
    release = _release(folder)
    caps = _template(release, profile_id).targets.topics
    expected = duration_of(release, caps)
    taken = list(sittings(release, caps, Crowd(persons, ability, seed)))
    challenges = np.array([len(one) for one in taken], float)
    minutes = np.array([release.seconds[one].sum() / 60 for one in taken])
    rows = {
        "estimated": {"challenges": expected.challenges, "minutes": expected.seconds / 60},
        "mean": {"challenges": float(challenges.mean()), "minutes": float(minutes.mean())},
        "shortest tenth, up to": {
            "challenges": float(np.quantile(challenges, 0.1)),
            "minutes": float(np.quantile(minutes, 0.1)),
        },
        "longest tenth, from": {"challenges": float(np.quantile(challenges, 0.9)), "minutes": float(np.quantile(minutes, 0.9))},
    }
    if in_json:
        typer.echo(json.dumps(rows))
        return
    table = Table("", "challenges", "minutes", title=f"{profile_id}: {persons} persons of mean ability {ability:g}")
    for name, figures in rows.items():
        table.add_row(name, *(f"{figure:.1f}" for figure in figures.values()))
    stdout.print(table)


def _template(release: Release, profile_id: str) -> Template:
    if profile_id not in release.templates:
        stop(f"There is no template {profile_id}; there are {', '.join(release.templates)}.")
    return release.templates[profile_id]


def _release(folder: Path) -> Release:
    built = built_once(folder, None, lambda: _built(folder))
    return Release(built.id, built.packed)


def _built(folder: Path) -> Built:
    try:
        return BuildRelease().of_folder(folder)
    except ReleaseRefusedError as error:
        stop(f"The sources have {len(error.faults)} faults: `palier content check` tells them.")
