"""One correlation from the browser's request to the last consumer's line, and no way for it to leak or to be misused."""

from __future__ import annotations

import ast
import re
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.api.requests import HttpRequest, correlation_of
from chalicelib.assessments.starting import Wish
from chalicelib.kernel.ids import is_id
from chalicelib.observability import correlated, correlation_id, log_use_case
from chalicelib.workers import exposure, results, sweeper
from infrastructure.local.clients import local_clients
from infrastructure.local.lambda_context import LambdaContext
from infrastructure.local.settings import REGION
from tests.api.http_client import JSON_BODY, REQUEST_ID, Client, Player, Reply, Request, bearer
from tests.api.logged import Logged, everything_logged
from tests.fakes.memory import MemorySender
from tests.worlds import ROOT, World, ministack_world

VISIT = "Visit-0f8fad5b-d9cb-469f"
CONTEXT = LambdaContext("results", "eu-west-3", 60.0)
HEADER = "x-correlation-id"


def ask(correlation: str, request_id: str) -> str:
    return correlation_of(HttpRequest("GET", "/", {}, {HEADER: correlation} if correlation else {}, b"", request_id))


@pytest.mark.parametrize("told", ["a" * 8, "a" * 64, VISIT, "0f8fad5b-d9cb-469f-a165-70867728950e"])
def test_what_the_caller_tells_is_kept(told: str) -> None:
    assert ask(told, REQUEST_ID) == told


@pytest.mark.parametrize(
    "told", ["", "a" * 7, "a" * 65, "a b c d e f", "jean@example.org", "<script>", "eyJh.eyJh.c2ln", VISIT + "\n"]
)
def test_what_is_no_correlation_is_replaced_by_the_request(told: str) -> None:
    assert ask(told, REQUEST_ID) == REQUEST_ID


def test_a_request_id_of_another_form_gives_an_id_that_is_always_the_same() -> None:
    first = ask("", "JKJaXmPLvHcESHA=")
    assert first == ask("", "JKJaXmPLvHcESHA=")
    assert first != ask("", "JKJaXmPLvHcESHB=")
    assert is_id(first)


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_correlation_is_always_letters_digits_and_hyphens(told: str, request_id: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9-]{8,64}", ask(told, request_id))


def visit(world: World, client: Client) -> Player:
    """Ines, whose browser sends the same correlation with every request, takes a short placement to its end."""
    token = world.token("ines")
    started = client.post("/v1/assessments", {"scope": "1.1"}, token, x_correlation_id=VISIT)
    player = Player(world, client, token, started.json["assessment"]["assessment_id"])
    progress = started.json["assessment"]
    while progress["answers"] < 2:
        step = progress["next"]["step"]
        if progress["next"]["phase"] == "announced":
            progress = player.post("/begin", {"step": step}, x_correlation_id=VISIT).json
        else:
            body = {"step": step, "challenge": progress["next"]["challenge"]["id"], "answer": None}
            progress = player.post("/answers", body, x_correlation_id=VISIT).json
    player.post("/finish", x_correlation_id=VISIT)
    return player


def work(world: World, *bodies: str) -> None:
    records = [{"messageId": str(n), "body": body, "eventSource": "aws:sqs"} for n, body in enumerate(bodies)]
    with correlated("of-the-batch"):
        results.consume({"Records": records}, CONTEXT, results.following_of(world.services))


def correlations(logged: Logged) -> dict[str, set[str]]:
    """The correlations of the lines of each use-case."""
    told: dict[str, set[str]] = {}
    for line in logged.lines:
        told.setdefault(line["message"], set()).add(line["correlation"])
    return told


EXPECTED = {name: {VISIT} for name in ("start_assessment", "answer_challenge", "finish_assessment", "profile-updated")}


def test_a_visit_has_one_correlation_from_the_start_to_the_profile(memory: World, logged: Logged) -> None:
    visit(memory, Client(memory.services))
    sender = memory.services.ports.sender
    assert isinstance(sender, MemorySender)
    work(memory, *(envelope.model_dump_json() for envelope in sender.sent))
    assert correlations(logged) == EXPECTED


@pytest.mark.stack
def test_a_visit_has_one_correlation_through_a_real_queue(ministack_url: str) -> None:
    world = ministack_world(ministack_url)
    with everything_logged() as logged:
        visit(world, Client(world.services))
        url = world.services.settings.results_queue_url
        received = local_clients(ministack_url, REGION).sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)
        work(world, *(message["Body"] for message in received["Messages"]))
    assert correlations(logged) == EXPECTED


