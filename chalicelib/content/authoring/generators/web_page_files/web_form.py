"""A form on a page of a town's site, where one label is tied to the wrong field."""

from __future__ import annotations

import random
from dataclasses import dataclass
from html import escape

from chalicelib.content.authoring.generators.drawing import Drawn
from chalicelib.content.authoring.generators.web_page_files import web_page_texts as texts
from chalicelib.content.authoring.generators.web_page_files.web_layout import drawn_page, word_expected
from chalicelib.content.texts import LOCALES, Locale, Text


@dataclass(frozen=True)
class _Field:
    """A field, and how it gets its name: from a label for an id, a label around it, or attributes."""

    name: Text
    sort: str
    id: str
    way: str
    label_for: str
    """The id that its label names; only once is it another field's."""

    def row(self, locale: Locale) -> str:
        name = escape(self.name.in_(locale), quote=False)
        field = f'<input type="{self.sort}" id="{self.id}"'
        row = {
            "for": f'<label for="{self.label_for}">{name}</label> {field}>',
            "around": f"<label>{name} {field}></label>",
            "aria-label": f'<span class="name">{name}</span> {field} aria-label="{name}">',
            "aria-labelledby": f'<span class="name" id="n{self.id}">{name}</span> {field} aria-labelledby="n{self.id}">',
        }[self.way]
        if self.sort == "checkbox" and self.way == "for":
            row = f'{field}> <label for="{self.label_for}">{name}</label>'
        return f"  <p>{row}</p>"


def field_without_label(chance: random.Random) -> Drawn:
    """One label names the field of another one, which thus has two labels."""
    town = chance.choice(texts.TOWNS)
    rows = [(group, name, sort) for group, (_, fields) in enumerate(texts.FORM) for name, sort in fields]
    ids = [f"{chance.choice('bcdfghkmprstvz')}{number}" for number in chance.sample(range(101, 999), len(rows))]
    others = chance.sample(range(len(rows)), 12)
    ways = dict.fromkeys(others[:6], "around") | dict.fromkeys(others[6:9], "aria-label")
    ways |= dict.fromkeys(others[9:], "aria-labelledby")
    plain = [place for place in range(len(rows)) if place not in ways]
    wrong, twice = chance.sample(plain, 2)
    fields = [
        _Field(name, sort, ids[place], ways.get(place, "for"), ids[twice if place == wrong else place])
        for place, (_, name, sort) in enumerate(rows)
    ]

    def body(locale: Locale) -> list[str]:
        lines = [f"<p>{texts.FORM_INTRO.in_(locale)}</p>", "<form>"]
        for group, (title, _) in enumerate(texts.FORM):
            lines += ["<fieldset>", f"  <legend>{escape(title.in_(locale), quote=False)}</legend>"]
            lines += [field.row(locale) for field, (own, *_) in zip(fields, rows, strict=True) if own == group]
            lines.append("</fieldset>")
        return [*lines, f'<p><button type="button">{texts.SEND.in_(locale)}</button></p>', "</form>"]

    refused = [ids[twice], *(ids[place] for place in ways)]
    right = ids[wrong]
    accepted = [right, f"#{right}", f"id {right}", f"id={right}", f'id="{right}"', f"id : {right}", f"id: {right}"]
    expected = word_expected(lambda _: accepted, lambda _: refused)
    values = {
        locale: {
            "id": right,
            "twice": ids[twice],
            "label": fields[wrong].name.in_(locale),
            "group": texts.FORM[rows[wrong][0]][0].in_(locale),
            "count": str(len(fields)),
        }
        for locale in LOCALES
    }
    return drawn_page(expected, values, town, texts.FORM_TITLE, body)
