"""The resources of each function: the function itself, its role, its log, and what carries events to it."""

from __future__ import annotations

from typing import Any

from infrastructure.package.functions import HTTP, Function
from infrastructure.package.parameters import chosen
from infrastructure.package.roles import platform_grants, role

SCHEDULE_FAILURES = "SchedulesDeadQueue"
LIVE = "live"
_FOURTEEN_DAYS = 14 * 24 * 3600
_A_MINUTE = 60


class UnknownFunctionError(LookupError):
    """`app.py` declares a function that the table does not have, or the other way round; the message names it."""


def function_resources(function: Function, declared: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
    """The resources of a function whose Chalice resource is `declared` (`APIHandler`'s for the HTTP functions)."""
    queue = queue_of(declared)
    scheduled = is_scheduled(declared)
    platform = platform_grants(function, queue, SCHEDULE_FAILURES if scheduled else None)
    made = {
        function.logical: _function(function, declared, variables),
        f"{function.logical}Role": role(function, platform),
        f"{function.logical}Logs": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": {"Fn::Sub": f"/aws/lambda/palier-${{Stage}}-{function.name}"},
                "RetentionInDays": {"Ref": "LogDays"},
            },
        },
    }
    return made | (_published(function) if function in HTTP else {})


def schedule_failures() -> dict[str, Any]:
    """Where the events of schedules go whose function failed."""
    properties = {
        "QueueName": {"Fn::Sub": "palier-${Stage}-schedules-dead"},
        "MessageRetentionPeriod": _FOURTEEN_DAYS,
        "SqsManagedSseEnabled": True,
    }
    return {SCHEDULE_FAILURES: {"Type": "AWS::SQS::Queue", "Properties": properties}}


def queue_of(declared: dict[str, Any]) -> str | None:
    """The queue that feeds a function of Chalice's: `palier-results` is the queue `ResultsQueue`."""
    for event in declared["Properties"].get("Events", {}).values():
        if event["Type"] == "SQS":
            name: str = event["Properties"]["Queue"]["Fn::Sub"].rpartition(":palier-")[2]
            return f"{name.title().replace('-', '')}Queue"
    return None


def is_scheduled(declared: dict[str, Any]) -> bool:
    """Whether a schedule wakes a function of Chalice's."""
    return any(event["Type"] == "Schedule" for event in declared["Properties"].get("Events", {}).values())


def _function(function: Function, declared: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
    given = declared["Properties"]
    logical = function.logical
    properties: dict[str, Any] = {
        "FunctionName": {"Fn::Sub": f"palier-${{Stage}}-{function.name}"},
        "Runtime": given["Runtime"],
        "Architectures": given["Architectures"],
        "Handler": given["Handler"],
        "CodeUri": given["CodeUri"],
        "MemorySize": {"Ref": f"{logical}Memory"},
        "Timeout": {"Ref": f"{logical}Timeout"} if function in HTTP else function.timeout_seconds,
        "Role": {"Fn::GetAtt": [f"{logical}Role", "Arn"]},
        "LoggingConfig": {"LogGroup": {"Ref": f"{logical}Logs"}},
        "Environment": {"Variables": variables},
    }
    if function in HTTP:
        properties["ReservedConcurrentExecutions"] = chosen(f"Reserves{logical}", {"Ref": f"{logical}Instances"})
    if "Events" in given:
        properties["Events"] = {name: _event(function, event, declared) for name, event in given["Events"].items()}
    if is_scheduled(declared):
        failure = {"Type": "SQS", "Destination": {"Fn::GetAtt": [SCHEDULE_FAILURES, "Arn"]}}
        # No retry: the schedule itself comes back in a minute.
        properties["EventInvokeConfig"] = {
            "MaximumRetryAttempts": 0,
            "MaximumEventAgeInSeconds": _A_MINUTE,
            "DestinationConfig": {"OnFailure": failure},
        }
    return {"Type": "AWS::Serverless::Function", "Properties": properties}


def _event(function: Function, event: dict[str, Any], declared: dict[str, Any]) -> dict[str, Any]:
    if event["Type"] != "SQS":
        return event
    properties = {
        "Queue": {"Fn::GetAtt": [queue_of(declared), "Arn"]},
        "BatchSize": event["Properties"]["BatchSize"],
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": function.instances},
    }
    return {"Type": "SQS", "Properties": properties}


def _published(function: Function) -> dict[str, Any]:
    """A version and the alias that points to it: what the API calls, and what may be kept warm."""
    logical = function.logical
    target = {"Type": "AWS::ApplicationAutoScaling::ScalableTarget"}
    warm = {"MinCapacity": {"Ref": f"{logical}Warm"}, "MaxCapacity": {"Ref": f"{logical}Warm"}}
    cold = {"MinCapacity": 0, "MaxCapacity": 0}
    return {
        f"{logical}Version": {
            "Type": "AWS::Lambda::Version",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {"FunctionName": {"Ref": logical}},
        },
        f"{logical}Live": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "Name": LIVE,
                "FunctionName": {"Ref": logical},
                "FunctionVersion": {"Fn::GetAtt": [f"{logical}Version", "Version"]},
            },
        },
        f"{logical}WarmInstances": target
        | {
            "Condition": f"Warms{logical}",
            "DependsOn": f"{logical}Live",
            "Properties": {
                "ServiceNamespace": "lambda",
                "ScalableDimension": "lambda:function:ProvisionedConcurrency",
                "ResourceId": {"Fn::Sub": f"function:${{{logical}}}:{LIVE}"},
                **cold,
                "ScheduledActions": [
                    _action("open", "WarmFrom", warm),
                    _action("close", "WarmUntil", cold),
                ],
            },
        },
    }


def _action(name: str, schedule: str, capacity: dict[str, Any]) -> dict[str, Any]:
    return {
        "ScheduledActionName": name,
        "Schedule": {"Ref": schedule},
        "Timezone": {"Ref": "WarmTimezone"},
        "ScalableTargetAction": capacity,
    }
