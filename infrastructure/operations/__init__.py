"""What is watched: one table of metrics, alarms and log queries, from which come the alarms, the dashboard and the page for operators.

| module | holds |
|---|---|
| `model` | what a watched metric, an alarm and its runbook are |
| `metrics` | every metric that is watched, ours and the cloud's |
| `queries` | the saved log queries |
| `alarms` | every alarm, with what it means, where to look first and what to do |
| `resources` | CloudFormation: alarms and dashboard |
| `page` | `docs/operations.md` |
"""

from infrastructure.operations.resources import alarm_resources, dashboard_resource

__all__ = ["alarm_resources", "dashboard_resource"]
