"""The OAuth 2.0 side of the token endpoint (RFC 6749): where credentials stand, and how errors are told."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote_plus

from chalicelib.api.client_forms import TokenErrorOut, TokenIn
from chalicelib.api.endpoint import ErrorForm, Reply
from chalicelib.api.problems import Problem
from chalicelib.kernel.canonical import canonical_json
from chalicelib.kernel.errors import InvalidError, UnauthenticatedError

_ERRORS = {
    "client-invalid": (401, "invalid_client"),
    "unsupported-grant-type": (400, "unsupported_grant_type"),
    "scope-not-allowed": (400, "invalid_scope"),
}
_BY_STATUS = {413: (413, "invalid_request"), 429: (429, "slow_down"), 503: (503, "temporarily_unavailable")}
_INVALID_REQUEST = (400, "invalid_request")
"""`slow_down` is of RFC 8628 and `temporarily_unavailable` of section 4.1.2.1: section 5.2 has no word for a server's side."""


def credentials(authorization: str | None, body: TokenIn) -> tuple[str, str]:
    """The client's id and secret, from the header or from the body.

    Raises `UnauthenticatedError` when there are none, `InvalidError` when there are two (section 2.3).
    """
    in_body = body.client_id, body.client_secret
    if authorization is None:
        client_id, secret = in_body
    elif body.client_secret is not None:
        raise InvalidError("several-credentials", "Send the client's secret in the header or in the body, not in both.")
    else:
        client_id, secret = _basic(authorization)
        if body.client_id not in (None, client_id):
            raise InvalidError("several-credentials", "The header and the body name two clients.")
    if not client_id or not secret:
        raise _nobody()
    return client_id, secret


def _basic(authorization: str) -> tuple[str, str]:
    """Both halves are encoded like a form's before they are joined (section 2.3.1)."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise _nobody()
    try:
        joined = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise _nobody() from error
    client_id, _, secret = joined.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)


def _nobody() -> UnauthenticatedError:
    return UnauthenticatedError("client-invalid", "The client is unknown, or its secret is wrong.")


def _told(problem: Problem) -> Reply:
    status, error = _ERRORS.get(problem.code) or _BY_STATUS.get(problem.status, _INVALID_REQUEST)
    value = {"error": error, "error_description": problem.detail, "code": problem.code}
    headers = {"Pragma": "no-cache"}
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="palier", charset="UTF-8"'
    return Reply(canonical_json(value).decode(), status, headers=headers)


TOKEN_ERRORS = ErrorForm(TokenErrorOut, _told)
