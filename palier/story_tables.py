"""What the console shows of a story."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from palier.console import stdout
from palier.story_figures import Pair, StoryFigures

MOST_BROKEN = 50


def show(figures: StoryFigures) -> None:
    """A short account: what people did, what it came to, how fast, and every expectation that was broken."""
    stdout.print(_account(figures), _collective(figures))
    for broken in figures.broken[:MOST_BROKEN]:
        stdout.print(f"[red]broken[/red] {escape(broken)}", highlight=False, soft_wrap=True)
    if (more := len(figures.broken) - MOST_BROKEN) > 0:
        stdout.print(f"{more} more are broken.")
    if not figures.broken:
        stdout.print("Everything was as it should be: what people were told, what was shared, sums, stages and badges.")


def _account(figures: StoryFigures) -> Table:
    table = Table("A campaign", "", title=f"Story of seed {figures.seed}", title_justify="left", show_header=False)
    rows = [
        ("participants", f"{figures.participants}, of whom {figures.came_twice} came on two devices at once"),
        ("completed", f"{figures.completed}, of whom {figures.completed_after_archive} after the archive"),
        ("shared", str(figures.shared)),
        ("mastery of who shared, mean ± SD", _pair(figures.mastery_mean_sd, " ± ", " %")),
        *((f"badge {badge}", f"{count} of {figures.completed}") for badge, count in figures.badges.items()),
        *((f"stage {stage}", f"{count} of {figures.completed}") for stage, count in figures.stages.items()),
        ("answers", f"{figures.answers}, median of a person {_number(figures.answers_median)}"),
        ("answers a second", f"{figures.answers_per_second} over {figures.seconds} s"),
        ("a join, p50 and p95", _pair(figures.join_p50_p95_ms, ", ", " ms")),
        ("an answer, p50 and p95", _pair(figures.answer_p50_p95_ms, ", ", " ms")),
        ("collective results up to date after", f"{figures.figures_after_seconds} s"),
    ]
    for name, value in rows:
        table.add_row(name, value)
    return table


def _collective(figures: StoryFigures) -> Table:
    """The distributions as the organisation is shown them."""
    table = Table("What the organisation sees", "people who shared", title_justify="left")
    for name, title in (("mastery", "tenths of mastery"), ("stages", "stage")):
        cells = figures.collective.get(name, {})
        if cells and set(cells.values()) == {None}:
            table.add_row(f"{title}: all", "hidden")
            continue
        for cell, count in cells.items():
            table.add_row(f"{title}: {cell}", "hidden" if count is None else str(count))
    return table


def _pair(pair: Pair | None, between: str, unit: str) -> str:
    return "nobody" if pair is None else f"{pair[0]}{between}{pair[1]}{unit}"


def _number(value: float | None) -> str:
    return "·" if value is None else f"{value:g}"
