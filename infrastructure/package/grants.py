"""What a function may do, as plain values, and the policy statements that say it.

A grant is *ours* when code of ours makes the call, and the *platform's* when the cloud makes it on the function's behalf: an emulator
enforces the first kind, so tests remove those one by one; rules check the second kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Grant:
    """Some actions of one service on one resource: a logical name of the template, and what follows its ARN."""

    resource: str
    actions: tuple[str, ...]
    suffix: str = ""
    """`/index/outbox` of a table, `/releases/*` of a bucket; empty for the resource itself."""
    platform: bool = False

    @property
    def arn(self) -> dict[str, Any]:
        """The ARN of what is granted, as the template names it."""
        if self.suffix:
            return {"Fn::Sub": f"${{{self.resource}.Arn}}{self.suffix}"}
        return {"Fn::GetAtt": [self.resource, "Arn"]}


def table(logical: str, *actions: str, index: str | None = None) -> Grant:
    """Calls on a table, or on one of its indexes."""
    return Grant(logical, tuple(f"dynamodb:{action}" for action in actions), f"/index/{index}" if index else "")


def objects(logical: str, prefix: str, *actions: str) -> Grant:
    """Calls on the objects of a bucket whose names start with `prefix`: the rest of their names is a hash."""
    return Grant(logical, tuple(f"s3:{action}" for action in actions), f"/{prefix}/*")


def bucket(logical: str, *actions: str) -> Grant:
    """Calls on a bucket itself."""
    return Grant(logical, tuple(f"s3:{action}" for action in actions))


def sends(logical: str) -> Grant:
    """Sending to a queue."""
    return Grant(logical, ("sqs:SendMessage",))


def polled(logical: str) -> Grant:
    """What the platform needs to feed a function from a queue."""
    actions = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
    return Grant(logical, actions, platform=True)


def leaves_failures(logical: str) -> Grant:
    """What the platform needs to leave an event that failed in a dead-letter queue."""
    return Grant(logical, ("sqs:SendMessage",), platform=True)


def writes_log(logical: str) -> Grant:
    """What the platform needs to write a function's log. The ARN of a log group ends in `:*`: its streams."""
    return Grant(logical, ("logs:CreateLogStream", "logs:PutLogEvents"), platform=True)


def policy(grants: Sequence[Grant]) -> dict[str, Any]:
    """The policy document that allows exactly these calls."""
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": list(grant.actions), "Resource": grant.arn} for grant in grants],
    }
