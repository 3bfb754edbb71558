"""boto3 clients that write down every call: its service, its parameters, and which part of Palier asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from infrastructure.local.clients import Clients as RawClients


@dataclass
class Asked:
    """What is known of one call."""

    parameters: set[str] = field(default_factory=set)
    by: set[str] = field(default_factory=set)


@dataclass
class Recorder:
    """Every call by (service, operation), while some part is asking."""

    calls: dict[tuple[str, str], Asked] = field(default_factory=dict)
    part: str | None = None

    @contextmanager
    def asking(self, part: str) -> Iterator[None]:
        """What is asked in this block is asked by this part."""
        before, self.part = self.part, part
        try:
            yield
        finally:
            self.part = before

    def over(self, raw: RawClients) -> RawClients:
        """These clients, recorded, and every reply that may come in pages in pages of one."""
        return RawClients(
            Recorded(OnePerPage(raw.dynamodb), "DynamoDB", self),
            Recorded(raw.sqs, "SQS", self),
            Recorded(OnePerPage(raw.s3), "S3", self),
        )

    def rows(self) -> list[tuple[str, str, str, str]]:
        """Service, call, parameters and parts, in order: the rows of the table in docs/portability.md."""
        return [
            (service, operation, ", ".join(sorted(asked.parameters)), ", ".join(sorted(asked.by)))
            for (service, operation), asked in sorted(self.calls.items())
        ]


PAGED = {"query": "Limit", "scan": "Limit", "list_objects_v2": "MaxKeys"}


class OnePerPage:
    """A client whose lists come one by one, unless the caller says how many: so the calls for the next page are made too."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        if name not in PAGED:
            return call
        return lambda **arguments: call(**{PAGED[name]: 1, **arguments})


class Recorded:
    """One client."""

    def __init__(self, client: Any, service: str, recorder: Recorder) -> None:
        self._client, self._service, self._recorder = client, service, recorder

    def __getattr__(self, name: str) -> Any:
        operations = self._client.meta.method_to_api_mapping
        call = getattr(self._client, name)
        if name not in operations:
            return call

        def recorded(**arguments: Any) -> Any:
            if self._recorder.part is not None:
                asked = self._recorder.calls.setdefault((self._service, operations[name]), Asked())
                asked.parameters |= set(arguments)
                asked.by.add(self._recorder.part)
            return call(**arguments)

        return recorded
