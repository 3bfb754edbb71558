"""The mailbox of an association: a message to find, a date to follow through a thread, a forged sender to unmask."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from chalicelib.content.authoring.generators.drawing import Drawn, Generator, MadeFile
from chalicelib.content.authoring.generators.mailbox_files import mailbox_texts as texts
from chalicelib.content.authoring.generators.mailbox_files.mailbox_desk import (
    FORUM,
    SMTP,
    START,
    Desk,
    Letter,
    Sender,
    by_date,
    come_from,
    desk,
    mail_of,
    member,
)
from chalicelib.content.authoring.generators.mailbox_files.mailbox_texts import Said, Written, spoken
from chalicelib.content.authoring.generators.writing.mail_format import mbox
from chalicelib.content.challenges import DateAnswer, WordAnswer
from chalicelib.content.texts import LOCALES, Locale, Words

_HOSTS = ("boite-nova", "courrier-azur", "poste-lune", "plume-vive", "pli-rapide", "mail-orme", "nuage-bleu", "facteur-sud")


def draw(chance: random.Random, question: str) -> Drawn:
    """Between fifty and eighty messages of ten weeks."""
    if question == "code-in-a-message":
        return _code_in_a_message(desk(chance))
    if question == "date-agreed":
        return _date_agreed(desk(chance))
    return _forged_sender(desk(chance))


def _drawn(expected: WordAnswer | DateAnswer, values: dict[Locale, dict[str, str]], letters: Sequence[Letter]) -> Drawn:
    def make(locale: Locale) -> MadeFile:
        return MadeFile("boite.mbox" if locale == "fr" else "mailbox.mbox", mbox(mail_of(letter, locale) for letter in letters))

    return Drawn(expected, values, make)


def _word(accept: tuple[str, ...], refuse: tuple[str, ...]) -> WordAnswer:
    return WordAnswer(kind="text", accept=Words(fr=accept, en=accept), refuse=Words(fr=refuse, en=refuse))


# --- a code ---


def _code_in_a_message(at: Desk) -> Drawn:
    """The sender wrote about other workshops too, and others wrote about this one, each with another code."""
    chance = at.chance
    names, workshops = chance.sample(texts.NAMES, 4), chance.sample(texts.WORKSHOPS, 4)
    pairs = [(names[0], one) for one in workshops] + [(name, workshops[0]) for name in names[1:]]
    pairs += [(names[1], workshops[2]), (names[2], workshops[3])]
    codes = [f"{chance.choice('BCDFGHJKMNPRTVW')}{number}" for number in chance.sample(range(1001, 9999), len(pairs))]
    found = []
    for (name, subject), code in zip(pairs, codes, strict=True):
        written = Written(subject, texts.WORKSHOP_PLACE)
        found.append(at.letter(member(name), written, at.moment(), {**at.slots(), "code": code}))
    right, *others = codes
    values = {one: {"sender": names[0], "subject": workshops[0][one], "code": right} for one in LOCALES}
    expected = _word((right, f"{right[0]} {right[1:]}"), tuple(others))
    return _drawn(expected, values, by_date([*found, *at.ordinary(44)]))


# --- a date ---


def _date_agreed(at: Desk) -> Drawn:
    """A thread whose date changes, at last by a message that says by how much only, under another subject."""
    chance = at.chance
    shift, event = chance.choice(texts.SHIFTS), chance.choice(texts.EVENTS)
    weekend = [date(2026, 4, 18) + timedelta(days=7 * week + day) for week in range(10) for day in (0, 1)]
    base = chance.choice([day for day in weekend[2:-2] if shift.weekday in (None, day.weekday())])
    final = base + timedelta(days=shift.days)
    first, second, third, late = chance.sample([day for day in weekend if day not in (base, final)], 4)
    turns = (second, third, base) if chance.random() < 0.6 else (second, base)
    owner, *others = (member(name) for name in chance.sample(texts.NAMES, 4))
    begun = START + timedelta(days=chance.randint(20, 30), minutes=chance.randrange(600))
    thread = [at.letter(owner, _dated(event, texts.PROPOSES, first), begun, {})]

    def then(sender: Sender, text: Said, day: date = final, before: date = final) -> None:
        told = _dated(event, text, day, before).text
        thread.append(at.reply(thread[-1], sender, told, chance.randint(60, 1900)))

    def somebody() -> Sender:
        return chance.choice([one for one in others if one != thread[-1].sender])

    then(somebody(), texts.PREFERS, second, first)
    if chance.random() < 0.5:
        then(somebody(), texts.EITHER, second, first)
    then(owner, texts.AGREES, second)
    for (was, becomes), obstacle in zip(pairwise(turns), chance.sample(texts.OBSTACLES, 2), strict=False):
        then(somebody(), obstacle, becomes, was)
        then(owner, texts.MOVES, becomes, was)
    then(somebody(), shift.asked, before=base)
    then(owner, shift.decided)
    decisive = thread[-1] = replace(thread[-1], subject=chance.choice(texts.NEW_SUBJECTS))
    then(somebody(), texts.LATE_IDEA, late)
    then(owner, texts.NO_MORE)
    then(somebody(), texts.REGRETS, second)
    past, other = (day + timedelta(days=7 * chance.randrange(6)) for day in (date(2025, 5, 3), date(2026, 7, 4)))
    year_before = START - timedelta(days=chance.randint(300, 330), minutes=-chance.randrange(600))
    same_event = at.letter(at.anybody(owner), _dated(event, texts.SETTLED, past), year_before, {})
    same_words = at.letter(at.anybody(owner), _dated(decisive.subject, texts.ASSEMBLY, other), at.moment(), {})
    wrong = {first, *turns, late, past, other, second + timedelta(days=shift.days)} - {final}
    letters = [*thread, same_event, same_words, *at.ordinary(42)]
    chance.shuffle(letters)
    values = {
        one: {
            "owner": owner.name,
            "subject": event[one],
            "changed": decisive.subject[one],
            "before": f"{spoken(base, one)} {base.year}",
            "day": f"{spoken(final, one)} {final.year}",
        }
        for one in LOCALES
    }
    return _drawn(DateAnswer(kind="date", day=final, refuse_days=tuple(sorted(wrong))), values, letters)


def _dated(subject: Said, text: Said, day: date, before: date | None = None) -> Written:
    said = {one: text[one].format(day=spoken(day, one), before=spoken(before or day, one)) for one in LOCALES}
    return Written(subject, said)


# --- a forged sender ---


def _forged_sender(at: Desk) -> Drawn:
    """Only the line of the association's own server tells the forged message: all the rest is of the same sorts elsewhere."""
    chance = at.chance
    hosts = [f"{name}.{end}" for name in _HOSTS for end in ("example", "test")]
    chance.shuffle(hosts)
    asked = []
    for name, written, host in zip(chance.sample(texts.NAMES, 6), chance.sample(texts.REQUESTS, 6), hosts, strict=False):
        letter = at.letter(member(name), written, at.moment(), {})
        asked.append(replace(letter, reply_to=f"{letter.sender.address.partition('@')[0]}@{host}"))
    number = chance.randint(20, 240)
    forged = asked[0] = come_from(asked[0], SMTP, f"host-{number}.{hosts[7]}", f"203.0.113.{number}")
    asked[1] = _look_alike(asked[1], hosts[8], number + 3)
    more = [_on_the_forum(at) for _ in range(3)] + [_from_outside(at, host) for host in hosts[9:12]]
    seen = {address for one in [*asked, *more] for address in (one.reply_to, one.sender.address, one.envelope)}
    accept = (forged.reply_to, f"<{forged.reply_to}>", f"{forged.sender.name} <{forged.reply_to}>")
    values = {
        one: {
            "address": forged.reply_to,
            "sender": forged.sender.name,
            "subject": forged.subject[one],
            "day": spoken(forged.at.date(), one),
            "machine": forged.way[0].address,
        }
        for one in LOCALES
    }
    expected = _word(accept, tuple(sorted(seen - {forged.reply_to, ""})))
    return _drawn(expected, values, by_date([*asked, *more, *at.ordinary(46)]))


