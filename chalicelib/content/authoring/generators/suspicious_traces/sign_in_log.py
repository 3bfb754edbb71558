"""A week of sign-ins to the accounts of a town hall: who tried many accounts, and which account was really taken over."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.content.authoring.generators.drawing import Drawn, Generator, MadeFile
from chalicelib.content.authoring.generators.writing.formats import csv_file
from chalicelib.content.challenges import WordAnswer
from chalicelib.content.texts import LOCALES, Locale, Words

_ACCOUNTS = (
    *("i.varlot", "k.sodel", "m.terrin", "h.brelan", "l.ostrac", "t.quibert", "a.dubrel", "n.falguin", "r.mintel", "y.corvel"),
    *("p.sibran", "e.vandor", "s.lomier", "c.hardouz", "d.perrec", "b.naulin"),
)
_COUNTRIES: tuple[dict[Locale, str], ...] = (
    {"fr": "Argentine", "en": "Argentina"},
    {"fr": "Australie", "en": "Australia"},
    {"fr": "Canada", "en": "Canada"},
    {"fr": "Chili", "en": "Chile"},
    {"fr": "Japon", "en": "Japan"},
    {"fr": "Kenya", "en": "Kenya"},
    {"fr": "Mexique", "en": "Mexico"},
    {"fr": "Portugal", "en": "Portugal"},
    {"fr": "Suisse", "en": "Switzerland"},
    {"fr": "Uruguay", "en": "Uruguay"},
)
_HEADINGS: dict[Locale, tuple[str, ...]] = {
    "fr": ("heure", "compte", "adresse", "pays", "résultat"),
    "en": ("time", "account", "address", "country", "result"),
}
_RESULTS: dict[Locale, tuple[str, str]] = {"fr": ("échec", "réussite"), "en": ("failure", "success")}
_MONDAY = datetime(2026, 3, 9)  # noqa: DTZ001 - a log says its zone once, in the prompt
_DAYS = 5


class _Place(NamedTuple):
    """An address, and the country it is in."""

    address: str
    country: int


class _Try(NamedTuple):
    at: datetime
    account: str
    place: _Place
    success: bool


@dataclass
class _Log:
    """The log being written: no two tries at the same instant, no address used twice."""

    chance: random.Random
    tries: list[_Try] = field(default_factory=list)
    given: set[str] = field(default_factory=set)

    def place(self, country: int) -> _Place:
        """An address that nobody has yet."""
        while (
            address := f"{self.chance.choice(('192.0.2', '198.51.100', '203.0.113'))}.{self.chance.randint(2, 250)}"
        ) in self.given:
            pass
        self.given.add(address)
        return _Place(address, country)

    def add(self, at: datetime, account: str, place: _Place, success: bool = False) -> datetime:
        while any(one.at == at for one in self.tries):
            at += timedelta(seconds=1)
        self.tries.append(_Try(at, account, place, success))
        return at

    def moment(self, day: int, first_hour: int, last_hour: int) -> datetime:
        seconds = self.chance.randrange((last_hour - first_hour) * 3600)
        return _MONDAY + timedelta(days=day, hours=first_hour, seconds=seconds)

    def typo_then_in(self, at: datetime, account: str, place: _Place, failures: int = 1) -> datetime:
        """Somebody gets the password wrong, then right."""
        for _ in range(failures):
            at = self.add(at, account, place) + timedelta(seconds=self.chance.randint(8, 50))
        return self.add(at, account, place, True)


class _Town(NamedTuple):
    """The people at work: their accounts, their office, their homes."""

    accounts: list[str]
    office: _Place
    homes: dict[str, _Place]
    abroad: list[int]


def _town(log: _Log) -> _Town:
    countries = log.chance.sample(range(len(_COUNTRIES)), len(_COUNTRIES))
    accounts = log.chance.sample(_ACCOUNTS, len(_ACCOUNTS))
    office = log.place(countries[0])
    return _Town(accounts, office, {one: log.place(countries[0]) for one in accounts}, countries[1:])


def _at_work(log: _Log, town: _Town, account: str, days: Sequence[int]) -> None:
    """Mornings at the office, now and then an evening at home, now and then a slip."""
    for day in days:
        at = log.moment(day, 8, 10)
        if log.chance.random() < 0.2:
            log.typo_then_in(at, account, town.office)
        else:
            log.add(at, account, town.office, True)
        if log.chance.random() < 0.25:
            log.add(log.moment(day, 18, 21), account, town.homes[account], True)


def draw(chance: random.Random, question: str) -> Drawn:
    """About a hundred tries in five days."""
    log = _Log(chance)
    town = _town(log)
    return _many_accounts(log, town) if question == "many-accounts-address" else _account_taken(log, town)


def _many_accounts(log: _Log, town: _Town) -> Drawn:
    """Others fail more often, or on one account, or on few, or on many but get in."""
    chance = log.chance
    for account in town.accounts:
        _at_work(log, town, account, sorted(chance.sample(range(_DAYS), chance.choice((2, 2, 3)))))
    sprayer, forcer, few, fewer = (log.place(country) for country in chance.sample(town.abroad, 4))
    library = log.place(town.office.country)
    tried = chance.sample(town.accounts, chance.randint(8, 10))
    for account in [*tried, *chance.sample(tried, 2)]:
        log.add(log.moment(chance.randrange(_DAYS), 0, 24), account, sprayer)
    at, target = log.moment(chance.randrange(_DAYS), 1, 5), chance.choice(town.accounts)
    for _ in range(len(tried) + chance.randint(5, 7)):
        at = log.add(at + timedelta(seconds=chance.randint(20, 400)), target, forcer)
    for place, count in ((few, 4), (fewer, 2)):
        for account in chance.sample(town.accounts, count):
            log.add(log.moment(chance.randrange(_DAYS), 0, 24), account, place)
    for account in chance.sample(town.accounts, 6):
        log.typo_then_in(log.moment(chance.randrange(_DAYS), 14, 18), account, library)
    wrong = [one.address for one in (forcer, town.office, library, few, fewer)]
    values: dict[Locale, dict[str, str]] = {
        one: {"address": sprayer.address, "accounts": str(len(tried)), "forcer": forcer.address, "office": town.office.address}
        for one in LOCALES
    }
    return _drawn(log, sprayer.address, wrong, values)


def _account_taken(log: _Log, town: _Town) -> Drawn:
    """One address fails on several accounts and gets into one, whose owner is at the office meanwhile.

    Others look worse: noisy attacks that fail, an owner who forgot the password, a traveller, guests of one hotel, slips made
    at the library by people who then get in.
    """
    chance = log.chance
    library = log.place(town.office.country)
    taken, forgetful, noisy_target, traveller, *rest = town.accounts
    guests, others = rest[:3], rest[3:]
    intruder, sprayer, forcer, far, hotel = (log.place(country) for country in chance.sample(town.abroad, 5))
    for account in [forgetful, noisy_target, *others]:
        _at_work(log, town, account, sorted(chance.sample(range(_DAYS), 2)))
    for account, place in [(traveller, far), *((guest, hotel) for guest in guests)]:
        _at_work(log, town, account, (0, 1))
        for day in (3, 4):
            log.add(log.moment(day, 0, 24), account, place, True)
    _at_work(log, town, taken, (0, 4))
    day = chance.choice((2, 3))
    morning = log.add(log.moment(day, 8, 10), taken, town.office, True)
    entered = log.typo_then_in(morning + timedelta(minutes=chance.randint(18, 45)), taken, intruder, 2)
    log.add(entered + timedelta(minutes=chance.randint(20, 60)), taken, town.office, True)
    for account in chance.sample([forgetful, noisy_target, *others], 4):
        log.add(log.moment(chance.choice((1, 2, 3)), 0, 24), account, intruder)
    for account in [taken, forgetful, *chance.sample(others, 6)]:
        log.add(log.moment(chance.randrange(_DAYS), 0, 24), account, sprayer)
    at = log.moment(chance.choice((1, 2)), 13, 15)
    for _ in range(9):
        at = log.add(at + timedelta(seconds=chance.randint(20, 200)), noisy_target, forcer)
    log.typo_then_in(at + timedelta(minutes=chance.randint(3, 9)), noisy_target, town.office)
    log.add(log.moment(0, 18, 21), forgetful, town.homes[forgetful], True)
    log.typo_then_in(log.moment(chance.choice((1, 3)), 11, 17), forgetful, town.homes[forgetful], 5)
    for account in chance.sample(others, 3):
        log.typo_then_in(log.moment(chance.choice((2, 3)), 12, 18), account, library)
    country = _COUNTRIES[intruder.country]
    values: dict[Locale, dict[str, str]] = {
        one: {
            "account": taken,
            "address": intruder.address,
            "country": country[one],
            "time": f"{entered:%Y-%m-%d %H:%M:%S}",
            "before": f"{morning:%H:%M:%S}",
            "office": town.office.address,
        }
        for one in LOCALES
    }
    return _drawn(log, taken, [forgetful, noisy_target, traveller, *guests], values)


def _drawn(log: _Log, right: str, wrong: list[str], values: dict[Locale, dict[str, str]]) -> Drawn:
    expected = WordAnswer(kind="text", accept=Words(fr=(right,), en=(right,)), refuse=Words(fr=tuple(wrong), en=tuple(wrong)))
    ordered = sorted(log.tries, key=lambda one: one.at)

    def make(locale: Locale) -> MadeFile:
        rows = [
            (
                f"{one.at:%Y-%m-%d %H:%M:%S}",
                one.account,
                one.place.address,
                _COUNTRIES[one.place.country][locale],
                _RESULTS[locale][one.success],
            )
            for one in ordered
        ]
        return MadeFile("connexions.csv" if locale == "fr" else "sign-ins.csv", csv_file([_HEADINGS[locale], *rows], locale))

    return Drawn(expected, values, make)


GENERATOR = Generator(frozenset({"many-accounts-address", "account-taken"}), draw)
