"""`palier content`: check the sources, build a release, publish it, grade an answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from chalicelib.content.authoring.building import ReleaseRefusedError, build_release
from chalicelib.content.authoring.checks import faults_of
from chalicelib.content.authoring.sources import Fault, read_sources
from chalicelib.content.grading import grade, read_answer
from chalicelib.content.releases import Release
from chalicelib.content.texts import Locale
from chalicelib.storage.releases import StoredReleases
from palier.console import stderr, stdout
from palier.stage import CONTENT, reach_stage

app = typer.Typer(no_args_is_help=True, help="The item bank.")

Folder = Annotated[Path, typer.Option("--folder", help="The sources.", exists=True, file_okay=False)]


@app.command()
def check(folder: Folder = CONTENT) -> None:
    """Report everything that is wrong with the sources, at once."""
    faults = faults_of(read_sources(folder))
    if faults:
        _report(faults)
        raise typer.Exit(1)
    release = Release(*build_release(folder))
    stdout.print(f"{len(release)} challenges in {len(release.topics)} topics, no fault. Release {release.id}.")


@app.command()
def publish(folder: Folder = CONTENT) -> None:
    """Build the release and make it the current one of the stage."""
    try:
        release_id, packed = build_release(folder)
    except ReleaseRefusedError as error:
        _report(error.faults)
        raise typer.Exit(1) from error
    releases = reach_stage().services.ports.releases
    assert isinstance(releases, StoredReleases)
    releases.publish(release_id, packed)
    stdout.print(f"Published release {release_id}: {len(Release(release_id, packed))} challenges, {len(packed)} bytes.")


@app.command("grade")
def grade_answer(
    challenge_id: str,
    answer: Annotated[list[str], typer.Argument(help="The answer; several option ids for a `choices`.")],
    locale: Annotated[Locale, typer.Option(help="Language of the answer.")] = "fr",
    folder: Folder = CONTENT,
) -> None:
    """Tell the verdict on an answer, and the rule that decided it."""
    release = Release(*build_release(folder))
    ordinal = release.ordinals.get(challenge_id)
    if ordinal is None:
        stderr.print(f"There is no challenge {challenge_id}.")
        raise typer.Exit(2)
    challenge = release.challenge(ordinal)
    value = list(answer) if challenge.kind == "choices" else " ".join(answer)
    given = read_answer(challenge, value, release.rules.longest_text_bytes)
    verdict = grade(challenge, given, locale)
    stdout.print(f"{verdict.verdict}: {verdict.rule}")


@app.command()
def stats(folder: Folder = CONTENT) -> None:
    """Count challenges by competence and level."""
    release = Release(*build_release(folder))
    table = Table("Competence", *[f"{level}" for level in range(1, 9)], "all", title=f"{len(release)} challenges")
    for competence in release.framework.competences:
        levels = [
            release.level_of(ordinal)
            for ordinal in range(len(release))
            if release.topic_of(ordinal).competence == competence.id
        ]
        cells = [str(levels.count(level)) if level in levels else "·" for level in range(1, 9)]
        table.add_row(f"{competence.id} {competence.title.en}", *cells, str(len(levels)))
    stdout.print(table)


def _report(faults: list[Fault]) -> None:
    for fault in faults:
        stdout.print(f"[bold]{escape(fault.path)}[/bold] {fault.rule}: {escape(fault.reason)}", highlight=False)
    stderr.print(f"{len(faults)} faults.")
