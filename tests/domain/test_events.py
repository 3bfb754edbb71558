"""Events: what is sent can be read, and what cannot be read says why."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.clock import Instant
from chalicelib.kernel.dead_letters import REASONS
from chalicelib.kernel.events import (
    ASSESSMENT_FINISHED,
    LONGEST_CORRELATION,
    UnreadableEventError,
    assessment_finished,
    read_event,
)

SENT: dict[str, Any] = json.loads(
    assessment_finished("a1", "p1", Instant(1_795_000_000_123), "correlation-1").model_dump_json()
)


def reason_of(body: str) -> str:
    with pytest.raises(UnreadableEventError) as refused:
        read_event(body)
    return refused.value.code


def spoilt(**changes: Any) -> str:
    """The event with these attributes changed; None takes one away."""
    return json.dumps({name: value for name, value in {**SENT, **changes}.items() if value is not None})


def test_an_event_is_the_same_after_its_journey() -> None:
    read = read_event(json.dumps(SENT))
    assert read == assessment_finished("a1", "p1", Instant(1_795_000_000_123), "correlation-1")
    assert SENT["correlationid"] == "correlation-1"
    assert read.type == ASSESSMENT_FINISHED.type == "palier.assessment-finished.v1"


def test_the_same_fact_has_the_same_id_whoever_tells_it() -> None:
    first, again = (assessment_finished("a1", "p1", Instant(at), told) for at, told in ((1, "one"), (2, None)))
    assert (first.id, first.source) == (again.id, again.source) == ("assessment-finished:a1", "/palier/assessments")


@pytest.mark.parametrize("told", [None, ""])
def test_an_absent_correlation_is_not_sent(told: str | None) -> None:
    assert "correlationid" not in assessment_finished("a1", "p1", Instant(1), told).model_dump_json()


def test_a_correlation_that_is_too_long_is_cut_and_the_event_still_sent() -> None:
    event = assessment_finished("a1", "p1", Instant(1), "c" * 1_000)
    assert event.correlationid == "c" * LONGEST_CORRELATION
    assert read_event(event.model_dump_json()) == event


def test_what_a_later_producer_adds_is_not_minded() -> None:
    assert read_event(spoilt(traceparent="x", data={**SENT["data"], "more": 1})) == read_event(json.dumps(SENT))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "not-json"),
        ("hello", "not-json"),
        ("[" * 100_000, "not-json"),
        ('"\ud800"', "not-json"),
        ("1" * 5_000, "not-json"),
        ("[]", "not-an-envelope"),
        ("null", "not-an-envelope"),
        ("{}", "not-an-envelope"),
        (spoilt(type=7), "not-an-envelope"),
        (spoilt(id=None), "not-an-envelope"),
        (spoilt(specversion="0.3"), "not-an-envelope"),
        (spoilt(specversion=None), "not-an-envelope"),
        (spoilt(data=None), "not-an-envelope"),
        (spoilt(time=None, data={}), "not-an-envelope"),
        (spoilt(type="com.example.order"), "unknown-type"),
        (spoilt(type="palier.assessment-finished"), "unknown-type"),
        (spoilt(type="palier.assessment-started.v1"), "unknown-type"),
        (spoilt(type="palier.assessment-finished.v2"), "unknown-version"),
        (spoilt(type="palier.assessment-finished.v0"), "unknown-type"),
        (spoilt(data={}), "invalid-data"),
        (spoilt(data="a1"), "invalid-data"),
        (spoilt(data={**SENT["data"], "assessment_id": 3}), "invalid-data"),
        (spoilt(data={**SENT["data"], "assessment_id": "a" * 129}), "invalid-data"),
    ],
)
def test_what_cannot_be_read_says_why(body: str, reason: str) -> None:
    assert reason_of(body) == reason
    assert reason in REASONS


def test_an_event_of_another_queue_is_of_an_unknown_type_here() -> None:
    with pytest.raises(UnreadableEventError) as refused:
        read_event(json.dumps(SENT), accepted=())
    assert refused.value.code == "unknown-type"


KEYS = st.sampled_from(sorted(SENT))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | KEYS, inner, max_size=4),
    max_leaves=8,
)


@given(st.text(max_size=60) | ANYTHING.map(json.dumps) | st.dictionaries(KEYS, ANYTHING).map(lambda d: spoilt(**d)))
def test_any_message_is_an_event_or_has_a_reason(body: str) -> None:
    try:
        read = read_event(body)
    except UnreadableEventError as error:
        outcome = error.code
    else:
        outcome = read.type
    assert outcome in {*REASONS, ASSESSMENT_FINISHED.type}
