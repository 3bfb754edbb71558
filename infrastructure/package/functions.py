"""The table of the deployed functions: size, time-out, and what each calls, from reading what its use-cases do.

`docs/data-model.md` says who reads what. A grant too few makes `tests/e2e/test_packaged_stack.py` fail, and so does one too many:
each is removed in turn, and something must break.
"""

from __future__ import annotations

from dataclasses import dataclass

from infrastructure.package.grants import Grant, bucket, objects, sends, table

ANSWER_ROUTES = frozenset({"start_assessment", "read_assessment", "begin_challenge", "answer_challenge", "join_campaign"})
"""The routes of somebody answering, by the name of their use-case: they go to the function `answer`, all others to `api`."""


@dataclass(frozen=True)
class Function:
    """One deployed function. The template's logical name is `logical`; the deployed one `palier-<Stage>-<name>`."""

    logical: str
    name: str
    memory_mb: int
    timeout_seconds: int
    grants: tuple[Grant, ...]
    instances: int = 0
    """Reserved instances of an HTTP function by default, 0 for none; most instances of the consumer of a queue."""


_LOG = table("AssessmentsTable", "GetItem", "PutItem", "Query", "UpdateItem")
_POINTER = table("RegistryTable", "GetItem")
_RELEASES = objects("ReleasesBucket", "releases", "GetObject")

ANSWER = Function(
    logical="Answer",
    name="answer",
    memory_mb=1024,
    timeout_seconds=10,
    grants=(
        _LOG,
        table("PeopleTable", "PutItem", "Query"),
        table("RegistryTable", "GetItem", "Query", "UpdateItem"),
        _RELEASES,
        sends("ResultsQueue"),
    ),
)

API = Function(
    logical="Api",
    name="api",
    memory_mb=1024,
    timeout_seconds=29,
    instances=100,
    grants=(
        _LOG,
        table("PeopleTable", "GetItem", "PutItem", "Query"),
        table("RegistryTable", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"),
        objects("ReleasesBucket", "releases", "GetObject"),
        objects("ReleasesBucket", "files", "GetObject"),
        # Without it S3 answers 403, not 404, to the name of a file that does not exist.
        bucket("ReleasesBucket", "ListBucket"),
        sends("ResultsQueue"),
    ),
)

HTTP = (ANSWER, API)

WORKERS = (
    Function(
        logical="ResultsWorker",
        name="results-worker",
        memory_mb=1024,
        timeout_seconds=60,
        instances=20,
        grants=(
            table("AssessmentsTable", "GetItem", "Query"),
            table("PeopleTable", "GetItem", "PutItem", "Query"),
            table("RegistryTable", "GetItem", "PutItem"),
            _RELEASES,
            sends("ResultsDeadQueue"),
        ),
    ),
    Function(
        logical="Sweeper",
        name="sweeper",
        memory_mb=512,
        timeout_seconds=60,
        grants=(
            table("AssessmentsTable", "Query", index="outbox"),
            _LOG,
            _RELEASES,
            sends("ResultsQueue"),
        ),
    ),
    Function(
        logical="ExposureWriter",
        name="exposure-writer",
        memory_mb=1024,
        timeout_seconds=60,
        grants=(
            table("RegistryTable", "BatchWriteItem", "GetItem", "PutItem", "Query"),
            objects("ReleasesBucket", "exposure", "GetObject", "PutObject"),
        ),
    ),
    Function(
        logical="CounterSummaries",
        name="counter-summaries",
        memory_mb=512,
        timeout_seconds=60,
        grants=(
            table("RegistryTable", "DeleteItem", "GetItem", "PutItem", "Query"),
            table("PeopleTable", "GetItem", "PutItem"),
        ),
    ),
)

FUNCTIONS = (*HTTP, *WORKERS)
