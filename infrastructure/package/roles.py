"""One role a function, with two policies: what our code calls, and what the platform does on the function's behalf."""

from __future__ import annotations

from typing import Any

from infrastructure.package.functions import Function
from infrastructure.package.grants import Grant, leaves_failures, policy, polled, writes_log

OURS = "what-its-code-calls"
PLATFORM = "what-the-platform-does-for-it"


def platform_grants(function: Function, queue: str | None, dead_letters: str | None) -> tuple[Grant, ...]:
    """What the platform needs for a function: its log, the queue that feeds it, where its lost events go."""
    grants = [writes_log(f"{function.logical}Logs")]
    if queue is not None:
        grants.append(polled(queue))
    if dead_letters is not None:
        grants.append(leaves_failures(dead_letters))
    return tuple(grants)


def role(function: Function, platform: tuple[Grant, ...]) -> dict[str, Any]:
    """The role of a function, which Lambda alone may take."""
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Description": {"Fn::Sub": f"What the function {function.name} of palier-${{Stage}} may do."},
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
                ],
            },
            "Policies": [
                {"PolicyName": OURS, "PolicyDocument": policy(function.grants)},
                {"PolicyName": PLATFORM, "PolicyDocument": policy(platform)},
            ],
        },
    }
