"""Every key of every table and bucket. `docs/data-model.md` has the table of items and access patterns.

`infrastructure/data_model/` describes what is stored under each key, who reads and who writes it. A key that is not described there
fails a test.
"""

from __future__ import annotations

MARK_INDEX = "outbox"


def log(assessment_id: str) -> str:
    """Partition of an assessment's log."""
    return f"A#{assessment_id}"


def assessment_of(partition: str) -> str:
    """The assessment whose log this partition is."""
    return partition[2:]


def entry(number: int) -> str:
    """Sort key of an entry."""
    return f"{number:04d}"


PERSON = "P#"


def person(person_id: str) -> str:
    """Partition of a person."""
    return PERSON + person_id


ATTEMPT = "A#"
CONTRIBUTION = "C#"
PROFILE = "PROFILE"


def attempt(scope: str, number: int) -> str:
    """Sort key of an attempt."""
    return f"{ATTEMPT}{scope}#{number:04d}"


def contribution(assessment_id: str) -> str:
    """Sort key of a contribution."""
    return CONTRIBUTION + assessment_id


CURRENT_RELEASE = ("RELEASE", "current")


EXPOSURE_SERIES = "EXPOSURE"


def series(release_id: str, pool: str) -> str:
    """Sort key of a series of exposure tables."""
    return f"{release_id}#{pool}"


def exposure_versions(release_id: str, pool: str) -> str:
    """Partition of the versions of an exposure table."""
    return f"E#{release_id}#{pool}"


def exposure_version(number: int) -> str:
    """Sort key of a version."""
    return f"{number:08d}"


def exposure_batches(release_id: str, pool: str, shard: int) -> str:
    """Partition of batches of finished tests."""
    return f"E#{release_id}#{pool}#{shard:02d}"


def exposure_object(release_id: str, pool: str, number: int, name: str) -> str:
    """Name of a table, or of counts, in the bucket."""
    return f"exposure/{release_id}/{pool}/{number:08d}-{name}.npz"


COUNTED_VIEWS = "COUNTERS"
TOUCHED_VIEWS = "TOUCHED"
COUNTER_ROW = "ROW"
COUNTER_SUMMARY = "SUMMARY"
COUNTED = "V#"


def counter(view: str) -> str:
    """Partition of a view's summary; and, in the partition of a person, sort key of what the view counted of them."""
    return COUNTED + view


def counter_row(view: str, shard: int) -> str:
    """Partition of one row of a view: a partition each, so that none is hotter than its row."""
    return f"{COUNTED}{view}#{shard:03d}"


def release_object(release_id: str) -> str:
    """Name of a release in the bucket."""
    return f"releases/{release_id}"


def file_object(address: str) -> str:
    """Name of a challenge's file in the bucket."""
    return f"files/{address}"
