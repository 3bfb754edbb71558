"""A saved page of a town's site: where a link really leads, a picture without alternative, a field without label."""

from __future__ import annotations

import random
from dataclasses import dataclass
from html import escape

from chalicelib.content.authoring.generators.drawing import Drawn, Generator
from chalicelib.content.authoring.generators.web_page_files import web_page_texts as texts
from chalicelib.content.authoring.generators.web_page_files.web_form import field_without_label
from chalicelib.content.authoring.generators.web_page_files.web_layout import drawn_page, word_expected
from chalicelib.content.texts import LOCALES, Locale, Text


def draw(chance: random.Random, question: str) -> Drawn:
    """A page of some thirty services, of a walk in pictures, or of a form of forty fields."""
    if question == "real-address":
        return _real_address(chance)
    if question == "picture-without-alternative":
        return _picture_without_alternative(chance)
    return field_without_label(chance)


# --- level 2 ---


@dataclass(frozen=True)
class _Service:
    """A service, the address that its link shows and the one it leads to."""

    name: Text
    slug: Text
    hours: Text
    phone: str
    site: str
    leads: str | None
    """Another site than the town's own, and a code there."""

    def shown(self, locale: Locale) -> str:
        return f"www.{self.site}.example/{self.slug.in_(locale)}"

    def real(self, locale: Locale) -> str:
        return f"{self.leads}/{self.slug.in_(locale)}" if self.leads else self.shown(locale)

    def line(self, locale: Locale) -> str:
        link = f'<a href="https://{self.real(locale)}">{self.shown(locale)}</a>'
        phone = f'<a href="tel:{self.phone}">{texts.BY_PHONE.in_(locale)}</a>'
        return f"  <li><strong>{escape(self.name.in_(locale), quote=False)}</strong> – {self.hours.in_(locale)} {link} – {phone}</li>"


def _real_address(chance: random.Random) -> Drawn:
    """Most links lead where they say, seven do not."""
    town = chance.choice(texts.TOWNS)
    sites = [f"{site}-{chance.randint(11, 99)}.example" for site in chance.sample(texts.SITES, 7)]
    total = sum(len(services) for _, services in texts.SERVICES)
    leads = dict(zip(chance.sample(range(total), len(sites)), sites, strict=True))
    groups: list[tuple[Text, list[_Service]]] = []
    count = 0
    for title, services in texts.SERVICES:
        group = []
        for name, slug in chance.sample(services, len(services)):
            phone = f"+000{chance.randint(10**6, 10**7 - 1)}"
            group.append(_Service(name, slug, chance.choice(texts.HOURS), phone, town[1], leads.get(count)))
            count += 1
        groups.append((title, group))
    misleading = [one for _, group in groups for one in group if one.leads]
    wanted = chance.choice(misleading)

    def accepted(locale: Locale) -> list[str]:
        real = wanted.real(locale)
        return [f"https://{real}", real, f"https://{real}/", f"{real}/"]

    def refused(locale: Locale) -> list[str]:
        shown = wanted.shown(locale)
        return [shown, f"https://{shown}", *(f"https://{one.real(locale)}" for one in misleading if one is not wanted)]

    def body(locale: Locale) -> list[str]:
        lines = [f"<p>{texts.SERVICES_INTRO.in_(locale)}</p>"]
        for title, group in groups:
            lines += [f"<h2>{title.in_(locale)}</h2>", "<ul>", *(one.line(locale) for one in group), "</ul>"]
        return lines

    expected = word_expected(accepted, refused)
    values = {
        locale: {"shown": wanted.shown(locale), "real": f"https://{wanted.real(locale)}", "town": town[0]} for locale in LOCALES
    }
    return drawn_page(expected, values, town, texts.SERVICES_TITLE, body)


# --- level 5 ---


