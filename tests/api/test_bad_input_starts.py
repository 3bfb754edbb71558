"""Whatever is wished at a start, the reply is the right problem with a stable code, nothing is written, and nothing sent comes back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.http_client import Client, assert_problem, stored
from tests.api.request_parts import MARKER
from tests.worlds import World

BAD_WISHES: dict[str, list[Any]] = {
    "scope": ["", "x" * 33, None, 1.1, 11, True, ["1.1"], {}],
    "locale": ["de", "", "FR", "fr-FR", None, 1, ["fr"]],
    "needs": ["deaf", ["x"], [1], [None], ["deaf"] * 6, {}, None],
    "device": ["phone", "", "ANY", None, 1],
    "length": [0, -1, 251, 10**30, "3", 2.5, 3.0, True, [3]],
}


@pytest.mark.parametrize("field", BAD_WISHES)
@pytest.mark.parametrize("account", [True, False], ids=["person", "anonymous"])
def test_a_wish_out_of_range_starts_nothing(memory: World, field: str, account: bool) -> None:
    client, before = Client(memory.services), stored(memory)
    token = memory.token("ines") if account else None
    for value in BAD_WISHES[field]:
        told = assert_problem(client.post("/v1/assessments", {"scope": "1.1", field: value}, token), 422, "invalid-request")
        assert {fault["pointer"].split("/")[1] for fault in told["errors"]} == {field}
    assert stored(memory) == before


@pytest.mark.parametrize("scope", ["9.9", "1.1 ", "1,1", "CRCN", "1.1\x00", "..", "{}", "é", "*", MARKER])
def test_a_scope_that_is_not_open_starts_nothing(memory: World, scope: str) -> None:
    client, before = Client(memory.services), stored(memory)
    for token in (memory.token("ines"), None):
        reply = client.post("/v1/assessments", {"scope": scope}, token)
        assert_problem(reply, 422, "unknown-scope")
        assert MARKER not in reply.text
    assert stored(memory) == before


@pytest.mark.parametrize(
    "key", ["", "k" * 19, "k" * 129, "k" * 19 + "é", "k" * 10 + " " + "k" * 10, "k" * 20 + ";", "\x00" * 20]
)
def test_a_key_of_another_form_starts_nothing(memory: World, key: str) -> None:
    client, before = Client(memory.services), stored(memory)
    reply = client.post("/v1/assessments", {"scope": "1.1"}, idempotency_key=key)
    assert_problem(reply, 422, "invalid-idempotency-key")
    assert stored(memory) == before


@pytest.mark.parametrize("length", [20, 128])
def test_keys_of_20_to_128_signs_are_taken(memory: World, length: int) -> None:
    key = ("-_aA1" * 40)[:length]
    assert Client(memory.services).post("/v1/assessments", {"scope": "1.1"}, idempotency_key=key).status == 201
