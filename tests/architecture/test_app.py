"""The map of what is deployed: short, complete, and light to import."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import pytest

from chalicelib.api import gateway
from chalicelib.api.endpoint import Endpoint
from infrastructure.local.clients import CREDENTIALS
from infrastructure.local.gateway import granian_command
from tests.worlds import ROOT, ministack_world

APP = ROOT / "app.py"
LONGEST = 150

NEVER_DEPLOYED = {
    "catsim",
    "granian",
    "hypothesis",
    "infrastructure",
    "jinja2",
    "load_tests",
    "matplotlib",
    "mirt",
    "moto",
    "palier",
    "pytest",
    "rich",
    "schemathesis",
    "scipy",
    "sklearn",
    "typer",
    "yaml",
}
NOT_FOR_HTTP = {
    "chalicelib.content.authoring",
    "chalicelib.engine.calibration",
    "chalicelib.engine.simulation",
    "chalicelib.workers",
}

PROBE = """
import io, json, sys
import app
functions = [*app.app.event_sources, *app.app.pure_lambda_functions]
lines = io.StringIO()
from chalicelib.observability import log_use_case, logger
logger.registered_handler.setStream(lines)
log_use_case("a_use_case", 200, assessment="a" * 26)
print(json.dumps({
    "modules": sorted(sys.modules),
    "functions": sorted(one.name for one in functions),
    "debug": app.app.debug,
    "built": app.services.cache_info().currsize + app.event_services.cache_info().currsize,
    "lines": lines.getvalue().splitlines(),
    "log_handlers": len(app.app.log.handlers),
    "routes": sorted(app.app.routes),
}))
"""

JOURNEY = """
import json, sys
from types import SimpleNamespace
import app

def ask(method, path, body=None, token=None):
    headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
    http = {"method": method, "path": path, "sourceIp": "127.0.0.1", "protocol": "HTTP/1.1", "userAgent": ""}
    event = {
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "headers": headers,
        "requestContext": {"http": http, "requestId": "r", "stage": "$default", "domainName": "x", "accountId": "1"},
        "body": None if body is None else json.dumps(body), "isBase64Encoded": False,
    }
    context = SimpleNamespace(aws_request_id="r", function_name="api", memory_limit_in_mb=1, invoked_function_arn="arn")
    reply = app.app(event, context)
    return reply["statusCode"], json.loads(reply["body"])

status, started = ask("POST", "/v1/assessments", {"scope": "1.1"})
assert status == 201, started
token, progress = started["token"], started["assessment"]
at = "/v1/assessments/" + progress["assessment_id"]
shown = progress["next"]
answer = {"step": shown["step"], "challenge": shown["challenge"]["id"], "answer": None}
statuses = [ask("POST", at + "/answers", answer, token)[0], ask("POST", at + "/finish", None, token)[0],
            ask("GET", at + "/results", None, token)[0]]
