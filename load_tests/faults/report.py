"""What a run comes to: a table by fault, the totals, and each violation with the command that replays it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from chalicelib.assessments.model import EntryKind
from load_tests.faults.fleet import ROOT
from load_tests.faults.invariants import Kind
from load_tests.faults.plan import Fault
from load_tests.faults.run import Ran

DOCUMENT = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"


@dataclass(frozen=True)
class Row:
    """One kind of fault: how often it was done, and how often whom it was about came out right."""

    fault: str
    injected: int
    survived: int
    calls: str
    """The calls it was done to most, or nothing."""


@dataclass(frozen=True)
class Report:
    """Everything that is told of a run."""

    command: str
    seconds: float
    storm_seconds: float
    rows: tuple[Row, ...]
    figures: Mapping[str, int]
    dead_letters: Mapping[str, int]
    """By reason."""
    journeys: tuple[str, ...]
    violations: tuple[Mapping[str, str], ...]

    @property
    def holds(self) -> bool:
        """Whether there is no violation."""
        return not self.violations


def report_of(ran: Ran, command: str) -> Report:
    """The report of a run that this command replays."""
    evidence, accounts = ran.evidence, ran.accounts
    entries = [entry for log in evidence.logs.values() for entry in log]
    kinds = Counter(one.kind for one in ran.violations)
    figures = {
        "intents played": ran.played,
        "assessments": len(evidence.logs),
        "answers acknowledged": sum(len(one.acknowledged) for one in accounts.by_assessment.values()),
        "answers stored": sum(entry.kind is EntryKind.ANSWERED for entry in entries),
        "of these, to challenges with a time limit": ran.timed,
        "contributions": sum(map(len, evidence.contributions.values())),
        "profiles": len(evidence.profiles),
        "exposure versions": sum(map(len, evidence.versions.values())),
        "requests given up": len(accounts.gave_up),
        "lost": kinds[Kind.LOST],
        "doubled": kinds[Kind.DOUBLED],
        "deadlines that erred against the person": kinds[Kind.LATE],
        "other violations": kinds[Kind.WRONG],
    }
    return Report(
        command=command,
        seconds=round(ran.seconds, 1),
        storm_seconds=round(ran.storm_seconds, 1),
        rows=tuple(_row(fault, ran) for fault in Fault),
        figures=figures,
        dead_letters=dict(sorted(Counter(letter.reason for letter in evidence.dead_letters).items())),
        journeys=tuple(ran.journeys),
        violations=tuple(asdict(one) for one in ran.violations),
    )


def _row(fault: Fault, ran: Ran) -> Row:
    """A fault about somebody survived if nothing is violated about them; one about nobody, if nothing is violated at all.

    A deadline that errs is laid to the clocks alone.
    """
    done = [one for one in ran.tally.done if one.fault is fault]
    harmed = {one.subject for one in ran.violations if one.kind is not Kind.LATE or fault is Fault.SKEW}
    survived = sum(not harmed if not one.subject else not harmed & {one.subject, ""} for one in done)
    calls = Counter(one.operation for one in done if one.operation)
    return Row(fault.value, len(done), survived, ", ".join(f"{name} {count}" for name, count in calls.most_common(3)))


def lines(report: Report) -> list[str]:
    """The report in Markdown, which is also what a person reads at the console."""
    told = ["| fault | injected | survived | most often at |", "|---|---|---|---|"]
    told += [f"| {row.fault} | {row.injected} | {row.survived} | {row.calls} |" for row in report.rows]
    told += ["", "| | |", "|---|---|"]
    told += [f"| {name} | {count:,} |" for name, count in report.figures.items()]
    told += ["", "| dead letters, by reason | |", "|---|---|"]
    told += [f"| {reason} | {count} |" for reason, count in report.dead_letters.items()]
    cut = [one.partition(": ")[2] for one in report.journeys if one.startswith("before")]
    if cut:
        told += [
            "",
            "One assessment was cut at each of its writes. The process killed before the store saw it, write by write:",
        ]
        told += [f"{', '.join(cut)}; and likewise after it was done."]
    return told


def as_json(report: Report) -> dict[str, Any]:
    """The report as one object."""
    return {**asdict(report), "holds": report.holds}


def write(report: Report, conditions: str, document: Path = DOCUMENT) -> None:
    """Put the table in the document, between its markers; raises ValueError when it has none."""
    text = document.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{document} has no markers")
    heading = f"`{report.command}`, {conditions}: {report.seconds:.0f} s, of which {report.storm_seconds:.0f} s under faults."
    document.write_text("\n".join([f"{before}{BEGIN}", heading, "", *lines(report), f"{END}{after}"]), encoding="utf-8")
