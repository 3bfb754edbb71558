"""Replies that the story expects of the service, and what it says when one is another."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from threading import Barrier
from typing import Any, TypeVar

from load_tests.client import Answered

R = TypeVar("R")

LOST = (OSError, HTTPException, ValueError)
"""What a connection raises that brings no reply, or half a reply."""
TOGETHER_SECONDS = 30


class BrokenError(Exception):
    """The service did otherwise than it should; the message is one sentence without any token or answer."""


def expected(reply: Answered, what: str, *statuses: int) -> Any:
    """The body of a reply that has one of these statuses, 200 when none is said; raises `BrokenError`."""
    if reply.status not in (statuses or (200,)):
        raise BrokenError(f"{what}: the reply is {told(reply)}")
    return reply.body


def refused(reply: Answered, what: str, status: int, code: str) -> None:
    """Raise `BrokenError` unless this was refused with this status and code."""
    if reply.status != status or reply.body.get("code") != code:
        raise BrokenError(f"{what}: the reply is {told(reply)}, not {status} {code}")


def same(found: object, wanted: object, what: str) -> None:
    """Raise `BrokenError` unless both are equal."""
    if found != wanted:
        raise BrokenError(f"{what}: {found}, not {wanted}")


def told(reply: Answered) -> str:
    """The status of a reply, and the code of a problem."""
    code = reply.body.get("code", "") if isinstance(reply.body, dict) and reply.status >= 400 else ""
    return f"{reply.status} {code}".strip()


def at_once(*tasks: Callable[[], R]) -> list[R]:
    """What these tasks give, begun at the same moment, each in a thread of its own."""
    barrier = Barrier(len(tasks))

    def begin(task: Callable[[], R]) -> R:
        barrier.wait(TOGETHER_SECONDS)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(begin, tasks))
