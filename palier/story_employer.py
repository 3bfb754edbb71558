"""The employer of the story: makes an organisation, launches the campaign, reads what it came to, archives it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from load_tests.client import ApiClient
from palier.story_replies import BrokenError, expected, refused, same

TEMPLATE = "territoires-common-base"
BUDGET_MINUTES = 45
PAGE = 50
"""Shared results on one page."""
FIGURES_SECONDS = 150.0
"""After which figures that are not there are missing: they come within a minute where scheduled functions run each minute."""
LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Launched:
    """An open campaign, and what it expects."""

    organisation_id: str
    campaign_id: str
    code: str
    skills: int
    template: dict[str, Any]

    @property
    def path(self) -> str:
        """Where the organisation finds it."""
        return f"/v1/organisations/{self.organisation_id}/campaigns/{self.campaign_id}"


@dataclass(frozen=True)
class Employer:
    """An admin, a colleague who is invited, and a stranger who sees nothing. Each step raises `BrokenError`."""

    api_url: str
    issue: Callable[[str], str]
    """A token for a person's id."""
    run: str

    def launch(self) -> Launched:
        """Sign in, create an organisation, let a colleague in, choose a template, open a campaign with it."""
        with self._as("employer") as admin, self._as("colleague") as colleague, self._as("stranger") as stranger:
            wish = {"name": "Mairie de Valombreuse", "type": "public-employer"}
            organisation = expected(admin.post("/v1/organisations", wish), "creating an organisation", 201)["organisation_id"]
            self._let_in(organisation, admin, colleague, stranger)
            template = self._template(admin)
            settings = {
                "name": "Digital skills of the town hall",
                "external_id": "Matricule",
                "budget_minutes": BUDGET_MINUTES,
                "welcome": {"fr": "Prenez votre temps, rien n'est noté.", "en": "Take your time, nothing is marked."},
            }
            body = {"target_profile": TEMPLATE, "settings": settings, "open": True}
            made = expected(admin.post(f"/v1/organisations/{organisation}/campaigns", body), "launching the campaign", 201)
            same(made["state"], "open", "the state of a campaign that is launched")
            card = expected(stranger.get(f"/v1/campaigns/{made['code']}"), "reading the card")
            same((card["takes_people"], card["external_id"]), (True, "Matricule"), "what the card says")
            launched = Launched(organisation, made["campaign_id"], made["code"], card["skills"], template)
            same(expected(colleague.get(launched.path), "reading the campaign"), made, "the campaign that the colleague reads")
            refused(stranger.get(launched.path), "a stranger's look", 404, "organisation-not-found")
            return launched

    def _let_in(self, organisation: str, admin: ApiClient, colleague: ApiClient, stranger: ApiClient) -> None:
        path = f"/v1/organisations/{organisation}"
        invited = expected(admin.post(f"{path}/invitations", {"role": "member"}), "inviting", 201)
        expected(colleague.post("/v1/invitations/accept", {"code": invited["code"]}), "accepting")
        used = stranger.post("/v1/invitations/accept", {"code": invited["code"]})
        refused(used, "accepting what was accepted", 409, "invitation-used")
        members = expected(colleague.get(f"{path}/members"), "listing members")["members"]
        roles = {one["person_id"]: one["role"] for one in members}
        same(roles, {self._id("employer"): "admin", self._id("colleague"): "member"}, "the members")
        refused(colleague.post(f"{path}/invitations", {"role": "admin"}), "a member's invitation", 403, "not-allowed")

    @staticmethod
    def _template(admin: ApiClient) -> dict[str, Any]:
        templates = expected(admin.get("/v1/target-profiles"), "reading the templates")["templates"]
        for template in templates:
            if template["id"] == TEMPLATE:
                same(template["not_in_content"], [], "topics of the template that the content does not have")
                chosen: dict[str, Any] = template
                return chosen
        raise BrokenError(f"there is no template {TEMPLATE}")

    def collective(self, launched: Launched, wanted: dict[str, int]) -> tuple[dict[str, Any], float]:
        """The collective results once these figures are as wanted, or as they stand when time is up; and after how many seconds."""
        began = time.perf_counter()
        with self._as("employer") as admin:
            while True:
                figures = expected(admin.get(f"{launched.path}/results"), "reading the collective results")
                waited = time.perf_counter() - began
                if all(figures[name] in (count, None) for name, count in wanted.items()) or waited > FIGURES_SECONDS:
                    return figures, waited
                time.sleep(LOOK_SECONDS)

    def shared_results(self, launched: Launched) -> list[dict[str, Any]]:
        """All that was shared, page by page, as the colleague reads it."""
        results: list[dict[str, Any]] = []
        after: str | None = ""
        with self._as("colleague") as colleague:
            while after is not None:
                reply = colleague.get(f"{launched.path}/shared-results?limit={PAGE}&after={after}")
                page = expected(reply, "reading a page of shared results")
                results += page["results"]
                if after == page["after"]:
                    raise BrokenError("the pages of shared results never end")
                after = page["after"]
        return results

    def archive(self, launched: Launched) -> None:
        """Close the campaign; doing it again changes nothing."""
        with self._as("employer") as admin:
            archived = expected(admin.post(f"{launched.path}/archive"), "archiving")
            same(archived["state"], "archived", "the state of a campaign that is archived")
            same(expected(admin.post(f"{launched.path}/archive"), "archiving again"), archived, "what archiving again gives")

    def _as(self, who: str) -> ApiClient:
        return ApiClient(self.api_url, self.issue(self._id(who)))

    def _id(self, who: str) -> str:
        return f"story-{self.run}-{who}"
