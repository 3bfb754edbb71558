"""Every error code of the code base, the status it is told with, and a request that is answered by it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from http import HTTPStatus

import pytest

from chalicelib.api.problem_codes import CODES
from chalicelib.kernel import errors
from chalicelib.kernel.errors import DomainError
from tests.api.http_client import JSON_BODY, Request, assert_problem
from tests.api.requests_by_code import REQUESTS
from tests.api.scenes import Scene
from tests.worlds import ROOT

STATUSES = {
    "account-needed": 403,
    "answer-too-long": 422,
    "assessment-busy": 503,
    "assessment-finished": 409,
    "assessment-full": 409,
    "assessment-not-finished": 409,
    "assessment-not-found": 404,
    "bad-request": 400,
    "body-not-json": 400,
    "body-not-utf8": 400,
    "body-too-large": 413,
    "campaign-archived": 409,
    "campaign-busy": 503,
    "campaign-changed": 409,
    "campaign-closed": 409,
    "campaign-incomplete": 503,
    "campaign-not-found": 404,
    "campaign-not-open": 409,
    "campaign-not-yet-open": 409,
    "campaign-settings-frozen": 409,
    "external-id-missing": 422,
    "external-id-not-asked": 422,
    "nothing-targeted": 422,
    "one-attempt-only": 409,
    "results-not-shared": 409,
    "participation-not-found": 404,
    "solutions-not-yet": 409,
    "too-early-to-retry": 409,
    "not-in-the-content": 422,
    "target-profile-busy": 503,
    "target-profile-changed": 409,
    "target-profile-not-found": 404,
    "template-read-only": 403,
    "challenge-not-begun": 409,
    "client-busy": 503,
    "client-gone": 401,
    "client-invalid": 401,
    "client-needed": 403,
    "client-not-found": 404,
    "client-revoked": 409,
    "client-secrets-full": 409,
    "empty-answer": 422,
    "entry-missing": 503,
    "counter-busy": 503,
    "exposure-damaged": 503,
    "exposure-overtaken": 409,
    "exposure-unavailable": 503,
    "view-not-found": 404,
    "exposure-version-not-found": 404,
    "file-not-found": 404,
    "file-unavailable": 503,
    "idempotency-key-reused": 409,
    "internal-error": 500,
    "unknown-view": 422,
    "participation-invalid": 422,
    "invalid-idempotency-key": 422,
    "invalid-request": 422,
    "method-not-allowed": 405,
    "no-playable-challenge": 409,
    "no-release": 503,
    "no-such-route": 404,
    "nothing-left-to-assess": 409,
    "invitation-expired": 409,
    "invitation-not-found": 404,
    "invitation-used": 409,
    "invitation-withdrawn": 409,
    "last-admin": 409,
    "member-not-found": 404,
    "not-allowed": 403,
    "organisation-busy": 503,
    "organisation-not-found": 404,
    "tree-too-deep": 409,
    "other-assessment": 403,
    "other-challenge-pending": 409,
    "person-needed": 403,
    "profile-busy": 503,
    "release-damaged": 503,
    "release-unavailable": 503,
    "repeated-parameter": 422,
    "scope-missing": 403,
    "scope-not-allowed": 422,
    "secret-missing": 503,
    "several-credentials": 422,
    "slow-down": 429,
    "step-already-answered": 409,
    "store-unavailable": 503,
    "token-expired": 401,
    "token-invalid": 401,
    "token-missing": 401,
    "too-early-to-improve": 409,
    "too-many-clients": 409,
    "too-many-failures": 429,
    "topic-not-found": 404,
    "unknown-challenge": 422,
    "unknown-option": 422,
    "unknown-scope": 422,
    "unsupported-grant-type": 422,
    "unsupported-media-type": 415,
    "wrong-answer-shape": 422,
    "wrong-step": 409,
}
"""Published: a code is never renamed and never changes its status."""

NEVER_ASKED_FOR = {
    "exposure-damaged": "no test that a request starts pins an exposure table yet",
    "exposure-overtaken": "only the console publishes exposure tables",
    "exposure-unavailable": "no test that a request starts pins an exposure table yet",
    "exposure-version-not-found": "no test that a request starts pins an exposure table yet",
    "results-not-shared": "only the worker gives what was shared, when it is told that it was",
    "nothing-targeted": "no target profile can be made or shipped that the current content has nothing of; a later content may",
    "profile-busy": "only the worker folds profiles again",
    "counter-busy": "only the worker counts",
    "participation-invalid": "only the worker counts",
    "unknown-view": "no route names a collective view yet",
    "view-not-found": "no route names a collective view yet",
    "client-invalid": "only the token endpoint tells it, as RFC 6749 has it",
    "several-credentials": "only the token endpoint tells it, as RFC 6749 has it",
    "scope-not-allowed": "only the token endpoint tells it, as RFC 6749 has it",
    "unsupported-grant-type": "only the token endpoint tells it, as RFC 6749 has it",
    "scope-missing": "no route names a scope yet",
    "bad-request": "stands for an error that Chalice would make by itself and that no request is known to cause",
}


# --- the table is complete ---


def error_codes() -> Iterator[tuple[str, int]]:
    """Code and status of every error that the sources make."""
    families = {
        name: family.status
        for name, family in vars(errors).items()
        if isinstance(family, type) and issubclass(family, DomainError)
    }
    for path in sorted((ROOT / "chalicelib").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            given = [one.value if isinstance(one, ast.Constant) else None for one in node.args]
            if node.func.id in families:
                assert isinstance(given[0], str), f"{path}:{node.lineno}: a code is written out"
                yield given[0], families[node.func.id]
            elif node.func.id == "problem" and isinstance(given[0], int) and isinstance(given[1], str):
                yield given[1], given[0]


MADE_BY_CHALICE = {("unsupported-media-type", 415), ("internal-error", 500), ("bad-request", 400)}


def test_the_table_has_every_code_of_the_sources_and_no_other() -> None:
    found = set(error_codes()) | MADE_BY_CHALICE
    assert dict(found) == STATUSES
    assert len(found) == len(STATUSES), "a code has two statuses"


def test_every_code_is_documented_with_its_status_and_what_to_do() -> None:
    assert {code: known.status for code, known in CODES.items()} == STATUSES
    assert all(known.meaning.endswith(".") for known in CODES.values())


def test_the_codes_that_stand_for_chalices_errors_are_in_the_gateway() -> None:
    source = (ROOT / "chalicelib" / "api" / "gateway.py").read_text(encoding="utf-8")
    assert all(f'"{code}"' in source for code, _ in MADE_BY_CHALICE)


def test_every_code_is_asked_for_by_a_request_or_says_why_not() -> None:
    assert set(REQUESTS) | set(NEVER_ASKED_FOR) == set(STATUSES)
    assert not set(REQUESTS) & set(NEVER_ASKED_FOR)


@pytest.mark.parametrize("code", REQUESTS)
def test_a_request_is_answered_by_this_code_with_its_status(scene: Scene, code: str) -> None:
    reply = REQUESTS[code](scene)
    told = assert_problem(reply, STATUSES[code], code)
    assert told["title"] == HTTPStatus(STATUSES[code]).phrase
    assert ("retry-after" in reply.headers) == (STATUSES[code] in (429, 503))
    assert ("www-authenticate" in reply.headers) == (STATUSES[code] == 401)
    assert ("allow" in reply.headers) == (STATUSES[code] == 405)


def test_a_problem_says_where_it_is_documented(scene: Scene) -> None:
    assert scene.client.get("/v1/nothing").json["type"] == "/docs#no-such-route"


def test_the_page_has_the_anchor_of_every_code(scene: Scene) -> None:
    page = scene.client.get("/docs").text
    assert [code for code in STATUSES if page.count(f'id="{code}"') != 1] == []


def test_json_headers_name_the_problem_type(scene: Scene) -> None:
    reply = scene.client.send(Request("POST", "/v1/assessments", headers=JSON_BODY, body="{"))
    assert reply.headers["content-type"] == "application/problem+json"
