"""`palier counters`: views shown without small counts, differences found, told and repaired."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from chalicelib.assessments.model import Tail
from chalicelib.assessments.starting import Wish
from chalicelib.config import PREFIX
from chalicelib.kernel.ids import shard_of
from chalicelib.workers import counters
from palier.__main__ import app
from tests.worlds import World, moto_world, play_on

VIEW = "national:1.1"


@pytest.fixture(scope="module")
def nation() -> Iterator[World]:
    """A stage on moto in which twelve people finished an assessment, three of them two, and all are counted."""
    with moto_world() as world:
        for view in (VIEW, "national:1.2"):
            world.services.ports.counters.enrol(view, 4)
        ends = [finish(world, f"p{number}", "1.1", answers=1 + number % 3) for number in range(12)]
        ends += [finish(world, f"p{number}", "1.2", answers=1) for number in range(3)]
        counters.count(ends, world.services.counting)
        counters.summarise(world.services.summarising)
        yield world


@pytest.fixture
def stage(nation: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The same, described by the environment."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    for name, value in nation.services.settings.as_environment().items():
        monkeypatch.setenv(name, value)
    return nation


def finish(world: World, person: str, scope: str, answers: int) -> Tail:
    progress, _ = world.services.starting.start(person, Wish(scope, "fr"))
    play_on(world, person, progress, answers)
    world.services.ending.finish(progress.assessment_id, person)
    tail = world.services.updating.ended(progress.assessment_id)
    world.services.updating.settle(tail)
    return tail


def palier(*words: str) -> Result:
    return CliRunner().invoke(app, ["counters", *words])


def told(*words: str) -> Any:
    return json.loads(palier(*words, "--json").stdout)


def test_a_view_is_shown_with_small_counts_hidden(stage: World) -> None:
    figures = told("show", VIEW)
    assert (figures["view"], figures["finished"], figures["persons"]) == (VIEW, 12, 12)
    shown = [figure for figure in figures["levels"].values() if figure is not None]
    assert len(figures["levels"]) == 9
    assert all(figure == 0 or figure >= 10 for figure in shown)
    assert "Hidden: fewer than 10 persons" in palier("show", VIEW).stdout


def test_a_view_of_few_persons_shows_nothing_of_them(stage: World) -> None:
    figures = told("show", "national:1.2")
    assert (figures["finished"], figures["persons"]) == (None, None)
    assert set(figures["levels"].values()) == {None}


def test_views_that_agree_are_told_so(stage: World) -> None:
    ran = palier("reconcile", "--all")
    assert ran.exit_code == 0, ran.output
    assert ran.stdout == f"{VIEW}: 12 participants, agrees.\nnational:1.2: 3 participants, agrees.\n"
    assert [(one["view"], one["participants"], one["clean"]) for one in told("reconcile", "--all")] == [
        (VIEW, 12, True),
        ("national:1.2", 3, True),
    ]


def test_a_broken_row_is_found_then_repaired_and_the_summary_follows(stage: World) -> None:
    store = stage.services.ports.counters
    shard = shard_of("p0", store.shards(VIEW))
    row = store.row(VIEW, shard)
    assert store.replace(replace(row, totals={**row.totals, "persons": 5000}, version=row.version + 1))
    ran = palier("reconcile", VIEW, "--json")
    (found,) = json.loads(ran.stdout)
    assert (ran.exit_code, found["wrong_rows"], found["clean"]) == (1, [shard], False)
    assert found["counted"]["persons"] > found["expected"]["persons"] == 12
    off = f"counted too many: persons +{5000 - row.totals['persons']}"
    assert palier("reconcile", VIEW).stdout == f"{VIEW}: 12 participants, differs; wrong rows: 1; {off}.\n"
    repaired = palier("reconcile", VIEW, "--repair")
    assert repaired.exit_code == 0, repaired.output
    assert "12 participants, repaired; wrong rows: 1" in repaired.stdout
    assert palier("reconcile", VIEW).exit_code == 0
    counters.summarise(stage.services.summarising)
    assert told("show", VIEW)["persons"] == 12


def test_an_assessment_that_was_never_counted_is_found_and_counted(stage: World) -> None:
    finish(stage, "late", "1.2", answers=1)
    ran = palier("reconcile", "national:1.2", "--json")
    (found,) = json.loads(ran.stdout)
    assert (ran.exit_code, found["uncounted"], found["wrong_rows"]) == (1, 1, [])
    assert palier("reconcile", "--all", "--repair").exit_code == 0
    assert told("reconcile", "national:1.2")[0]["clean"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("reconcile",), "Name one view, or use --all."),
        (("reconcile", VIEW, "--all"), "Name one view, or use --all."),
        (("show", "campaign:x"), "Only views that begin with national: can be shown."),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(stage: World, words: tuple[str, ...], said: str) -> None:
    ran = palier(*words)
    assert (ran.exit_code, ran.stderr) == (2, said + "\n")


@pytest.mark.parametrize("command", ["show", "reconcile"])
def test_a_view_that_does_not_exist_is_told(stage: World, command: str) -> None:
    ran = palier(command, "national:9.9")
    assert getattr(ran.exception, "code", None) == "view-not-found"
