"""The deployed resources: how names resolve for a stage, and the operational rules that every resource keeps."""

from __future__ import annotations

from typing import Any

import pytest

from infrastructure.template import Index, TemplateError, read_template, resolve, resources_of

FUNCTION_SECONDS = 60


def of_type(name: str) -> list[dict[str, Any]]:
    return [resource for resource in read_template()["Resources"].values() if resource["Type"] == name]


def test_every_name_carries_its_stage() -> None:
    blue = resources_of(read_template(), "blue")
    assert {key: table.name for key, table in blue.tables.items()} == {
        "AssessmentsTable": "palier-blue-assessments",
        "PeopleTable": "palier-blue-people",
        "RegistryTable": "palier-blue-registry",
    }
    queues = ("results", "certifications", "deliveries", "imports")
    assert {queue.name for queue in blue.queues.values()} == {
        f"palier-blue-{name}{ending}" for name in queues for ending in ("", "-dead")
    }
    assert {bucket.name.split("-")[2] for bucket in blue.buckets.values()} == {"releases", "exports"}


def test_a_bucket_name_carries_the_account_because_bucket_names_are_the_worlds() -> None:
    mine = resources_of(read_template(), "blue", account="111122223333").buckets["ReleasesBucket"]
    assert (mine.name, mine.versioned) == ("palier-blue-releases-111122223333", True)


def test_an_unknown_variable_is_refused_by_name() -> None:
    with pytest.raises(TemplateError, match="Colour"):
        resolve({"Fn::Sub": "palier-${Colour}"}, {"Stage": "blue"})


def test_a_resource_of_an_unknown_type_is_refused_by_name() -> None:
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {}}}}
    with pytest.raises(TemplateError, match=r"Topic is a AWS::SNS::Topic"):
        resources_of(template, "blue")


def test_references_resolve_at_any_depth_and_other_functions_stay() -> None:
    value = {"a": [{"Ref": "Stage"}, 3], "b": {"Fn::GetAtt": ["Queue", "Arn"]}}
    assert resolve(value, {"Stage": "blue"}) == {"a": ["blue", 3], "b": {"Fn::GetAtt": ["Queue", "Arn"]}}


def test_the_outbox_index_is_sparse_and_holds_keys_only() -> None:
    table = resources_of(read_template(), "blue").tables["AssessmentsTable"]
    assert table.keys == (("pk", "HASH"), ("sk", "RANGE"))
    assert table.indexes == (Index("outbox", (("mark", "HASH"), ("mark_at", "RANGE")), "KEYS_ONLY"),)
    assert dict(table.attributes) == {"pk": "S", "sk": "S", "mark": "S", "mark_at": "N"}


@pytest.mark.parametrize("table", of_type("AWS::DynamoDB::Table"))
def test_every_table_is_paid_per_request_recoverable_encrypted_and_kept(table: dict[str, Any]) -> None:
    properties = table["Properties"]
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("bucket", of_type("AWS::S3::Bucket"))
def test_every_bucket_is_versioned_encrypted_closed_and_kept(bucket: dict[str, Any]) -> None:
    properties = bucket["Properties"]
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(properties["PublicAccessBlockConfiguration"]) == 4
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"


def test_every_queue_is_encrypted_and_has_a_dead_letter_queue_that_keeps_for_fourteen_days() -> None:
    assert all(queue["Properties"]["SqsManagedSseEnabled"] for queue in of_type("AWS::SQS::Queue"))
    queues = resources_of(read_template(), "blue").queues
    dead = {queue.dead_letter for queue in queues.values()} - {None}
    for logical, queue in queues.items():
        if logical in dead:
            assert queue.retention_seconds == 14 * 24 * 3600
        else:
            assert queue.dead_letter in queues
            assert queue.max_receives == 5


def test_a_message_stays_hidden_for_six_times_its_functions_time_out() -> None:
    for queue in resources_of(read_template(), "blue").queues.values():
        assert queue.dead_letter is None or queue.visibility_seconds >= 6 * FUNCTION_SECONDS


def test_only_the_registry_forgets_by_itself() -> None:
    """Leases, idempotency keys and rate buckets live there; all else is kept until a job removes it."""
    forgets = {
        table["Properties"]["TableName"]["Fn::Sub"]: table["Properties"]["TimeToLiveSpecification"]
        for table in of_type("AWS::DynamoDB::Table")
        if "TimeToLiveSpecification" in table["Properties"]
    }
    assert forgets == {"palier-${Stage}-registry": {"AttributeName": "expires_at", "Enabled": True}}


def test_exports_are_gone_after_a_week() -> None:
    exports = read_template()["Resources"]["ExportsBucket"]["Properties"]
    (rule,) = exports["LifecycleConfiguration"]["Rules"]
    assert (rule["ExpirationInDays"], rule["NoncurrentVersionExpiration"]) == (7, {"NoncurrentDays": 1})


def test_certificates_are_signed_by_a_key_that_never_leaves_the_cloud() -> None:
    (key,) = of_type("AWS::KMS::Key")
    assert (key["Properties"]["KeySpec"], key["Properties"]["KeyUsage"]) == ("RSA_2048", "SIGN_VERIFY")
    assert key["DeletionPolicy"] == key["UpdateReplacePolicy"] == "Retain"
    (alias,) = of_type("AWS::KMS::Alias")
    assert alias["Properties"]["AliasName"] == {"Fn::Sub": "alias/palier-${Stage}-certificates"}
