"""Every alarm: when it fires, what it means, where to look first, what to do. The most urgent first."""

from __future__ import annotations

from infrastructure.operations import metrics as m
from infrastructure.operations import queries as q
from infrastructure.operations.model import Alarm, Condition, Runbook, Severity

_NEAR = 0.8
"""The share of its time-out that a call may take."""

RELEASE_UNUSABLE = Alarm(
    "release-unusable",
    Severity.NOW,
    m.RELEASE_UNUSABLE,
    Condition("Sum", 1, 60),
    Runbook(
        "A content release is damaged or out of reach. Whoever pinned it gets 503; the current one stops every start.",
        (
            "Missing or damaged: at its commit, run `palier content publish`. The same sources give the same release.",
            "If that was not the current one, then do so at the commit of the current one too: publishing makes it the current one.",
            "If S3 does not answer, wait: nothing is lost, and clients try again.",
            "Do not delete a release, ever: open assessments pin it.",
        ),
        (q.FAILURES,),
        (
            "curl -s $API/v1/health",
            "aws s3 ls s3://palier-$STAGE-releases-$ACCOUNT/releases/",
        ),
    ),
)

HTTP_ERRORS = Alarm(
    "http-errors",
    Severity.NOW,
    m.SERVER_ERRORS,
    Condition("Average", 0.01, 60, 3),
    Runbook(
        "For three minutes more than one request in a hundred has failed on our side. A 503 is safe to repeat; a 500 is a bug.",
        (
            "`store-unavailable`: see the alarm of that name.",
            "`assessment-busy`: see `retries-exhausted`.",
            "`internal-error` or none: look at the traces; if it began with a deployment, deploy the version before.",
        ),
        (q.FAILURES, q.BUGS),
    ),
)

STORE_UNAVAILABLE = Alarm(
    "store-unavailable",
    Severity.NOW,
    m.STORE_UNAVAILABLE,
    Condition("Sum", 10, 60, 3),
    Runbook(
        "DynamoDB, SQS or S3 has not answered for three minutes. People see an error and their browser tries again.",
        (
            "Look at the provider's health page first. If it is down, wait: what was acknowledged is stored.",
            "If tables throttle, see `table-write-throttles`.",
            "If neither, look for a permission or an address that the last deployment changed, and go back one version.",
        ),
        (q.FAILURES,),
        ("aws health describe-events --region us-east-1 --filter eventStatusCodes=open",),
    ),
)

HTTP_FUNCTION_ERRORS = Alarm(
    "http-function-errors",
    Severity.NOW,
    m.ERRORS,
    Condition("Sum", 3, 300),
    Runbook(
        "Calls of an HTTP function were cut by Lambda: time-out, memory, or a crash while starting. Bugs in a route are not "
        "counted here: they are a reply.",
        (
            "A crash at start, on every call: the package is broken. Deploy the version before.",
            "Time-outs: see `near-time-out`.",
            "Memory: give the function more, in `infrastructure/package/functions.py`, and deploy.",
        ),
        (q.CALLS_CUT, q.BUGS),
    ),
    m.HTTP_FUNCTIONS,
)

HTTP_THROTTLES = Alarm(
    "http-throttles",
    Severity.NOW,
    m.THROTTLES,
    Condition("Sum", 1, 60),
    Runbook(
        "An HTTP function has no instance left: people are refused.",
        (
            "`api`: its instances are reserved so that it cannot starve `answer`. Raise them only if `answer` has room.",
            "`answer`: ask the provider for a higher limit, or lower the reserved instances of the other functions.",
            "On a certification day, raise the provisioned concurrency one hour before the next session.",
        ),
        (q.COLD,),
        (
            "aws lambda get-account-settings --query AccountLimit",
            "aws lambda get-function-concurrency --function-name $FUNCTION",
        ),
    ),
    m.HTTP_FUNCTIONS,
)

ANSWER_LATENCY = Alarm(
    "answer-latency",
    Severity.TODAY,
    m.DURATION,
    Condition("p99", 1000, 300, 3),
    Runbook(
        "One answer in a hundred has taken more than a second for a quarter of an hour.",
        (
            "Many cold starts: raise the provisioned concurrency.",
            "No cold starts: look whether DynamoDB is slow or throttles; `palier bench api` tells what the code itself costs.",
        ),
        (q.SLOW, q.COLD),
    ),
    ("answer",),
)

NEAR_TIME_OUT = Alarm(
    "near-time-out",
    Severity.TODAY,
    m.DURATION,
    Condition("Maximum", {name: round(_NEAR * seconds * 1000) for name, seconds in m.TIME_OUT_SECONDS.items()}, 300),
    Runbook(
        "A call took four fifths of its time-out. The next may be cut. What is cut is done again: every write is safe to repeat.",
        (
            "`answer` and `api`: a store is slow. See `store-unavailable`.",
            "A worker: its batches have become too much for one call. Make them smaller, or give it more memory.",
            "The sweeper: many marks wait. See `outbox-undelivered`.",
        ),
        (q.SLOW, q.CALLS_CUT),
    ),
)

