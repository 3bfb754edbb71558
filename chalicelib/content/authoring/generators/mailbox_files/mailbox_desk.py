"""Who writes to an association that looks after trails: letters, threads of replies, and how each becomes a mail message."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import NamedTuple

from chalicelib.content.authoring.generators.mailbox_files import mailbox_texts as texts
from chalicelib.content.authoring.generators.mailbox_files.mailbox_texts import Said, Written, spoken
from chalicelib.content.authoring.generators.writing.mail_format import Hop, Mail
from chalicelib.content.texts import LOCALES, Locale

START = datetime(2026, 1, 5, 8, 0, 0, tzinfo=timezone(timedelta(hours=1)))
"""A Monday. Ten weeks later, clocks have not yet gone forward."""
HOME = "morvane.example"
MX, SMTP, FORUM = f"mx.{HOME}", f"smtp.{HOME}", f"forum.{HOME}"
_OFFICE = f"Sentiers de Morvane <bureau@{HOME}>"

Slots = Mapping[str, object]


class Sender(NamedTuple):
    """A name and an address."""

    name: str
    address: str


def member(name: str) -> Sender:
    """Somebody of the association."""
    return Sender(name, f"{name.lower().replace(' ', '.')}@{HOME}")


@dataclass(frozen=True)
class Letter:
    """A message as thought of: who wrote what when, after which others, and the way it came, the last machine first."""

    key: str
    sender: Sender
    subject: Said
    text: Said
    at: datetime
    way: tuple[Hop, ...]
    before: tuple[Letter, ...] = ()
    envelope: str = ""
    """Where failures go, when it is not the sender's address."""
    reply_to: str = ""
    attached: Said | None = None


def come_from(letter: Letter, called_itself: str, name: str, address: str) -> Letter:
    """The letter handed to our server by this machine; what was noted before stays."""
    hop = letter.way[0]._replace(called_itself=called_itself, name=name, address=address)
    return replace(letter, way=(hop, *letter.way[1:]))


@dataclass(frozen=True)
class Desk:
    """Writes letters, each with identifiers of its own and the way that its sender's letters take."""

    chance: random.Random
    houses: Mapping[str, int]

    def code(self) -> str:
        """An identifier."""
        return f"{self.chance.getrandbits(40):010x}"

    def slots(self) -> dict[str, object]:
        """What ordinary texts leave open."""
        chance = self.chance
        return {"place": chance.choice(texts.PLACES), "number": chance.randint(101, 989), "count": chance.randint(3, 48)}

    def moment(self) -> datetime:
        """Some daytime of the first nine weeks."""
        minutes = self.chance.randrange(13 * 60)
        return START + timedelta(days=self.chance.randrange(63), minutes=minutes, seconds=self.chance.randrange(60))

    def anybody(self, *but: Sender) -> Sender:
        """A member other than these."""
        return member(self.chance.choice([name for name in texts.NAMES if member(name) not in but]))

    def letter(self, sender: Sender, written: Written, at: datetime, slots: Slots, before: tuple[Letter, ...] = ()) -> Letter:
        """What the sender wrote, with the open places filled."""
        subject, text, attached = (_filled(said, slots) if said else None for said in written)
        assert subject is not None
        assert text is not None
        signed = {one: f"{text[one]}\n\n{sender.name}" for one in LOCALES}
        house = self.houses[sender.name]
        way = (
            Hop(SMTP, SMTP, "192.0.2.10", MX, self.code()),
            Hop(f"[198.51.100.{house}]", f"home-{house}.fibre-lune.example", f"198.51.100.{house}", SMTP, self.code()),
        )
        return Letter(self.code(), sender, subject, signed, at, way, before, attached=attached)

    def reply(self, to: Letter, sender: Sender, text: Said, minutes: int) -> Letter:
        """An answer to this letter, so many minutes later."""
        subject: Said = {one: f"Re: {to.subject[one].removeprefix('Re: ')}" for one in LOCALES}
        at = to.at + timedelta(minutes=minutes, seconds=self.chance.randrange(60))
        return self.letter(sender, Written(subject, text), at, {}, (*to.before, to))

    def ordinary(self, count: int) -> list[Letter]:
        """Small threads about this and that: so many letters, or three more."""
        letters: list[Letter] = []
        while len(letters) < count:
            last = self.letter(self.anybody(), self.chance.choice(texts.ORDINARY), self.moment(), self.slots())
            letters.append(last)
            for _ in range(self.chance.choice((0, 0, 1, 1, 2, 3))):
                last = self.reply(
                    last, self.anybody(last.sender), self.chance.choice(texts.REPLIES), self.chance.randint(9, 1500)
                )
                letters.append(last)
        return letters


def _filled(said: Said, slots: Slots) -> Said:
    return {one: said[one].format(**slots) for one in LOCALES}


def desk(chance: random.Random) -> Desk:
    """A desk where every member's house has an address of its own."""
    return Desk(chance, dict(zip(texts.NAMES, chance.sample(range(11, 250), len(texts.NAMES)), strict=True)))


def by_date(letters: Iterable[Letter]) -> list[Letter]:
    """Oldest first."""
    return sorted(letters, key=lambda letter: (letter.at, letter.key))


def mail_of(letter: Letter, locale: Locale) -> Mail:
    """The letter as a message of this language."""
    envelope = letter.envelope or letter.sender.address
    headers = [("Return-Path", f"<{envelope}>")]
    headers += [("Received", hop.written(letter.at + timedelta(seconds=9 - 4 * place))) for place, hop in enumerate(letter.way)]
    headers += [("From", f"{letter.sender.name} <{letter.sender.address}>"), ("To", _OFFICE)]
    if letter.reply_to:
        headers.append(("Reply-To", letter.reply_to))
    headers += [("Subject", letter.subject[locale]), ("Date", format_datetime(letter.at)), ("Message-ID", _id(letter))]
    if letter.before:
        headers += [("In-Reply-To", _id(letter.before[-1])), ("References", "\n ".join(map(_id, letter.before)))]
    name = "detail.txt" if locale == "fr" else "details.txt"
    attachment = (name, letter.attached[locale]) if letter.attached else None
    return Mail(envelope, letter.at, tuple(headers), _body(letter, locale), attachment=attachment)


def _id(letter: Letter) -> str:
    return f"<{letter.key}@{HOME}>"


def _body(letter: Letter, locale: Locale) -> str:
    """What was written, above what it answers."""
    if not letter.before:
        return letter.text[locale]
    last = letter.before[-1]
    quoted = "\n".join(f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in _body(last, locale).split("\n"))
    said = texts.ATTRIBUTION[locale].format(day=spoken(last.at.date(), locale), name=last.sender.name)
    return f"{letter.text[locale]}\n\n{said}\n{quoted}"
