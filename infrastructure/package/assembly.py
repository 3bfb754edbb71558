"""Chalice's template in, the deployed one out. Pure, but for the alarms and the dashboard, which are read from their own table.

Chalice knows the functions, their handlers and their events. All else is ours: its REST API goes, an HTTP API comes in front of two
functions of one handler, and every function gets its own role, log, size and dead letters.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from infrastructure.operations import alarm_resources, dashboard_resource
from infrastructure.package.environment import environment
from infrastructure.package.function_resources import UnknownFunctionError, function_resources, schedule_failures
from infrastructure.package.functions import HTTP, WORKERS
from infrastructure.package.http_api import http_api, outputs
from infrastructure.package.parameters import conditions, parameters

HTTP_HANDLER = "APIHandler"
_FUNCTION = "AWS::Serverless::Function"
_NOT_IN_A_VERSION = frozenset({"ReservedConcurrentExecutions"})
_CHALICES_OWN = frozenset({HTTP_HANDLER, "APIHandlerInvokePermission", "RestAPI"})


def assembled(chalice: Mapping[str, Any]) -> dict[str, Any]:
    """The deployed template; raise `UnknownFunctionError` when the table of functions and `app.py` disagree."""
    made: dict[str, Any] = dict(chalice["Resources"])
    declared = {name: made.pop(name) for name in list(made) if made[name]["Type"] == _FUNCTION or name in _CHALICES_OWN}
    _check_known({name for name, one in declared.items() if one["Type"] == _FUNCTION})
    variables = environment(made)
    for function in HTTP:
        made |= function_resources(function, declared[HTTP_HANDLER], variables)
    for function in WORKERS:
        made |= function_resources(function, declared[function.logical], variables)
    made |= schedule_failures() | http_api() | alarm_resources() | dashboard_resource()
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": chalice["Transform"],
        "Description": "Palier: situates, develops and certifies digital skills.",
        "Parameters": chalice["Parameters"] | parameters(),
        "Conditions": conditions(),
        "Resources": {name: made[name] for name in sorted(made)},
        "Outputs": outputs(),
    }


def placed(template: Mapping[str, Any], bucket: str, key: str, values: Mapping[str, str]) -> dict[str, Any]:
    """The template with its code in a bucket, and for each HTTP function a version of exactly this code and configuration.

    `values` are those of all parameters.
    """
    resources: dict[str, Any] = json.loads(json.dumps(template["Resources"]))
    for resource in resources.values():
        if resource["Type"] == _FUNCTION:
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}
    for function in HTTP:
        named = f"{function.logical}Version{_fingerprint(resources[function.logical]['Properties'], values)}"
        resources[named] = resources.pop(f"{function.logical}Version")
        alias = resources[f"{function.logical}Live"]["Properties"]
        alias["FunctionVersion"] = {"Fn::GetAtt": [named, "Version"]}
    return {**template, "Resources": resources}


def _fingerprint(properties: Mapping[str, Any], values: Mapping[str, str]) -> str:
    """The hash of what a version holds: another one when that changes, the same when it does not.

    Both count: without another, a change would stay behind the alias; and Lambda refuses to publish the same version twice.
    """
    text = json.dumps({name: value for name, value in properties.items() if name not in _NOT_IN_A_VERSION}, sort_keys=True)
    used = {name: value for name, value in values.items() if f'"Ref": "{name}"' in text or f"${{{name}}}" in text}
    return hashlib.sha256(json.dumps([text, used], sort_keys=True).encode()).hexdigest()[:12]


def _check_known(declared: set[str]) -> None:
    known = {HTTP_HANDLER, *(function.logical for function in WORKERS)}
    if declared != known:
        raise UnknownFunctionError(f"app.py and infrastructure/package/functions.py disagree: {', '.join(declared ^ known)}")
