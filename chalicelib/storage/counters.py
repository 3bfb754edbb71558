"""Counters in DynamoDB (ports of `campaigns/counters`): views, rows and summaries in the registry, marks with the people."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.campaigns.counters.model import NEVER, Participation, Row
from chalicelib.campaigns.counters.ports import Seen, Summary, Touched
from chalicelib.kernel.canonical import canonical_json, unpack_json
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.errors import NotFoundError, UnavailableError
from chalicelib.profiles.contributions import Contribution
from chalicelib.storage import keys
from chalicelib.storage.meter import Item
from chalicelib.storage.table import Table, Values

TRIES = 8
TOUCHED = "touched"
"""The state of a view whose roll-up did not begin; any other is the token of one that did."""


@dataclass(frozen=True)
class DynamoCounters:
    """Every write is conditional on what was read: a reply that is lost is read again as done."""

    registry: Table
    people: Table

    def row(self, view: str, shard: int) -> Row:
        """A row: one strong GetItem."""
        item = self.registry.get(keys.counter_row(view, shard), keys.COUNTER_ROW, strong=True)
        if item is None:
            return Row.empty(view, shard)
        pending = tuple(Participation(*one) for one in _value(item, "pending"))
        return Row(view, shard, _value(item, "totals"), int(item["version"]["S"]), pending)

    def replace(self, row: Row) -> bool:
        """Put the row over the version before its own."""
        item: Values = {
            "pk": {"S": keys.counter_row(row.view, row.shard)},
            "sk": {"S": keys.COUNTER_ROW},
            "version": {"S": str(row.version)},
            "totals": {"B": canonical_json(dict(row.totals))},
            "pending": {"B": canonical_json([[one.id, one.rank, dict(one.contribution)] for one in row.pending])},
        }
        if row.version == 1:
            return self.registry.put_new(item) is None
        return self.registry.put_over(item, "version", str(row.version - 1))

    def mark(self, view: str, participant: str) -> Participation:
        """A mark: one strong GetItem."""
        item = self.people.get(keys.person(participant), keys.counter(view), strong=True)
        return _mark(participant, item)

    def write_mark(self, view: str, pending: Participation, there: Participation) -> None:
        """Put the mark over the one that was read; read again when that is not there any more, until a rank as high is."""
        item: Values = {
            "pk": {"S": keys.person(pending.id)},
            "sk": {"S": keys.counter(view)},
            "rank": {"S": str(pending.rank)},
            "contribution": {"B": canonical_json(dict(pending.contribution))},
        }
        for _ in range(TRIES):
            if there.rank >= pending.rank:
                return
            if there.rank == NEVER:
                taken = self.people.put_new(item)
                if taken is None:
                    return
                there = _mark(pending.id, taken)
            elif self.people.put_over(item, "rank", str(there.rank)):
                return
            else:
                there = self.mark(view, pending.id)
        raise _busy()

    def marks_of(self, participant: str) -> dict[str, Participation]:
        """The marks of a person: one strong Query of their part of the partition."""
        items = self.people.between(keys.person(participant), keys.COUNTED, keys.COUNTED + "~")
        return {item["sk"]["S"].removeprefix(keys.COUNTED): _mark(participant, item) for item in items}

    def enrol(self, view: str, shards: int) -> int:
        """Put the view if it is not there."""
        there = self.registry.put_new({**_of_view(keys.COUNTED_VIEWS, view), "shards": {"N": str(shards)}})
        return int(there["shards"]["N"]) if there else shards

    def shards(self, view: str) -> int:
        """One strong GetItem."""
        item = self.registry.get(keys.COUNTED_VIEWS, view, strong=True)
        if item is None:
            raise NotFoundError("view-not-found", "There is no such view.", view=view)
        return int(item["shards"]["N"])

    def enrolled(self) -> dict[str, int]:
        """One strong Query."""
        return {item["sk"]["S"]: int(item["shards"]["N"]) for item in self.registry.all_of(keys.COUNTED_VIEWS)}

    def touch(self, view: str) -> None:
        """One strong GetItem; and once after each roll-up began, a put."""
        item: Values = {**_of_view(keys.TOUCHED_VIEWS, view), "state": {"S": TOUCHED}}
        for _ in range(TRIES):
            there = self.registry.get(keys.TOUCHED_VIEWS, view, strong=True)
            if there is None:
                if self.registry.put_new(item) is None:
                    return
            elif there["state"]["S"] == TOUCHED or self.registry.put_over(item, "state", there["state"]["S"]):
                return
        raise _busy()

    def touched(self) -> list[Touched]:
        """One strong Query."""
        return [Touched(item["sk"]["S"], item["state"]["S"]) for item in self.registry.all_of(keys.TOUCHED_VIEWS)]

    def begin(self, touched: Touched, token: str) -> bool:
        """Put the token over the state that was read."""
        item: Values = {**_of_view(keys.TOUCHED_VIEWS, touched.view), "state": {"S": token}}
        return self.registry.put_over(item, "state", touched.state)

    def end(self, view: str, token: str) -> None:
        """Delete the state if it is still this token."""
        self.registry.remove_if(keys.TOUCHED_VIEWS, view, "state", token)

    def summary(self, view: str) -> Summary | None:
        """One eventual GetItem: it is a minute old anyway."""
        return _summary(view, self.registry.get(keys.counter(view), keys.COUNTER_SUMMARY, strong=False))

    def keep(self, summary: Summary) -> None:
        """Put the summary over an earlier one."""
        item: Values = {
            "pk": {"S": keys.counter(summary.view)},
            "sk": {"S": keys.COUNTER_SUMMARY},
            "version": {"S": str(summary.version)},
            "totals": {"B": canonical_json(dict(summary.totals))},
            "at": {"N": str(summary.at)},
        }
        for _ in range(TRIES):
            there = _summary(summary.view, self.registry.get(keys.counter(summary.view), keys.COUNTER_SUMMARY, strong=True))
            if there is None:
                if self.registry.put_new(item) is None:
                    return
            elif there.version >= summary.version or self.registry.put_over(item, "version", str(there.version)):
                return
        raise _busy()


@dataclass(frozen=True)
class DynamoPopulation:
    """Passes over the table of people (port `Population`)."""

    people: Table
    view_counting: Callable[[Contribution], str | None]
    """The view that a contribution makes its person take part in."""
    view_of_campaign: Callable[[str], str]
    """The view that a participation in this campaign makes its person take part in."""

    def everyone(self, views: Iterable[str]) -> Iterator[Seen]:
        """One strong Scan: a unit for each 4 KB of the table."""
        wanted = set(views)
        for item in self.people.everything():
            sort, person = item["sk"]["S"], item["pk"]["S"].removeprefix(keys.PERSON)
            if sort.startswith(keys.COUNTED):
                view: str | None = sort.removeprefix(keys.COUNTED)
                mark: Participation | None = _mark(person, item)
            elif sort.startswith(keys.CONTRIBUTION):
                contribution = Contribution.model_validate(unpack_json(bytes(item["body"]["B"])))
                view, mark = self.view_counting(contribution), None
            elif sort.startswith(keys.PARTICIPATION):
                view, mark = self.view_of_campaign(sort.split("#")[1]), None
            else:
                continue
            if view in wanted and view is not None:
                yield Seen(view, person, mark)


def _of_view(partition: str, view: str) -> Values:
    return {"pk": {"S": partition}, "sk": {"S": view}}


def _value(item: Item, name: str) -> Any:
    return json.loads(bytes(item[name]["B"]))


def _mark(participant: str, item: Item | None) -> Participation:
    if not item:
        return Participation.none(participant)
    return Participation(participant, int(item["rank"]["S"]), _value(item, "contribution"))


def _summary(view: str, item: Item | None) -> Summary | None:
    if item is None:
        return None
    return Summary(view, _value(item, "totals"), int(item["version"]["S"]), Instant(int(item["at"]["N"])))


def _busy() -> UnavailableError:
    return UnavailableError("counter-busy", "Too many people are counted here at once; try again.")
