"""Mailboxes: every task is solved from the bytes of its file, with the standard reader of mailboxes."""

from __future__ import annotations

import email
import mailbox
import re
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr, parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from chalicelib.content.authoring.generators.drawing import MadeFile
from chalicelib.content.authoring.generators.writing.mail_format import Mail, mbox
from tests.domain.generators.generated_tasks import Task, tasks_of

TASKS = ("mailbox-files-2a", "mailbox-files-5a", "mailbox-files-7a")
MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}
DAY = {"fr": re.compile(r"\b(\d{1,2})(?:er)? ([a-zûé]+)"), "en": re.compile(r"\b(\d{1,2}) ([A-Z][a-z]+)")}
SHIFTS = {
    "semaine plus tard": 7,
    "week later": 7,
    "semaine plus tôt": -7,
    "week earlier": -7,
    "le lendemain": 1,
    "the day after": 1,
    "la veille": -1,
    "the day before": -1,
}
HOME = "@morvane.example"


def opened(content: bytes, parsed: Callable[[bytes], Message]) -> list[Message]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "box.mbox"
        path.write_bytes(content)
        box = mailbox.mbox(path)
        messages = [parsed(box.get_bytes(key)) for key in box.keys()]  # noqa: SIM118 - a mailbox iterates over its messages
        box.close()
    return messages


@lru_cache(maxsize=120)
def messages_of(made: MadeFile) -> list[Message]:
    """The messages in the order of the file, their headers read and their text left whole."""
    return opened(made.content, BytesHeaderParser().parsebytes)


def name(message: Message) -> str:
    return parseaddr(message["From"])[0]


def at(message: Message) -> datetime:
    return parsedate_to_datetime(message["Date"])


def text(message: Message) -> str:
    content = message.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


def own_words(message: Message) -> str:
    """What stands above the line that announces a quotation."""
    lines = text(message).split("\n")
    quoted = [place for place, line in enumerate(lines) if line.startswith(">")]
    return "\n".join(lines[: quoted[0] - 1] if quoted else lines)


def days_in(words: str, locale: str, year: int) -> list[date]:
    months = MONTHS[locale].split()
    found = DAY[locale].findall(words)
    return [date(year, months.index(month) + 1, int(number)) for number, month in found if month in months]


def thread(task: Task) -> list[Message]:
    """The first message and all that answer it, directly or not, oldest first."""
    messages = messages_of(task.made)
    started = (one for one in messages if name(one) == task.told["owner"] and one["Subject"] == task.told["subject"])
    (first,) = started
    inside, grown = {str(first["Message-ID"])}, True
    while grown:
        answers = {str(one["Message-ID"]) for one in messages if one["In-Reply-To"] in inside}
        grown = not answers <= inside
        inside |= answers
    return sorted((one for one in messages if one["Message-ID"] in inside), key=at)


def wanted(task: Task) -> list[Message]:
    return [one for one in messages_of(task.made) if (name(one), one["Subject"]) == (task.told["sender"], task.told["subject"])]


def solved_code(task: Task) -> str:
    (message,) = wanted(task)
    (code,) = re.findall(r"\b[A-Z]\d{4}\b", text(message))
    return str(code)


def solved_date(task: Task) -> str:
    decided: date | None = None
    for message in thread(task):
        if name(message) != task.told["owner"]:
            continue
        words = own_words(message)
        moved = [days for phrase, days in SHIFTS.items() if phrase in words]
        named = days_in(words, task.locale, 2026)
        if moved:
            assert decided is not None
            assert len(moved) == 1
            decided += timedelta(days=moved[0])
        elif named:
            decided = named[-1]
    assert decided is not None
    return decided.isoformat()


def handed_over_by(message: Message) -> str:
    """The address that the association's own server noted."""
    top = str(message["Received"])
    assert "by mx.morvane.example " in top
    return str(re.findall(r"\[([\d.]+)\]\)", top)[0])


def forged(task: Task) -> Message:
    shown = [one for one in messages_of(task.made) if parseaddr(one["From"])[1].endswith(HOME)]
    (found,) = (one for one in shown if not handed_over_by(one).startswith("192.0.2."))
    return found


SOLVERS: dict[str, Callable[[Task], str]] = {
    "mailbox-files-2a": solved_code,
    "mailbox-files-5a": solved_date,
    "mailbox-files-7a": lambda task: str(forged(task)["Reply-To"]),
}


@pytest.mark.parametrize("challenge_id", TASKS)
def test_both_languages_tell_the_same_variant(challenge_id: str) -> None:
    tasks = tasks_of(challenge_id)
    for french, english in zip(tasks[::2], tasks[1::2], strict=True):
        same = ("Date", "From", "Message-ID", "In-Reply-To", "References", "Reply-To", "Return-Path")
        told = [[[one[header] for header in same] for one in messages_of(task.made)] for task in (french, english)]
        assert told[0] == told[1]