WORKER_ERRORS = Alarm(
    "worker-errors",
    Severity.TODAY,
    m.ERRORS,
    Condition("Sum", 1, 300, 2),
    Runbook(
        "A function of a queue or of a schedule fails again and again. Its messages come back; after five times they are put aside.",
        (
            "Read the trace. A bug: go back one version, then redrive what was put aside.",
            "Memory or time-out: see `near-time-out`.",
        ),
        (q.BUGS, q.CALLS_CUT),
        ("palier dlq list",),
    ),
    m.EVENT_FUNCTIONS,
)

WORKER_THROTTLES = Alarm(
    "worker-throttles",
    Severity.TODAY,
    m.THROTTLES,
    Condition("Sum", 1, 300, 3),
    Runbook(
        "A function of a queue or of a schedule gets no instance. Its work waits and is not lost.",
        ("Look whether the account's concurrency is used up. If the HTTP functions need it, let the workers wait.",),
        commands=("aws lambda get-account-settings --query AccountLimit",),
    ),
    m.EVENT_FUNCTIONS,
)

SCHEDULE_SILENT = Alarm(
    "schedule-silent",
    Severity.TODAY,
    m.INVOCATIONS,
    Condition("Sum", 1, 300, 2, below=True),
    Runbook(
        "A function that runs every minute has not run for ten. Without the sweeper no unsent message is found and no abandoned "
        "assessment ends, and its own alarms are blind.",
        (
            "Enable the rule again. What waits is caught up by itself.",
            "If the rule is enabled, look whether the function throttles.",
        ),
        (q.CALLS_CUT,),
        ("aws events list-rules --query \"Rules[?State!='ENABLED'].Name\"",),
    ),
    m.SCHEDULED_FUNCTIONS,
)

DEAD_LETTERS = Alarm(
    "dead-letters",
    Severity.TODAY,
    m.DEAD_LETTERS,
    Condition("Maximum", 1, 300),
    Runbook(
        "A message was given up. It is kept for fourteen days; what it stands for is stored elsewhere and not lost.",
        (
            "Read the reasons. Rubbish that nobody of ours sent: drop it, with its id.",
            "A version or a type that the consumer did not know yet: deploy the consumer, then redrive.",
            "Five failed tries: find the cause in the log of the assessment, mend it, then redrive. To redrive twice does no harm.",
        ),
        (q.SET_ASIDE, q.ASSESSMENT),
        ("palier dlq list", "palier dlq show $QUEUE", "palier dlq redrive $QUEUE --limit 1", "palier log show $ASSESSMENT"),
    ),
)

QUEUE_AGE = Alarm(
    "queue-age",
    Severity.TODAY,
    m.QUEUE_AGE,
    Condition("Maximum", 900, 300, 2),
    Runbook(
        "A message has waited for a quarter of an hour: its consumer does not keep up, fails, or does not run. Profiles are late.",
        (
            "Many messages: let it drain, or raise the consumer's most instances if the tables do not throttle.",
            "Few messages: the consumer fails on them. See `worker-errors`.",
        ),
        (q.BUGS, q.SLOW),
        (
            "url=$(aws sqs get-queue-url --queue-name palier-$STAGE-$QUEUE --query QueueUrl --output text)",
            "aws sqs get-queue-attributes --queue-url $url --attribute-names All",
        ),
    ),
)

OUTBOX_ALARMING = Alarm(
    "outbox-alarming",
    Severity.TODAY,
    m.OUTBOX_ALARMING,
    Condition("Sum", 1, 60),
    Runbook(
        "The sweeper failed five times or more to send a message or to end an assessment. It goes on trying, every minute.",
        (
            "`release-unavailable`: see `release-unusable`.",
            "`not-sent`: the queue refuses. Look at its policy and at the permissions of `sweeper`.",
            "`entry-missing`: a log has lost an entry, which must not happen. Keep the table as it is and call a developer.",
        ),
        (q.UNSENT,),
        ("palier log show $ASSESSMENT", "palier log audit $ASSESSMENT"),
    ),
)

OUTBOX_UNDELIVERED = Alarm(
    "outbox-undelivered",
    Severity.TODAY,
    m.OUTBOX_UNDELIVERED,
    Condition("Maximum", 100, 60, 5),
    Runbook(
        "For five minutes each sweep has found a hundred unsent messages or more: functions cannot send, or die before they do.",
        (
            "`outbox-undelivered` lines: the queue does not answer in half a second. Wait if the provider says so.",
            "No such lines: functions are cut after their write. See `http-function-errors`.",
        ),
        (q.UNSENT, q.CALLS_CUT),
    ),
)

