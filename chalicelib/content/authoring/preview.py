"""A challenge as a page that a browser shows, with its key: for authors, never served."""

from __future__ import annotations

import base64
from html import escape

from markdown_it import MarkdownIt

from chalicelib.content.challenges import Challenge
from chalicelib.content.shown import ShownChallenge, ShownOption, filled
from chalicelib.content.texts import Locale

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "link", "autolink"])
_STYLE = (
    "body{font:18px/1.55 sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}"
    "table{border-collapse:collapse}td,th{border:1px solid #777;padding:.2rem .6rem}pre{background:#f3f3f3;padding:.8rem;overflow:auto}"
    "code{background:#f3f3f3}fieldset,details{margin:1rem 0;border:1px solid #777;padding:.8rem}label{display:block;margin:.4rem 0}"
    "img{max-width:100%}small{color:#444}"
)


def as_html(text: str) -> str:
    """A small Markdown as HTML; HTML inside it is shown as text."""
    rendered: str = _MARKDOWN.render(text)
    return rendered


def page(challenge: Challenge, view: ShownChallenge, locale: Locale, right: tuple[str, ...], images: dict[str, bytes]) -> str:
    """A page that stands alone: the challenge as a person sees it, and its key folded away."""
    labels = {"fr": ("Corrigé", "Bonne réponse"), "en": ("Solution", "Right answer")}[locale]
    return (
        f'<!doctype html><html lang="{locale}"><meta charset="utf-8"><title>{escape(view.id)}</title><style>{_STYLE}</style>'
        f"<p><small>{escape(view.id)} · {view.kind} · {challenge.device} · {escape(', '.join(challenge.suits))}</small></p>"
        f"{as_html(view.prompt)}{_image(view, images)}{_file(view)}<form>{_fields(view)}</form>"
        f"<details><summary>{labels[0]}</summary><p>{labels[1]} : <strong>{escape(' · '.join(right))}</strong></p>"
        f"{as_html(filled(challenge, challenge.solution, locale))}</details></html>"
    )


def _image(view: ShownChallenge, images: dict[str, bytes]) -> str:
    if view.image is None:
        return ""
    path = view.image.path
    sort = "svg+xml" if path.endswith(".svg") else path.rpartition(".")[2].replace("jpg", "jpeg")
    content = base64.b64encode(next(images[name] for name in images if path.endswith(name))).decode()
    return f'<p><img alt="{escape(view.image.alt)}" src="data:image/{sort};base64,{content}"></p>'


def _file(view: ShownChallenge) -> str:
    return f"<p>📎 <strong>{escape(view.attachment.name)}</strong></p>" if view.attachment else ""


def _fields(view: ShownChallenge) -> str:
    if view.inputs:
        return "".join(
            f"<label>{escape(one.label)} {_select(one.options) if one.options else '<input>'}</label>" for one in view.inputs
        )
    if view.kind == "order":
        return f"<ol>{''.join(f'<li>{as_html(one.text)}</li>' for one in view.options)}</ol>"
    if view.options:
        sort = "radio" if view.kind == "choice" else "checkbox"
        return "".join(f'<label><input type="{sort}" name="a"> {escape(one.text)}</label>' for one in view.options)
    return "<label><input size=40></label>"


def _select(options: tuple[ShownOption, ...]) -> str:
    return f"<select><option></option>{''.join(f'<option>{escape(one.text)}</option>' for one in options)}</select>"
