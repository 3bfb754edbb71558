"""The parameters of the template, and its conditions. A number of 0 and an empty text mean "without"."""

from __future__ import annotations

from typing import Any

from infrastructure.package.functions import FUNCTIONS, HTTP, Function

LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 180, 365)
GATEWAY_SECONDS = 29
"""The longest that an HTTP function may take: the HTTP API gives up after 30 s."""

NO_VALUE: dict[str, Any] = {"Ref": "AWS::NoValue"}


def parameters() -> dict[str, Any]:
    """Every parameter but `Stage`, which the resources bring."""
    made = {
        "SecretVersion": _text(None, "Version id of the secret palier/<Stage>: another one makes the functions read it again."),
        "TokenIssuer": _text("https://palier.local", "Who issues the tokens of anonymous starts (their claim iss)."),
        "TokenAudience": _text("palier", "For whom tokens are (their claim aud)."),
        "EndpointUrl": _text("", "Where DynamoDB, SQS and S3 answer when it is not AWS; empty on AWS."),
        "AlarmTopicArn": _text("", "SNS topic that is told of alarms; empty for none."),
        "LogDays": _number(30, "Days that logs are kept.", AllowedValues=list(LOG_DAYS)),
        "WarmFrom": _text("cron(0 7 ? * MON-FRI *)", "When warm instances start to be kept."),
        "WarmUntil": _text("cron(0 19 ? * MON-FRI *)", "When they stop to be kept."),
        "WarmTimezone": _text("Europe/Paris", "Time zone of both."),
    }
    for function in FUNCTIONS:
        told = f"Memory of the function {function.name}, in MB; its share of a processor follows."
        made[f"{function.logical}Memory"] = _number(function.memory_mb, told, MinValue=256, MaxValue=10240)
    for function in HTTP:
        made |= _http_parameters(function)
    return made


def _http_parameters(function: Function) -> dict[str, Any]:
    seconds = f"Seconds after which the function {function.name} is stopped."
    reserved = f"Instances set apart for the function {function.name}, which is also the most it gets; 0 for none."
    warm = f"Instances of the function {function.name} kept warm between WarmFrom and WarmUntil; 0 for none."
    return {
        f"{function.logical}Timeout": _number(function.timeout_seconds, seconds, MinValue=3, MaxValue=GATEWAY_SECONDS),
        f"{function.logical}Instances": _number(function.instances, reserved, MinValue=0),
        f"{function.logical}Warm": _number(0, warm, MinValue=0),
    }


def conditions() -> dict[str, Any]:
    """What of the template depends on a parameter."""
    made = {"HasEndpoint": _differs("EndpointUrl", ""), "HasAlarmTopic": _differs("AlarmTopicArn", "")}
    for function in HTTP:
        made[f"Reserves{function.logical}"] = _differs(f"{function.logical}Instances", "0")
        made[f"Warms{function.logical}"] = _differs(f"{function.logical}Warm", "0")
    return made


def chosen(condition: str, value: Any) -> dict[str, Any]:
    """This value if the condition holds, else nothing."""
    return {"Fn::If": [condition, value, NO_VALUE]}


def _text(default: str | None, description: str) -> dict[str, Any]:
    return {"Type": "String", "Description": description, **({} if default is None else {"Default": default})}


def _number(default: int, description: str, **limits: Any) -> dict[str, Any]:
    return {"Type": "Number", "Description": description, "Default": default, **limits}


def _differs(parameter: str, value: str) -> dict[str, Any]:
    return {"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, value]}]}