def test_a_message_that_the_sweeper_sends_has_the_correlation_of_the_sweep(memory: World, logged: Logged) -> None:
    sender = memory.services.ports.sender
    assert isinstance(sender, MemorySender)
    sender.down = True
    visit(memory, Client(memory.services))
    sender.down = False
    memory.clock.forward(120)
    with correlated("of-the-sweep"):
        sweeper.sweep(memory.services.sweeping)
    work(memory, *(envelope.model_dump_json() for envelope in sender.sent))
    told = correlations(logged)
    assert told["outbox-undelivered"] == {VISIT}
    assert told["outbox-swept"] == told["profile-updated"] == {"of-the-sweep"}


def test_an_event_sent_outside_every_scope_has_no_correlation(memory: World) -> None:
    player = visit(memory, Client(memory.services))
    sender = memory.services.ports.sender
    assert isinstance(sender, MemorySender)
    progress, _ = memory.services.starting.start("paul", Wish("1.1", "fr"))
    memory.services.ending.finish(progress.assessment_id, "paul")
    assert [envelope.correlationid for envelope in sender.sent] == [VISIT, None]
    assert player.assessment_id == sender.sent[0].data.assessment_id


def replies(world: World, client: Client) -> list[Reply]:
    """A reply of every kind: done, refused by the domain, by the form, by the framework, by no route."""
    token = world.token("ines")
    headers = {**JSON_BODY, **bearer(token), HEADER: VISIT}
    return [
        client.send(Request(method, path, headers=kind, body=body))
        for method, path, kind, body in [
            ("GET", "/v1/health", headers, None),
            ("GET", "/v1/me/profile", {HEADER: VISIT}, None),
            ("POST", "/v1/assessments", headers, "{"),
            ("POST", "/v1/assessments", {**headers, "content-type": "text/plain"}, "{}"),
            ("DELETE", "/v1/health", headers, None),
            ("GET", "/v1/nothing", headers, None),
            ("GET", "/docs", headers, None),
        ]
    ]


def test_every_reply_tells_its_correlation(memory: World) -> None:
    told = replies(memory, Client(memory.services))
    assert [reply.status for reply in told] == [200, 401, 400, 415, 405, 404, 200]
    assert {reply.headers.get(HEADER) for reply in told} == {VISIT}


def test_a_bug_is_found_by_the_correlation_of_its_reply(logged: Logged) -> None:
    def services() -> Any:
        raise ZeroDivisionError

    reply = Client(services).send(Request("GET", "/v1/health", headers={HEADER: VISIT}))
    assert (reply.status, reply.headers[HEADER]) == (500, VISIT)
    (line,) = logged.lines
    assert (line["exception_name"], line["correlation"]) == ("ZeroDivisionError", VISIT)


def test_a_correlation_ends_with_its_request(memory: World, logged: Logged) -> None:
    client = Client(memory.services)
    client.send(Request("GET", "/v1/health", headers={HEADER: VISIT}))
    log_use_case("afterwards", 200)
    client.get("/v1/health")
    assert [line.get("correlation") for line in logged.lines] == [VISIT, None, REQUEST_ID]


def test_a_scope_inside_another_gives_the_outer_one_back() -> None:
    with correlated("of-the-batch"):
        with correlated("of-a-message"):
            assert correlation_id() == "of-a-message"
        assert correlation_id() == "of-the-batch"
    assert correlation_id() is None


def test_two_threads_do_not_see_each_others_correlation(memory: World) -> None:
    seen: dict[str, set[str | None]] = {"left-thread": set(), "right-thread": set()}
    barrier = threading.Barrier(2)

    def stay(name: str) -> None:
        with correlated(name):
            for _ in range(20):
                barrier.wait()
                seen[name].add(correlation_id())

    threads = [threading.Thread(target=stay, args=(name,)) for name in seen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {name: {name} for name in seen}


def test_every_event_function_runs_in_a_scope_of_its_call() -> None:
    tree = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))
    events = [
        one for one in tree.body if isinstance(one, ast.FunctionDef) and "app." in "".join(map(ast.unparse, one.decorator_list))
    ]
    assert events
    for function in events:
        scopes = [ast.unparse(node.items[0]) for node in ast.walk(function) if isinstance(node, ast.With)]
        assert scopes == ["correlated(event.context.aws_request_id)"], function.name


def test_the_lines_of_a_schedule_have_the_correlation_of_its_call(memory: World, logged: Logged) -> None:
    with correlated(CONTEXT.aws_request_id):
        sweeper.sweep(memory.services.sweeping)
        exposure.publish(memory.services.publishing)
    assert correlations(logged) == {name: {CONTEXT.aws_request_id} for name in ("outbox-swept", "exposure-published")}
