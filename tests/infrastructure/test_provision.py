"""Creating the local resources from the template, here on moto."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from moto import mock_aws

from infrastructure.local.clients import Clients, local_clients
from infrastructure.local.provision import dead_letters_first, provision
from infrastructure.template import Resources, read_template, resources_of


@pytest.fixture
def clients() -> Iterator[Clients]:
    with mock_aws():
        yield local_clients(None, "eu-west-3")


@pytest.fixture
def resources() -> Resources:
    return resources_of(read_template(), "test")


def test_everything_of_the_template_can_be_used_at_once(clients: Clients, resources: Resources) -> None:
    made = provision(resources, clients)
    item = {"pk": {"S": "A#1"}, "sk": {"S": "0000"}, "mark": {"S": "results#3"}, "mark_at": {"N": "1700000000"}}
    clients.dynamodb.put_item(TableName=made.tables["AssessmentsTable"], Item=item)
    marked = clients.dynamodb.query(
        TableName=made.tables["AssessmentsTable"],
        IndexName="outbox",
        KeyConditionExpression="mark = :mark",
        ExpressionAttributeValues={":mark": {"S": "results#3"}},
    )
    clients.sqs.send_message(QueueUrl=made.queue_urls["ResultsQueue"], MessageBody="{}")
    clients.s3.put_object(Bucket=made.buckets["ReleasesBucket"], Key="a", Body=b"1")
    assert marked["Count"] == 1
    assert clients.s3.get_bucket_versioning(Bucket=made.buckets["ReleasesBucket"])["Status"] == "Enabled"


def test_failing_messages_go_to_the_dead_letter_queue_after_five_receives(clients: Clients, resources: Resources) -> None:
    made = provision(resources, clients)
    attributes = {
        logical: clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        for logical, url in made.queue_urls.items()
    }
    redrive = json.loads(attributes["ResultsQueue"]["RedrivePolicy"])
    assert redrive["deadLetterTargetArn"] == attributes["ResultsDeadQueue"]["QueueArn"]
    assert int(redrive["maxReceiveCount"]) == 5
    assert attributes["ResultsQueue"]["VisibilityTimeout"] == "360"
    assert attributes["ResultsDeadQueue"]["MessageRetentionPeriod"] == "1209600"


def test_provisioning_again_leaves_everything_as_it_is(clients: Clients, resources: Resources) -> None:
    first = provision(resources, clients)
    clients.dynamodb.put_item(TableName=first.tables["PeopleTable"], Item={"pk": {"S": "P#1"}, "sk": {"S": "x"}})
    clients.sqs.set_queue_attributes(QueueUrl=first.queue_urls["ResultsQueue"], Attributes={"VisibilityTimeout": "5"})
    assert provision(resources, clients) == first
    assert clients.dynamodb.scan(TableName=first.tables["PeopleTable"])["Count"] == 1
    kept = clients.sqs.get_queue_attributes(QueueUrl=first.queue_urls["ResultsQueue"], AttributeNames=["All"])
    assert kept["Attributes"]["VisibilityTimeout"] == "5"


def test_a_dead_letter_queue_is_made_before_the_queue_that_needs_it(resources: Resources) -> None:
    order = dead_letters_first(resources.queues)
    assert sorted(order) == sorted(resources.queues)
    for logical, queue in resources.queues.items():
        assert queue.dead_letter is None or order.index(queue.dead_letter) < order.index(logical)
