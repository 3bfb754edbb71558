"""Lines of the log of a booking service: what its components say, in each language."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.content.texts import LOCALES, Locale

Said = dict[Locale, str]

COMPONENTS: tuple[Said, ...] = (
    {"fr": "paiement", "en": "payment"},
    {"fr": "courriel", "en": "mail"},
    {"fr": "recherche", "en": "search"},
    {"fr": "images", "en": "images"},
    {"fr": "calendrier", "en": "calendar"},
    {"fr": "comptes", "en": "accounts"},
    {"fr": "tarifs", "en": "prices"},
    {"fr": "billets", "en": "tickets"},
    {"fr": "plans", "en": "maps"},
    {"fr": "statistiques", "en": "statistics"},
    {"fr": "panier", "en": "basket"},
    {"fr": "avis", "en": "reviews"},
    {"fr": "remises", "en": "discounts"},
    {"fr": "photos", "en": "photos"},
    {"fr": "langues", "en": "languages"},
    {"fr": "factures", "en": "invoices"},
    {"fr": "badges", "en": "badges"},
    {"fr": "alarmes", "en": "alarms"},
    {"fr": "horaires", "en": "timetable"},
    {"fr": "salles", "en": "rooms"},
    {"fr": "membres", "en": "members"},
    {"fr": "impression", "en": "printing"},
    {"fr": "archives", "en": "archives"},
    {"fr": "traduction", "en": "translation"},
)
SERVICE: Said = {"fr": "service", "en": "service"}
GATE: Said = {"fr": "porte", "en": "gate"}
_INFO: tuple[Said, ...] = (
    {"fr": "tâche {n} terminée en {ms} ms", "en": "task {n} done in {ms} ms"},
    {"fr": "page {n} servie en {ms} ms", "en": "page {n} served in {ms} ms"},
    {"fr": "{ms} éléments relus", "en": "{ms} items read again"},
    {"fr": "session {n} ouverte", "en": "session {n} opened"},
    {"fr": "session {n} fermée", "en": "session {n} closed"},
    {"fr": "copie {n} à jour", "en": "copy {n} up to date"},
)
_WARN: tuple[Said, ...] = (
    {"fr": "réponse lente : {ms} ms", "en": "slow answer: {ms} ms"},
    {"fr": "nouvel essai pour la tâche {n}", "en": "trying task {n} again"},
    {"fr": "file d'attente longue : {ms}", "en": "long queue: {ms}"},
)
_ERROR: tuple[Said, ...] = (
    {"fr": "tâche {n} abandonnée après {ms} ms", "en": "task {n} given up after {ms} ms"},
    {"fr": "connexion à la base perdue (session {n})", "en": "connection to the database lost (session {n})"},
    {"fr": "mémoire insuffisante pour la page {n}", "en": "not enough memory for page {n}"},
    {"fr": "réponse illisible, code {n}", "en": "unreadable answer, code {n}"},
)
RESTART: Said = {"fr": "redémarrage du service", "en": "service restart"}
RECEIVED: Said = {"fr": "requête {id} reçue", "en": "request {id} received"}
AGAIN: Said = {"fr": "requête {id} reçue à nouveau", "en": "request {id} received again"}
SERVED: Said = {"fr": "requête {id} servie", "en": "request {id} served"}
BEGINS: Said = {"fr": "début de la maintenance", "en": "maintenance begins"}
ENDS: Said = {"fr": "fin de la maintenance", "en": "maintenance ends"}


class Line(NamedTuple):
    """One line: when, how serious, from which component, saying what."""

    at: datetime
    level: str
    component: Said
    says: Said

    def written(self, locale: Locale) -> str:
        """The line as the log of this language holds it."""
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.level:<5} [{self.component[locale]}] {self.says[locale]}\n"


class Pen:
    """Writes lines, each at a second of its own."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.lines: list[Line] = []
        self._taken: set[datetime] = set()

    def free(self, at: datetime) -> datetime:
        """This second or the first free one after it."""
        while at in self._taken:
            at += timedelta(seconds=1)
        self._taken.add(at)
        return at

    def line(self, at: datetime, level: str, component: Said, says: Said | None = None, **slots: str) -> Line:
        """Write this, or one of the things that lines of this level say."""
        said = says or self.chance.choice({"INFO": _INFO, "WARN": _WARN, "ERROR": _ERROR}[level])
        filled = {"n": str(self.chance.randint(1000, 9999)), "ms": str(self.chance.randint(20, 990)), **slots}
        written = Line(self.free(at), level, component, {one: said[one].format(**filled) for one in LOCALES})
        self.lines.append(written)
        return written
