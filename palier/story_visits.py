"""How people take the campaign of the story: they enter by its code, play it on two devices, read the results, share them or not."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.content.releases import Release
from load_tests.client import Answered, ApiClient
from load_tests.virtual_person import MOST_STEPS, VirtualPerson
from palier.story_agents import Agent, Conduct, Visit
from palier.story_replies import LOST, BrokenError, at_once, expected, refused, same


@dataclass(frozen=True)
class Crowd:
    """Lets people take the campaign of this code, each with tokens of their own."""

    api_url: str
    issue: Callable[[str], str]
    """A token for a person's id."""
    release: Release
    code: str
    seed: int

    def visit(self, agent: Agent) -> Visit:
        """Enter, answer, go on elsewhere, read the results, share them or not; what is broken is kept, not raised."""
        visit = Visit(agent)
        return self._told(visit, lambda first, second: _Way(self._person(agent), visit, self.code, first, second).go())

    def return_late(self, visit: Visit) -> Visit:
        """After the archive: who left half-way goes on to the end, and nobody shares any more."""
        person = self._person(visit.agent)
        return self._told(visit, lambda first, second: _Way(person, visit, self.code, first, second).return_late())

    def _person(self, agent: Agent) -> VirtualPerson:
        return VirtualPerson(self.release, agent.ability, random.Random(f"{self.seed}-{agent.external_id}"), agent.locale)

    def _told(self, visit: Visit, way: Callable[[ApiClient, ApiClient], None]) -> Visit:
        agent = visit.agent
        try:
            with self._device(agent) as first, self._device(agent) as second:
                way(first, second)
        except BrokenError as error:
            visit.broken.append(f"{agent.external_id}: {error}")
        except LOST as error:
            visit.broken.append(f"{agent.external_id}: no reply, {type(error).__name__}")
        return visit

    def _device(self, agent: Agent) -> ApiClient:
        return ApiClient(self.api_url, self.issue(agent.person_id))


@dataclass(frozen=True)
class _Way:
    """One person's way through the campaign, on two devices."""

    person: VirtualPerson
    visit: Visit
    code: str
    first: ApiClient
    second: ApiClient

    def go(self) -> None:
        agent = self.visit.agent
        progress = self._enter_twice() if agent.conduct is Conduct.COMES_TWICE else self._enter(self.first, 201)
        self.visit.assessment_id = progress["assessment_id"]
        progress = self._answer(self.first, progress, agent.changes_after)
        if agent.conduct is Conduct.LEAVES and progress["status"] == "open":
            self._results_are_not_there()
            return
        elsewhere = self._enter(self.second, 200)
        same(elsewhere, progress, "what the other device shows")
        self._finish(elsewhere)
        if agent.shares:
            self._share()

    def return_late(self) -> None:
        if self.visit.told is None:
            progress = self._enter(self.second, 200)
            same(progress["assessment_id"], self.visit.assessment_id, "the assessment of who comes back")
            self._finish(progress)
        refused(self._post_share(self.first), "sharing after the archive", 409, "campaign-archived")

    def _join(self, device: ApiClient) -> Answered:
        agent = self.visit.agent
        where = "computer" if device is self.first else "any"
        body = {"code": self.code, "external_id": agent.external_id, "locale": agent.locale, "device": where}
        reply = device.post("/v1/participations", body)
        self.visit.joins.append(reply.seconds)
        return reply

    def _enter(self, device: ApiClient, status: int) -> dict[str, Any]:
        progress: dict[str, Any] = expected(self._join(device), "entering", status)["assessment"]
        return progress

    def _enter_twice(self) -> dict[str, Any]:
        replies = at_once(lambda: self._join(self.first), lambda: self._join(self.second))
        bodies = [expected(reply, "entering on two devices at once", 200, 201) for reply in replies]
        same(sorted(reply.status for reply in replies), [200, 201], "entering on two devices at once")
        same(bodies[0]["assessment"], bodies[1]["assessment"], "what two devices at once show")
        progress: dict[str, Any] = bodies[0]["assessment"]
        return progress

    def _answer(self, device: ApiClient, progress: dict[str, Any], until: int = MOST_STEPS) -> dict[str, Any]:
        """Where it stands when it is finished, or after so many answers."""
        path = f"/v1/assessments/{self.visit.assessment_id}"
        for _ in range(2 * MOST_STEPS):
            if progress["status"] == "finished" or progress["answers"] >= until:
                return progress
            waiting = progress["next"]
            if waiting["phase"] == "announced":
                progress = expected(device.post(f"{path}/begin", {"step": waiting["step"]}), "beginning a challenge")
                continue
            challenge = waiting["challenge"]
            body = {"step": waiting["step"], "challenge": challenge["id"], "answer": self.person.answer(challenge)}
            reply = device.post(f"{path}/answers", body)
            self.visit.answers.append(reply.seconds)
            progress = expected(reply, "answering")
        raise BrokenError("the assessment never ends")

    def _finish(self, progress: dict[str, Any]) -> None:
        """Answer to the end, read the results on both devices, and enter once more."""
        self._answer(self.second, progress)
        page = f"/v1/assessments/{self.visit.assessment_id}/campaign-results"
        told = expected(self.second.get(page), "reading the results")
        same(expected(self.first.get(page), "reading the results again"), told, "the results read again")
        self.visit.told = told
        again = self._enter(self.first, 200)
        same((again["assessment_id"], again["status"]), (self.visit.assessment_id, "finished"), "entering when all is done")

    def _results_are_not_there(self) -> None:
        page = f"/v1/assessments/{self.visit.assessment_id}/campaign-results"
        refused(self.first.get(page), "reading results half-way", 409, "assessment-not-finished")
        refused(self._post_share(self.first), "sharing half-way", 409, "assessment-not-finished")

    def _share(self) -> None:
        """Share twice: at the same moment, or one after the other."""
        if self.visit.agent.conduct is Conduct.COMES_TWICE:
            replies = at_once(lambda: self._post_share(self.first), lambda: self._post_share(self.second))
        else:
            replies = [self._post_share(self.first), self._post_share(self.second)]
        bodies = [expected(reply, "sharing") for reply in replies]
        same(bodies[1], bodies[0], "what sharing twice gives")
        own = expected(self.first.get(f"/v1/assessments/{self.visit.assessment_id}/participation"), "reading the participation")
        same(own, bodies[0], "the participation after sharing")
        same(own["external_id"], self.visit.agent.external_id, "the external id that is kept")
        self.visit.participation = own

    def _post_share(self, device: ApiClient) -> Answered:
        return device.post(f"/v1/assessments/{self.visit.assessment_id}/share")
