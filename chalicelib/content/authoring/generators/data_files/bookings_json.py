"""Bookings of a community centre in JSON: buildings hold rooms, rooms hold bookings, bookings have a status."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.content.authoring.generators.drawing import Drawn, Generator, MadeFile
from chalicelib.content.authoring.generators.writing.formats import json_file
from chalicelib.content.challenges import WordAnswer
from chalicelib.content.texts import LOCALES, Locale, Words

_Name = dict[Locale, str]

_ROOMS: tuple[_Name, ...] = (
    {"fr": "Alouette", "en": "Lark"},
    {"fr": "Bécasse", "en": "Woodcock"},
    {"fr": "Cigogne", "en": "Stork"},
    {"fr": "Colombe", "en": "Dove"},
    {"fr": "Faucon", "en": "Falcon"},
    {"fr": "Grive", "en": "Thrush"},
    {"fr": "Héron", "en": "Heron"},
    {"fr": "Hirondelle", "en": "Swallow"},
    {"fr": "Mésange", "en": "Titmouse"},
    {"fr": "Moineau", "en": "Sparrow"},
    {"fr": "Pinson", "en": "Finch"},
    {"fr": "Rossignol", "en": "Nightingale"},
)
_BUILDINGS: tuple[_Name, ...] = ({"fr": "Nord", "en": "North"}, {"fr": "Cour", "en": "Yard"}, {"fr": "Sud", "en": "South"})
_GROUPS: tuple[_Name, ...] = (
    {"fr": "Chorale Aubelune", "en": "Aubelune Choir"},
    {"fr": "Club de bridge", "en": "Bridge Club"},
    {"fr": "Atelier de couture", "en": "Sewing Workshop"},
    {"fr": "Théâtre des Trois-Portes", "en": "Three Doors Theatre"},
    {"fr": "Amis du jardin", "en": "Friends of the Garden"},
    {"fr": "École de danse Mirvolet", "en": "Mirvolet Dance School"},
    {"fr": "Cercle d'astronomie", "en": "Astronomy Circle"},
    {"fr": "Aide aux devoirs", "en": "Homework Help"},
)
_CONFIRMED: _Name = {"fr": "confirmée", "en": "confirmed"}
_CANCELLED: _Name = {"fr": "annulée", "en": "cancelled"}
_WAITING: _Name = {"fr": "en attente", "en": "waiting"}
_REFUSED: _Name = {"fr": "refusée", "en": "refused"}
_RESTORED: _Name = {"fr": "annulée par erreur, rétablie", "en": "cancelled by mistake, restored"}
_KEYS: dict[Locale, tuple[str, ...]] = {
    "fr": ("code", "date", "debut", "groupe", "annulable", "statut"),
    "en": ("code", "date", "start", "group", "can_be_cancelled", "status"),
}
_FIRST_DAY = date(2026, 1, 5)


@dataclass(frozen=True)
class _Booking:
    """A booking of a room; a restored one was cancelled for a while, and only its note says so."""

    code: str
    day: date
    start: str
    group: _Name
    may_be_cancelled: bool
    status: _Name
    restored: bool


@dataclass(frozen=True)
class _Room:
    """A room with its bookings."""

    name: _Name
    places: int
    bookings: tuple[_Booking, ...]

    @property
    def cancelled(self) -> int:
        return sum(booking.status is _CANCELLED for booking in self.bookings)


def draw(chance: random.Random, _question: str) -> Drawn:
    """Eight rooms of some ten bookings each, in three buildings; in one of them, and only there, most were cancelled."""
    names = chance.sample(_ROOMS, 8)
    codes = chance.sample(range(1_000, 10_000), 160)
    most = chance.randint(5, 7)
    # The room sought, the runner-up, the one whose notes mislead, the busiest, the others.
    counts = [(most, 0), (most - 1, 1), (most - 2, 4), (most - 2, 0), *((chance.randint(1, most - 2), 1) for _ in range(4))]
    rooms = []
    for place, (name, (cancelled, restored)) in enumerate(zip(names, counts, strict=True)):
        size = chance.randint(15, 16) if place == 3 else chance.randint(10, 12)
        statuses = [_CANCELLED] * cancelled + [_CONFIRMED] * restored
        statuses += chance.choices((_CONFIRMED, _CONFIRMED, _WAITING, _REFUSED), k=size - len(statuses))
        marks = [cancelled <= at < cancelled + restored for at in range(size)]
        bookings = [_booking(chance, f"R{codes.pop()}", *one) for one in zip(statuses, marks, strict=True)]
        by_time = tuple(sorted(bookings, key=lambda booking: (booking.day, booking.start, booking.code)))
        rooms.append(_Room(name, chance.randrange(20, 160, 5), by_time))
    sought, runner_up, misleading, busiest = rooms[:4]
    others = [room.name for room in rooms[1:]]
    expected = WordAnswer(
        kind="text",
        accept=Words(
            fr=_with_its_noun(sought.name["fr"], "salle {}", "la salle {}"),
            en=_with_its_noun(sought.name["en"], "{} room", "the {} room", "room {}"),
        ),
        refuse=Words(fr=tuple(name["fr"] for name in others), en=tuple(name["en"] for name in others)),
    )
    values = {
        locale: {
            "room": sought.name[locale],
            "count": str(sought.cancelled),
            "second": runner_up.name[locale],
            "second_count": str(runner_up.cancelled),
            "misleading": misleading.name[locale],
            "busiest": busiest.name[locale],
        }
        for locale in LOCALES
    }
    chance.shuffle(rooms)
    return Drawn(expected, values, lambda locale: _file(rooms, locale))


def _with_its_noun(name: str, *patterns: str) -> tuple[str, ...]:
    return name, *(pattern.format(name) for pattern in patterns)


def _booking(chance: random.Random, code: str, status: _Name, restored: bool) -> _Booking:
    day = _FIRST_DAY + timedelta(days=chance.randrange(150))
    start = f"{chance.randint(9, 19):02}:{chance.choice(('00', '15', '30'))}"
    may_be_cancelled = chance.random() < 0.6 or status is _CANCELLED or restored
    return _Booking(code, day, start, chance.choice(_GROUPS), may_be_cancelled, status, restored)


def _file(rooms: Sequence[_Room], locale: Locale) -> MadeFile:
    french = locale == "fr"
    buildings = [
        {
            "nom" if french else "name": building[locale],
            "salles" if french else "rooms": [_room(room, locale) for room in rooms[3 * place : 3 * place + 3]],
        }
        for place, building in enumerate(_BUILDINGS)
    ]
    centre = "Maison commune de Tillebrune" if french else "Tillebrune Community Centre"
    document = {"centre": centre, "batiments" if french else "buildings": buildings}
    return MadeFile("reservations.json" if french else "bookings.json", json_file(document))


def _room(room: _Room, locale: Locale) -> dict[str, object]:
    name, places, bookings = ("nom", "places", "reservations") if locale == "fr" else ("name", "seats", "bookings")
    return {name: room.name[locale], places: room.places, bookings: [_told(booking, locale) for booking in room.bookings]}


def _told(booking: _Booking, locale: Locale) -> dict[str, object]:
    told = (
        *(booking.code, booking.day.isoformat(), booking.start),
        *(booking.group[locale], booking.may_be_cancelled, booking.status[locale]),
    )
    document: dict[str, object] = dict(zip(_KEYS[locale], told, strict=True))
    return document | ({"note": _RESTORED[locale]} if booking.restored else {})


GENERATOR = Generator(frozenset({"most-cancelled-room"}), draw)