@dataclass(frozen=True)
class _Picture:
    """A picture of the walk, or an ornament; its tag has its attributes in an order of its own."""

    name: Text
    number: int
    end: str
    alternative: Text | None
    """None: no attribute at all."""
    ornament: bool
    extra: str
    turn: int
    quote: str

    def file(self, locale: Locale) -> str:
        return f"{self.name.in_(locale)}-{self.number}.{self.end}"

    def tag(self, locale: Locale) -> str:
        attributes = [f'src="images/{self.file(locale)}"', f'width="{self.number % 7 * 40 + 200}"']
        if self.extra:
            attributes.append(self.extra)
        if self.ornament:
            attributes.append(f"alt={self.quote}{self.quote}")
        elif self.alternative is not None:
            attributes.append(f'alt="{escape(self.alternative.in_(locale), quote=False)}"')
        turn = self.turn % len(attributes)
        return f"<img {' '.join(attributes[turn:] + attributes[:turn])}>"


_LIKE_AN_ALTERNATIVE = ('class="alt"', 'data-alt="1"', 'id="alt-{}"', 'data-text="alt"')
_STEPS_A_PART = 6
_OTHER = ("", 'class="photo"', 'loading="lazy"', 'decoding="async"')


def _picture_without_alternative(chance: random.Random) -> Drawn:
    """Some pictures only look as if they lacked an alternative, or as if they had one."""
    town = chance.choice(texts.TOWNS)
    steps = chance.sample(texts.STEPS, len(texts.STEPS))
    numbers = chance.sample(range(101, 999), 2 * len(steps))
    missing = chance.randrange(3, len(steps))
    disguised = {missing, *chance.sample(range(len(steps)), 6)}
    shown: list[tuple[Text, _Picture, _Picture | None]] = []
    for place, (title, name, seen) in enumerate(steps):
        extra = chance.choice(_LIKE_AN_ALTERNATIVE if place in disguised else _OTHER).format(numbers[place])
        alternative = None if place == missing else seen
        picture = _Picture(name, numbers[place], "jpg", alternative, False, extra, chance.randrange(4), '"')
        shown.append((title, picture, _ornament(chance, numbers[-1 - place]) if chance.random() < 0.5 else None))
    wanted = shown[missing][1]
    others = [one for _, *pair in shown for one in pair if one is not None and one is not wanted]

    def accepted(locale: Locale) -> list[str]:
        return [wanted.file(locale), wanted.file(locale).removesuffix(".jpg"), f"images/{wanted.file(locale)}"]

    def refused(locale: Locale) -> list[str]:
        return [one.file(locale) for one in others]

    def body(locale: Locale) -> list[str]:
        lines = [f"<p>{texts.WALK_INTRO.in_(locale)}</p>"]
        for place, (title, picture, ornament) in enumerate(shown, 1):
            if place % _STEPS_A_PART == 1:
                part = texts.PART.in_(locale).format(place, min(place + _STEPS_A_PART - 1, len(shown)))
                lines += [*(["</details>"] if place > 1 else []), f"<details><summary>{part}</summary>"]
            lines.append(f"<h2>{place}. {escape(title.in_(locale), quote=False)}</h2>")
            lines.append(f"<p>{picture.tag(locale)}</p>")
            lines += [f"<p>{ornament.tag(locale)}</p>"] if ornament else []
        lines.append("</details>")
        return lines

    expected = word_expected(accepted, refused)
    ornaments = [one for one in others if one.ornament]
    values = {
        locale: {
            "file": wanted.file(locale),
            "place": shown[missing][0].in_(locale),
            "count": str(len(others) + 1),
            "ornaments": str(len(ornaments)),
            "tag": wanted.tag(locale),
        }
        for locale in LOCALES
    }
    return drawn_page(expected, values, town, texts.WALK_TITLE, body)


def _ornament(chance: random.Random, number: int) -> _Picture:
    return _Picture(chance.choice(texts.ORNAMENTS), number, "png", None, True, "", chance.randrange(3), chance.choice("\"'"))


GENERATOR = Generator(frozenset({"real-address", "picture-without-alternative", "field-without-label"}), draw)
