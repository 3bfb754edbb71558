"""The HTTP API in front of the two HTTP functions, as explicit resources: an emulator makes no route of an OpenAPI body."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.api.gateway import CONTEXTS
from infrastructure.package.functions import ANSWER, ANSWER_ROUTES, API, Function

_GATEWAY_MILLISECONDS = 30_000
_ACCESS_LOG = {
    "at": "$context.requestTime",
    "request": "$context.requestId",
    "route": "$context.routeKey",
    "status": "$context.status",
    "milliseconds": "$context.responseLatency",
    "function_milliseconds": "$context.integrationLatency",
    "error": "$context.integrationErrorMessage",
}
"""No address, no path, no agent: nothing of a person."""


def http_api() -> dict[str, Any]:
    """The API, its stage, its log, its routes, and who may call the functions."""
    return {
        "HttpApi": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {"Name": {"Fn::Sub": "palier-${Stage}"}, "ProtocolType": "HTTP"},
        },
        "HttpApiLogs": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": {"Fn::Sub": "/aws/vendedlogs/palier-${Stage}-http"},
                "RetentionInDays": {"Ref": "LogDays"},
            },
        },
        "HttpApiStage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {
                "ApiId": {"Ref": "HttpApi"},
                "StageName": "$default",
                "AutoDeploy": True,
                "DefaultRouteSettings": {"DetailedMetricsEnabled": True},
                "AccessLogSettings": {
                    "DestinationArn": {"Fn::GetAtt": ["HttpApiLogs", "Arn"]},
                    "Format": json.dumps(_ACCESS_LOG),
                },
            },
        },
        **_behind(ANSWER),
        **_behind(API),
        **{_logical(name): _route(key, ANSWER) for name, key in answer_routes().items()},
        "DefaultRoute": _route("$default", API),
    }


def answer_routes() -> dict[str, str]:
    """The route keys (`POST /v1/assessments`) that go to the function `answer`, by the name of their use-case."""
    declared = [one for context in CONTEXTS for one in context]
    keys = {one.name: f"{one.method} {one.path}" for one in declared if one.name in ANSWER_ROUTES}
    if keys.keys() != ANSWER_ROUTES:
        raise LookupError(f"no route is declared for {', '.join(sorted(ANSWER_ROUTES - keys.keys()))}")
    return keys


def outputs() -> dict[str, Any]:
    """What a person asks the stack for."""
    return {
        "Url": {"Description": "Where the service answers.", "Value": {"Fn::GetAtt": ["HttpApi", "ApiEndpoint"]}},
        "HttpApiId": {"Description": "Id of the HTTP API.", "Value": {"Ref": "HttpApi"}},
    }


def _logical(route_name: str) -> str:
    return route_name.title().replace("_", "") + "Route"


def _route(key: str, function: Function) -> dict[str, Any]:
    return {
        "Type": "AWS::ApiGatewayV2::Route",
        "Properties": {
            "ApiId": {"Ref": "HttpApi"},
            "RouteKey": key,
            "Target": {"Fn::Sub": f"integrations/${{{function.logical}Integration}}"},
        },
    }


def _behind(function: Function) -> dict[str, Any]:
    live = f"{function.logical}Live"
    return {
        f"{function.logical}Integration": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": "HttpApi"},
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": {"Ref": live},
                "PayloadFormatVersion": "2.0",
                "TimeoutInMillis": _GATEWAY_MILLISECONDS,
            },
        },
        f"{function.logical}Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": {"Ref": live},
                "Principal": "apigateway.amazonaws.com",
                "SourceArn": {
                    "Fn::Sub": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${HttpApi}/*",
                },
            },
        },
    }
