"""What each function may do on the tables is what a journey through every use-case saw it do, no more and no less."""

from __future__ import annotations

import pytest

from infrastructure.data_model.items import ITEMS
from infrastructure.data_model.journey import played
from infrastructure.data_model.model import INDEX
from infrastructure.package.functions import FUNCTIONS, Function

SERVED_BY_ANSWER = {"start", "current", "begin", "answer", "join"}
SERVED_BY_API = {
    "focus",
    "end",
    "results",
    "corrections",
    "explanation",
    "profile",
    "client",
    "clients",
    "token",
    "organisations",
    "target profiles",
    "campaigns",
    "campaign card",
    "share",
    "participation",
}
ACTIONS = {"DeleteRequest": "BatchWriteItem"}


def function_of(by: str) -> str:
    if by in SERVED_BY_ANSWER:
        return "answer"
    return "api" if by in SERVED_BY_API else by.replace("_", "-")


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda one: str(one.name))
def test_a_function_may_make_the_calls_that_its_use_cases_make_and_no_others(function: Function) -> None:
    tables = {kind.name: f"{kind.table}Table" for kind in ITEMS}
    seen = played().stage.recording
    made = {
        (tables[one.kind], f"dynamodb:{ACTIONS.get(one.call, one.call)}", "")
        for one in seen.writes
        if function_of(one.by) == function.name
    }
    made |= {
        (f"{one.table}Table", f"dynamodb:{one.call}", "/index/outbox" if one.shape == INDEX else "")
        for one in seen.reads
        if function_of(one.by) == function.name
    }
    granted = {(one.resource, action, one.suffix) for one in function.grants for action in one.actions}
    assert {one for one in granted if one[1].startswith("dynamodb:")} == made
