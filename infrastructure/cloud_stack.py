"""One CloudFormation stack: prepare a change set, execute it, tell each resource as it changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, WaiterError

_NOTHING = ("didn't contain changes", "No updates are to be performed")
_GOOD = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]


class StackFailedError(RuntimeError):
    """The cloud refused or could not make the changes; the message says what it said."""


@dataclass(frozen=True)
class CloudClients:
    """The boto3 clients that a deployment takes, and where they work."""

    cloudformation: Any
    s3: Any
    secrets: Any
    account: str
    region: str


@dataclass(frozen=True)
class Change:
    """One resource that a change set adds, modifies or removes."""

    action: str
    kind: str
    logical: str
    replaced: bool


@dataclass(frozen=True)
class ChangeSet:
    """A change set that is ready."""

    client: Any
    stack: str
    arn: str
    creates: bool
    changes: tuple[Change, ...]

    def forget(self) -> None:
        """Leave everything as it is: remove the change set, and the empty stack that it made."""
        self.client.delete_change_set(ChangeSetName=self.arn)
        if self.creates:
            self.client.delete_stack(StackName=self.stack)


def change_set(stack: str, template_url: str, values: Mapping[str, str], client: Any) -> ChangeSet | None:
    """Prepare what brings a stack to a template with these values of all its parameters; None when nothing differs."""
    there = _stack(stack, client)
    if there is not None and there["StackStatus"] == "ROLLBACK_COMPLETE":
        raise StackFailedError(
            f"{stack} could not be created before: delete it (docs/deployment.md, Removal), then deploy again."
        )
    creates = there is None or there["StackStatus"] == "REVIEW_IN_PROGRESS"
    arn: str = client.create_change_set(
        StackName=stack,
        ChangeSetName=f"deploy-{time.time_ns() // 1_000_000}",
        ChangeSetType="CREATE" if creates else "UPDATE",
        TemplateURL=template_url,
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()],
        Capabilities=_CAPABILITIES,
    )["Id"]
    try:
        client.get_waiter("change_set_create_complete").wait(ChangeSetName=arn, WaiterConfig={"Delay": 1, "MaxAttempts": 300})
    except WaiterError as error:
        told = client.describe_change_set(ChangeSetName=arn).get("StatusReason", str(error))
        client.delete_change_set(ChangeSetName=arn)
        if any(one in told for one in _NOTHING):
            return None
        raise StackFailedError(f"The change set was refused: {told}") from error
    return ChangeSet(client, stack, arn, creates, tuple(_changes(arn, client)))


def execute(changes: ChangeSet, tell: Callable[[str], None], poll_seconds: float) -> None:
    """Make the changes and tell each event; raise `StackFailedError` when they end otherwise than well."""
    client, seen = changes.client, _events_so_far(changes.stack, changes.client)
    client.execute_change_set(ChangeSetName=changes.arn)
    reasons: list[str] = []
    while True:
        status = _stack(changes.stack, client)["StackStatus"]  # type: ignore[index]
        for event in _new_events(changes.stack, client, seen):
            reason = event.get("ResourceStatusReason", "")
            tell(f"  {event['ResourceStatus']:<28} {event['LogicalResourceId']} {reason}".rstrip())
            if event["ResourceStatus"].endswith("FAILED"):
                reasons.append(f"{event['LogicalResourceId']}: {reason}")
        if status.endswith(("_COMPLETE", "_FAILED")):
            break
        time.sleep(poll_seconds)
    if status not in _GOOD:
        raise StackFailedError(f"{changes.stack} is {status}. " + " ".join(reasons[:3]))


def outputs_of(stack: str, client: Any) -> dict[str, str]:
    """The outputs of a stack by name."""
    there = _stack(stack, client)
    return {one["OutputKey"]: one["OutputValue"] for one in (there or {}).get("Outputs", [])}


def parameters_of(stack: str, client: Any) -> dict[str, str]:
    """The values that the parameters of a stack have now; none when there is no stack."""
    there = _stack(stack, client)
    return {one["ParameterKey"]: one["ParameterValue"] for one in (there or {}).get("Parameters", [])}


def _stack(stack: str, client: Any) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = client.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return found


def _changes(arn: str, client: Any) -> list[Change]:
    found: list[Change] = []
    token: dict[str, str] = {}
    while True:
        page = client.describe_change_set(ChangeSetName=arn, **token)
        for one in page["Changes"]:
            change = one["ResourceChange"]
            replaced = change.get("Replacement") in ("True", "Conditional")
            found.append(Change(change["Action"], change["ResourceType"], change["LogicalResourceId"], replaced))
        if "NextToken" not in page:
            return found
        token = {"NextToken": page["NextToken"]}


def _events_so_far(stack: str, client: Any) -> set[str]:
    return {event["EventId"] for event in _events(stack, client)}


def _new_events(stack: str, client: Any, seen: set[str]) -> list[dict[str, Any]]:
    fresh = [event for event in _events(stack, client) if event["EventId"] not in seen]
    seen.update(event["EventId"] for event in fresh)
    return list(reversed(fresh))


def _events(stack: str, client: Any) -> list[dict[str, Any]]:
    pages = client.get_paginator("describe_stack_events").paginate(StackName=stack)
    return [event for page in pages for event in page["StackEvents"]]
