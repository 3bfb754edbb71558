"""`palier dlq`: messages that could not be handled. Look at them, send them again, or delete them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Annotated, Any, Literal

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from chalicelib.kernel.dead_letters import REASONS
from chalicelib.kernel.events import QUEUES
from chalicelib.storage.failures import CallRefusedError, NoReplyError
from palier.console import stderr, stdout, stop
from palier.dead_letter_lines import age_seconds, age_told, described
from palier.dead_queues import DeadQueue, NoQueueError, Pace, batch_for, queue_client, redriven
from palier.stage import reach_settings

app = typer.Typer(no_args_is_help=True, help="Dead letters: messages that could not be handled.")

QueueName = Annotated[Literal["results", "certifications", "deliveries", "imports"], typer.Argument(help="Name of the queue.")]
OfReason = Annotated[str | None, typer.Option("--reason", help="Only those with this reason.")]
InJson = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]


@app.command(name="list")
def list_queues(
    limit: Annotated[int, typer.Option(help="How many messages of each queue are read for ages and reasons.", min=1)] = 1000,
    in_json: InJson = False,
) -> None:
    """Tell how many messages each dead-letter queue holds, since when, and why."""
    with _telling_failures():
        reached = _reach()
        told = [_summary(reached, queue, limit) for queue in QUEUES]
    if in_json:
        typer.echo(json.dumps(told))
        return
    rows = Table("Queue", "Waiting", "Held", "Oldest", "Reasons")
    for one in told:
        reasons = ", ".join(f"{escape(reason)} {number}" for reason, number in one["reasons"].items())
        oldest = "" if one["oldest_seconds"] is None else age_told(one["oldest_seconds"])
        figures = (str(one["waiting"]), str(one["held"])) if one["exists"] else ("no such queue", "")
        rows.add_row(one["queue"], *figures, oldest, reasons)
    stdout.print(rows)


@app.command()
def show(
    queue: QueueName,
    reason: OfReason = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1)] = 20,
    in_json: InJson = False,
) -> None:
    """Show messages: their ids, why they are here, and which event they hold. Bodies are never printed."""
    _check_reason(reason)
    shown: list[dict[str, Any]] = []
    with _telling_failures(), _reach()(queue).holding() as holding:
        for held in holding:
            if reason in (None, held.letter.reason):
                shown.append(described(held))
            if len(shown) == limit:
                break
    if in_json:
        typer.echo(json.dumps(shown))
        return
    heads = ("Message", "Reason", "Was", "First seen", "Age", "Event", "Correlation")
    rows = Table(*(Column(head, overflow="fold") for head in heads))
    for one in shown:
        event = one["event_id"] or one["event_type"] or ""
        named = (one["id"], escape(one["reason"]), escape(one["original_id"]))
        rows.add_row(*named, one["first_seen"], age_told(one["age_seconds"]), event, one["correlation"])
    stdout.print(rows)
    for code in dict.fromkeys(one["reason"] for one in shown):
        meaning = REASONS.get(code, "A reason that this version does not know.")
        stdout.print(f"{code}: {meaning}", highlight=False, soft_wrap=True, markup=False)


@app.command()
def redrive(
    queue: QueueName,
    rate: Annotated[float, typer.Option(help="Messages a second at most.", min=0.01, max=1000)] = 10,
    limit: Annotated[int | None, typer.Option(help="How many at most; by default as many as wait now.", min=1)] = None,
    reason: OfReason = None,
    in_json: InJson = False,
) -> None:
    """Send messages to their queue again, then delete them here. Killed in between it doubles, which consumers bear, and loses none."""
    _check_reason(reason)
    sent = 0
    with _telling_failures():
        dead = _reach()(queue)
        at_once = batch_for(rate, dead.hidden_seconds())
        with dead.holding(at_once=at_once) as holding, _progress(min(limit or holding.most, holding.most)) as advance:
            for _ in islice(redriven(holding, reason, Pace(rate)), limit):
                sent += 1
                advance()
        waiting, _ = dead.counts()
    if in_json:
        typer.echo(json.dumps({"queue": queue, "sent": sent, "waiting": waiting}))
    else:
        stdout.print(f"Sent {sent} messages to {dead.source_name}; about {waiting} are left in {dead.name}.", soft_wrap=True)


@app.command()
def drop(
    queue: QueueName,
    message_id: Annotated[str | None, typer.Option("--id", help="Only this message, by either of its ids.")] = None,
    reason: OfReason = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    in_json: InJson = False,
) -> None:
    """Delete messages for good, by id or by reason."""
    if message_id is None and reason is None:
        stop("Say which messages: --id or --reason.")
    if in_json and not yes:
        stop("--json asks nothing: say --yes.")
    _check_reason(reason)
    with _telling_failures():
        dead = _reach()(queue)
        with dead.holding() as holding:
            meant = [
                one
                for one in holding
                if reason in (None, one.letter.reason) and message_id in (None, one.id, one.letter.message_id)
            ]
            if meant and not yes:
                typer.confirm(f"Delete {len(meant)} messages of {dead.name} for good?", abort=True, err=True)
            for one in meant:
                holding.delete(one)
    if in_json:
        typer.echo(json.dumps({"queue": queue, "dropped": len(meant)}))
    else:
        stdout.print(f"Deleted {len(meant)} messages of {dead.name}.", soft_wrap=True)


def _reach() -> Callable[[str], DeadQueue]:
    """Gives the dead-letter queues of the stage within reach by the names of their queues."""
    settings = reach_settings()
    return partial(DeadQueue.of, queue_client(settings), settings.stage)


def _check_reason(reason: str | None) -> None:
    if reason is not None and reason not in REASONS:
        stop(f"There is no reason {reason}. Reasons are: {', '.join(REASONS)}.")


@contextmanager
def _telling_failures() -> Iterator[None]:
    """Tell in one sentence that a queue is missing or that nothing answers."""
    try:
        yield
    except NoQueueError as error:
        stop(f"There is no queue {error}.")
    except CallRefusedError as error:
        stop(f"The queues refused: {error.code}.")
    except NoReplyError as error:
        stop(f"The queues do not answer: {error}.")


def _summary(reached: Callable[[str], DeadQueue], queue: str, limit: int) -> dict[str, Any]:
    told: dict[str, Any] = {"queue": queue, "exists": False, "waiting": 0, "held": 0, "oldest_seconds": None, "reasons": {}}
    try:
        dead = reached(queue)
    except NoQueueError:
        return told
    waiting, held = dead.counts()
    with dead.holding(limit) as holding:
        letters = list(holding)
    reasons = dict(sorted(Counter(one.letter.reason for one in letters).items()))
    oldest = max((age_seconds(one) for one in letters), default=None)
    return {**told, "exists": True, "waiting": waiting, "held": held, "oldest_seconds": oldest, "reasons": reasons}


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on stderr that is told of each message sent; none when stderr is not a terminal."""
    columns = (TextColumn("redriving"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)
