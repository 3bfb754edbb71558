"""The layout of a saved page of a town's site."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chalicelib.content.authoring.generators.drawing import Drawn, MadeFile
from chalicelib.content.authoring.generators.web_page_files import web_page_texts as texts
from chalicelib.content.challenges import WordAnswer
from chalicelib.content.texts import Locale, Text, Words

Town = tuple[str, str]
"""Its name, and how it stands in addresses."""
Body = Callable[[Locale], list[str]]
"""The lines of the main part."""
_STYLE = """
    body { font: 17px/1.5 sans-serif; max-width: 52em; margin: 0 auto; padding: 0 1em 3em; color: #222; }
    header { background: #1f4e5f; color: #fff; margin: 0 -1em 1.5em; padding: 1em; }
    header a { color: #fff; margin-right: 1em; }
    h2 { border-bottom: 2px solid #1f4e5f; }
    img { max-width: 100%; }
    summary { font-weight: bold; margin: 1em 0; }
    fieldset { margin: 1em 0; border: 1px solid #888; }
    legend { font-weight: bold; }
    label, .name { display: inline-block; min-width: 14em; }
"""


def drawn_page(expected: WordAnswer, values: dict[Locale, dict[str, str]], town: Town, title: Text, body: Body) -> Drawn:
    """A variant whose file is a page of this town, without script nor picture."""

    def make(locale: Locale) -> MadeFile:
        name, site = town
        menu = " ".join(
            f'<a href="https://www.{site}.example/{place}">{one.in_(locale)}</a>' for place, one in enumerate(texts.MENU)
        )
        lines = [
            "<!doctype html>",
            f'<html lang="{locale}">',
            "<head>",
            '  <meta charset="utf-8">',
            '  <meta name="viewport" content="width=device-width">',
            f"  <title>{name} – {title.in_(locale)}</title>",
            f"  <style>{_STYLE}  </style>",
            "</head>",
            "<body>",
            f"<header><p><strong>{name}</strong></p><nav>{menu}</nav></header>",
            "<main>",
            f"<h1>{title.in_(locale)}</h1>",
            *body(locale),
            "</main>",
            f"<footer><p>{texts.FOOTER.in_(locale)}</p></footer>",
            "</body>",
            "</html>",
        ]
        return MadeFile(texts.FILE.in_(locale), ("\n".join(lines) + "\n").encode())

    return Drawn(expected, values, make)


def word_expected(accepted: Callable[[Locale], Sequence[str]], refused: Callable[[Locale], Sequence[str]]) -> WordAnswer:
    """A word to copy, which may differ in each language."""

    def words(listed: Callable[[Locale], Sequence[str]]) -> Words:
        return Words(fr=tuple(dict.fromkeys(listed("fr"))), en=tuple(dict.fromkeys(listed("en"))))

    return WordAnswer(kind="text", accept=words(accepted), refuse=words(refused))
