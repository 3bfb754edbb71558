"""Campaigns through the API: launched by an organisation, taken by its people, shared or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.assessments.model import Tail
from chalicelib.campaigns.participation import Participation
from chalicelib.kernel.clock import DAY, SECOND
from chalicelib.kernel.errors import UnavailableError
from chalicelib.workers import results
from infrastructure.local.lambda_context import LambdaContext
from tests.api.http_client import Client, Reply
from tests.api.town_hall import TownHall
from tests.fakes.marks import MemoryDeadLetters
from tests.fakes.memory import MemorySender
from tests.worlds import World

KEY = "a-key-of-twenty-letters"


@pytest.fixture
def hall(memory: World) -> TownHall:
    return TownHall.of(memory, Client(memory.services))


def test_a_campaign_is_launched_taken_and_shared(hall: TownHall) -> None:
    campaign = hall.launch()
    card = hall.client.get(f"/v1/campaigns/{campaign['code'].lower()}").json
    assert (card["name"], card["takes_people"], card["skills"] > 0) == ("Digital skills", True, True)
    assessment = hall.finish(campaign["code"])
    results = hall.get(f"/v1/assessments/{assessment}/campaign-results", "ines").json
    assert results["mastery"]["acquired"] == results["mastery"]["targeted"] == card["skills"]
    listing = f"{hall.campaigns}/{campaign['campaign_id']}/shared-results"
    assert hall.get(listing).json["results"] == []
    shared = hall.post(f"/v1/assessments/{assessment}/share", None, "ines")
    assert shared.json["shared_at"] is not None
    (seen,) = hall.get(listing).json["results"]
    assert seen["results"]["mastery"] == results["mastery"]
    assert "recommendations" not in seen["results"]
    assert set(seen) == {"assessment_id", "attempt", "external_id", "joined_at", "shared_at", "results"}


def test_what_is_shared_stays_as_it_was_however_often_it_is_shared(hall: TownHall) -> None:
    campaign = hall.launch()
    assessment = hall.finish(campaign["code"])
    first = hall.post(f"/v1/assessments/{assessment}/share", None, "ines").json
    hall.world.clock.forward(DAY / SECOND)
    assert hall.post(f"/v1/assessments/{assessment}/share", None, "ines").json == first
    assert len(hall.get(f"{hall.campaigns}/{campaign['campaign_id']}/shared-results").json["results"]) == 1


def test_entering_twice_goes_on_with_the_same_attempt_on_any_device(hall: TownHall) -> None:
    campaign = hall.launch()
    first = hall.join(campaign["code"])
    again = hall.join(campaign["code"], device="any", locale="en")
    assert (first.status, again.status) == (201, 200)
    assert first.json["assessment"] == again.json["assessment"]
    assert hall.finish(campaign["code"]) == first.json["assessment"]["assessment_id"]
    done = hall.join(campaign["code"])
    assert (done.status, done.json["assessment"]["status"]) == (200, "finished")


def test_what_somebody_is_known_to_know_is_not_asked_again(hall: TownHall) -> None:
    campaign = hall.launch()
    hall.finish(campaign["code"])
    other = hall.launch(name="The same again")
    joined = hall.join(other["code"]).json
    assert (joined["assessment"]["status"], joined["assessment"]["answers"]) == ("finished", 0)
    results = hall.get(f"/v1/assessments/{joined['assessment']['assessment_id']}/campaign-results", "ines").json
    assert results["mastery"]["percent"] == 100


def test_an_exam_asks_everything_again_and_adds_nothing_to_the_profile(hall: TownHall) -> None:
    known = hall.launch()
    hall.world.services.updating.finished(hall.finish(known["code"]))
    before = hall.get("/v1/me/profile", "ines").json
    exam = hall.launch(kind="exam", closes_at=hall.in_days(2))
    assessment = hall.finish(exam["code"], right=False)
    hall.world.services.updating.finished(assessment)
    assert hall.world.services.reading.current(assessment, "ines").answers > 0
    assert hall.get("/v1/me/profile", "ines").json == before


def test_an_exam_shows_no_solution_before_it_closes(hall: TownHall) -> None:
    exam = hall.launch(kind="exam", closes_at=hall.in_days(2))
    assessment = hall.finish(exam["code"])
    for page in ("corrections", "explanation"):
        refused = hall.get(f"/v1/assessments/{assessment}/{page}", "ines")
        assert (refused.status, refused.code) == (409, "solutions-not-yet")
    hall.world.clock.forward(2 * DAY / SECOND)
    assert hall.get(f"/v1/assessments/{assessment}/corrections", "ines").json["corrections"]


def test_an_exam_may_close_later_and_never_sooner(hall: TownHall) -> None:
    exam = hall.launch(kind="exam", closes_at=hall.in_days(2))
    at = f"{hall.campaigns}/{exam['campaign_id']}"
    settings = {"name": "Exam", "kind": "exam", "closes_at": hall.in_days(3)}
    later = hall.post(at, {"settings": settings, "version": exam["version"]})
    assert later.status == 200
    refused = hall.post(at, {"settings": {**settings, "closes_at": hall.in_days(1)}, "version": later.json["version"]})
    assert (refused.status, refused.code) == (409, "campaign-settings-frozen")


def test_a_campaign_takes_nobody_new_before_after_and_once_archived(hall: TownHall) -> None:
    early = hall.launch(opens_at=hall.in_days(1), closes_at=hall.in_days(2))
    assert hall.join(early["code"]).code == "campaign-not-yet-open"
    hall.world.clock.forward(DAY / SECOND)
    begun = hall.join(early["code"]).json["assessment"]["assessment_id"]
    hall.world.clock.forward(DAY / SECOND)
    assert hall.join(early["code"], "awa").code == "campaign-closed"
    assert hall.join(early["code"]).json["assessment"]["assessment_id"] == begun
    open_ended = hall.launch()
    hall.post(f"{hall.campaigns}/{open_ended['campaign_id']}/archive", None)
    hall.world.clock.forward(61)
    assert hall.join(open_ended["code"]).code == "campaign-not-open"
    again = hall.post(f"{hall.campaigns}/{open_ended['campaign_id']}/open", None).json
    assert (again["state"], again["code"]) == ("open", open_ended["code"])
    hall.world.clock.forward(61)
    assert hall.join(open_ended["code"]).status == 201


def test_who_began_before_the_archive_ends_but_shares_nothing_more(hall: TownHall) -> None:
    campaign = hall.launch()
    hall.join(campaign["code"])
    hall.post(f"{hall.campaigns}/{campaign['campaign_id']}/archive", None)
    assessment = hall.finish(campaign["code"])
    refused = hall.post(f"/v1/assessments/{assessment}/share", None, "ines")
    assert (refused.status, refused.code) == (409, "campaign-archived")


def test_a_deleted_organisation_takes_nobody_and_gets_nothing(hall: TownHall) -> None:
    campaign = hall.launch()
    assessment = hall.finish(campaign["code"])
    assert hall.post(f"/v1/organisations/{hall.id}/delete", None).status == 200
    hall.world.clock.forward(61)
    assert hall.join(campaign["code"], "awa").code == "campaign-not-found"
    assert hall.client.get(f"/v1/campaigns/{campaign['code']}").code == "campaign-not-found"
    refused = hall.post(f"/v1/assessments/{assessment}/share", None, "ines")
    assert (refused.status, refused.code) == (404, "campaign-not-found")


def test_what_was_shared_with_an_organisation_that_is_gone_is_set_aside_with_its_reason(hall: TownHall) -> None:
    services, campaign = hall.world.services, hall.launch()
    assessment = hall.finish(campaign["code"])

    def dies(tail: Tail) -> Participation:
        raise UnavailableError("store-unavailable", "The process died.")

    giving = replace(services.giving)
    object.__setattr__(giving, "give", dies)
    with pytest.raises(UnavailableError):
        replace(services.taking, giving=giving).share(assessment, "ines")
    hall.post(f"/v1/organisations/{hall.id}/delete", None)
    hall.world.clock.forward(61)
    sender, dead = services.ports.sender, MemoryDeadLetters()
    assert isinstance(sender, MemorySender)
    last = {"messageId": "m1", "body": sender.sent[-1].model_dump_json(), "attributes": {}, "eventSourceARN": "a:results"}
    reply = results.consume(
        {"Records": [last]}, LambdaContext("w", "eu-west-3", 60.0), results.following_of(hall.world.another_process()), dead
    )
    assert reply == {"batchItemFailures": []}
    assert [one.reason for one in dead.letters] == ["campaign-not-found"]


def test_another_attempt_waits_four_days_where_several_are_allowed(hall: TownHall) -> None:
    once = hall.launch()
    hall.finish(once["code"], right=False)
    assert hall.join(once["code"], again=True).code == "one-attempt-only"
    several = hall.launch(kind="exam", several_attempts=True, closes_at=hall.in_days(30))
    first = hall.finish(several["code"])
    assert hall.join(several["code"], again=True).code == "too-early-to-retry"
    assert hall.join(several["code"]).json["assessment"]["assessment_id"] == first
    hall.world.clock.forward(4 * DAY / SECOND + 1)
    second = hall.join(several["code"], again=True)
    assert (second.status, second.json["attempt"]) == (201, 2)
    assert hall.join(several["code"]).json["attempt"] == 2


def test_somebody_without_an_account_takes_it_where_the_campaign_allows(hall: TownHall) -> None:
    closed, public = hall.launch(), hall.launch(anonymous=True)
    refused = hall.client.post("/v1/participations", {"code": closed["code"]})
    assert (refused.status, refused.code) == (403, "account-needed")
    key = {"idempotency_key": KEY}
    joined = hall.client.post("/v1/participations", {"code": public["code"]}, None, **key)
    hall.world.clock.forward(1)
    again = hall.client.post("/v1/participations", {"code": public["code"]}, None, **key)
    assert (joined.status, again.status) == (201, 200)
    assert joined.json["assessment"] == again.json["assessment"]
    page = f"/v1/assessments/{joined.json['assessment']['assessment_id']}/participation"
    assert hall.client.get(page, joined.json["token"]).json["campaign_id"] == public["campaign_id"]
    assert hall.get(page, "ines").status == 404


def test_the_external_id_is_asked_for_exactly_where_the_campaign_says(hall: TownHall) -> None:
    asking, plain = hall.launch(external_id="Staff number"), hall.launch()
    assert hall.join(asking["code"]).code == "external-id-missing"
    assert hall.join(plain["code"], external_id="12").code == "external-id-not-asked"
    assessment = hall.join(asking["code"], external_id=" 12 ").json["assessment"]["assessment_id"]
    assert hall.get(f"/v1/assessments/{assessment}/participation", "ines").json["external_id"] == "12"


def test_a_draft_changes_in_all_and_an_open_campaign_in_little(hall: TownHall) -> None:
    draft = hall.post(hall.campaigns, {"target_profile": "diagnostic", "settings": {"name": "One"}}).json
    at = f"{hall.campaigns}/{draft['campaign_id']}"
    assert (draft["state"], draft["code"]) == ("draft", None)
    changed = hall.post(at, {"settings": {"name": "Two", "budget_minutes": 20}, "version": draft["version"]}).json
    assert changed["settings"]["budget_minutes"] == 20
    stale = hall.post(at, {"settings": {"name": "Three"}, "version": draft["version"]})
    assert (stale.status, stale.code) == (409, "campaign-changed")
    opened = hall.post(f"{at}/open", None).json
    refused = hall.post(at, {"settings": {"name": "Two", "budget_minutes": 30}, "version": opened["version"]})
    assert refused.code == "campaign-settings-frozen"
    renamed = hall.post(at, {"settings": {"name": "Four", "budget_minutes": 20}, "version": opened["version"]})
    assert renamed.json["settings"]["name"] == "Four"


def test_the_same_key_makes_the_same_campaign_once(hall: TownHall) -> None:
    body = {"target_profile": "diagnostic", "settings": {"name": "One"}}
    key = {"idempotency_key": KEY}
    first, again = hall.post(hall.campaigns, body, **key), hall.post(hall.campaigns, body, **key)
    assert (first.status, again.status, first.json) == (201, 200, again.json)
    other = hall.post(hall.campaigns, {**body, "settings": {"name": "Two"}}, **key)
    assert (other.status, other.code) == (409, "idempotency-key-reused")
    assert len(hall.get(hall.campaigns).json["campaigns"]) == 1


def test_campaigns_are_listed_page_by_page(hall: TownHall) -> None:
    made = sorted(hall.launch(name=f"Campaign {number}")["campaign_id"] for number in range(5))
    first = hall.get(hall.campaigns, query="limit=3").json
    second = hall.get(hall.campaigns, query=f"limit=3&after={first['after']}").json
    assert [one["campaign_id"] for one in (*first["campaigns"], *second["campaigns"])] == made
    assert second["after"] is None


@pytest.mark.parametrize("typed", ["ABCDEFGHI", "", "CDFGHJ234X", "CDF-GHJ 235"])
def test_a_code_that_leads_nowhere_is_told_so(hall: TownHall, typed: str) -> None:
    refused = hall.join(typed or "-")
    assert (refused.status, refused.code) == (404, "campaign-not-found")


@pytest.mark.parametrize(
    ("settings", "pointer"),
    [
        ({"name": " "}, "/settings/name"),
        ({"name": "x", "budget_minutes": 1}, "/settings/budget_minutes"),
        ({"name": "x", "kind": "quiz"}, "/settings/kind"),
        ({"name": "x", "opens_at": "tomorrow"}, "/settings/opens_at"),
    ],
)
def test_settings_that_break_a_rule_are_refused_with_their_place(hall: TownHall, settings: Any, pointer: str) -> None:
    refused = hall.post(hall.campaigns, {"target_profile": "diagnostic", "settings": settings})
    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.json["errors"]] == [pointer]


def test_an_exam_without_an_end_is_refused_clearly(hall: TownHall) -> None:
    refused = hall.post(hall.campaigns, {"target_profile": "diagnostic", "settings": {"name": "x", "kind": "exam"}})
    assert refused.status == 422


def test_who_guesses_codes_waits_and_nobody_else_does(hall: TownHall) -> None:
    campaign = hall.launch()
    assert {hall.join("CDFGHJ235", "eve").status for _ in range(6)} == {404}
    for code in ("CDFGHJ236", campaign["code"]):
        refused = hall.join(code, "eve")
        assert (refused.status, refused.code, refused.headers["retry-after"]) == (429, "too-many-failures", "2")
    assert hall.join(campaign["code"]).status == 201
    hall.world.clock.forward(2)
    assert hall.join(campaign["code"], "eve").status == 201


def test_a_stranger_learns_nothing_of_an_organisation_s_campaigns(hall: TownHall) -> None:
    campaign = hall.launch()
    at = f"{hall.campaigns}/{campaign['campaign_id']}"
    requests: list[Callable[[], Reply]] = [
        lambda: hall.get(hall.campaigns, "eve"),
        lambda: hall.get(at, "eve"),
        lambda: hall.post(f"{at}/archive", None, "eve"),
        lambda: hall.get(f"{at}/shared-results", "eve"),
        lambda: hall.post(hall.campaigns, {"target_profile": "diagnostic", "settings": {"name": "x"}}, "eve"),
    ]
    assert {(reply.status, reply.code) for reply in (one() for one in requests)} == {(404, "organisation-not-found")}
    elsewhere = hall.post("/v1/organisations", {"name": "Other", "type": "company"}, "eve").json["organisation_id"]
    refused = hall.get(f"/v1/organisations/{elsewhere}/campaigns/{campaign['campaign_id']}", "eve")
    assert (refused.status, refused.code) == (404, "campaign-not-found")