served = sorted(sys.modules)
app.event_services()
print(json.dumps({"statuses": statuses, "modules": served, "with_events": sorted(sys.modules)}))
"""

CLIENTS = {"boto3", "botocore", "s3transfer", "urllib3"}


def probed(probe: str, environment: Mapping[str, str]) -> Any:
    """What a probe prints, in a process with this environment and no other setting of ours."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "HOME", "TMPDIR"}}
    done = subprocess.run(
        [sys.executable, "-W", "error::ImportWarning", "-c", probe],
        cwd=ROOT,
        env={**kept, **environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@lru_cache(maxsize=1)
def imported() -> Any:
    """What importing `app` alone brings."""
    return probed(PROBE, {})


def of_clients(modules: Sequence[str]) -> set[str]:
    """The modules of boto3 and of what it brings."""
    return {name for name in modules if name.partition(".")[0] in CLIENTS}


def functions_of(path: Any) -> list[ast.FunctionDef]:
    return [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]


def is_event_function(function: ast.FunctionDef) -> bool:
    """Whether it is decorated by an `app.something(...)`."""
    return any(
        isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and ast.unparse(mark.func).startswith("app.")
        for mark in function.decorator_list
    )


def test_the_map_fits_on_two_pages() -> None:
    assert len(APP.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_every_event_function_is_declared_in_the_map() -> None:
    declared = {function.name for function in functions_of(APP) if is_event_function(function)}
    assert declared == {"counter_summaries", "exposure_writer", "results_worker", "sweeper"}
    assert set(imported()["functions"]) == declared
    for path in sorted((ROOT / "chalicelib").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        assert "on_sqs_message" not in source, path
        assert ".schedule(" not in source, path
        assert "lambda_function(" not in source, path


def test_every_deployed_function_stands_in_the_table_of_the_map() -> None:
    documented = ast.get_docstring(ast.parse(APP.read_text(encoding="utf-8"))) or ""
    rows = {line.split("`")[1] for line in documented.splitlines() if line.startswith("| `")}
    assert rows == {"app", *imported()["functions"]}


def test_event_functions_are_a_few_lines_into_plain_code() -> None:
    for function in functions_of(APP):
        assert (function.end_lineno or 0) - function.lineno <= 8, function.name
        assert not any(isinstance(node, ast.If | ast.For | ast.While | ast.Try) for node in ast.walk(function))


@pytest.mark.parametrize("package", sorted(NEVER_DEPLOYED))
def test_importing_the_map_brings_nothing_that_is_not_deployed(package: str) -> None:
    assert not [name for name in imported()["modules"] if name == package or name.startswith(f"{package}.")]


@pytest.mark.parametrize("package", sorted(NOT_FOR_HTTP))
def test_the_http_function_does_not_pay_for_what_it_does_not_run(package: str) -> None:
    assert not [name for name in imported()["modules"] if name == package or name.startswith(f"{package}.")]


def test_the_probe_sees_what_is_imported() -> None:
    assert {"app", "chalicelib.api.gateway", "numpy", "chalice.app"} <= set(imported()["modules"])


POWERTOOLS_LOOKS_FOR = {"botocore"}
"""powertools imports the package itself, and nothing in it, to see whether there is a user agent to extend: half a millisecond."""


def test_importing_the_map_brings_nothing_of_boto3() -> None:
    assert of_clients(imported()["modules"]) <= POWERTOOLS_LOOKS_FOR


@pytest.mark.stack
def test_serving_an_assessment_brings_nothing_of_boto3(ministack_url: str) -> None:
    settings = ministack_world(ministack_url).services.settings.model_copy(update={"request_timeout_seconds": 10.0})
    seen = probed(JOURNEY, {**settings.as_environment(), **CREDENTIALS})
    assert seen["statuses"] == [200, 200, 200]
    assert of_clients(seen["modules"]) <= POWERTOOLS_LOOKS_FOR
    assert {"chalicelib.storage.wire.clients", "http.client"} <= set(seen["modules"])
    assert {"boto3", "botocore.client", "urllib3"} <= of_clients(seen["with_events"]), "the probe sees boto3 when it is there"


def test_importing_the_map_builds_nothing() -> None:
    assert imported()["built"] == 0


def test_the_deployed_application_logs_its_use_cases_once_each() -> None:
    (line,) = [json.loads(line) for line in imported()["lines"]]
    assert (line["message"], line["level"]) == ("a_use_case", "INFO")
    assert imported()["log_handlers"] == 1


def test_the_deployed_application_never_answers_with_a_trace() -> None:
    assert imported()["debug"] is False


def test_only_the_settings_read_the_environment() -> None:
    for path in sorted((ROOT / "chalicelib").rglob("*.py")):
        if path.name != "config.py":
            assert not re.search(r"\b(environb?|getenvb?)\b", path.read_text(encoding="utf-8")), path


ROUTE_MODULES = sorted(
    path for path in (ROOT / "chalicelib" / "api").glob("*.py") if "@endpoint(" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("path", ROUTE_MODULES, ids=lambda path: path.stem)
def test_every_route_module_declares_its_endpoints(path: Any) -> None:
    module = getattr(gateway, path.stem)
    endpoints = [value for value in vars(module).values() if isinstance(value, Endpoint)]
    assert set(map(id, module.ENDPOINTS)) == set(map(id, endpoints))
    assert module.ENDPOINTS in gateway.CONTEXTS


def test_every_route_is_mounted() -> None:
    assert len(ROUTE_MODULES) == len(gateway.CONTEXTS)
    declared = {one.path for context in gateway.CONTEXTS for one in context}
    assert declared == set(imported()["routes"])


def test_the_gateway_serves_one_request_at_a_time_in_each_process() -> None:
    command = granian_command(8000, 2)
    assert command[command.index("--blocking-threads") + 1] == "1"
    assert command[command.index("--runtime-threads") + 1] == "1"
    assert command[command.index("--interface") + 1] == "wsgi"
    assert command[-1] == "infrastructure.local.gateway:application"
