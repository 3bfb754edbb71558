"""`palier content`: check the sources, build a release, publish it, grade an answer, look at a challenge, count the bank."""

from __future__ import annotations

import json
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

import typer
from rich.markdown import Markdown
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from chalicelib.content.authoring.building import BuildRelease, Built, ReleaseRefusedError
from chalicelib.content.authoring.checks import faults_of
from chalicelib.content.authoring.checks.walking import located
from chalicelib.content.authoring.coverage import Coverage, as_json, as_svg, coverage_of
from chalicelib.content.authoring.finding import find_challenge, find_practice_challenge, made_file, typed_value
from chalicelib.content.authoring.preview import page
from chalicelib.content.authoring.sources import Fault, Sources, read_sources
from chalicelib.content.challenges import Challenge
from chalicelib.content.grading import grade
from chalicelib.content.grading.answers import read_answer
from chalicelib.content.releases import Release
from chalicelib.content.right_answers import right_answers
from chalicelib.content.shown import ShownChallenge, filled, shown
from chalicelib.content.texts import Locale
from chalicelib.engine.bank import LEVELS
from chalicelib.kernel.errors import InvalidError
from chalicelib.storage.releases import StoredReleases
from palier import content_exchange
from palier.console import stderr, stdout
from palier.jobs import job
from palier.release_cache import built_once
from palier.stage import CONTENT, reach_stage

app = typer.Typer(no_args_is_help=True, help="The item bank.")
app.command(name="export")(content_exchange.export_challenges)
app.command(name="import")(content_exchange.import_challenges)

Folder = Annotated[Path, typer.Option("--folder", help="The sources.", exists=True, file_okay=False)]
Private = Annotated[
    Path | None,
    typer.Option(
        "--private",
        envvar="PALIER_PRIVATE_CONTENT",
        help="A folder of private pools, merged in; its challenges never leave the release.",
        exists=True,
        file_okay=False,
    ),
]
InLocale = Annotated[Locale, typer.Option(help="Language.")]
VariantNumber = Annotated[int, typer.Option(help="Variant of a file task.", min=0)]


@app.command()
def check(
    folder: Folder = CONTENT,
    private: Private = None,
    under: Annotated[str, typer.Option(help="Report only the faults of paths that begin so, such as topics/1.1.")] = "",
) -> None:
    """Report everything that is wrong with the sources, at once."""
    sources = read_sources(folder, private)
    faults = [fault for fault in faults_of(sources) if fault.path.startswith(under)]
    if faults:
        _report(faults)
        raise typer.Exit(1)
    count = sum(1 for place, _ in located(sources) if place.startswith(under))
    stdout.print(f"{count} challenges, no fault.")


@app.command()
def build(
    output: Annotated[Path, typer.Argument(help="File to write the release to.", dir_okay=False)],
    folder: Folder = CONTENT,
    private: Private = None,
) -> None:
    """Build the release and write it to a file."""
    built = _built(folder, private)
    output.write_bytes(built.packed)
    stdout.print(f"Release {built.id}: {len(built.packed)} bytes, {len(built.files)} files beside it.", soft_wrap=True)


@app.command()
def publish(folder: Folder = CONTENT, private: Private = None) -> None:
    """Build the release and make it the current one of the stage."""
    built = built_once(folder, private, lambda: _built(folder, private))
    releases = reach_stage().services.ports.releases
    assert isinstance(releases, StoredReleases)
    with job("release-published", release=built.id):
        releases.publish(built.id, built.packed, built.files)
    count = len(Release(built.id, built.packed))
    told = f"Published release {built.id}: {count} challenges, {len(built.packed)} bytes, {len(built.files)} files."
    stdout.print(told, soft_wrap=True)


@app.command("grade")
def grade_answer(
    challenge_id: str,
    answer: Annotated[
        list[str],
        typer.Argument(help="An option's id or a text; several for `choices`, `order` and `match`; `a=…` for `blanks`."),
    ],
    locale: InLocale = "fr",
    variant: VariantNumber = 0,
    folder: Folder = CONTENT,
    private: Private = None,
) -> None:
    """Tell the verdict on an answer, and the rule that decided it."""
    sources = read_sources(folder, private)
    challenge = _found(find_challenge, sources, challenge_id, variant)
    try:
        given = read_answer(challenge, typed_value(challenge, answer), sources.rules.longest_text_bytes)
    except InvalidError as error:
        stderr.print(f"{error.code}: {error.message}")
        raise typer.Exit(2) from error
    verdict = grade(challenge, given, locale)
    inputs = f" ({', '.join('right' if right else 'wrong' for right in verdict.inputs)})" if verdict.inputs else ""
    stdout.print(f"{verdict.verdict}: {verdict.rule}{inputs}")


