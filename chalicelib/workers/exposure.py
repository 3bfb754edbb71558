"""The exposure writer's minute."""

from __future__ import annotations

from chalicelib.assessments.exposure.publishing import Published, PublishExposure
from chalicelib.observability import count_exposure, log_use_case


def publish(publishing: PublishExposure) -> Published:
    """Count the tests that wait, publish the tables that follow, and tell how many."""
    done = publishing.publish()
    count_exposure(done.tests, done.versions, done.failed, done.unreadable)
    log_use_case(
        "exposure-published", 200, versions=done.versions, tests=done.tests, overtaken=done.overtaken, failed=done.failed
    )
    return done
