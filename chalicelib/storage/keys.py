"""Every key of every table, and who reads what.

| table | pk | sk | what | read by |
|---|---|---|---|---|
| assessments | `A#<assessment>` | `0000`, `0001`, … | entries of one log | 1, 2, 3 |
| assessments, index `outbox` | `mark`: `results#00`…, `due#00`… | `mark_at` | keys of marked entries | 4 |
| people | `P#<person>` | `A#<scope>#<attempt>` | an attempt exists | 5 |
| people | `P#<person>` | `C#<assessment>` | contribution of a finished assessment | 5 |
| people | `P#<person>` | `PROFILE` | folded profile | 6 |
| registry | `RELEASE` | `current` | id of the release that new assessments pin | 7 |
| registry | `EXPOSURE` | `<release>#<pool>` | a series of exposure tables exists | 8 |
| registry | `E#<release>#<pool>` | `00000001`, … | versions of its table | 9, 10 |
| registry | `E#<release>#<pool>#<shard>` | `<batch>` | finished tests that wait to be counted | 8 |

1. tail of a log: strong Query, descending, limit 1, and an eventual GetItem of `0000` when the function does not hold it
2. one stored entry: strong GetItem
3. corrections, audit: strong Query of a range or of the partition
4. sweeper: Query of a mark up to an instant
5. start, refold: strong Query of the partition
6. own profile, refold: strong GetItem
7. start, refold, profile: eventual GetItem, kept 60 s
8. exposure writer: strong Query of the partition, of each of 16 at most 512 items
9. exposure writer: strong Query, descending, limit 1; start of a controlled test: the same, eventual, kept 10 s
10. table that a test pinned: eventual GetItem, kept
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


def person(person_id: str) -> str:
    """Partition of a person."""
    return f"P#{person_id}"


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


def release_object(release_id: str) -> str:
    """Name of a release in the bucket."""
    return f"releases/{release_id}"


def file_object(address: str) -> str:
    """Name of a challenge's file in the bucket."""
    return f"files/{address}"
