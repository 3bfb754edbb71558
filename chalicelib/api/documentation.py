"""Routes of the documentation: the OpenAPI document and a readable page made from it."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from chalicelib import __version__
from chalicelib.api import (
    assessments,
    campaigns,
    clients,
    files,
    lessons,
    organisations,
    profiles,
    service,
    target_profiles,
)
from chalicelib.api.endpoint import Call, Endpoint, Reply, Who, endpoint
from chalicelib.api.openapi import document
from chalicelib.api.reference import page
from chalicelib.wiring import Services

DOCUMENTED: tuple[Endpoint, ...] = (
    *service.ENDPOINTS,
    *assessments.ENDPOINTS,
    *profiles.ENDPOINTS,
    *lessons.ENDPOINTS,
    *files.ENDPOINTS,
    *clients.ENDPOINTS,
    *organisations.ENDPOINTS,
    *campaigns.ENDPOINTS,
    *target_profiles.ENDPOINTS,
)

_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "public, max-age=300",
}


@lru_cache(maxsize=1)
def openapi() -> dict[str, Any]:
    """The OpenAPI document of every route under `/v1`."""
    return document(DOCUMENTED, __version__)


@endpoint("GET", "/openapi.json", who=Who.ANYONE)
def read_openapi(services: Services, call: Call) -> Reply:
    """Read the OpenAPI 3.1 document."""
    del services, call
    return Reply(json.dumps(openapi(), ensure_ascii=False), headers={"Cache-Control": "public, max-age=300"})


@endpoint("GET", "/docs", who=Who.ANYONE)
def read_reference(services: Services, call: Call) -> Reply:
    """Read the reference as a page."""
    del services, call
    return Reply(page(openapi()), content_type="text/html; charset=utf-8", headers=_PAGE_HEADERS)


ENDPOINTS: tuple[Endpoint, ...] = (read_openapi, read_reference)
