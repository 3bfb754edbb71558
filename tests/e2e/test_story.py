"""`palier story campaign`: a town hall's campaign from its launch to its archive; and its checks, which see what is wrong."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from chalicelib.campaigns.collective import COMPLETED, SHARED, STARTED, mastery_total, shown, stage_total
from chalicelib.campaigns.mastery.participation_results import results_of
from infrastructure.local.supervisor import RunningStack
from load_tests.client import Answered
from palier.__main__ import app
from palier.story_agents import Agent, Conduct, Visit, draw_agents
from palier.story_checks import Wanted, collective_faults, results_faults, sharing_faults
from palier.story_picture import as_svg
from palier.story_replies import BrokenError, at_once, expected, refused
from tests.domain.mastery_builders import CAPS, LADDERS, a_badge, a_release, goals, standing

SKILLS = 9
STAGES = (0, 34, 67)
BADGES = (a_badge("both", ({"alpha": 3}, 66), ({"gamma": 2}, 50)), a_badge("all", (CAPS, 100)))
TEMPLATE: dict[str, Any] = {
    "topics": CAPS,
    "stages": [{"threshold": threshold} for threshold in STAGES],
    "badges": [one.model_dump() for one in BADGES],
}
TENTHS, REACHED = 11, 4
any_floors = st.fixed_dictionaries({topic: st.sampled_from((0, *levels)) for topic, levels in LADDERS.items()})
any_cells = st.lists(st.integers(0, 12), min_size=TENTHS, max_size=TENTHS)


def told_to(floors: dict[str, int]) -> dict[str, Any]:
    """What the service tells somebody with these floors."""
    told: dict[str, Any] = json.loads(results_of(a_release(), goals(*STAGES, badges=BADGES), standing(floors), "fr").as_bytes())
    return told


def visit(number: int = 1, *, shared: bool = True, told: dict[str, Any] | None = None) -> Visit:
    agent = Agent(f"A-{number}", f"p{number}", 0.0, "fr", Conduct.FINISHES, shared, 3)
    at = {"attempt": 1, "external_id": agent.external_id, "joined_at": "T0", "shared_at": "T1"}
    results = told or told_to({"alpha": 2, "beta": 4})
    return Visit(agent, f"a{number}", results, {"assessment_id": f"a{number}", **at} if shared else {})


def listed(one: Visit) -> dict[str, Any]:
    """A shared result as the organisation reads it."""
    told = {name: value for name, value in (one.told or {}).items() if name != "recommendations"}
    return {**one.participation, "results": told}


# --- the whole story ---


@pytest.mark.stack
@pytest.mark.long
def test_twelve_people_take_a_campaign_and_nothing_is_broken(stack: RunningStack, tmp_path: Path) -> None:
    picture = tmp_path / "campaign.svg"
    arguments = ["story", "campaign", "--people", "12", "--at-once", "4", "--json", "--picture", str(picture)]
    ran = CliRunner().invoke(app, arguments, catch_exceptions=False)
    told = json.loads(ran.stdout)
    assert (ran.exit_code, told["broken"]) == (0, [])
    assert (told["participants"], told["shared"]) == (12, told["collective"]["shared"])
    assert told["collective"]["completed"] == told["completed"] > told["completed_after_archive"] > 0
    assert set(told["badges"]) == {"common-base", "safe-habits"}
    assert "12 started" in picture.read_text(encoding="utf-8")


@pytest.mark.parametrize("wrong", [["--people", "0"], ["--people", "2001"], ["--at-once", "0"]])
def test_a_crowd_that_is_too_small_or_too_large_is_refused(wrong: list[str]) -> None:
    assert CliRunner().invoke(app, ["story", "campaign", *wrong]).exit_code == 2


def test_one_of_ten_leaves_one_of_ten_comes_twice_and_the_same_seed_draws_the_same_people() -> None:
    people = draw_agents(200, 3, "run")
    assert people == draw_agents(200, 3, "run")
    assert [one.ability for one in people] != [one.ability for one in draw_agents(200, 4, "run")]
    conducts = [one.conduct for one in people]
    assert (conducts.count(Conduct.LEAVES), conducts.count(Conduct.COMES_TWICE)) == (20, 20)
    assert sum(one.shares for one in people) == 150
    assert len({one.person_id for one in people} | {one.person_id for one in draw_agents(200, 3, "other")}) == 400


# --- what people are told ---


@given(any_floors)
def test_what_the_service_tells_is_what_the_acquired_levels_say(floors: dict[str, int]) -> None:
    assert results_faults(told_to(floors), TEMPLATE, SKILLS) == []


def a_badge_too_many(told: dict[str, Any]) -> None:
    told["badges"][1]["earned"] = True


def a_criterion_not_counted(told: dict[str, Any]) -> None:
    told["badges"][0]["criteria"][0]["met"] = False


def a_stage_too_high(told: dict[str, Any]) -> None:
    told["stage"]["reached"]["number"] += 1


def a_skill_too_many(told: dict[str, Any]) -> None:
    told["mastery"]["acquired"] += 1


def a_hole_in_a_ladder(told: dict[str, Any]) -> None:
    topic = told["competences"][0]["topics"][0]
    topic["acquired"], topic["missed"] = [2, 3], [1]


def a_recommendation_for_nothing(told: dict[str, Any]) -> None:
    told["recommendations"][0]["topic"] = "beta"


@pytest.mark.parametrize(
    "spoil",
    [
        a_badge_too_many,
        a_criterion_not_counted,
        a_stage_too_high,
        a_skill_too_many,
        a_hole_in_a_ladder,
        a_recommendation_for_nothing,
    ],
)
def test_results_that_are_wrong_are_seen(spoil: Callable[[dict[str, Any]], None]) -> None:
    told = told_to({"alpha": 2, "beta": 4})
    assert results_faults(told, TEMPLATE, SKILLS) == []
    spoil(told)
    assert results_faults(told, TEMPLATE, SKILLS)


def test_results_over_other_skills_than_the_card_says_are_seen() -> None:
    assert results_faults(told_to({}), TEMPLATE, SKILLS + 1) == ["9 skills are targeted, the card says 10"]


# --- what the organisation sees ---


def test_what_was_shared_and_nothing_else_is_to_be_listed() -> None:
    shared, kept = visit(1), visit(2, shared=False)
    assert sharing_faults([shared, kept], [listed(shared)]) == []
    assert sharing_faults([shared, kept], []) == ["A-1: shared, and not listed"]
    stolen = {**listed(shared), "assessment_id": "a2", "external_id": "A-2"}
    assert sharing_faults([shared, kept], [listed(shared), stolen]) == ["A-2: listed, and not shared"]
    assert sharing_faults([shared, kept], [listed(shared)] * 2) == ["a shared result is listed twice"]


@pytest.mark.parametrize("name", ["attempt", "external_id", "joined_at", "shared_at", "results"])
def test_a_shared_result_that_differs_from_what_was_told_is_seen(name: str) -> None:
    other = {**listed(visit()), name: "other"}
    assert sharing_faults([visit()], [other]) == ["A-1: the organisation sees other results than were told"]


def test_advice_that_the_organisation_is_shown_is_seen() -> None:
    whole = visit().told or {}
    assert whole["recommendations"]
    assert sharing_faults([visit()], [{**listed(visit()), "results": whole}])


def figures_of(mastery: list[int], stages: list[int]) -> tuple[dict[str, Any], Wanted]:
    """What the service shows of such people, and what they did."""
    shared = sum(mastery)
    totals = {STARTED: shared + 3, COMPLETED: shared + 1, SHARED: shared}
    totals |= {mastery_total(place): count for place, count in enumerate(mastery)}
    totals |= {stage_total(place): count for place, count in enumerate(stages)}
    counts = [Counter({str(place): count for place, count in enumerate(cells) if count}) for cells in (mastery, stages)]
    return vars(shown(totals, (0, 30, 60, 90))), Wanted(shared + 3, shared + 1, shared, *counts)


def stages_of(mastery: list[int]) -> list[int]:
    """Stages that begin at some tenths."""
    return [0, sum(mastery[:3]), sum(mastery[3:6]), sum(mastery[6:9]), sum(mastery[9:])]


@given(any_cells)
def test_figures_that_hide_what_is_small_are_right(mastery: list[int]) -> None:
    assert collective_faults(*figures_of(mastery, stages_of(mastery))) == []


@given(any_cells, st.sampled_from(["started", "completed", "shared", "mastery", "stages"]), st.integers(0, REACHED))
def test_a_figure_that_is_off_by_one_person_is_seen(mastery: list[int], name: str, cell: int) -> None:
    figures, wanted = figures_of(mastery, stages_of(mastery))
    if name in ("mastery", "stages"):
        figures = {**figures, name: {**figures[name], str(cell): (figures[name][str(cell)] or 0) + 1}}
        right = wanted.mastery if name == "mastery" else wanted.stages
        if figures[name][str(cell)] == right.get(str(cell), 0) >= 5:
            return  # what was hidden, guessed right
    else:
        figures = {**figures, name: (figures[name] or 0) + wanted.shared + 1}
    assert collective_faults(figures, wanted)


def test_small_counts_that_are_shown_and_large_ones_that_are_hidden_are_seen() -> None:
    figures, wanted = figures_of([0, 0, 0, 0, 0, 5, 6, 0, 0, 0, 0], [0, 5, 6, 0, 0])
    assert collective_faults({**figures, "stages": dict.fromkeys(figures["stages"])}, wanted)
    few, wanted = figures_of([0, 0, 0, 0, 0, 4, 6, 0, 0, 0, 0], [0, 4, 6, 0, 0])
    shown_all = {"0": 0, "1": 4, "2": 6, "3": 0, "4": 0}
    assert collective_faults({**few, "stages": shown_all}, wanted) == ["stages 1 shows 4 people"]


def test_each_person_counts_once_with_what_they_were_told() -> None:
    half_way = Visit(visit(3).agent, "a3")
    nobody = Visit(visit(4).agent)
    wanted = Wanted.of([visit(1), visit(2, shared=False), half_way, nobody])
    assert wanted.counts() == {"started": 3, "completed": 2, "shared": 1}
    assert (wanted.mastery, wanted.stages) == ({"6": 1}, {"2": 1})


# --- replies ---


def test_a_reply_that_is_not_expected_is_told_by_its_status_and_code() -> None:
    gone = Answered(404, {"code": "campaign-not-found"}, 0.0, None)
    with pytest.raises(BrokenError, match="entering: the reply is 404 campaign-not-found"):
        expected(gone, "entering", 200, 201)
    refused(gone, "entering", 404, "campaign-not-found")
    with pytest.raises(BrokenError, match="not 409 campaign-archived"):
        refused(gone, "sharing", 409, "campaign-archived")
    assert at_once(lambda: 1, lambda: 2) == [1, 2]


# --- the picture ---


def test_the_picture_tells_its_figures_in_words_and_says_what_is_hidden() -> None:
    figures, _ = figures_of([0, 0, 0, 0, 5, 9, 6, 4, 0, 0, 0], [0, 0, 14, 10, 0])
    drawn = as_svg(figures)
    root = ET.fromstring(drawn)
    names = root.attrib["aria-labelledby"].split()
    found = {one.get("id"): one.text or "" for one in root if one.get("id")}
    assert (root.attrib["role"], list(found)) == ("img", names)
    assert "27 started, 25 completed, 24 shared" in found["description"]
    assert "stage 1: 0, 2: 14, 3: 10, 4: 0" in found["description"]
    assert "40 %: hidden" in found["description"]
    assert "is hidden" in drawn.partition("</desc>")[2]


def test_a_campaign_that_nobody_took_has_a_picture_too() -> None:
    figures, _ = figures_of([0] * TENTHS, [0] * 5)
    assert ET.fromstring(as_svg(figures | {"started": 0})).attrib["viewBox"]
