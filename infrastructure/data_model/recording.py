"""A DynamoDB client that notes who read and wrote what, in the words of `model`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from chalicelib.storage.table import LAST_SIGN
from infrastructure.data_model.items import kind_of
from infrastructure.data_model.model import FIRST, INDEX, LAST, RANGE, TABLE, WHOLE, Item, ItemKind, Read


@dataclass(frozen=True)
class SeenWrite:
    """A write as it was asked for; `condition` has real attribute names."""

    by: str
    kind: str
    call: str
    condition: str


@dataclass(frozen=True)
class SeenRead:
    """A read as it was asked for; `sk` is empty where the call names none, `pk` too where it goes through an index or the table."""

    by: str
    call: str
    shape: str
    table: str
    pk: str
    sk: str
    strong: bool

    def is_of(self, read: Read) -> bool:
        """Whether this is such a read."""
        same = (self.call, self.shape, self.strong) == (read.call, read.shape, read.strong)
        return same and any(self._meets(kind) for kind in read.kinds)

    def _meets(self, kind: ItemKind) -> bool:
        if self.table != kind.table:
            return False
        return (not self.pk or kind.pk.matches(self.pk)) and (not self.sk or self._sorts(kind))

    def _sorts(self, kind: ItemKind) -> bool:
        if self.sk.endswith(LAST_SIGN):
            return kind.sk.text.startswith(self.sk.removesuffix(LAST_SIGN))
        return kind.sk.matches(self.sk)


@dataclass
class Recording:
    """What was asked for so far, and by whom it is now."""

    tables: dict[str, str]
    """Logical name, without its ending, by real name."""
    by: str = ""
    reads: set[SeenRead] = field(default_factory=set)
    writes: set[SeenWrite] = field(default_factory=set)
    put: list[tuple[str, Item]] = field(default_factory=list)
    updated: list[tuple[str, Item]] = field(default_factory=list)
    """Real table and item, or its key, of what was put and updated since somebody looked."""

    def over(self, client: Any) -> RecordingClient:
        """The client with every call noted."""
        return RecordingClient(client, self)

    def stored(self, client: Any) -> Iterator[tuple[str, Item]]:
        """Each item that was put or updated since this was asked last, with its table."""
        changed = [*self.put, *((table, client.get_item(TableName=table, Key=key)["Item"]) for table, key in self.updated)]
        self.put.clear()
        self.updated.clear()
        for table, item in changed:
            yield self.tables[table], item

    def done(self, call: str, arguments: dict[str, Any]) -> None:
        """Note what a call that succeeded changed."""
        if call == "put_item":
            self.put.append((arguments["TableName"], arguments["Item"]))
        elif call == "update_item":
            self.updated.append((arguments["TableName"], arguments["Key"]))

    def note(self, call: str, arguments: dict[str, Any]) -> None:
        """Note a call before it is made."""
        match call:
            case "get_item":
                self._read(arguments, "GetItem", "", *_key(arguments["Key"]))
            case "query":
                self._read(arguments, "Query", *_queried(arguments))
            case "scan":
                self._read(arguments, "Scan", TABLE, "", "")
            case "put_item":
                self._write(arguments["TableName"], "PutItem", _condition(arguments), *_key(arguments["Item"]))
            case "update_item":
                self._write(arguments["TableName"], "UpdateItem", _condition(arguments), *_key(arguments["Key"]))
            case "delete_item":
                self._write(arguments["TableName"], "DeleteItem", _condition(arguments), *_key(arguments["Key"]))
            case "batch_write_item":
                for table, requests in arguments["RequestItems"].items():
                    for request in requests:
                        ((what, request_of),) = request.items()
                        self._write(table, what, "", *_key(request_of["Key"]))
            case _:
                raise NotImplementedError(f"{call} is not described")

    def _read(self, arguments: dict[str, Any], call: str, shape: str, pk: str, sk: str) -> None:
        table, strong = self.tables[arguments["TableName"]], bool(arguments.get("ConsistentRead"))
        self.reads.add(SeenRead(self.by, call, shape, table, pk, sk, strong))

    def _write(self, table: str, call: str, condition: str, pk: str, sk: str) -> None:
        kind = kind_of(self.tables[table], pk, sk)
        self.writes.add(SeenWrite(self.by, kind.name if kind else f"{pk} {sk}", call, condition))


class RecordingClient:
    """A low-level client whose calls are noted."""

    def __init__(self, client: Any, recording: Recording) -> None:
        self._client, self._recording = client, recording

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._client, name)

        def recorded(**arguments: Any) -> Any:
            self._recording.note(name, arguments)
            reply = call(**arguments)
            self._recording.done(name, arguments)
            return reply

        return recorded


def _key(item: dict[str, Any]) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def _queried(arguments: dict[str, Any]) -> tuple[str, str, str]:
    """Shape, partition and sort key; of a range, its last."""
    values = arguments["ExpressionAttributeValues"]
    if "IndexName" in arguments:
        return INDEX, "", ""
    partition = values[":pk"]["S"]
    if "BETWEEN" in arguments["KeyConditionExpression"]:
        return RANGE, partition, values[":last"]["S"]
    if arguments.get("ScanIndexForward") is False:
        return LAST, partition, ""
    return (FIRST if "Limit" in arguments else WHOLE), partition, ""


def _condition(arguments: dict[str, Any]) -> str:
    condition: str = arguments.get("ConditionExpression", "")
    for placeholder, name in arguments.get("ExpressionAttributeNames", {}).items():
        condition = condition.replace(placeholder, name)
    return condition
