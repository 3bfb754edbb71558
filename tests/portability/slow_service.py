"""A service off Lambda whose handler takes a second: what a stop in the middle of a request is tried on."""

from __future__ import annotations

import time
from typing import Any

from infrastructure.wsgi import make_application


def handle(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Answers with the path, a second later unless it is the health route."""
    if event["rawPath"] != "/health":
        time.sleep(1.0)
    return {"statusCode": 200, "headers": {}, "body": event["rawPath"]}


application = make_application(handle, "eu-west-3")
