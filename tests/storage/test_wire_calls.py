"""The wire adapter's own promises: damage, budgets, waits, connections, clocks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import pytest

from chalicelib.storage.failures import CallRefusedError, NoReplyError
from chalicelib.storage.wire.clients import WireDynamo
from chalicelib.storage.wire.connections import IDLE_SECONDS
from chalicelib.storage.wire.retries import BUDGET, RetryBudget, RetryPolicy
from tests.storage.fault_server import (
    Answer,
    Fault,
    FaultServer,
    closed_after,
    damaged,
    hang,
    lost,
    operations,
    refusal,
    reset,
    running,
    saying,
    truncated,
    well,
)
from tests.storage.wire_builders import HASTY, NOW, HeldMachine, boto_client, wire_dynamodb

KEY = {"pk": {"S": "A#1"}, "sk": {"S": "0000"}}
THROTTLED = saying(refusal("ProvisionedThroughputExceededException"))
BROKEN = saying(refusal("InternalServerError", 500))


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with running(FaultServer()) as made:
        yield made


@contextmanager
def dynamodb(server: FaultServer, held: HeldMachine | None = None, **given: Any) -> Iterator[WireDynamo]:
    client = wire_dynamodb(server.url, held=held, **given)
    try:
        yield client
    finally:
        client.service.connections.close()


def ask(client: WireDynamo, number: int = 1) -> Any:
    return client.get_item(TableName="t", Key={"pk": {"S": f"A#{number}"}, "sk": {"S": "0000"}})


# --- damage ---


@pytest.mark.parametrize("fault", [truncated, damaged], ids=lambda fault: str(fault.__name__))
def test_a_body_that_is_never_whole_is_no_reply_rather_than_an_empty_one(server: FaultServer, fault: Fault) -> None:
    server.play(*[fault] * 3)
    with dynamodb(server) as client, pytest.raises(NoReplyError):
        ask(client)
    assert len(operations(server)) == 3


def test_a_reply_in_which_one_letter_is_another_is_not_believed(server: FaultServer) -> None:
    def misread(server: FaultServer, connection: Any, carry: Any) -> bool:
        connection.sendall(carry().written().replace(b'"A#1"', b'"A#3"'))
        return True

    with dynamodb(server) as client:
        client.put_item(TableName="t", Item=KEY)
        server.play(misread)
        assert ask(client)["Item"] == KEY
    assert operations(server) == ["PutItem", "GetItem", "GetItem"]


def test_a_refusal_that_is_no_json_is_told_by_its_status(server: FaultServer) -> None:
    server.play(saying(Answer(413, b"<html>too large</html>")))
    with dynamodb(server) as client, pytest.raises(CallRefusedError) as refused:
        ask(client)
    assert (refused.value.code, refused.value.status) == ("Unknown", 413)


# --- retries ---


def test_waits_double_and_are_longer_for_throttles(server: FaultServer) -> None:
    policy = RetryPolicy(4)
    for fault, bounds in (
        (BROKEN, [policy.first_wait_seconds * factor for factor in (1, 2, 4)]),
        (THROTTLED, [policy.first_wait_throttled_seconds * factor for factor in (1, 2, 4)]),
    ):
        for drawn in (0.0, 0.25, 1.0):
            held = HeldMachine(drawn=drawn)
            server.play(*[fault] * 3)
            with dynamodb(server, held, attempts=4) as client:
                ask(client)
            assert held.slept == pytest.approx([drawn * min(bound, policy.longest_wait_seconds) for bound in bounds])


def test_waits_are_bounded() -> None:
    policy = RetryPolicy(30)
    assert policy.longest_wait(CallRefusedError("SlowDown", 503), 29) == policy.longest_wait_seconds


def test_a_service_that_is_down_is_not_asked_more_once_the_budget_is_spent(server: FaultServer) -> None:
    with dynamodb(server) as client:
        client.service.caller.budget = RetryBudget(25)
        server.play(*[BROKEN] * 30)
        for _ in range(6):
            with pytest.raises(CallRefusedError):
                ask(client)
        assert len(operations(server)) == 6 + 5
        server.play()
        for _ in range(5):
            ask(client)
        server.play(BROKEN)
        ask(client)
        assert client.service.caller.budget.tokens == 5


def test_a_success_after_a_retry_gives_its_cost_back_and_the_budget_has_a_top(server: FaultServer) -> None:
    with dynamodb(server) as client:
        budget = client.service.caller.budget
        server.play(BROKEN)
        ask(client)
        assert budget.tokens == BUDGET
        ask(client)
        assert budget.tokens == BUDGET
        server.play(BROKEN, BROKEN)
        ask(client)
        assert budget.tokens == BUDGET - 5


def test_a_time_out_costs_twice(server: FaultServer) -> None:
    server.play(hang, hang)
    with dynamodb(server, attempts=2, patience=HASTY) as client:
        with pytest.raises(NoReplyError):
            ask(client)
        assert client.service.caller.budget.tokens == BUDGET - 10


# --- connections ---


def test_one_connection_serves_call_after_call(server: FaultServer) -> None:
    with dynamodb(server) as client:
        for _ in range(20):
            ask(client)
    assert server.connections == 1


def test_a_client_without_retries_is_served_over_a_fresh_connection_when_the_kept_one_was_closed(server: FaultServer) -> None:
    held = HeldMachine()
    with dynamodb(server, held, attempts=1) as client:
        for fault in (closed_after, closed_after, lost, reset):
            server.play(*([fault] if fault is closed_after else [well, fault]))
            ask(client)
            ask(client)
    assert held.slept == []
    assert client.service.caller.budget.tokens == BUDGET


def test_a_fresh_connection_that_breaks_is_a_failure(server: FaultServer) -> None:
    server.play(lost)
    with dynamodb(server, attempts=1) as client, pytest.raises(NoReplyError):
        ask(client)
    assert len(operations(server)) == 1


def test_a_reply_that_says_close_is_the_last_of_its_connection(server: FaultServer) -> None:
    server.play(saying(Answer(200, b"{}", {"connection": "close"})))
    with dynamodb(server, attempts=1) as client:
        ask(client)
        ask(client)
    assert server.connections == 2


def test_a_connection_that_was_idle_for_long_is_not_trusted(server: FaultServer) -> None:
    held = HeldMachine()
    with dynamodb(server, held) as client:
        ask(client)
        held.elapsed += IDLE_SECONDS
        ask(client)
        assert server.connections == 1
        held.elapsed += IDLE_SECONDS + 1
        ask(client)
        assert server.connections == 2


def test_threads_get_each_their_own_reply(server: FaultServer) -> None:
    barrier = threading.Barrier(8)
    with dynamodb(server) as client:
        for number in range(8):
            client.put_item(TableName="t", Item={"pk": {"S": f"A#{number}"}, "sk": {"S": "0000"}})

        def asks(number: int) -> list[Any]:
            barrier.wait(30)
            return [ask(client, number)["Item"]["pk"]["S"] for _ in range(25)]

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(asks, range(8))) == [[f"A#{number}"] * 25 for number in range(8)]
    assert server.connections <= 9


# --- clocks ---


@pytest.mark.parametrize("code", ["InvalidSignatureException", "RequestTimeTooSkewed"])
@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_clock_that_is_wrong_is_corrected_once_by_what_the_service_says(code: str, minutes: int) -> None:
    held = HeldMachine()
    with running(FaultServer(lambda: NOW + 60 * minutes, code)) as server, dynamodb(server, held, attempts=1) as client:
        ask(client)
        assert len(operations(server)) == 2
        ask(client)
        assert len(operations(server)) == 3
        assert client.service.caller.clock_offset == 60 * minutes
    assert held.slept == []


def test_every_reply_that_says_what_time_it_is_is_heard(server: FaultServer) -> None:
    told = saying(Answer(200, b"{}", {"date": formatdate(NOW + 300, usegmt=True)}))
    over_wire, over_boto = HeldMachine(), HeldMachine()
    server.play(told, saying(Answer(200, b"{}")), told, told, saying(Answer(200, b"{}")), told)
    with dynamodb(server, over_wire) as client:
        for _ in range(3):
            ask(client)
    for _ in range(3):
        ask(boto_client("dynamodb", server.url, held=over_boto))

    assert over_wire.heard == over_boto.heard == [NOW + 300] * 2


def test_a_wrong_key_is_not_taken_for_a_wrong_clock(server: FaultServer) -> None:
    refused_now = refusal("InvalidSignatureException", 403)
    server.play(saying(replace(refused_now, headers={"date": "Wed, 18 Nov 2026 11:06:40 GMT"})))
    with dynamodb(server) as client, pytest.raises(CallRefusedError) as refused:
        ask(client)
    assert refused.value.code == "InvalidSignatureException"
    assert len(operations(server)) == 1


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 99 Foo 2026"])
def test_a_service_that_does_not_tell_the_time_is_believed_to_refuse(server: FaultServer, date: str) -> None:
    answer = refusal("RequestTimeTooSkewed", 403)
    server.play(saying(replace(answer, headers={"date": date}) if date else answer))
    with dynamodb(server) as client, pytest.raises(CallRefusedError):
        ask(client)
    assert len(operations(server)) == 1


def test_a_clock_that_stays_wrong_is_told_and_not_tried_for_ever() -> None:
    times = iter(range(0, 1_000_000, 1000))
    with running(FaultServer(lambda: NOW + next(times) + 1000.0)) as server, dynamodb(server) as client:
        with pytest.raises(CallRefusedError):
            ask(client)
        assert len(operations(server)) == 2