OUTBOX_OLDEST = Alarm(
    "outbox-oldest",
    Severity.TODAY,
    m.OUTBOX_OLDEST,
    Condition("Maximum", 600, 60, 5),
    Runbook(
        "A message has been unsent for ten minutes, so ten sweeps or so have failed on it or not come to it.",
        (
            "As for `outbox-alarming`.",
            "If no mark fails, there are too many for one sweep: it catches up by itself. Watch the count.",
        ),
        (q.UNSENT,),
    ),
)

EXPOSURE_FAILED = Alarm(
    "exposure-failed",
    Severity.TODAY,
    m.EXPOSURE_FAILED,
    Condition("Sum", 1, 60, 5),
    Runbook(
        "The exposure table of a release has not moved on for five minutes. Tests go on with the last one, so a challenge may be "
        "given more often than its limit.",
        (
            "Read the code. `store-unavailable` mends itself.",
            "Any other code: compare the table with the counts, and call a developer before the next certification day.",
        ),
        (q.EXPOSURE,),
        ("palier exposure show", "palier exposure show --release $RELEASE --pool practice --json"),
    ),
)

EXPOSURE_UNREADABLE = Alarm(
    "exposure-unreadable",
    Severity.TODAY,
    m.EXPOSURE_UNREADABLE,
    Condition("Sum", 1, 300),
    Runbook(
        "A batch of finished tests cannot be read. It stays where it is and its tests are not counted.",
        (
            "A deployment that went back one version often does this: go forward again.",
            "Else keep the batch and call a developer.",
        ),
        (q.EXPOSURE,),
        ("palier exposure show",),
    ),
)

RETRIES_EXHAUSTED = Alarm(
    "retries-exhausted",
    Severity.TODAY,
    m.RETRIES_EXHAUSTED,
    Condition("Sum", 5, 300),
    Runbook(
        "Requests or messages gave up after losing every race to write. The person got a 503 and can repeat safely.",
        (
            "One assessment or one person: a client sends the same thing many times at once. Find it by its address and stop it.",
            "Many: look at `write-conflicts` and at the latency of the table.",
        ),
        (q.FAILURES,),
    ),
)

TABLE_READ_THROTTLES = Alarm(
    "table-read-throttles",
    Severity.TODAY,
    m.READ_THROTTLES,
    Condition("Sum", 10, 60, 3),
    Runbook(
        "A table has refused reads for three minutes. Calls are tried again and take longer.",
        (
            "A table that was quiet and is suddenly busy doubles its room within minutes: wait, or warm it before a certification day.",
            "One hot partition: a key that everybody reads. Call a developer.",
        ),
        (q.FAILURES,),
        ("aws dynamodb describe-table --table-name palier-$STAGE-$TABLE --query 'Table.[TableStatus,WarmThroughput]'",),
    ),
)

TABLE_WRITE_THROTTLES = Alarm(
    "table-write-throttles",
    Severity.TODAY,
    m.WRITE_THROTTLES,
    Condition("Sum", 10, 60, 3),
    Runbook(
        "A table has refused writes for three minutes. Calls are tried again and take longer; some become a 503.",
        (
            "A table that was quiet and is suddenly busy doubles its room within minutes: wait, or warm it before a certification day.",
            "A limit on the table or on the account: raise it.",
        ),
        (q.FAILURES,),
        ("aws dynamodb describe-limits",),
    ),
)

TABLE_ERRORS = Alarm(
    "table-errors",
    Severity.TODAY,
    m.SYSTEM_ERRORS,
    Condition("Sum", 5, 300, 2),
    Runbook(
        "DynamoDB itself fails on the calls of somebody answering. Other calls that fail are counted by `store-unavailable`.",
        ("Look at the provider's health page. Nothing to do here: every write is safe to repeat.",),
        (q.FAILURES,),
    ),
)

CLOCK_SKEW = Alarm(
    "clock-skew",
    Severity.LATER,
    m.CLOCK_SKEW,
    Condition("Maximum", 2, 300),
    Runbook(
        "An instance disagrees on the time with the store, or with another one, by more than two seconds. It goes by the store's time from "
        "then on, and an entry never takes a time before the one it follows: nothing is lost, and no answer is too late for it.",
        (
            "One instance: it goes away by itself within hours. Look in the logs of its assessments for answers that came too late.",
            "Many, outside Lambda: look at the time service of the hosts.",
        ),
        (q.SKEW,),
        ("palier log show $ASSESSMENT",),
    ),
)

WRITE_CONFLICTS = Alarm(
    "write-conflicts",
    Severity.LATER,
    m.WRITE_CONFLICTS,
    Condition("Sum", 500, 300, 3),
    Runbook(
        "Entries lose the race for their number more often than double clicks explain. Each costs one more read and write.",
        (
            "Find the use-case that is asked more often than people are: a client that sends twice, or two tabs. A cost, not a fault.",
        ),
        (q.TRAFFIC,),
    ),
)

ALARMS: tuple[Alarm, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Alarm))
"""All of them, in the order of this module, which is by severity."""
