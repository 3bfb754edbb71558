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
    assert {queue.name for queue in blue.queues.values()} == {"palier-blue-results", "palier-blue-results-dead"}


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
    assert resources_of(read_template(), "blue").queues["ResultsQueue"].visibility_seconds >= 6 * FUNCTION_SECONDS
