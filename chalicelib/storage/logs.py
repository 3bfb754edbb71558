"""The logs of assessments in DynamoDB (port `LogStore`)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.assessments.codec import pack_start, pack_state, unpack_start, unpack_state
from chalicelib.assessments.model import Entry, EntryKind, Start, Tail
from chalicelib.assessments.ports import MarkedEntry
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.outbox import MarkedItem, Postponed
from chalicelib.storage import keys
from chalicelib.storage.marks import DynamoMarks
from chalicelib.storage.meter import Item
from chalicelib.storage.table import Table, Values

STARTS_KEPT = 1000


@dataclass(frozen=True)
class DynamoLogs:
    """One partition per assessment. Starts never change, so a warm function keeps those it met."""

    table: Table
    starts: OrderedDict[str, Start] = field(default_factory=OrderedDict)

    def create(self, entry: Entry) -> Entry:
        """Store entry 0 unless it exists; return the stored one."""
        assert entry.start is not None
        there = self.table.put_new(encode_entry(entry.start.assessment_id, entry))
        return entry if there is None else decode_entry(there)

    def tail(self, assessment_id: str) -> Tail | None:
        """Start and last entry: one strong Query, and half a unit for entry 0 unless a warm function kept it."""
        item = self.table.last(keys.log(assessment_id))
        if item is None:
            return None
        last = decode_entry(item)
        start = last.start or self.starts.get(assessment_id) or self._start(assessment_id)
        self.starts[assessment_id] = start
        self.starts.move_to_end(assessment_id)
        if len(self.starts) > STARTS_KEPT:
            self.starts.popitem(last=False)
        return Tail(start, last)

    def _start(self, assessment_id: str) -> Start:
        partition, first = keys.log(assessment_id), keys.entry(0)
        item = self.table.get(partition, first, strong=False) or self.table.get(partition, first, strong=True)
        assert item is not None, "a log always has its entry 0"
        return unpack_start(item["start"]["B"])

    def append(self, assessment_id: str, entry: Entry) -> Entry | None:
        """Store the entry if its number is free: None. Else the entry that took it."""
        there = self.table.put_new(encode_entry(assessment_id, entry))
        return None if there is None else decode_entry(there)

    def entry(self, assessment_id: str, number: int) -> Entry | None:
        """One stored entry."""
        item = self.table.get(keys.log(assessment_id), keys.entry(number), strong=True)
        return None if item is None else decode_entry(item)

    def entries(self, assessment_id: str) -> list[Entry]:
        """All entries in order."""
        return [decode_entry(item) for item in self.table.all_of(keys.log(assessment_id))]

    def entries_between(self, assessment_id: str, first: int, last: int) -> list[Entry]:
        """The entries numbered `first` to `last`."""
        items = self.table.between(keys.log(assessment_id), keys.entry(first), keys.entry(last))
        return [decode_entry(item) for item in items]

    @property
    def marks(self) -> DynamoMarks:
        """The marks of every item of the table."""
        return DynamoMarks(self.table)

    def clear_mark(self, assessment_id: str, number: int, mark: str) -> None:
        """Remove this mark if the entry still carries it: the only update an entry ever gets."""
        self.settle(MarkedEntry(assessment_id, number, mark, Instant(0)), ())

    def settle(self, marked: MarkedEntry, left: Sequence[str]) -> None:
        """Let the entry owe these queues only, or nothing more, if it still carries this mark."""
        self.marks.settle(_item_of(marked), left)

    def move_mark(self, marked: MarkedEntry, until: Instant) -> None:
        """Let this mark wait until another instant, as if it had never failed."""
        self.marks.move(_item_of(marked), until)

    def postpone(self, marked: MarkedEntry, until: Instant) -> Postponed | None:
        """Count one more failed attempt and let the mark wait until another instant; None if it changed meanwhile."""
        return self.marks.postpone(_item_of(marked), until)

    def marked(self, mark: str, until: Instant, limit: int) -> list[MarkedEntry]:
        """Entries carrying this mark since before `until`, oldest first."""
        return [
            MarkedEntry(keys.assessment_of(item.partition), int(item.sort), item.mark, item.marked_at)
            for item in self.marks.marked(mark, until, limit)
        ]


def _item_of(marked: MarkedEntry) -> MarkedItem:
    return MarkedItem(keys.log(marked.assessment_id), keys.entry(marked.number), marked.mark, marked.marked_at)


def encode_entry(assessment_id: str, entry: Entry) -> Values:
    """The entry as an item. Names are short: they count in every unit."""
    item: Values = {
        "pk": {"S": keys.log(assessment_id)},
        "sk": {"S": keys.entry(entry.number)},
        "kind": {"S": entry.kind.value},
        "at": {"N": str(entry.at)},
        "action": {"S": entry.action},
        "state": {"B": pack_state(entry.state)},
    }
    if entry.value is not None:
        item["value"] = {"B": entry.value}
    if entry.mark is not None:
        item["mark"] = {"S": entry.mark}
        item["mark_at"] = {"N": str(entry.mark_at)}
    if entry.start is not None:
        item["start"] = {"B": pack_start(entry.start)}
    return item


def decode_entry(item: Item) -> Entry:
    """The entry that this item holds."""
    return Entry(
        number=int(item["sk"]["S"]),
        kind=EntryKind(item["kind"]["S"]),
        at=Instant(int(item["at"]["N"])),
        action=item["action"]["S"],
        state=unpack_state(bytes(item["state"]["B"])),
        value=bytes(item["value"]["B"]) if "value" in item else None,
        mark=item["mark"]["S"] if "mark" in item else None,
        mark_at=Instant(int(item["mark_at"]["N"])) if "mark_at" in item else None,
        start=unpack_start(bytes(item["start"]["B"])) if "start" in item else None,
    )
