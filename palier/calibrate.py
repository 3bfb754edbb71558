"""`palier calibrate`: a and b of items, and how sure they are, from a table of answers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from chalicelib.engine.calibration.acceleration import OnIteration
from chalicelib.engine.calibration.common_factor import CommonFactorCalibration
from chalicelib.engine.calibration.maximisation import WeakPrior
from palier.calibration_run import CalibrationRun, Model, parameters, read_given, run_calibration, summary
from palier.console import stderr, stdout
from palier.response_tables import UnreadableTableError, read_responses

WRONG_USE = 2
SHOWN_ITEMS = 20


def _table(text: str) -> Any:
    return typer.Option(help=text, exists=True, dir_okay=False)


def calibrate(
    responses: Annotated[Path, _table("CSV: one row a person, one column an item, cells 0, 1 or empty.")],
    out: Annotated[Path, typer.Option(help="CSV to write: item,a,b,se_a,se_b and more.", dir_okay=False)],
    guess: Annotated[Path | None, _table("CSV item,c: guess chance; 0 where not named.")] = None,
    model: Annotated[Model, typer.Option(help="One ability, or one a competence with a common factor.")] = "two-parameter",
    competences: Annotated[Path | None, _table("CSV item,competence, for common-factor.")] = None,
    anchors: Annotated[Path | None, _table("CSV item,a,b: items held, which fix the scale.")] = None,
    prior: Annotated[bool, typer.Option("--prior", help="Hold a and b weakly: log a ~ N(0, 0.5²), b ~ N(0, 2²).")] = False,
    max_iterations: Annotated[int, typer.Option(help="Steps after which to stop, settled or not.", min=1)] = 500,
    in_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Estimate discrimination a and difficulty b of each item by marginal maximum likelihood; c is given, never estimated."""
    try:
        _check_use(model, competences, anchors)
        given = read_given(read_responses(responses), guess, competences, anchors)
    except (UnreadableTableError, OSError) as error:
        _stop(str(error))
    with _progress(max_iterations) as told:
        run = run_calibration(given, max_iterations, WeakPrior() if prior else None, told)
    _write(out, parameters(run))
    if in_json:
        typer.echo(json.dumps(summary(run), ensure_ascii=False))
    else:
        _show(run, out)


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


def _show(run: CalibrationRun, out: Path) -> None:
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
    stdout.print("\n".join([*lines, f"Wrote {out}."]), markup=False, soft_wrap=True)


def _write(path: Path, text: str) -> None:
    """Write beside the place, then put it there: never half a file."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        _stop(f"{error.filename}: {error.strerror}.")
    finally:
        beside.unlink(missing_ok=True)


def _stop(sentence: str) -> NoReturn:
    printable = "".join(sign if sign.isprintable() else "?" for sign in sentence)
    stderr.print(printable, markup=False, soft_wrap=True)
    raise typer.Exit(WRONG_USE)
