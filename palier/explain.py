"""`palier explain`: why an assessment went as it did, for a jury."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from chalicelib.assessments.final_report import Reported
from chalicelib.assessments.traces import Ability, Trace, TracedStep
from chalicelib.assessments.tracing import traced
from chalicelib.content.texts import Locale
from palier.console import stdout, stop
from palier.stage import reach_stage

WIDEST_NEEDED = 190
"""Signs that the table of steps takes at least, whatever the window: nothing is cut, and a pager can scroll."""


def explain(
    assessment_id: Annotated[str, typer.Argument(help="The assessment.", metavar="ASSESSMENT")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    locale: Annotated[
        Locale | None, typer.Option(help="Language of titles and sentences; the assessment's unless told.")
    ] = None,
) -> None:
    """Trace an assessment in full: pins, every choice recomputed with its numbers, and the exact report.

    It shows challenges and calibrations: for juries and audits, never for the person, who reads `/v1/assessments/…/explanation`.
    """
    services = reach_stage().services
    entries = services.ports.log.entries(assessment_id)
    if not entries or entries[0].start is None:
        stop("There is no such assessment.")
    start = entries[0].start
    trace = traced(services.desk.courses.of(start), entries, locale or start.locale)
    if as_json:
        stdout.print_json(json.dumps(asdict(trace)))
        return
    _print_pins(trace)
    if trace.steps:
        stdout.print(_table_of_steps(trace), crop=False)
    _print_report(trace)


def _line(text: str) -> None:
    stdout.print(text, markup=False, highlight=False, soft_wrap=True)


def _print_pins(trace: Trace) -> None:
    pins = trace.pins
    _line(f"Assessment {trace.assessment_id}: placement of {pins.scope}, attempt {pins.attempt}, {pins.locale}")
    needs = f", needs {', '.join(pins.needs)}" if pins.needs else ""
    _line(f"Release {pins.release}, engine {pins.engine}, secret {pins.secret}, at most {pins.length} answers")
    _line(f"Device {pins.device}{needs}; before it {pins.known_rungs} levels known, {pins.met_earlier} challenges met")
    priors = [f"{prior.competence} {prior.mean:+.2f} ± {prior.sd:.2f}" for prior in trace.priors if prior.in_scope]
    _line(f"Prior θ ± sd: {', '.join(priors)}")
    others = sum(not step.as_served for step in trace.steps)
    served = "every choice is the one that was served" if not others else f"{others} choices are not those that were served"
    _line(f"{len(trace.steps)} answers, {trace.stop_reason or 'still open'}; {served}")
    audited = f"{len(trace.differences)} differences: see `palier log audit`" if trace.differences else "no difference"
    _line(f"Audit of the log: {audited}")


def _table_of_steps(trace: Trace) -> Table:
    table = Table(title="Steps", width=max(stdout.width, WIDEST_NEEDED))
    for name in ("No", "Challenge", "Level", "a, b, c", "P(right)", "Settles", "Drawn among", "Given up", "Served"):
        table.add_column(name, overflow="fold")
    for name in ("Answer", "Outcome", "s", "θ ± se", "θ̄ ± se"):
        table.add_column(name, overflow="fold")
    for step in trace.steps:
        table.add_row(*(escape(cell) for cell in _cells(step)))
    return table


def _cells(step: TracedStep) -> tuple[str, ...]:
    asked, choice, given = step.asked, step.choice, step.answered
    before, after = step.before, step.after
    answer = "" if given is None or given.answer is None else json.dumps(given.answer, ensure_ascii=False)
    return (
        str(step.step),
        f"{asked.competence} {asked.challenge}",
        str(asked.level),
        f"{asked.a:.2f}, {asked.b:+.2f}, {asked.c:.2f}",
        f"{asked.chance:.2f}",
        f"{choice.settled:.2f}" if choice else "",
        f"{choice.near_equals} of {choice.candidates}" if choice else "",
        ", ".join(choice.given_up) if choice else "",
        "yes" if step.as_served else f"no: {choice.challenge if choice else 'nothing'}",
        answer,
        step.outcome,
        f"{given.seconds:.1f}" if given is not None and given.seconds is not None else "",
        _moved(before.ability, after.ability),
        _moved(before.composite, after.composite),
    )


def _moved(before: Ability, after: Ability) -> str:
    return f"{before.mean:+.2f} ± {before.se:.2f} → {after.mean:+.2f} ± {after.se:.2f}"


def _print_report(trace: Trace) -> None:
    report = trace.report
    _line(f"Mean θ̄ over the scope: {_interval(report.composite)}")
    table = Table(title="Competences")
    for name in ("Competence", "θ ± se [90 %]", "Levels, from 0", "Topics: floor – ceiling"):
        table.add_column(name, overflow="fold")
    for one in report.competences:
        ladders = "\n".join(
            f"{ladder.title}: {ladder.floor} – {'none' if ladder.ceiling is None else ladder.ceiling}" for ladder in one.ladders
        )
        levels = " ".join(f"{chance:.2f}" for chance in one.levels)
        cells = (f"{one.competence} {one.title}", _interval(one.ability), levels, ladders)
        table.add_row(*(escape(cell) for cell in cells))
    stdout.print(table)


def _interval(ability: Reported) -> str:
    return f"{ability.mean:+.2f} ± {ability.se:.2f} [{ability.low:+.2f}, {ability.high:+.2f}]"
