"""Marks of the outbox in DynamoDB (port `MarkStore`): any item of any table that has the sparse index `outbox`.

An item carries `mark` and `mark_at`, the keys of the index; once it failed, `attempts`, and `mark_since` with its first `mark_at`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.kernel.clock import Instant
from chalicelib.kernel.outbox import MarkedItem, Postponed, mark_left
from chalicelib.storage import keys
from chalicelib.storage.table import Table


@dataclass(frozen=True)
class DynamoMarks:
    """The marks of one table."""

    table: Table

    def marked(self, mark: str, until: Instant, limit: int) -> list[MarkedItem]:
        """Items that carry this mark and wait since `until` or before, oldest first."""
        items = self.table.index_up_to(keys.MARK_INDEX, mark, until, limit)
        return [
            MarkedItem(item["pk"]["S"], item["sk"]["S"], item["mark"]["S"], Instant(int(item["mark_at"]["N"])))
            for item in items
        ]

    def settle(self, marked: MarkedItem, left: Sequence[str]) -> None:
        """Let the item owe these queues only, or nothing more, if it still carries this mark."""
        following = mark_left(marked.mark, left)
        seen = {":mark": {"S": marked.mark}}
        self.table.update_if(
            marked.partition,
            marked.sort,
            "REMOVE #mark, mark_at, mark_since, attempts" if following is None else "SET #mark = :left",
            "#mark = :mark",
            seen if following is None else {**seen, ":left": {"S": following}},
            index_writes=1 if following is None else 2,
        )

    def move(self, marked: MarkedItem, until: Instant) -> None:
        """Let the mark wait until another instant, as if it had never failed, if it still waits since the same one."""
        self.table.update_if(
            marked.partition,
            marked.sort,
            "SET mark_at = :until REMOVE mark_since, attempts",
            "#mark = :mark AND mark_at = :since",
            _moving(marked, until),
            index_writes=2,
        )

    def postpone(self, marked: MarkedItem, until: Instant) -> Postponed | None:
        """Count one more failed attempt and let the mark wait until another instant; None if it changed meanwhile."""
        before = self.table.update_if(
            marked.partition,
            marked.sort,
            "SET mark_at = :until, mark_since = if_not_exists(mark_since, :since) ADD attempts :one",
            "#mark = :mark AND mark_at = :since",
            {**_moving(marked, until), ":one": {"N": "1"}},
            index_writes=2,
        )
        if before is None:
            return None
        since = before.get("mark_since", before["mark_at"])
        return Postponed(int(before.get("attempts", {"N": "0"})["N"]) + 1, Instant(int(since["N"])))


def _moving(marked: MarkedItem, until: Instant) -> dict[str, dict[str, str]]:
    return {":mark": {"S": marked.mark}, ":since": {"N": str(marked.marked_at)}, ":until": {"N": str(until)}}