@pytest.mark.parametrize("challenge_id", TASKS)
def test_a_mailbox_holds_fifty_to_eighty_messages_each_with_its_own_identifier(challenge_id: str) -> None:
    for task in tasks_of(challenge_id):
        messages = messages_of(task.made)
        assert 50 <= len(messages) <= 80
        assert len({one["Message-ID"] for one in messages}) == len(messages)
        assert task.made.content.count(b"\nFrom ") == len(messages) - 1


@pytest.mark.parametrize("challenge_id", TASKS)
def test_every_message_is_well_formed(challenge_id: str) -> None:
    for message in opened(tasks_of(challenge_id)[0].made.content, email.message_from_bytes):
        assert not [part.defects for part in message.walk() if part.defects]


def test_attached_texts_are_parts_of_their_own() -> None:
    for task in tasks_of("mailbox-files-2a")[:4]:
        for message in opened(task.made.content, email.message_from_bytes):
            if message.is_multipart():
                _, body, attached = message.walk()
                assert attached.get_content_disposition() == "attachment"
                assert str(attached.get_filename()) in ("detail.txt", "details.txt")
                assert text(body).strip() != text(attached).strip() != ""


def test_the_sender_wrote_of_other_things_and_others_of_this_one_with_other_codes() -> None:
    for task in tasks_of("mailbox-files-2a"):
        messages = messages_of(task.made)
        pairs = Counter((name(one), one["Subject"]) for one in messages)
        sender, subject = task.told["sender"], task.told["subject"]
        assert pairs[sender, subject] == 1
        assert len([one for one in messages if one["Subject"] == subject]) >= 4
        codes = {code for one in messages for code in re.findall(r"\b[A-Z]\d{4}\b", text(one))}
        assert Counter(task.verdict(code) for code in codes) == {"correct": 1, "incorrect": len(codes) - 1}
        assert len(codes) >= 8


def test_every_other_day_named_in_the_thread_is_wrong() -> None:
    for task in tasks_of("mailbox-files-5a"):
        named = {day for one in thread(task) for day in days_in(own_words(one), task.locale, 2026)}
        assert len(named) >= 4
        assert {task.verdict(day.isoformat()) for day in named} == {"incorrect"}


def test_the_decision_is_under_another_subject_and_comes_before_a_refused_idea() -> None:
    for task in tasks_of("mailbox-files-5a"):
        decision, idea, refusal, last = thread(task)[-4:]
        assert decision["Subject"] == task.told["changed"] != task.told["subject"]
        assert name(decision) == name(refusal) == task.told["owner"] != name(idea)
        assert not days_in(own_words(decision), task.locale, 2026)
        assert not days_in(own_words(refusal), task.locale, 2026)
        assert days_in(own_words(idea), task.locale, 2026)
        assert task.verdict(days_in(own_words(last), task.locale, 2026)[0].isoformat()) == "incorrect"


def test_the_thread_is_not_in_order_in_the_file_and_has_a_namesake_a_year_before() -> None:
    for task in tasks_of("mailbox-files-5a"):
        messages = messages_of(task.made)
        assert messages != sorted(messages, key=at)
        (other,) = (one for one in messages if one["Subject"] == task.told["subject"] and name(one) != task.told["owner"])
        assert at(other).year == 2025


def test_no_other_header_tells_the_forged_message_from_honest_ones() -> None:
    for task in tasks_of("mailbox-files-7a"):
        found = forged(task)
        assert "from smtp.morvane.example (" in found["Received"]
        assert parseaddr(found["Return-Path"])[1] == parseaddr(found["From"])[1]
        others = [one for one in messages_of(task.made) if one is not found and parseaddr(one["From"])[1].endswith(HOME)]
        assert sum(one["Reply-To"] is not None and not one["Reply-To"].endswith(HOME) for one in others) >= 4
        assert any(parseaddr(one["Return-Path"])[1] != parseaddr(one["From"])[1] for one in others)
        assert any("from localhost.localdomain" in one["Received"] for one in others)


def test_every_other_reply_address_and_the_displayed_sender_are_wrong() -> None:
    for task in tasks_of("mailbox-files-7a"):
        replies = Counter(one["Reply-To"] for one in messages_of(task.made) if one["Reply-To"])
        assert replies[forged(task)["Reply-To"]] == 1
        assert len(replies) >= 9
        verdicts = Counter(task.verdict(address) for address in replies)
        assert verdicts == {"correct": 1, "incorrect": len(replies) - 1}
        assert task.verdict(parseaddr(forged(task)["From"])[1]) == "incorrect"


def test_a_line_that_looks_like_the_start_of_a_message_is_kept_inside_its_message() -> None:
    moment = datetime.fromisoformat("2026-01-05T09:00:00+01:00")
    mail = Mail("a@b.test", moment, (("From", "a@b.test"), ("Subject", "x")), "Hello\nFrom now on, write here.\n")
    first, second = opened(mbox([mail, mail]), email.message_from_bytes)
    assert ">From now on" in str(first.get_payload())
    assert second["Subject"] == "x"
