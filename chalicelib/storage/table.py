"""One DynamoDB table: the few calls we make, metered, their failures told as ours. A low-level client underneath."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chalicelib.kernel.errors import UnavailableError
from chalicelib.storage.failures import CONDITION_FAILED, CallRefusedError, CloudCallError
from chalicelib.storage.meter import Item, Meter, size_of

Values = dict[str, dict[str, Any]]

FIRST_SIGN, LAST_SIGN = "!", "~"
"""They sort before and after every sign of an id."""
REMOVED_AT_ONCE = 25
"""What one BatchWriteItem takes."""
TRIES = 3


@contextmanager
def telling(what: str) -> Iterator[None]:
    """Turn any failure of the store that is not a failed condition into `UnavailableError`."""
    try:
        yield
    except CloudCallError as error:
        raise UnavailableError("store-unavailable", f"The store did not answer: {what}.") from error


@dataclass(frozen=True)
class Table:
    """A table with a string hash key `pk` and a string range key `sk`."""

    client: Any
    name: str
    meter: Meter

    def get(self, pk: str, sk: str, *, strong: bool) -> Item | None:
        """One item, or None."""
        with telling("get"):
            reply = self.client.get_item(TableName=self.name, Key=_key(pk, sk), ConsistentRead=strong)
        item: Item | None = reply.get("Item")
        self.meter.read("GetItem", [item] if item else [], strong=strong)
        return item

    def last(self, pk: str, *, strong: bool = True) -> Item | None:
        """The item with the highest sort key, strongly consistent unless told."""
        items = self._query(
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            ScanIndexForward=False,
            Limit=1,
            ConsistentRead=strong,
        )
        return items[0][0] if items[0] else None

    def first(self, pk: str, limit: int) -> list[Item]:
        """The items of a partition with the lowest sort keys, in order, as many as one strongly consistent reply holds."""
        (items,) = self._query(
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            Limit=limit,
            ConsistentRead=True,
        )
        return items

    def all_of(self, pk: str, *, strong: bool = True) -> list[Item]:
        """All items of a partition in order, strongly consistent unless told."""
        pages = self._query(
            every_page=True,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            ConsistentRead=strong,
        )
        return [item for page in pages for item in page]

    def between(self, pk: str, first: str, last: str) -> list[Item]:
        """The items of a partition between two sort keys, both included, strongly consistent."""
        pages = self._query(
            every_page=True,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={":pk": {"S": pk}, ":first": {"S": first}, ":last": {"S": last}},
            ConsistentRead=True,
        )
        return [item for page in pages for item in page]

    def page(self, pk: str, prefix: str, after: str, limit: int) -> list[Item]:
        """The items of a partition whose sort key is `prefix` and an id after this one, in order, at most so many.

        Strongly consistent. It may give fewer than there are when a page is full (1 MB), never none while there are some.
        """
        first, last = prefix + after + FIRST_SIGN, prefix + LAST_SIGN
        (items,) = self._query(
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={":pk": {"S": pk}, ":first": {"S": first}, ":last": {"S": last}},
            Limit=limit,
            ConsistentRead=True,
        )
        return items

    def index_up_to(self, index: str, mark: str, until: int, limit: int) -> list[Item]:
        """Keys in a sparse index `mark`, `mark_at` with `mark_at` at most `until`, oldest first."""
        pages = self._query(
            IndexName=index,
            KeyConditionExpression="#mark = :mark AND mark_at <= :until",
            ExpressionAttributeNames={"#mark": "mark"},
            ExpressionAttributeValues={":mark": {"S": mark}, ":until": {"N": str(until)}},
            Limit=limit,
        )
        return pages[0]

    def _query(self, every_page: bool = False, **arguments: Any) -> list[list[Item]]:
        pages: list[list[Item]] = []
        while True:
            with telling("query"):
                reply = self.client.query(TableName=self.name, **arguments)
            pages.append(reply["Items"])
            self.meter.read("Query", reply["Items"], strong=bool(arguments.get("ConsistentRead")))
            if not every_page or "LastEvaluatedKey" not in reply:
                return pages
            arguments["ExclusiveStartKey"] = reply["LastEvaluatedKey"]

    def put_new(self, item: Values) -> Item | None:
        """Store the item if its key is free: None. Else the item that is there."""
        return self._put(item, ConditionExpression="attribute_not_exists(sk)", ReturnValuesOnConditionCheckFailure="ALL_OLD")

    def put(self, item: Values) -> None:
        """Store the item, whatever was there: only for what is the same whoever writes it."""
        self._put(item)

    def put_over(self, item: Values, attribute: str, expected: str) -> bool:
        """Store the item if the one there has this value in `attribute`; whether it had."""
        failed = self._put(
            item,
            ConditionExpression="#expected = :expected",
            ExpressionAttributeNames={"#expected": attribute},
            ExpressionAttributeValues={":expected": {"S": expected}},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        return failed is None

    def _put(self, item: Values, **condition: Any) -> Item | None:
        with telling("put"):
            try:
                self.client.put_item(TableName=self.name, Item=item, **condition)
            except CallRefusedError as error:
                if error.code != CONDITION_FAILED:
                    raise
                old: Item = error.reply.get("Item") or {}
                self.meter.write("PutItem", max(size_of(item), size_of(old)))
                return old or self.get(item["pk"]["S"], item["sk"]["S"], strong=True) or {}
        self.meter.write("PutItem", size_of(item), index_writes=1 if "mark" in item else 0)
        return None

    def update_if(self, pk: str, sk: str, update: str, condition: str, values: Values, index_writes: int) -> Item | None:
        """Update an item on a condition; the item before the update, or None when the condition fails.

        `index_writes`: how many index entries the update deletes or writes. A name that is not used may not be given.
        """
        names = {"ExpressionAttributeNames": {"#mark": "mark"}} if "#mark" in update + condition else {}
        with telling("update"):
            try:
                reply = self.client.update_item(
                    TableName=self.name,
                    Key=_key(pk, sk),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeValues=values,
                    ReturnValues="ALL_OLD",
                    **names,
                )
            except CallRefusedError as error:
                if error.code != CONDITION_FAILED:
                    raise
                self.meter.write("UpdateItem", 1)
                return None
        old: Item = reply.get("Attributes", {})
        self.meter.write("UpdateItem", size_of(old), index_writes)
        return old

    def remove_if(self, pk: str, sk: str, attribute: str, expected: str) -> bool:
        """Delete the item if it has this value in `attribute`; whether it had. Metered as if of 1 KB."""
        with telling("remove"):
            try:
                self.client.delete_item(
                    TableName=self.name,
                    Key=_key(pk, sk),
                    ConditionExpression="#expected = :expected",
                    ExpressionAttributeNames={"#expected": attribute},
                    ExpressionAttributeValues={":expected": {"S": expected}},
                )
            except CallRefusedError as error:
                if error.code != CONDITION_FAILED:
                    raise
                self.meter.write("DeleteItem", 1)
                return False
        self.meter.write("DeleteItem", 1)
        return True

    def everything(self) -> Iterator[Item]:
        """All items of the table, page by page, strongly consistent: for offline work, never for a request."""
        following: dict[str, Any] = {}
        while True:
            with telling("scan"):
                reply = self.client.scan(TableName=self.name, ConsistentRead=True, **following)
            self.meter.read("Scan", reply["Items"], strong=True)
            yield from reply["Items"]
            if "LastEvaluatedKey" not in reply:
                return
            following = {"ExclusiveStartKey": reply["LastEvaluatedKey"]}

    def remove(self, keys: Sequence[tuple[str, str]]) -> None:
        """Delete these items, 25 a call; raises `UnavailableError` unless all are gone. An item is metered as if of 1 KB."""
        for first in range(0, len(keys), REMOVED_AT_ONCE):
            requests = [{"DeleteRequest": {"Key": _key(*key)}} for key in keys[first : first + REMOVED_AT_ONCE]]
            for _ in range(TRIES):
                with telling("remove"):
                    reply = self.client.batch_write_item(RequestItems={self.name: requests})
                left = reply.get("UnprocessedItems", {}).get(self.name, [])
                for _done in range(len(requests) - len(left)):
                    self.meter.write("DeleteItem", 1)
                if not left:
                    break
                requests = left
            else:
                raise UnavailableError("store-unavailable", "The store did not remove everything.")


def _key(pk: str, sk: str) -> Values:
    return {"pk": {"S": pk}, "sk": {"S": sk}}
