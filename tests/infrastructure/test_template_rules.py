"""The rules that the deployed template keeps, whatever is added to it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.api.gateway import CONTEXTS
from chalicelib.config import PREFIX, Settings
from infrastructure.deploy import effective
from infrastructure.package.assembly import placed
from infrastructure.package.environment import SECRET_FIELDS
from infrastructure.package.functions import ANSWER_ROUTES, FUNCTIONS, HTTP, Function
from infrastructure.package.packaging import ROOT, packaged_template
from infrastructure.package.roles import OURS, PLATFORM

Template = dict[str, Any]
FOURTEEN_DAYS = 14 * 24 * 3600
DEMANDED_STARS = {
    "the streams of a log group": ":*",
    "the objects of a bucket under a prefix: their names are hashes": "/*",
    "the requests of one HTTP API": "/*",
}
"""Where AWS demands a star, and how such a resource ends. The policy of a key is the fourth: its resource is `*`, this key."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return packaged_template(tmp_path_factory.mktemp("template"))


def of_type(template: Template, name: str) -> dict[str, Any]:
    return {logical: one["Properties"] for logical, one in template["Resources"].items() if one["Type"] == name}


def functions(template: Template) -> dict[str, Any]:
    return of_type(template, "AWS::Serverless::Function")


def consumers(template: Template) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Every function fed by a queue: its logical name, its properties, those of the event source."""
    for logical, one in functions(template).items():
        for event in one.get("Events", {}).values():
            if event["Type"] == "SQS":
                yield logical, one, event["Properties"]


def statements(template: Template) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every statement of every role: the role, the policy, the statement."""
    for logical, one in of_type(template, "AWS::IAM::Role").items():
        for policy in one["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield logical, policy["PolicyName"], statement


def test_cfn_lint_finds_nothing_to_say(template: Template, tmp_path: Path) -> None:
    path = tmp_path / "template.json"
    path.write_text(json.dumps(placed(template, "a-bucket", "code/1.zip", {})), encoding="utf-8")
    ran = subprocess.run(
        [str(Path(sys.executable).with_name("cfn-lint")), "--template", str(path)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout[:4000]


def test_no_rest_api_of_chalices_is_left(template: Template) -> None:
    assert not of_type(template, "AWS::Serverless::Api")
    assert "APIHandler" not in template["Resources"]
    assert "RestAPI" not in json.dumps(template)


def test_every_handler_stands_in_the_map(template: Template) -> None:
    handlers = {logical: one["Handler"] for logical, one in functions(template).items()}
    assert set(handlers) == {function.logical for function in FUNCTIONS}
    assert all(handler.startswith("app.") for handler in handlers.values())
    assert handlers["Answer"] == handlers["Api"] == "app.app"


def test_somebody_answering_has_a_function_of_their_own(template: Template) -> None:
    declared = {one.name: f"{one.method} {one.path}" for context in CONTEXTS for one in context}
    routes = {one["RouteKey"]: one["Target"]["Fn::Sub"] for one in of_type(template, "AWS::ApiGatewayV2::Route").values()}
    expected = {declared[name]: "integrations/${AnswerIntegration}" for name in ANSWER_ROUTES}
    assert routes == {**expected, "$default": "integrations/${ApiIntegration}"}


@pytest.mark.parametrize("function", HTTP, ids=lambda function: function.name)
def test_the_api_calls_the_live_version_of_each_http_function(template: Template, function: Function) -> None:
    resources, logical = template["Resources"], function.logical
    integration = resources[f"{logical}Integration"]["Properties"]
    assert (integration["IntegrationUri"], integration["PayloadFormatVersion"]) == ({"Ref": f"{logical}Live"}, "2.0")
    assert resources[f"{logical}Permission"]["Properties"]["FunctionName"] == {"Ref": f"{logical}Live"}
    warm = resources[f"{logical}WarmInstances"]
    assert warm["Condition"] == f"Warms{logical}"
    assert template["Parameters"][f"{logical}Warm"]["Default"] == 0


def versions(template: Template, key: str, **values: str) -> set[str]:
    """The names of the versions of the HTTP functions."""
    chosen = effective(template["Parameters"], {"Stage": "blue", "SecretVersion": "1"}, values)
    resources = placed(template, "a-bucket", key, chosen)["Resources"]
    return {name for name, one in resources.items() if one["Type"] == "AWS::Lambda::Version"}


@pytest.mark.parametrize("values", [{"SecretVersion": "2"}, {"EndpointUrl": "http://127.0.0.1"}, {"TokenIssuer": "x"}], ids=str)
def test_another_code_or_setting_is_another_version(template: Template, values: dict[str, str]) -> None:
    assert not versions(template, "1.zip") & versions(template, "2.zip")
    assert not versions(template, "1.zip") & versions(template, "1.zip", **values)


@pytest.mark.parametrize(
    "values", [{"LogDays": "7"}, {"ApiInstances": "0"}, {"AnswerWarm": "9"}, {"SweeperMemory": "300"}], ids=str
)
def test_what_a_version_does_not_hold_makes_no_other(template: Template, values: dict[str, str]) -> None:
    """Lambda refuses to publish a version twice, and the deployment would fail."""
    assert versions(template, "1.zip") == versions(template, "1.zip", **values)


def test_what_is_not_given_stays_as_it_is() -> None:
    declared = {"Stage": {}, "LogDays": {"Default": 30}, "ApiWarm": {"Default": 0}}
    before = {"Stage": "blue", "LogDays": "7", "Gone": "1"}
    assert effective(declared, before, {"Stage": "blue", "ApiWarm": "2"}) == {"Stage": "blue", "LogDays": "7", "ApiWarm": "2"}


def test_every_function_has_a_role_of_its_own_and_a_log_that_is_not_kept_for_ever(template: Template) -> None:
    roles = [json.dumps(one["Role"]) for one in functions(template).values()]
    assert len(set(roles)) == len(functions(template))
    for logical, one in functions(template).items():
        assert one["Role"] == {"Fn::GetAtt": [f"{logical}Role", "Arn"]}
        assert one["LoggingConfig"] == {"LogGroup": {"Ref": f"{logical}Logs"}}
    for one in of_type(template, "AWS::Logs::LogGroup").values():
        assert one["RetentionInDays"] == {"Ref": "LogDays"}


def test_no_policy_of_a_role_has_a_star_but_where_aws_demands_one(template: Template) -> None:
    for role, _, statement in statements(template):
        assert not any("*" in action for action in statement["Action"]), role
        resource = statement["Resource"]
        if "Fn::Sub" in resource:
            text = resource["Fn::Sub"]
            assert text.count("*") <= 1, role
            assert "*" not in text or text.endswith(tuple(DEMANDED_STARS.values())), role
            assert not text.endswith(("Bucket.Arn}/*", "Table.Arn}/*")), role
        else:
            assert set(resource) == {"Fn::GetAtt"}, role


def test_the_policy_of_the_key_names_its_actions(template: Template) -> None:
    for one in of_type(template, "AWS::KMS::Key").values():
        for statement in one["KeyPolicy"]["Statement"]:
            assert statement["Resource"] == "*"
            assert not any("*" in action for action in statement["Action"])


def test_the_platform_may_write_every_log_and_poll_every_queue_it_reads(template: Template) -> None:
    """An emulator does all this without asking; AWS does not."""
    granted = {
        (role, action, json.dumps(statement["Resource"]))
        for role, policy, statement in statements(template)
        for action in statement["Action"]
        if policy == PLATFORM
    }
    for logical in functions(template):
        log = json.dumps({"Fn::GetAtt": [f"{logical}Logs", "Arn"]})
        assert {(f"{logical}Role", f"logs:{action}", log) for action in ("CreateLogStream", "PutLogEvents")} <= granted
    for logical, _, source in consumers(template):
        for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"):
            assert (f"{logical}Role", f"sqs:{action}", json.dumps(source["Queue"])) in granted


def test_a_missing_file_can_be_told_from_a_forbidden_one(template: Template) -> None:
    """S3 answers 403 for what is missing to whoever may not list; an emulator answers 404."""
    bucket = {"Fn::GetAtt": ["ReleasesBucket", "Arn"]}
    assert any(
        (role, policy, statement["Action"], statement["Resource"]) == ("ApiRole", OURS, ["s3:ListBucket"], bucket)
        for role, policy, statement in statements(template)
    )


def test_only_lambda_may_take_a_role_of_a_function(template: Template) -> None:
    for one in of_type(template, "AWS::IAM::Role").values():
        (statement,) = one["AssumeRolePolicyDocument"]["Statement"]
        assert (statement["Principal"], statement["Action"]) == ({"Service": "lambda.amazonaws.com"}, "sts:AssumeRole")


def test_every_consumer_keeps_the_rules_of_queues(template: Template) -> None:
    queues = of_type(template, "AWS::SQS::Queue")
    assert list(consumers(template))
    for logical, function, source in consumers(template):
        queue = queues[source["Queue"]["Fn::GetAtt"][0]]
        dead = queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"], logical
        assert source["ScalingConfig"]["MaximumConcurrency"] >= 2, logical
        assert queue["VisibilityTimeout"] >= 6 * function["Timeout"], logical
        assert queue["RedrivePolicy"]["maxReceiveCount"] == 5, logical
        assert queues[dead]["MessageRetentionPeriod"] == FOURTEEN_DAYS, logical


def test_what_a_schedule_could_not_start_is_kept(template: Template) -> None:
    queues = of_type(template, "AWS::SQS::Queue")
    scheduled = [
        one for one in functions(template).values() if any(e["Type"] == "Schedule" for e in one.get("Events", {}).values())
    ]
    assert len(scheduled) >= 2
    for one in scheduled:
        failure = one["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]
        assert queues[failure["Destination"]["Fn::GetAtt"][0]]["MessageRetentionPeriod"] == FOURTEEN_DAYS


def watched(template: Template, metric: str, dimension: str) -> set[str]:
    """What the alarms on a metric look at, as the template names it."""
    return {
        json.dumps(one["Value"])
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == metric
        for one in alarm["Dimensions"]
        if one["Name"] == dimension
    }


def test_a_message_that_a_consumer_gives_up_raises_an_alarm(template: Template) -> None:
    queues = of_type(template, "AWS::SQS::Queue")
    for one in queues.values():
        if "RedrivePolicy" in one:
            dead = queues[one["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]]
            assert json.dumps(dead["QueueName"]) in watched(template, "ApproximateNumberOfMessagesVisible", "QueueName")


def test_a_function_that_fails_raises_an_alarm(template: Template) -> None:
    names = {json.dumps(one["FunctionName"]) for one in functions(template).values()}
    assert names == watched(template, "Errors", "FunctionName")


def test_every_alarm_tells_the_topic_of_the_stage(template: Template) -> None:
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    assert alarms
    for logical, one in alarms.items():
        assert one["AlarmActions"]["Fn::If"][1] == [{"Ref": "AlarmTopicArn"}], logical


def test_every_table_and_bucket_is_recoverable_encrypted_and_closed(template: Template) -> None:
    for one in of_type(template, "AWS::DynamoDB::Table").values():
        assert one["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
        assert one["SSESpecification"]["SSEEnabled"]
    for one in of_type(template, "AWS::S3::Bucket").values():
        assert set(one["PublicAccessBlockConfiguration"].values()) == {True}
        assert one["VersioningConfiguration"]["Status"] == "Enabled"
        assert one["BucketEncryption"]["ServerSideEncryptionConfiguration"]


def test_every_setting_without_a_default_reaches_every_function_and_no_secret_stands_in_the_template(
    template: Template,
) -> None:
    needed = {PREFIX + name.upper() for name, field in Settings.model_fields.items() if field.is_required()}
    for one in functions(template).values():
        variables = one["Environment"]["Variables"]
        assert needed <= set(variables)
        for name in SECRET_FIELDS:
            reference = variables[PREFIX + name.upper()]["Fn::Sub"]
            assert reference == f"{{{{resolve:secretsmanager:palier/${{Stage}}:SecretString:{name}::${{SecretVersion}}}}}}"


def test_every_secret_setting_is_kept_in_the_secret() -> None:
    """But the keys of another cloud's services: on AWS a function signs with its role."""
    fields = Settings.model_fields.items()
    assert {name for name, field in fields if "SecretStr" in str(field.annotation) and field.is_required()} <= set(
        SECRET_FIELDS
    )


def test_the_access_log_tells_nothing_of_a_person(template: Template) -> None:
    (stage,) = of_type(template, "AWS::ApiGatewayV2::Stage").values()
    told = stage["AccessLogSettings"]["Format"]
    assert not any(word in told for word in ("sourceIp", "userAgent", "path", "authorizer", "identity"))


def test_every_parameter_is_explained_to_whoever_deploys(template: Template) -> None:
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    assert not [name for name in template["Parameters"] if f"`{name}`" not in page]
