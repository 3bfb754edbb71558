"""Traces of attacks: every task is solved from the bytes of its file, a message or a log of sign-ins."""

from __future__ import annotations

import csv
import email
import io
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from functools import lru_cache
from html.parser import HTMLParser
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from chalicelib.content.authoring.generators.drawing import MadeFile
from tests.domain.generators.generated_tasks import Task, tasks_of

TASKS = ("suspicious-traces-2a", "suspicious-traces-5a", "suspicious-traces-7a")
LOGS = TASKS[1:]


class Links(HTMLParser):
    """Every link of a page: what it shows, where it leads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.address: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.address = dict(attrs)["href"]

    def handle_data(self, data: str) -> None:
        if self.address is not None:
            self.found.append((data, self.address))
            self.address = None


def message_of(task: Task) -> EmailMessage:
    message = email.message_from_bytes(task.made.content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def part(task: Task, sort: str) -> str:
    body = message_of(task).get_body((sort,))
    assert body is not None
    return str(body.get_content())


def links(task: Task) -> list[tuple[str, str]]:
    page = Links()
    page.feed(part(task, "html"))
    return page.found


def solved_site(task: Task) -> str:
    (address,) = (address for shown, address in links(task) if shown == task.told["shown"])
    return urlsplit(address).hostname or ""


class Try(NamedTuple):
    """A row of the log."""

    at: datetime
    account: str
    address: str
    country: str
    success: bool


@lru_cache(maxsize=80)
def tries_of(made: MadeFile) -> list[Try]:
    content = io.StringIO(made.content.decode("utf-8-sig"), newline="")
    french = made.name == "connexions.csv"
    head, *rows = csv.reader(content, delimiter=";" if french else ",")
    assert head == (
        ["heure", "compte", "adresse", "pays", "résultat"] if french else ["time", "account", "address", "country", "result"]
    )
    assert {row[4] for row in rows} == ({"échec", "réussite"} if french else {"failure", "success"})
    return [
        Try(datetime.fromisoformat(at), account, address, country, result in ("réussite", "success"))
        for at, account, address, country, result in rows
    ]


def accounts_by_address(tries: list[Try], *, success: bool) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in tries:
        if one.success == success:
            found[one.address].add(one.account)
    return found


def shut_out(tries: list[Try]) -> Counter[str]:
    """How many accounts each address tried, of those that never got in."""
    entered = accounts_by_address(tries, success=True)
    failed = accounts_by_address(tries, success=False)
    return Counter({address: len(accounts) for address, accounts in failed.items() if address not in entered})


def solved_robot(task: Task) -> str:
    return shut_out(tries_of(task.made)).most_common(1)[0][0]


def entered_by_an_intruder(tries: list[Try]) -> list[str]:
    """Accounts entered from an address that got into one account only, and failed on three others at least."""
    entered, failed = accounts_by_address(tries, success=True), accounts_by_address(tries, success=False)
    alone = {address: next(iter(accounts)) for address, accounts in entered.items() if len(accounts) == 1}
    return [account for address, account in alone.items() if len(failed[address] - {account}) >= 3]


def in_two_countries(tries: list[Try], within: timedelta) -> set[str]:
    """Accounts entered from two countries in less time than a journey takes."""
    found = set()
    for account in {one.account for one in tries}:
        entries = [one for one in tries if one.account == account and one.success]
        if any(one.country != other.country and other.at - one.at < within for one, other in pairwise(entries)):
            found.add(account)
    return found


def solved_account(task: Task) -> str:
    (account,) = in_two_countries(tries_of(task.made), timedelta(hours=2))
    return account


SOLVERS: dict[str, Callable[[Task], str]] = {
    "suspicious-traces-2a": solved_site,
    "suspicious-traces-5a": solved_robot,
    "suspicious-traces-7a": solved_account,
}


def test_a_message_is_well_formed_in_two_forms_that_show_the_same_link() -> None:
    for task in tasks_of("suspicious-traces-2a"):
        message = message_of(task)
        assert not [one.defects for one in message.walk() if one.defects]
        assert message.get_content_type() == "multipart/alternative"
        assert b"\n" not in task.made.content.replace(b"\r\n", b"")
        assert task.told["shown"] in part(task, "plain")
        assert message["Date"].datetime is not None


def test_the_real_address_stands_in_one_link_only_and_nowhere_a_reader_sees() -> None:
    for task in tasks_of("suspicious-traces-2a"):
        lying = [(shown, address) for shown, address in links(task) if shown.startswith("http")]
        assert len(lying) == 1
        assert len(links(task)) == 4
        assert task.made.content.decode().count(task.told["domain"]) == 1
        assert task.told["domain"] not in part(task, "plain")
        assert task.told["domain"].endswith(".test")


def test_every_name_that_a_reader_sees_is_a_wrong_answer() -> None:
    for task in tasks_of("suspicious-traces-2a"):
        sites = {urlsplit(address).hostname for _, address in links(task)} | {urlsplit(task.told["shown"]).hostname}
        sender = message_of(task)["From"].addresses[0].domain
        verdicts = Counter(task.verdict(str(site)) for site in {*sites, sender})
        assert verdicts == {"correct": 1, "incorrect": len({*sites, sender}) - 1}


@pytest.mark.parametrize("challenge_id", LOGS)
def test_a_log_is_in_order_of_time_and_takes_long_to_read(challenge_id: str) -> None:
    for task in tasks_of(challenge_id):
        tries = tries_of(task.made)
        assert 80 <= len(tries) <= 120
        assert [one.at for one in tries] == sorted({one.at for one in tries})
        assert all(len({one.country for one in tries if one.address == address}) == 1 for address in {t.address for t in tries})


@pytest.mark.parametrize("challenge_id", LOGS)
def test_both_languages_tell_the_same_log(challenge_id: str) -> None:
    tasks = tasks_of(challenge_id)
    for french, english in zip(tasks[::2], tasks[1::2], strict=True):
        told = [[one._replace(country="") for one in tries_of(task.made)] for task in (french, english)]
        assert told[0] == told[1]


def test_the_robot_is_ahead_by_far_and_simpler_countings_mislead() -> None:
    for task in tasks_of("suspicious-traces-5a"):
        tries = tries_of(task.made)
        (robot, most), (_, second), *_ = shut_out(tries).most_common()
        assert most >= second + 4
        failures = Counter(one.address for one in tries if not one.success)
        all_accounts = Counter({address: len({one.account for one in tries if one.address == address}) for address in failures})
        never_in = Counter({address: count for address, count in failures.items() if address in shut_out(tries)})
        for counted in (failures, all_accounts, never_in):
            misleading, _ = counted.most_common(1)[0]
            assert misleading != robot
            assert task.verdict(misleading) == "incorrect"


def test_one_account_only_is_entered_by_an_intruder_and_it_alone_is_in_two_countries_at_once() -> None:
    for task in tasks_of("suspicious-traces-7a"):
        tries = tries_of(task.made)
        (account,) = entered_by_an_intruder(tries)
        assert in_two_countries(tries, timedelta(hours=24)) == {account}
        (address,) = {one.address for one in tries if one.account == account and one.address == task.told["address"]}
        outcomes = [one.success for one in tries if one.account == account and one.address == address]
        assert outcomes == [False, False, True]


def test_accounts_that_look_worse_are_wrong() -> None:
    for task in tasks_of("suspicious-traces-7a"):
        tries = tries_of(task.made)
        failures = Counter(one.account for one in tries if not one.success)
        loudest = [account for account, _ in failures.most_common(2)]
        home = Counter(one.country for one in tries if one.success).most_common(1)[0][0]
        abroad = {one.account for one in tries if one.success and one.country != home} - set(entered_by_an_intruder(tries))
        assert len(abroad) == 4
        assert {task.verdict(account) for account in [*loudest, *abroad]} == {"incorrect"}


def test_an_owner_who_gets_in_after_many_failures_does_so_from_a_place_known_before() -> None:
    for task in tasks_of("suspicious-traces-7a"):
        tries = tries_of(task.made)
        shared = {address for address, accounts in accounts_by_address(tries, success=True).items() if len(accounts) > 2}
        for account in {one.account for one in tries} - set(entered_by_an_intruder(tries)):
            mine = [one for one in tries if one.account == account]
            for before, after in pairwise(mine):
                if after.success and not before.success and before.address == after.address not in shared:
                    assert any(one.success and one.address == after.address for one in mine if one.at < after.at)
