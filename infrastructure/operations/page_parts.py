"""The parts of `docs/operations.md` that no table holds: how to begin, the rounds of a day, how to read a line."""

from __future__ import annotations

from infrastructure.operations.model import Severity

PROMISES = """
**Keep calm.** What a person was told is stored, is stored. A message that was not sent is sent later. A message that fails is put
aside and kept for fourteen days. Every request and every message is safe to repeat. Nearly always, waiting loses nothing; deleting
does.
"""

BEFORE = """
## Before you begin

Paste this once. `palier` reads the stage from the `PALIER_*` variables of its environment.

```sh
STAGE=prod
ACCOUNT=$(aws sts get-caller-identity --query Account --output text)
API=$(aws cloudformation describe-stacks --stack-name palier-$STAGE --output text \\
  --query "Stacks[0].Outputs[?OutputKey=='Url'].OutputValue")
insights() {  # insights "<query>" [minutes]: run a query over the logs of every function
  id=$(aws logs start-query --start-time $(($(date +%s) - ${2:-60} * 60)) --end-time $(date +%s) --query-string "$1" \\
    --query queryId --output text --log-group-names $(for name in FUNCTIONS; do echo /aws/lambda/palier-$STAGE-$name; done))
  while aws logs get-query-results --query-id $id --query status --output text | grep -Eq 'Running|Scheduled'; do sleep 1; done
  aws logs get-query-results --query-id $id --output json
}
```

Which alarms ring:

```sh
aws cloudwatch describe-alarms --state-value ALARM --alarm-name-prefix palier-$STAGE- --query 'MetricAlarms[].AlarmName'
```

Where a function, a queue or a table is meant, its name is the end of the alarm's: set `FUNCTION=palier-$STAGE-answer`, `QUEUE=results`
or `TABLE=assessments`. Several at once: begin with the first of this page.
"""

SEVERITIES = {
    Severity.NOW: "People are hit at this moment. Look at once, at any hour.",
    Severity.TODAY: "Something is late, or will fail if nobody looks. Look within the working day.",
    Severity.LATER: "Worth knowing. Look when you next plan work.",
}

DAILY = """
## The daily look

Five minutes, on the dashboard `palier-$STAGE`.

1. *Alarms*: none rings, none rang in the night that you were not told of.
2. *What people do*: starts, answers and ends follow the usual day. Profiles follow ends within minutes; a gap is a consumer that waits.
3. *Why assessments end*: the share of `abandoned` is the usual one. A jump often means a page that does not work.
4. *Dead letters*: zero. Else `palier dlq list`, and the alarm `dead-letters`.
5. *Outbox*: the sweeper sends a few messages a day at most. More means that functions are cut after their write.
6. `palier exposure show`: no challenge far over its limit.
7. *Table throttles*, *Clocks*, *Conflicts*: flat.
"""

CERTIFICATION_DAY = """
## A certification day

The day before:

- No deployment from now until the last session has ended, content included.
- No alarm rings; every dead-letter queue is empty: `palier dlq list`.
- `curl -s $API/v1/health` names the release that you expect.
- The provisioned concurrency is scheduled from one hour before the first session (parameters of the template, `WarmFrom` and `WarmUntil`).
- The account's concurrency leaves `answer` twice what the largest session needs: `aws lambda get-account-settings`.
- The alarms reach whoever is on duty. Ring one: `aws cloudwatch set-alarm-state --alarm-name palier-$STAGE-write-conflicts
  --state-value ALARM --state-reason test`.

An hour before: one person takes a placement to its end, and its profile is there within a minute.

During: keep the dashboard open. Watch *HTTP requests*, *HTTP latency*, *Function throttles* and *Table throttles*. Start nothing heavy: no
export, no reconciliation, no redrive.

After: the queues drain within minutes, the outbox is empty, ends and profiles are as many. Then the daily look.
"""

LOG_LINE = """
## How to read a log line

One JSON line for each use-case, whoever ran it:

```json
{"level": "INFO", "message": "answer_challenge", "timestamp": "2026-11-22 20:00:00,123+0000", "service": "palier", "status": 200,
 "assessment": "mz3…", "request": "8b2b0a0e-…", "correlation": "8b2b0a0e-…"}
```

| field | tells |
|---|---|
| `message` | the use-case: an operation of `docs/openapi.json`, or `profile-updated`, `outbox-swept`, `exposure-published`, … |
| `status` | as the reply's: 2xx done, 4xx refused, 5xx our fault; of events too |
| `code` | the problem's code; the reference of the API (`/docs`) explains each |
| `assessment` | whose log to open: `palier log show ID` |
| `request` | the gateway's id of the request |
| `correlation` | what joins the lines that follow from one action of one person |
| `level` | `INFO` as planned, `WARNING` will be tried again, `ERROR` needs a look |

No line holds a name, an answer or a token, and none ever may: `tests/api/test_logs_tell_nothing.py` plays a journey and looks. Lines with
`_aws` are metrics: one for a request or a batch, one more where an assessment ends or a message is put aside.
"""

FOLLOWING = """
## Everything about one correlation id

Every reply carries `X-Correlation-Id`; ask the person for it, or take it from any line. A client may send its own (8 to 64 letters,
digits or hyphens) with all requests of a visit. The event that follows from a request carries it as `correlationid`, and the lines of
its consumer do too.

QUERY

From a line, take `assessment`, then `palier log show ID` for what happened and `palier log audit ID` for whether it should have.

Where the trail breaks: a message that the sweeper sends, because the function that should have died or could not, carries the correlation
of that sweep. The query `assessment` finds both ends.
"""

COST = """
## What watching costs

ALARMS alarms, one dashboard, and METRICS metrics of our own, of which two have a further dimension with a handful of values. No metric has
an id for a dimension: the number of series does not grow with the number of people.

To tell of one answer (its line and its metric) costs some 70 µs of processor time, of which the line takes 25, and 455 bytes of log.
Best of seven rounds of 2,000, CPython 3.11, one of two shared cores:

```sh
.venv/bin/python -m load_tests.telling
```

The metrics count what this code saw itself. A write whose reply was lost is stored, and counted by nobody: for exact numbers, count the
logs. All stages of one account and region share the namespace: give each stage an account.
"""
