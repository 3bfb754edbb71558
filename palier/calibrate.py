"""`palier calibrate`: a and b of items, and how sure they are, from a table of answers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from chalicelib.engine.calibration.acceleration import OnIteration
from chalicelib.engine.calibration.common_factor import CommonFactorCalibration
from chalicelib.engine.calibration.maximisation import WeakPrior
from palier.calibration_check_lines import checks_told, item_lines, person_lines
from palier.calibration_checks import Checks, check
from palier.calibration_run import CalibrationRun, Model, parameters, read_given, run_calibration, summary
from palier.calibration_tables import AskedChecks, read_check_tables
from palier.console import stderr, stdout, stop, table_option
from palier.files import check_places, write
from palier.response_tables import UnreadableTableError, read_responses

SHOWN_ITEMS = 20


def _output(text: str) -> Any:
    return typer.Option(help=text, dir_okay=False)


def calibrate(
    responses: Annotated[Path, table_option("CSV: one row a person, one column an item, cells 0, 1 or empty.")],
    out: Annotated[Path, _output("CSV to write: item,a,b,se_a,se_b and more.")],
    guess: Annotated[Path | None, table_option("CSV item,c: guess chance; 0 where not named.")] = None,
    model: Annotated[Model, typer.Option(help="One ability, or one a competence with a common factor.")] = "two-parameter",
    competences: Annotated[Path | None, table_option("CSV item,competence, for common-factor.")] = None,
    anchors: Annotated[Path | None, table_option("CSV item,a,b: items held, which fix the scale.")] = None,
    prior: Annotated[bool, typer.Option("--prior", help="Hold a and b weakly: log a ~ N(0, 0.5²), b ~ N(0, 2²).")] = False,
    max_iterations: Annotated[int, typer.Option(help="Steps after which to stop, settled or not.", min=1)] = 500,
    in_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
    html: Annotated[Path | None, _output("HTML report to write, with every check below.")] = None,
    checks: Annotated[Path | None, _output("CSV to write: the fit of each item.")] = None,
    groups: Annotated[Path | None, table_option("CSV person,group: two groups to compare at the same ability.")] = None,
    times: Annotated[Path | None, table_option("CSV of the shape of the responses: seconds of each answer.")] = None,
    bank: Annotated[Path | None, table_option("CSV item,a,b[,se_a,se_b]: the current bank, to link to.")] = None,
    persons: Annotated[Path | None, _output("CSV to write: whom people should look at; never a score.")] = None,
) -> None:
    """Estimate discrimination a and difficulty b of each item by marginal maximum likelihood; c is given, never estimated."""
    check_places(out, html, checks, persons)
    asked = AskedChecks(groups, times, bank)
    try:
        _check_use(model, competences, anchors)
        given = read_given(read_responses(responses), guess, competences, anchors)
        tables = read_check_tables(responses, given, asked) if asked.any or html or checks or persons else None
    except (UnreadableTableError, OSError) as error:
        stop(str(error))
    with _progress(max_iterations) as told:
        run = run_calibration(given, max_iterations, WeakPrior() if prior else None, told)
    found = check(run, tables) if tables else None
    write({out: parameters(run)} | (_texts(run, found, html, checks, persons) if found else {}))
    if in_json:
        typer.echo(json.dumps(summary(run) | (checks_told(found) if found else {}), ensure_ascii=False))
    else:
        _show(run, found, out)


def _texts(run: CalibrationRun, found: Checks, html: Path | None, checks: Path | None, persons: Path | None) -> dict[Path, str]:
    """What is written of the checks, by place."""
    texts = {}
    if checks:
        texts[checks] = item_lines(run, found)
    if persons:
        texts[persons] = person_lines(run, found)
    if html:
        from palier.reports.calibration import calibration_report

        texts[html] = calibration_report(run, found)
    return texts


def _check_use(model: Model, competences: Path | None, anchors: Path | None) -> None:
    if (model == "common-factor") != (competences is not None):
        raise UnreadableTableError("--model common-factor and --competences go together.")
    if model == "common-factor" and anchors is not None:
        raise UnreadableTableError("--anchors are for --model two-parameter only.")


@contextmanager
def _progress(most: int) -> Iterator[OnIteration]:
    """A line on stderr that is told the steps and the log-likelihood; none when stderr is not a terminal."""
    columns = (TextColumn("step {task.completed} of at most {task.total}"), BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, TimeElapsedColumn(), console=stderr, transient=True, disable=not stderr.is_terminal) as progress:
        task = progress.add_task("", total=most)
        yield lambda step, height: progress.update(task, completed=step, description=f"log-likelihood {height:.3f}")


def _show(run: CalibrationRun, checks: Checks | None, out: Path) -> None:
    found, told = run.calibration, summary(run)
    shown = min(len(run.items), SHOWN_ITEMS)
    table = Table("Item", "a", "b", "se a", "se b", "c", "answers", "", title=f"{shown} of {len(run.items)} items")
    for place in range(shown):
        numbers = [column[place] for column in (found.a, found.b, found.se_a, found.se_b, found.c)]
        cells = [f"{number:.3f}" if math.isfinite(number) else "·" for number in numbers]
        verdict = "" if found.converged[place] else "not settled" if found.estimable[place] else "not estimable"
        table.add_row(escape(run.items[place]), *cells, str(run.responses.answers_of_item[place]), verdict)
    stdout.print(table)
    settled = f"{told['n_converged']} of {told['n_items']} items settled in {told['iterations']} steps, {told['seconds']} s."
    lines = [f"Log-likelihood {found.loglik:.3f} of {told['n_persons']} persons.", settled]
    if isinstance(found, CommonFactorCalibration):
        lines.append(f"Correlation of competences {found.rho:.3f} (standard error {found.se_rho:.3f}).")
    elif run.given.anchors is not None:
        lines.append(f"Population: mean {found.mean:.3f}, deviation {found.sd:.3f}.")
    lines += _check_sentences(checks) if checks else []
    stdout.print("\n".join([*lines, f"Wrote {out}."]), markup=False, soft_wrap=True)


def _check_sentences(checks: Checks) -> list[str]:
    told = checks_told(checks)
    lines = ["Fit: {fits} items fit, {misfits} misfit, {too_few} have too few answers.".format(**told["fit"])]
    if told["dif"]:
        lines.append("{focal} beside {reference}: {large} items differ by much, {moderate} by some.".format(**told["dif"]))
    if told["linking"]:
        lines.append(
            "Link to the bank: slope {slope:.3f}, intercept {intercept:.3f}, {kept} of {anchors} anchors.".format(
                **told["linking"]
            )
        )
        lines.append(
            "Drift: {drifted} items drifted, {watch} to watch, {too_few} with too few answers.".format(**told["drift"])
        )
    return [*lines, f"{told['flagged_persons']} persons for people to look at: a flag changes no score.", *told["not_done"]]