def _look_alike(letter: Letter, host: str, number: int) -> Letter:
    """The same name at an address that differs by one letter: nothing in its headers is forged."""
    address = letter.sender.address.replace("morvane", "morvanne")
    letter = replace(letter, sender=Sender(letter.sender.name, address), way=letter.way[:1])
    return come_from(letter, f"mail.{host}", f"mail.{host}", f"203.0.113.{number}")


def _on_the_forum(at: Desk) -> Letter:
    """A member's message sent on by the association's own list: other machine, other envelope, odd greeting, all in order."""
    letter = at.letter(at.anybody(), at.chance.choice(texts.ORDINARY), at.moment(), at.slots())
    letter = replace(letter, envelope=f"info-bounces@{FORUM}", reply_to=f"info@{FORUM}", way=letter.way[:1])
    return come_from(letter, "localhost.localdomain", FORUM, "192.0.2.25")


def _from_outside(at: Desk, host: str) -> Letter:
    """A supplier's message, sent by a mass mailer."""
    chance = at.chance
    letter = at.letter(at.anybody(), chance.choice((texts.BULLETIN, texts.QUOTE)), at.moment(), at.slots())
    bounces = f"bounce-{chance.randint(100, 999)}@envois.{host}"
    sender = Sender(letter.sender.name, f"contact@{host}")
    letter = replace(letter, sender=sender, envelope=bounces, reply_to=f"service@{host}", way=letter.way[:1])
    return come_from(letter, f"envois.{host}", f"envois.{host}", f"203.0.113.{chance.randint(5, 15)}")


GENERATOR = Generator(frozenset({"code-in-a-message", "date-agreed", "forged-sender"}), draw)
