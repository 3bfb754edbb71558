"""A message from a service, as received, in which the main link shows one address and leads to another."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape
from typing import NamedTuple

from chalicelib.content.authoring.generators.drawing import Drawn, Generator, MadeFile
from chalicelib.content.authoring.generators.writing.mail_format import Hop, Mail, eml
from chalicelib.content.challenges import WordAnswer
from chalicelib.content.texts import LOCALES, Locale, Words

Said = dict[Locale, str]


class _Service(NamedTuple):
    """Whose name the message bears: its name, its site, the page it wants opened, and what it says."""

    name: str
    site: str
    page: Said
    subject: Said
    says: dict[Locale, tuple[str, str, str]]


_SERVICES = (
    _Service(
        "Colis Lutin",
        "colis-lutin.example",
        {"fr": "suivi", "en": "tracking"},
        {"fr": "Votre colis vous attend", "en": "Your parcel is waiting"},
        {
            "fr": (
                "Votre colis numéro {number} est arrivé au dépôt.",
                "Il manque le numéro de votre rue pour vous le livrer.",
                "Sans réponse de votre part sous 48 heures, il repartira.",
            ),
            "en": (
                "Your parcel number {number} has reached our depot.",
                "The number of your street is missing, so we cannot deliver it.",
                "Without an answer from you within 48 hours, it will be sent back.",
            ),
        },
    ),
    _Service(
        "Banque du Val Rond",
        "banque-val-rond.example",
        {"fr": "mon-compte", "en": "my-account"},
        {"fr": "Message important sur votre compte", "en": "Important message about your account"},
        {
            "fr": (
                "Une carte finissant par {number} a été ajoutée à votre compte.",
                "Si vous n'en savez rien, refusez-la tout de suite.",
                "Passé demain midi, la carte sera active.",
            ),
            "en": (
                "A card ending in {number} has been added to your account.",
                "If you know nothing about it, refuse it at once.",
                "After tomorrow noon, the card will be active.",
            ),
        },
    ),
    _Service(
        "Quatre Vents",
        "quatre-vents.example",
        {"fr": "remboursement", "en": "refund"},
        {"fr": "Un remboursement pour vous", "en": "A refund for you"},
        {
            "fr": (
                "Le relevé de votre compteur {number} montre une erreur.",
                "Nous vous devons 84,20 €.",
                "Indiquez où les verser avant vendredi.",
            ),
            "en": (
                "The reading of your meter {number} shows a mistake.",
                "We owe you €84.20.",
                "Tell us where to pay it before Friday.",
            ),
        },
    ),
    _Service(
        "Ondine Mobile",
        "ondine-mobile.example",
        {"fr": "facture", "en": "bill"},
        {"fr": "Coupure de votre ligne", "en": "Your line will be cut"},
        {
            "fr": (
                "Le dernier paiement de votre ligne (dossier {number}) a échoué.",
                "Votre ligne sera coupée ce soir.",
                "Quelques minutes suffisent pour régler la situation.",
            ),
            "en": (
                "The last payment for your line (file {number}) failed.",
                "Your line will be cut tonight.",
                "A few minutes are enough to put things right.",
            ),
        },
    ),
    _Service(
        "Piscine des Roseaux",
        "piscine-roseaux.example",
        {"fr": "inscription", "en": "registration"},
        {"fr": "Une place pour vous", "en": "A place for you"},
        {
            "fr": (
                "Une place s'est libérée au cours de natation numéro {number}.",
                "Vous étiez sur la liste d'attente.",
                "Confirmez vite : dix autres personnes attendent.",
            ),
            "en": (
                "A place has become free in swimming class number {number}.",
                "You were on the waiting list.",
                "Confirm quickly: ten other people are waiting.",
            ),
        },
    ),
    _Service(
        "Mairie de Sorligny",
        "mairie-sorligny.example",
        {"fr": "dossier", "en": "file"},
        {"fr": "Votre dossier est incomplet", "en": "Your file is incomplete"},
        {
            "fr": (
                "Il manque une pièce à votre dossier numéro {number}.",
                "Sans elle, la carte de stationnement ne sera pas renouvelée.",
                "Le service ferme ses dossiers à la fin de la semaine.",
            ),
            "en": (
                "A document is missing from your file number {number}.",
                "Without it, the parking permit will not be renewed.",
                "The service closes its files at the end of the week.",
            ),
        },
    ),
)
_BEFORE = ("dossier", "espace", "acces", "suivi", "guichet", "portail", "compte", "service")
_AFTER = ("rapide", "express", "direct", "clair", "plus", "facile", "nova", "prime")
_MAILER = "lettres-info.example"
_TEXTS: dict[Locale, tuple[str, str, str, str, str, str]] = {
    "fr": ("Accueil", "Aide", "Bonjour,", "Ouvrez cette page :", "Merci de votre confiance.", "Ne plus recevoir ces messages"),
    "en": ("Home", "Help", "Hello,", "Open this page:", "Thank you for your trust.", "Stop receiving these messages"),
}


def draw(chance: random.Random, _question: str) -> Drawn:
    """The real site of the service stands everywhere in the message, but in the link that it wants followed."""
    service = chance.choice(_SERVICES)
    number = chance.randint(1000, 9999)
    real = f"{chance.choice(_BEFORE)}-{chance.choice(_AFTER)}.test"
    at = datetime(2026, 3, 2, 7, 0, 0, tzinfo=timezone(timedelta(hours=1))) + timedelta(minutes=chance.randrange(20_000))
    hop = Hop(
        f"envoi.{_MAILER}", f"envoi.{_MAILER}", f"203.0.113.{chance.randint(5, 250)}", "mx.belmarais.example", f"{number:x}a7"
    )
    shown: Said = {one: f"https://www.{service.site}/{service.page[one]}" for one in LOCALES}

    def make(locale: Locale) -> MadeFile:
        mail = _mail(service, number, (shown[locale], f"https://{real}/{service.page[locale]}?id={number}"), at, hop, locale)
        return MadeFile("message.eml", eml(mail))

    names = (real, f"https://{real}", f"www.{real}", f"https://www.{real}")
    accept = (*names, *(f"{name}/" for name in names))
    refuse = (service.site, f"www.{service.site}", f"https://www.{service.site}", f"aide.{service.site}", _MAILER)
    expected = WordAnswer(kind="text", accept=Words(fr=accept, en=accept), refuse=Words(fr=refuse, en=refuse))
    values = {one: {"service": service.name, "shown": shown[one], "site": service.site, "domain": real} for one in LOCALES}
    return Drawn(expected, values, make)


def _mail(service: _Service, number: int, link: tuple[str, str], at: datetime, hop: Hop, locale: Locale) -> Mail:
    home, help_, hello, opens, thanks, stop = _TEXTS[locale]
    lines = [line.format(number=number) for line in service.says[locale]]
    text = "\n".join([hello, "", *lines, "", opens, link[0], "", thanks, service.name, "", stop, f"https://{_MAILER}/stop"])
    links = ((f"https://www.{service.site}/", home), (f"https://aide.{service.site}/", help_), link[::-1])
    html = _page(service.name, [hello, *lines], opens, thanks, links, stop)
    headers = (
        ("Return-Path", f"<retours@{_MAILER}>"),
        ("Received", hop.written(at + timedelta(seconds=6))),
        ("From", f"{service.name} <info@{service.site}>"),
        ("To", "Alix Morvan <alix@belmarais.example>"),
        ("Subject", service.subject[locale]),
        ("Date", format_datetime(at)),
        ("Message-ID", f"<{number}.{at:%H%M%S}@{_MAILER}>"),
    )
    return Mail(f"retours@{_MAILER}", at, headers, text, html)


def _page(name: str, lines: list[str], opens: str, thanks: str, links: tuple[tuple[str, str], ...], stop: str) -> str:
    """A page as newsletters write them: a head of styles, a bar of links, the text, a foot."""
    bar = [f'      <td><a href="{address}" class="bar">{escape(words)}</a></td>' for address, words in links[:2]]
    address, words = links[2]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            "<html>",
            "<head>",
            '  <meta charset="utf-8">',
            f"  <title>{escape(name)}</title>",
            "  <style>",
            "    body { font-family: sans-serif; color: #222; }",
            "    table { border-collapse: collapse; width: 560px; }",
            "    td { padding: 8px; }",
            "    .head { background: #0b4f6c; color: white; }",
            "    .bar { color: #0b4f6c; }",
            "    .foot { font-size: 12px; color: #555; }",
            "  </style>",
            "</head>",
            "<body>",
            "  <table>",
            f'    <tr><td class="head" colspan="2">{escape(name)}</td></tr>',
            "    <tr>",
            *bar,
            "    </tr>",
            *(f'    <tr><td colspan="2">{escape(line, quote=False)}</td></tr>' for line in lines),
            f'    <tr><td colspan="2">{escape(opens)}',
            f'      <a href="{escape(address)}">{words}</a>',
            "    </td></tr>",
            f'    <tr><td colspan="2">{escape(thanks)}<br>{escape(name)}</td></tr>',
            f'    <tr><td class="foot" colspan="2"><a href="https://{_MAILER}/stop">{escape(stop)}</a></td></tr>',
            "  </table>",
            "</body>",
            "</html>",
        ]
    )


GENERATOR = Generator(frozenset({"real-link"}), draw)
