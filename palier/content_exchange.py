"""`palier content export` and `palier content import`: challenges and calibrations out to other tools, and in from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from chalicelib.content.authoring.exchange.calibrations import export_calibrations, import_calibrations
from chalicelib.content.authoring.exchange.fragment import write_fragment
from chalicelib.content.authoring.exchange.gift_import import import_gift
from chalicelib.content.authoring.exchange.moodle_import import import_moodle
from chalicelib.content.authoring.exchange.placing import Placement
from chalicelib.content.authoring.exchange.qti_export import export_qti
from chalicelib.content.authoring.exchange.qti_import import import_qti
from chalicelib.content.authoring.exchange.results import Imported, Refusal, RefusedError
from chalicelib.content.authoring.sources import Sources, read_sources
from chalicelib.content.texts import Locale
from palier.console import stderr, stdout
from palier.stage import CONTENT

Folder = Annotated[Path, typer.Option("--folder", help="The sources.", exists=True, file_okay=False)]
Partial = Annotated[bool, typer.Option("--partial", help="Let the rest through when something is refused.")]
ExportFormat = Literal["qti3", "calibrations"]
ImportFormat = Literal["qti3", "moodle", "gift", "calibrations"]
WRONG_USE = 2


def export_challenges(
    output: Annotated[Path, typer.Argument(help="File to write.", dir_okay=False)],
    to_format: Annotated[ExportFormat, typer.Option("--format", help="What to write.")] = "qti3",
    topic: Annotated[list[str] | None, typer.Option(help="Only this topic; may be given several times.")] = None,
    partial: Partial = False,
    folder: Folder = CONTENT,
) -> None:
    """Write practice challenges as a QTI 3.0 package, or the calibrations as CSV. Certification never leaves."""
    sources = read_sources(folder)
    if to_format == "calibrations":
        try:
            calibrations = export_calibrations(sources)
        except RefusedError as error:
            _stop(error.code, f"{error.reason}.")
        _write({output: calibrations.content})
        stdout.print(f"Wrote {calibrations.changed} calibrations to {output}.", soft_wrap=True)
        return
    topics = set(topic or ())
    for unknown in sorted(topics - {one.id for _, one in sources.topics}):
        _stop("unknown-topic", f"there is no topic {unknown}.", WRONG_USE)
    exported = export_qti(sources, topics)
    _report(exported.refusals, partial, len(exported.challenges))
    _write({output: exported.content})
    stdout.print(f"Wrote {len(exported.challenges)} challenges, each in two languages, to {output}.", soft_wrap=True)


def import_challenges(
    file: Annotated[Path, typer.Argument(help="File to read.")],
    from_format: Annotated[ImportFormat, typer.Option("--format", help="What the file is.")],
    topic: Annotated[str | None, typer.Option(help="Topic that foreign items go to.")] = None,
    level: Annotated[int | None, typer.Option(help="Level of foreign items.", min=1, max=8)] = None,
    author: Annotated[str | None, typer.Option(help="Author of foreign items.")] = None,
    locale: Annotated[Locale | None, typer.Option(help="Language of foreign items.")] = None,
    output: Annotated[Path | None, typer.Option(help="File to write challenges to, as YAML.", dir_okay=False)] = None,
    partial: Partial = False,
    folder: Folder = CONTENT,
) -> None:
    """Read challenges of another tool into a YAML list ready to be pasted, or calibrations into `calibrations.csv`."""
    sources = read_sources(folder)
    try:
        if from_format == "calibrations":
            _import_calibrations(file, sources, output or folder / "calibrations.csv", partial)
            return
        placement = _placement(sources, topic, level, author, locale)
        if output is None:
            _stop("missing-option", "--output is needed: the YAML file to write.", WRONG_USE)
        _refuse_sources(output, folder)
        imported = _imported(file, from_format, placement)
    except RefusedError as error:
        _stop(error.code, f"{file}: {error.reason}.")
    _report(imported.refusals, partial, len(imported.challenges))
    written = {output.parent / path: content for path, content in imported.images.items()}
    _refuse_other_files(written)
    _write({**written, output: write_fragment(imported.challenges).encode()})
    stdout.print(f"Wrote {len(imported.challenges)} challenges and {len(written)} pictures to {output}.", soft_wrap=True)


def _imported(file: Path, from_format: ImportFormat, placement: Placement | None) -> Imported:
    if from_format == "qti3":
        return import_qti(file, placement)
    if placement is None:
        _stop("missing-option", "--topic, --level and --author are needed for foreign items.", WRONG_USE)
    return import_moodle(file, placement) if from_format == "moodle" else import_gift(file, placement)


def _placement(
    sources: Sources, topic: str | None, level: int | None, author: str | None, locale: Locale | None
) -> Placement | None:
    """Where foreign items go; None when nothing of it is given, as our own items need none."""
    given = [topic, level, author]
    if all(one is None for one in given):
        return None
    if topic is None or level is None or not author or not author.strip():
        _stop("missing-option", "--topic, --level and --author go together.", WRONG_USE)
    ladder = next((one for _, one in sources.topics if one.id == topic), None)
    if ladder is None:
        _stop("unknown-topic", f"there is no topic {topic}.", WRONG_USE)
    skill = next((one for one in ladder.skills if one.level == level), None)
    if skill is None:
        _stop("no-such-skill", f"{topic} has no skill at level {level}.", WRONG_USE)
    today = date.today()  # noqa: DTZ011 - the author's day
    return Placement(topic, level, author.strip(), today, locale, frozenset(one.id for one in skill.challenges))


def _import_calibrations(file: Path, sources: Sources, output: Path, partial: bool) -> None:
    calibrations = import_calibrations(file, sources)
    _report(calibrations.refusals, partial, calibrations.changed)
    _write({output: calibrations.content})
    stdout.print(f"{calibrations.changed} calibrations new or changed in {output}.", soft_wrap=True)


def _report(refusals: Iterable[Refusal], partial: bool, count: int) -> None:
    """Tell every refusal; stop unless the rest may go through, and there is some."""
    listed = list(refusals)
    for refusal in listed:
        stderr.print(str(refusal), markup=False, soft_wrap=True)
    counted = ", ".join(f"{number} {code}" for code, number in Counter(one.code for one in listed).most_common())
    if listed and not partial:
        _stop("refused", f"{len(listed)} refused ({counted}); nothing is written. --partial lets the rest through.")
    if not count:
        _stop("nothing-left", "there is nothing to write.")
    if listed:
        stderr.print(f"{len(listed)} refused ({counted}).", markup=False, soft_wrap=True)


def _refuse_sources(output: Path, folder: Path) -> None:
    """An import is read by a person before it becomes part of the bank."""
    if any((folder / part).resolve() in output.resolve().parents for part in ("topics", "exposed", "frameworks")):
        _stop("output-in-sources", f"{output} is a place of the bank; paste what you keep by hand.", WRONG_USE)


def _refuse_other_files(files: Mapping[Path, bytes]) -> None:
    for path, content in files.items():
        if path.exists() and (not path.is_file() or path.read_bytes() != content):
            _stop("file-exists", f"{path} is there already and differs.")


def _write(files: Mapping[Path, bytes]) -> None:
    """Write each file beside its place, then put it there: never half of one."""
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}.part")
            try:
                beside.write_bytes(content)
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)
    except OSError as error:
        _stop("cannot-write", f"{error.filename}: {error.strerror}.", WRONG_USE)


def _stop(code: str, sentence: str, status: int = 1) -> NoReturn:
    printable = "".join(sign if sign.isprintable() else "?" for sign in f"{code}: {sentence}")
    stderr.print(printable, markup=False, soft_wrap=True)
    raise typer.Exit(status)
