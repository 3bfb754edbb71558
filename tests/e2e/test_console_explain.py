"""`palier explain`: the jury's trace on the console, over the adapters on moto."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from chalicelib.assessments.answering import Submission
from chalicelib.assessments.starting import Wish
from chalicelib.assessments.views import Served
from palier.__main__ import app
from tests.content_of_tests import synthetic
from tests.domain.explained_journeys import PERSON, Journey, journey
from tests.worlds import World, moto_world

MARKUP = "[/b] [red]rouge[/red]"
"""What a console could take for an instruction."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with moto_world(synthetic(2, kind="text")) as made:
        yield made


@pytest.fixture(scope="module")
def finished(world: World) -> Journey:
    """A finished assessment whose first answer looks like console markup."""
    progress, _ = world.services.starting.start(PERSON, Wish("1", "fr"))
    assert isinstance(progress.next, Served)
    world.clock.forward(4)
    world.services.answering.answer(progress.assessment_id, PERSON, Submission(1, progress.next.challenge.id, MARKUP))
    return journey(world)


def palier(world: World, *words: str, columns: int = 100) -> Result:
    """A command whose environment describes this world's stage and no other that may run beside the tests."""
    others = dict.fromkeys(name for name in os.environ if name.startswith(("PALIER_", "AWS_ENDPOINT")))
    environment = {**others, **world.services.settings.as_environment(), "COLUMNS": str(columns)}
    return CliRunner().invoke(app, words, env=environment)


def explain(world: World, *words: str, columns: int = 100) -> Result:
    return palier(world, "explain", *words, columns=columns)


def in_json(world: World, *words: str) -> Any:
    ran = explain(world, *words, "--json")
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def test_the_trace_as_one_json_object_has_every_part(world: World, finished: Journey) -> None:
    trace = in_json(world, finished.assessment_id)
    assert set(trace) == {"assessment_id", "stop_reason", "pins", "differences", "priors", "steps", "report"}
    assert trace["pins"]["release"] == world.release.id
    assert len(trace["steps"]) == len(finished.state.answers)
    assert trace["differences"] == []
    assert {step["as_served"] for step in trace["steps"]} == {True}
    first = trace["steps"][0]
    assert (first["answered"]["answer"], first["answered"]["seconds"], first["outcome"]) == (MARKUP, 4.0, "incorrect")
    assert first["before"]["ability"]["mean"] > first["after"]["ability"]["mean"]
    assert {one["competence"] for one in trace["report"]["competences"]} == {"1.1", "1.2", "1.3"}
    assert trace["report"]["composite"]["low"] < trace["report"]["composite"]["high"]


def test_it_agrees_with_the_log_and_its_audit(world: World, finished: Journey) -> None:
    assert "no difference" in palier(world, "log", "audit", finished.assessment_id).stdout
    shown = palier(world, "log", "show", finished.assessment_id, "--json")
    answered = [entry for entry in json.loads(shown.stdout)["entries"] if entry["kind"] == "answered"]
    for step, entry in zip(in_json(world, finished.assessment_id)["steps"], answered, strict=True):
        assert (step["asked"]["challenge"], step["outcome"]) == (entry["challenge"], entry["outcome"])
        assert step["answered"]["answer"] == entry["answer"]
        assert step["after"]["ability"] == pytest.approx(entry["ability"])


@pytest.mark.parametrize("columns", [60, 250])
def test_the_tables_lose_nothing_in_any_window(world: World, finished: Journey, columns: int) -> None:
    ran = explain(world, finished.assessment_id, columns=columns)
    assert ran.exit_code == 0, ran.output
    assert "…" not in ran.stdout
    for told in (world.release.id, "no difference", "every choice is the one that was served", "[red]rouge[/red]", "± "):
        assert told in ran.stdout
    assert f"{len(finished.state.answers)} answers" in ran.stdout
    for competence in ("1.1", "1.2", "1.3"):
        assert competence in ran.stdout


def test_titles_and_sentences_follow_the_language_asked(world: World, finished: Journey) -> None:
    french, english = in_json(world, finished.assessment_id), in_json(world, finished.assessment_id, "--locale", "en")
    assert french["steps"][0]["why"].startswith("Nous n'avions encore aucune réponse")
    assert english["steps"][0]["why"].startswith("We had no answer")
    assert french["pins"] == english["pins"]
    assert explain(world, finished.assessment_id, "--locale", "de").exit_code == 2


def test_an_open_assessment_without_an_answer_is_traced(world: World) -> None:
    progress, _ = world.services.starting.start("noah", Wish("1.1", "en"))
    trace = in_json(world, progress.assessment_id)
    assert (trace["steps"], trace["stop_reason"]) == ([], None)
    ran = explain(world, progress.assessment_id)
    assert ran.exit_code == 0
    assert "0 answers, still open" in ran.stdout


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_an_assessment_that_does_not_exist_is_told_in_one_sentence(world: World, words: list[str]) -> None:
    ran = explain(world, "z" * 26, *words)
    assert ran.exit_code == 2
    assert ran.stdout == ""
    assert ran.stderr == "There is no such assessment.\n"
