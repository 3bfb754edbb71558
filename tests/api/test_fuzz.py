"""Requests made from the OpenAPI document, good and bad: every reply is one that the document promises."""

from __future__ import annotations

from typing import Any, Literal, get_args

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chalicelib.api.documentation import DOCUMENTED
from chalicelib.api.endpoint import Endpoint, Who
from chalicelib.assessments.starting import Wish
from chalicelib.assessments.views import Progress
from chalicelib.campaigns.taking import Entrance
from infrastructure.local.gateway import make_gateway
from tests.api import campaign_scenes
from tests.api.client_scenes import client_token, token_form
from tests.api.http_client import Client, stored
from tests.api.organisation_scenes import CODE, ORGANISATION, PATHS, settle
from tests.api.target_profile_scenes import CREATION, EDIT
from tests.content_of_tests import real_built
from tests.worlds import World, memory_world

EXAMPLES, BRIEF = 15, 8
"""Of a route that takes a body, and of one that takes none."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
Aim = Literal["nothing", "the assessment", "the challenge", "a skip"]
AIMS: tuple[Aim, ...] = get_args(Aim)

ROUTES = pytest.mark.parametrize("declared", DOCUMENTED, ids=lambda declared: declared.name)

_CAMPAIGNS = "/v1/organisations/{organisation_id}/campaigns"
_PROFILES = "/v1/organisations/{organisation_id}/target-profiles"
WHOLE = {"/v1/token": token_form(ORGANISATION), _PROFILES: CREATION, f"{_PROFILES}/{{profile_id}}": EDIT}
WHOLE |= {_CAMPAIGNS: campaign_scenes.CREATION, "/v1/participations": campaign_scenes.JOINING}
"""Bodies that chance would not make."""


OF_CAMPAIGNS = {f"/v1/assessments/{{assessment_id}}/{page}" for page in ("participation", "campaign-results", "share")}


def fuzzing(declared: Endpoint) -> settings:
    """The same examples each time."""
    examples = BRIEF if declared.body is None else EXAMPLES
    return settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )


class Fuzzed:
    """A service behind the local gateway, its document as Schemathesis reads it, and Ines, who always has an assessment."""

    def __init__(self) -> None:
        self.world: World = memory_world()
        self.schema: Any = schemathesis.openapi.from_wsgi("/openapi.json", make_gateway(Client(self.world.services).app))
        file_id, _, name = next(iter(real_built().files)).partition("/")
        self.there = {"file_id": file_id, "name": name, "topic": self.world.release.topics[0].id, **PATHS}

    def authorization(self, declared: Endpoint) -> dict[str, str]:
        """The header of who may ask this route; a client that asks for a token says in its form who it is."""
        token = client_token(self.world, ORGANISATION) if declared.who is Who.CLIENT else self.world.token("ines")
        return {} if declared.form else {"Authorization": f"Bearer {token}"}

    def allowed(self, declared: Endpoint) -> st.SearchStrategy[Any]:
        """Requests to this route that its document allows."""
        return self._cases(declared, GenerationMode.POSITIVE)

    def refused(self, declared: Endpoint) -> st.SearchStrategy[Any]:
        """Requests to this route that its document does not allow; none where it takes nothing."""
        takes_something = declared.who not in (Who.ANYONE, Who.CLIENT) or declared.body or declared.query
        return self._cases(declared, GenerationMode.NEGATIVE) if takes_something else st.nothing()

    def _cases(self, declared: Endpoint, mode: GenerationMode) -> st.SearchStrategy[Any]:
        cases: st.SearchStrategy[Any] = self.schema[declared.path][declared.method].as_strategy(generation_mode=mode)
        return cases

    def _progress(self, path: str) -> Progress:
        """Where the assessment of Ines stands: a placement that is open; for a route of campaigns, one of theirs that is finished."""
        services = self.world.services
        if path not in OF_CAMPAIGNS:
            return services.starting.start("ines", Wish("crcn", "fr"))[0]
        entrance = Entrance(campaign_scenes.CAMPAIGN_CODE, Wish("", "fr"))
        joined = services.taking.join("ines", entrance, anonymous=False)
        return services.ending.finish(joined.progress.assessment_id, "ines")

    def aim(self, case: Any, at: Aim) -> None:
        """Turn the request to the open assessment of Ines, and what its body may name to what is there."""
        if at == "nothing":
            return
        for name, value in self.there.items():
            if name in (case.path_parameters or {}):
                case.path_parameters[name] = value
        settle(self.world)
        progress = self._progress(case.path)
        if "assessment_id" in (case.path_parameters or {}):
            case.path_parameters["assessment_id"] = progress.assessment_id
        if case.path in OF_CAMPAIGNS:
            return  # they take nothing more
        state = self.world.services.desk.tail(progress.assessment_id, "ines").last.state
        assert state.pending is not None
        there: dict[str, Any] = {"scope": "1.1", "challenge": self.world.release.challenge_ids[state.pending.ordinal]}
        there["code"] = CODE
        if at != "the assessment":
            there["step"] = state.step
            if not case.path.endswith("/begin"):
                self.world.services.answering.begin(progress.assessment_id, "ines", state.step)
        whole = {**WHOLE, f"{_CAMPAIGNS}/{{campaign_id}}": campaign_scenes.editing(self.world)}
        if case.path in whole and isinstance(case.body, dict) and at == "a skip":
            case.body = whole[case.path]
        elif isinstance(case.body, dict):
            case.body.update({name: value for name, value in there.items() if isinstance(case.body.get(name), type(value))})
            if at == "a skip" and "answer" in case.body:
                case.body["answer"] = None


@pytest.fixture(scope="module")
def fuzzed() -> Fuzzed:
    return Fuzzed()


@ROUTES
def test_with_a_token_every_reply_is_as_documented(fuzzed: Fuzzed, declared: Endpoint) -> None:
    statuses: set[int] = set()

    def try_out(case: Any, at: Aim) -> None:
        fuzzed.aim(case, at)
        statuses.add(case.call_and_validate(headers=fuzzed.authorization(declared), checks=CHECKS).status_code)

    fuzzing(declared)(given(case=fuzzed.allowed(declared), at=st.sampled_from(AIMS))(try_out))()
    few = settings(fuzzing(declared), max_examples=2)
    few(given(case=fuzzed.allowed(declared), at=st.just("a skip"))(try_out))()  # so that one is whole, whatever chance gives
    if not fuzzed.refused(declared).is_empty:
        fuzzing(declared)(given(case=fuzzed.refused(declared), at=st.sampled_from(AIMS))(try_out))()
    served = {409} if declared.name == "read_results" else {200, 201}
    assert statuses & served, "no request came as far as the use-case"
    assert statuses & {404, 409, 422} or declared.who in (Who.ANYONE, Who.ACCOUNT, Who.CLIENT), "no request was refused"


@ROUTES
def test_without_a_token_every_reply_is_as_documented_and_nobody_is_touched(fuzzed: Fuzzed, declared: Endpoint) -> None:
    settle(fuzzed.world)
    progress, _ = fuzzed.world.services.starting.start("ines", Wish("crcn", "fr"))
    assert progress.next is not None
    fuzzed.world.services.answering.begin(progress.assessment_id, "ines", progress.next.step)
    before = stored(fuzzed.world)

    def try_out(case: Any) -> None:
        fuzzed.aim(case, "the challenge")
        status = case.call_and_validate(checks=CHECKS).status_code
        assert declared.who in (Who.ANYONE, Who.MAYBE) or status in (401, 413)

    settings(fuzzing(declared), max_examples=BRIEF)(given(case=fuzzed.allowed(declared) | fuzzed.refused(declared))(try_out))()
    if declared.who is not Who.MAYBE:
        assert stored(fuzzed.world) == before
