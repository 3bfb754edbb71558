"""boto3 clients whose failures are ours: what workers and the console use, and the oracle of the wire adapter.

boto3 takes most of a cold start and most of a small call, so no HTTP function imports this module.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError

from chalicelib.storage.failures import CallRefusedError, NoReplyError
from chalicelib.storage.wire.calling import instant_of


class NeutralClient:
    """A boto3 client with the same calls, replies and arguments. Failures are those of `chalicelib.storage.failures`.

    The body of an object is read before the call returns, so that a reply that is cut fails the call.
    """

    def __init__(self, client: Any, hear: Callable[[float], None] | None = None) -> None:
        """`hear` is told, at each reply that says so, what time it is for the service, in seconds since 1970."""
        self._client, self._hear = client, hear

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._client, name)

        def neutral(**arguments: Any) -> Any:
            with _neutral_failures():
                reply = call(**arguments)
                said = None if self._hear is None else instant_of(reply["ResponseMetadata"].get("HTTPHeaders", {}))
                if self._hear is not None and said is not None:
                    self._hear(said)
                if name == "get_object":
                    return {**reply, "Body": io.BytesIO(reply["Body"].read())}
                return reply

        return neutral


@contextmanager
def _neutral_failures() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        said = error.response
        status = int(said.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        raise CallRefusedError(str(said.get("Error", {}).get("Code", "Unknown")), status, said) from error
    except BotoCoreError as error:
        timed_out = isinstance(error, ReadTimeoutError | ConnectTimeoutError)
        raise NoReplyError(type(error).__name__, timed_out=timed_out) from error
