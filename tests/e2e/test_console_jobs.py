"""A command that changes a stage tells it as the functions do: one JSON line, on stderr, with a correlation of its own."""

from __future__ import annotations

import json

import pytest

from chalicelib.kernel.errors import ConflictError
from chalicelib.observability import correlation_id
from palier.jobs import job


def test_a_job_tells_in_one_line_that_it_was_done_and_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with job("release-published", release="r1"):
        inside = correlation_id()
    printed = capsys.readouterr()
    line = json.loads(printed.err)
    assert (line["message"], line["status"], line["release"], line["correlation"]) == ("release-published", 200, "r1", inside)
    assert inside is not None
    assert inside.startswith("console-")
    assert printed.out == ""


def test_a_job_that_is_refused_tells_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ConflictError), job("exposure-begun", pool="practice"):
        raise ConflictError("exposure-overtaken", "Another version was published at the same moment: ask again.")
    line = json.loads(capsys.readouterr().err)
    assert (line["message"], line["status"], line["code"], line["pool"]) == (
        "exposure-begun",
        409,
        "exposure-overtaken",
        "practice",
    )


def test_two_jobs_have_two_correlations(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        with job("release-published"):
            pass
    first, second = (json.loads(line)["correlation"] for line in capsys.readouterr().err.splitlines())
    assert first != second