@app.command()
def preview(
    challenge_id: str,
    locale: InLocale = "fr",
    variant: VariantNumber = 0,
    browser: Annotated[bool, typer.Option("--browser", help="Open a page instead of writing here.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write the page to this file instead.", dir_okay=False)] = None,
    attachment: Annotated[Path | None, typer.Option(help="Write a file task's file into this folder.", file_okay=False)] = None,
    folder: Folder = CONTENT,
) -> None:
    """Show a practice challenge as a person sees it, and its key."""
    sources = read_sources(folder)
    challenge = _found(find_practice_challenge, sources, challenge_id, variant)
    view = shown(challenge, locale, lambda ids, _: ids)
    if view.attachment is not None:
        made = made_file(sources, challenge_id, variant, locale)
        view = replace(view, attachment=replace(view.attachment, name=made.name))
        if attachment is not None:
            attachment.mkdir(parents=True, exist_ok=True)
            (attachment / made.name).write_bytes(made.content)
            stdout.print(f"Wrote {attachment / made.name}.")
    if not browser and html is None:
        _show(challenge, view, locale)
        return
    text = page(challenge, view, locale, right_answers(challenge, locale), dict(sources.images))
    if html is None:
        with NamedTemporaryFile("w", suffix=".html", delete=False, encoding="utf-8") as file:
            html = Path(file.name)
    html.write_text(text, encoding="utf-8")
    stdout.print(f"Wrote {html}.")
    if browser:
        webbrowser.open(html.absolute().as_uri())


@app.command()
def stats(
    folder: Folder = CONTENT,
    in_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
    picture: Annotated[Path | None, typer.Option(help="Write the picture of the coverage to this SVG.", dir_okay=False)] = None,
) -> None:
    """Count practice challenges by competence and level, by kind, by need."""
    covered = coverage_of(read_sources(folder))
    if picture is not None:
        picture.write_text(as_svg(covered), encoding="utf-8")
    if in_json:
        typer.echo(json.dumps(as_json(covered), ensure_ascii=False))
    else:
        _show_coverage(covered)


@contextmanager
def building() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on stderr, told the phase and how much of it is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda phase, done, count: progress.update(task, description=phase, completed=done, total=count)


def _built(folder: Path, private: Path | None) -> Built:
    try:
        with building() as progress:
            return BuildRelease(progress).of_folder(folder, private)
    except ReleaseRefusedError as error:
        _report(error.faults)
        raise typer.Exit(1) from error


def _found(find: Callable[[Sources, str, int], Challenge], sources: Sources, challenge_id: str, variant: int) -> Challenge:
    try:
        return find(sources, challenge_id, variant)
    except KeyError as error:
        stderr.print(f"There is no challenge {challenge_id}.")
        raise typer.Exit(2) from error


def _show(challenge: Challenge, view: ShownChallenge, locale: Locale) -> None:
    lines = [view.prompt]
    if view.image is not None:
        lines.append(f"*{view.image.alt}*")
    if view.attachment is not None:
        lines.append(f"File: `{view.attachment.name}` (write it with `--attachment FOLDER`)")
    lines.append("\n".join(f"- **{option.id}** {option.text}" for option in view.options))
    for one in view.inputs:
        options = " / ".join(f"**{option.id}** {option.text}" for option in one.options)
        lines.append(f"- **{one.id}** ({one.kind}) {one.label} {options}")
    lines.append(f"---\n**{', '.join(right_answers(challenge, locale))}**")
    lines.append(filled(challenge, challenge.solution, locale))
    stdout.print(Markdown("\n\n".join(line for line in lines if line)))


def _show_coverage(covered: Coverage) -> None:
    columns = [str(level) for level in range(1, LEVELS + 1)]
    table = Table("Competence", *columns, "all", "topics", "exposed", title=f"{len(covered.challenges)} challenges")
    for competence, title in covered.competences:
        counts = [covered.count(competence, level) for level in range(1, LEVELS + 1)]
        cells = [str(count) if count else "·" for count in counts]
        sums = (str(sum(counts)), str(covered.topics[competence]), str(covered.exposed[competence]))
        table.add_row(f"{competence} {title}", *cells, *sums)
    stdout.print(table)
    counted = as_json(covered)
    kinds = ", ".join(f"{count} {kind}" for kind, count in counted["by_kind"].items())
    stdout.print(
        f"{kinds}.\n{counted['found_by_doing']} found by doing, {counted['lessons']} lessons, {counted['skills']} skills."
    )


def _report(faults: list[Fault]) -> None:
    for fault in faults:
        stdout.print(f"[bold]{escape(fault.path)}[/bold] {fault.rule}: {escape(fault.reason)}", highlight=False)
    stderr.print(f"{len(faults)} faults.")
