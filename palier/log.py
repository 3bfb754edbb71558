"""`palier log`: look into the log of an assessment, and recompute it."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from chalicelib.assessments.auditing import audit as recompute
from chalicelib.assessments.codec import unpack_answer
from chalicelib.assessments.course import Course
from chalicelib.assessments.model import Entry, EntryKind
from chalicelib.kernel.clock import to_datetime
from palier.console import stderr, stdout
from palier.stage import reach_stage

app = typer.Typer(no_args_is_help=True, help="Logs of assessments.")

Id = Annotated[str, typer.Argument(help="The assessment.")]


@app.command()
def show(assessment_id: Id, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Print a log in clear: what happened, and the state after it."""
    course, entries = _read(assessment_id)
    if as_json:
        pins = course.start.model_dump(mode="json", exclude={"assessment_id"})
        told = [_described(course, entry) for entry in entries]
        whole = {"assessment": assessment_id, "start": pins, "entries": told}
        stdout.print_json(json.dumps(whole))
        return
    start = course.start
    stdout.print(f"Assessment {assessment_id}: {start.purpose} of {start.scope}, attempt {start.attempt}, {start.locale}")
    stdout.print(f"Release {start.release}, engine {start.engine}, secret {start.secret}, at most {start.length} answers")
    table = Table("No", "At", "What", "Challenge", "Answer", "Outcome", "Then", "θ ± se", "Mark")
    for entry in entries:
        described = _described(course, entry)
        answer = "" if described["answer"] is None else json.dumps(described["answer"], ensure_ascii=False)
        ability = described["ability"]
        table.add_row(
            str(described["number"]),
            described["at"][11:23],
            described["kind"],
            described["challenge"] or "",
            escape(answer),
            described["outcome"] or "",
            described["then"],
            f"{ability['mean']:+.2f} ± {ability['se']:.2f}" if ability else "",
            described["mark"] or "",
        )
    stdout.print(table)


@app.command()
def audit(assessment_id: Id) -> None:
    """Recompute grading, selection and states from the answers; exit with 1 when the log differs."""
    course, entries = _read(assessment_id)
    differences = recompute(course, entries)
    for one in differences:
        stdout.print(f"entry {one.entry}: {one.what} is {one.stored}, recomputed {one.recomputed}", highlight=False)
    if differences:
        stderr.print(f"{len(differences)} differences in {len(entries)} entries.")
        raise typer.Exit(1)
    stdout.print(f"{len(entries)} entries, no difference.")


def _read(assessment_id: str) -> tuple[Course, list[Entry]]:
    services = reach_stage().services
    entries = services.ports.log.entries(assessment_id)
    if not entries or entries[0].start is None:
        stderr.print("There is no such assessment.")
        raise typer.Exit(2)
    return services.desk.courses.of(entries[0].start), entries


def _described(course: Course, entry: Entry) -> dict[str, Any]:
    state = entry.state
    given = state.answers[-1] if entry.kind is EntryKind.ANSWERED else None
    described: dict[str, Any] = {
        "number": entry.number,
        "at": to_datetime(entry.at).isoformat(timespec="milliseconds"),
        "kind": entry.kind.value,
        "challenge": course.release.challenge_ids[given.ordinal] if given else None,
        "answer": unpack_answer(entry.value),
        "outcome": given.outcome.name.lower().replace("_", "-") if given else None,
        "then": _then(course, entry),
        "mark": entry.mark,
        "ability": None,
    }
    if given is not None:
        ability = course.estimate(state.answers).ability
        index = course.release.competence_index[course.release.topic_of(given.ordinal).competence]
        described["ability"] = {"mean": float(ability.mean[index]), "se": float(ability.sd[index])}
    return described


def _then(course: Course, entry: Entry) -> str:
    state = entry.state
    if state.stop is not None:
        return f"ends: {state.stop.code}"
    assert state.pending is not None
    phase = "announces" if state.pending.served_at is None else "shows"
    return f"{phase} {course.release.challenge_ids[state.pending.ordinal]}" + (
        " (focus lost)" if state.pending.focus_lost else ""
    )
