"""Calibrations in and out: what other tools estimated comes into `calibrations.csv`, and what is there goes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from chalicelib.content.authoring.calibrating import CalibrationRow, read_calibrations, write_calibrations
from chalicelib.content.authoring.checks import bank
from chalicelib.content.authoring.checks.walking import challenges_in
from chalicelib.content.authoring.exchange.archive import read_file
from chalicelib.content.authoring.exchange.results import Refusal, RefusedError
from chalicelib.content.authoring.sources import Fault, Sources

_PLACE = "calibrations.csv#"


@dataclass(frozen=True)
class Calibrations:
    """The whole file that results, how many lines of it are new or changed, and what was refused."""

    content: bytes
    changed: int
    refusals: tuple[Refusal, ...]


def import_calibrations(path: Path, sources: Sources) -> Calibrations:
    """The calibrations of the sources, replaced by those of this file where it has some.

    A line is refused when it is none, stands there twice, names no challenge, or says what the bank knows to be wrong.
    Raises `RefusedError` when the file cannot be read, or ours.
    """
    _refuse_damaged(sources)
    rows, wrong = read_calibrations(read_file(path))
    refusals = [Refusal(f"line {line}", rule, reason) for line, rule, reason in wrong]
    twice = {tuple(reason.split()) for _, rule, reason in wrong if rule == "calibrated-twice"}
    given = {(row.challenge, row.locale): row for row in rows if (row.challenge, row.locale) not in twice}
    faults = {fault.path.removeprefix(_PLACE): fault for fault in _faults(replace(sources, calibrations=given))}
    sound = {key: row for key, row in given.items() if "/".join(key) not in faults}
    refusals += [Refusal(where, fault.rule, fault.reason) for where, fault in faults.items()]
    changed = sum(sources.calibrations.get(key) != row for key, row in sound.items())
    return Calibrations(_written({**sources.calibrations, **sound}.values()), changed, tuple(refusals))


def export_calibrations(sources: Sources) -> Calibrations:
    """The calibrations of practice challenges, those of certification stay. Raises `RefusedError` when ours cannot be read."""
    _refuse_damaged(sources)
    practice = {challenge.id for _, _, challenge in challenges_in(sources)}
    rows = [row for row in sources.calibrations.values() if row.challenge in practice]
    return Calibrations(_written(rows), len(rows), ())


def _refuse_damaged(sources: Sources) -> None:
    """Lines of ours that cannot be read would be lost by writing the file again."""
    damaged = [fault for fault in sources.faults if fault.path.startswith(_PLACE)]
    if damaged:
        raise RefusedError("damaged-calibrations", f"{damaged[0].path} of the bank: {damaged[0].rule}")


def _faults(sources: Sources) -> list[Fault]:
    return [fault for check in bank.CHECKS for fault in check(sources) if fault.path.startswith(_PLACE)]


def _written(rows: Iterable[CalibrationRow]) -> bytes:
    return write_calibrations(sorted(rows, key=lambda row: (row.challenge, row.locale)))
