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


ORGANISATIONS = "O#"
ORGANISATION = "ORG"
MEMBER = "M#"
INVITATION = "I#"
TARGET_PROFILE = "T#"


def organisation(organisation_id: str) -> str:
    """Partition of an organisation."""
    return ORGANISATIONS + organisation_id


def organisations_of(person_id: str) -> str:
    """Partition of what a person may be a member of."""
    return f"U#{person_id}"


def member(of: str) -> str:
    """Sort key of a person in an organisation; and, in the partition of a person, of an organisation."""
    return MEMBER + of


def invitation(invitation_id: str) -> str:
    """Sort key of an invitation."""
    return INVITATION + invitation_id


def target_profile(profile_id: str) -> str:
    """Sort key, with its organisation, of a target profile of its own."""
    return TARGET_PROFILE + profile_id


CAMPAIGN = "CAMPAIGN"
CODE = "CODE"
LISTED_CAMPAIGN = "C#"
PARTICIPATION = "J#"


def campaign(campaign_id: str) -> str:
    """Partition of a campaign and of what it froze."""
    return f"C#{campaign_id}"


def frozen_targets(name: str) -> str:
    """Sort key of what a campaign expects, by the hash of its content."""
    return f"T#{name}"


def listed_campaign(campaign_id: str) -> str:
    """Sort key, with its organisation, that tells that a campaign exists."""
    return LISTED_CAMPAIGN + campaign_id


def campaign_code(code: str) -> str:
    """Partition of a campaign's code."""
    return f"CODE#{code}"


def participation(campaign_id: str, attempt: int) -> str:
    """Sort key, with the person, of their way through a campaign."""
    return f"{PARTICIPATION}{campaign_id}#{attempt:04d}"


def shared_results(campaign_id: str, shard: int) -> str:
    """Partition of what people of a campaign shared."""
    return f"S#{campaign_id}#{shard:02d}"


SHARED = "S#"


def shared_result(assessment_id: str) -> str:
    """Sort key of what was shared of an assessment."""
    return SHARED + assessment_id


def client(client_id: str) -> str:
    """Sort key, with its organisation, of a client."""
    return f"K#{client_id}"


def failures(purpose: str, subject: str) -> str:
    """Partition of the failures at a subject."""
    return f"L#{purpose}#{subject}"


def failures_shard(shard: int) -> str:
    """Sort key of a part of them."""
    return f"{shard:02d}"


def release_object(release_id: str) -> str:
    """Name of a release in the bucket."""
    return f"releases/{release_id}"


def file_object(address: str) -> str:
    """Name of a challenge's file in the bucket."""
    return f"files/{address}"
