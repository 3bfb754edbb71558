"""The picture of a campaign's collective results, as its organisation is shown them: funnel, mastery by tenths, stages."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

_WIDTH, _HEIGHT = 900, 520
_INK, _GREY, _BLUE, _GREEN = "#1a1a1a", "#595959", "#2f6da8", "#2e7d5b"
"""Text has a contrast of 7:1 on white and more, bars 4.5:1."""
_FUNNEL_LEFT, _FUNNEL_WIDTH, _FUNNEL_TOP, _FUNNEL_STEP = 150, 560, 76, 38
_TENTHS_LEFT, _STAGES_LEFT, _TOP, _COLUMN_HEIGHT = 40, 620, 262, 180
_STEPS = ("started", "completed", "shared")

Shown = Mapping[str, int | None]


def as_svg(collective: Mapping[str, Any]) -> str:
    """An SVG of the collective results, with all its figures in its description. Hidden figures are drawn as hidden."""
    started, mastery, stages = int(collective["started"]), _tenths(collective["mastery"]), _stages(collective["stages"])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-labelledby="title description">',
        '<title id="title">Collective results of a campaign</title>',
        f'<desc id="description">{escape(_description(collective))}</desc>',
        '<g font-family="sans-serif" font-size="14">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        _text(20, 34, f"Collective results: {started} people entered", size=18, bold=True),
        *_funnel(collective, started),
        _text(_TENTHS_LEFT - 20, _TOP - 30, "Who shared, by mastery: from so many percent", size=15, bold=True),
        *_columns(mastery, _TENTHS_LEFT, 46, _BLUE),
        _text(_STAGES_LEFT - 20, _TOP - 30, "Who shared, by highest stage", size=15, bold=True),
        *_columns(stages, _STAGES_LEFT, min(48, (_WIDTH - _STAGES_LEFT) // max(len(stages), 1)), _GREEN),
        *_note(None in (*mastery.values(), *stages.values())),
    ]
    return "\n".join([*parts, "</g></svg>", ""])


def _tenths(shown: Shown) -> dict[str, int | None]:
    """By the least percentage of each tenth, the last one being all of it."""
    return {str(10 * int(tenth)): count for tenth, count in shown.items()}


def _stages(shown: Shown) -> dict[str, int | None]:
    """Stage 0 stands for none: it is left out where nobody is there, as where the first stage begins at 0 %."""
    return {number: count for number, count in shown.items() if number != "0" or count != 0}


def _description(collective: Mapping[str, Any]) -> str:
    funnel = ", ".join(f"{_count(collective[step])} {step}" for step in _STEPS)
    told = [f"People: {funnel}."]
    for title, shown, unit in (
        ("mastery, from", _tenths(collective["mastery"]), " %"),
        ("highest stage, stage", _stages(collective["stages"]), ""),
    ):
        figures = ", ".join(f"{cell}{unit}: {_count(count)}" for cell, count in shown.items())
        told.append(f"Who shared, by {title} {figures}.")
    return " ".join(told)


def _count(count: int | None) -> str:
    return "hidden" if count is None else str(count)


def _funnel(collective: Mapping[str, Any], started: int) -> list[str]:
    parts = []
    for row, step in enumerate(_STEPS):
        count, y = collective[step], _FUNNEL_TOP + row * _FUNNEL_STEP
        width = _FUNNEL_WIDTH * (count or 0) // max(started, 1)
        told = _count(count) if count is None or not started else f"{count} · {100 * count // started} %"
        parts += [
            _text(_FUNNEL_LEFT - 12, y + 19, step, "end"),
            f'<rect x="{_FUNNEL_LEFT}" y="{y}" width="{width}" height="28" fill="{_BLUE}"/>',
            _text(_FUNNEL_LEFT + width + 10, y + 19, told),
        ]
    return parts


def _columns(shown: Shown, left: int, step: int, fill: str) -> list[str]:
    """A column for each cell, its count above; a dashed box for a hidden one."""
    most = max([count for count in shown.values() if count is not None] or [0])
    bottom, parts = _TOP + _COLUMN_HEIGHT, []
    for place, (cell, count) in enumerate(shown.items()):
        x, middle = left + place * step, left + place * step + (step - 8) // 2
        height = 24 if count is None else _COLUMN_HEIGHT * count // max(most, 1)
        drawn = f'fill="{fill}"' if count is not None else f'fill="none" stroke="{_GREY}" stroke-dasharray="3 3"'
        parts.append(f'<rect x="{x}" y="{bottom - height}" width="{step - 8}" height="{height}" {drawn}/>')
        parts.append(_text(middle, bottom - height - 6, "?" if count is None else str(count), "middle"))
        parts.append(_text(middle, bottom + 20, cell, "middle", colour=_GREY))
    parts.append(f'<path d="M{left - 6} {bottom}H{left + step * len(shown)}" stroke="{_INK}"/>')
    return parts


def _note(hidden: bool) -> list[str]:
    note = "? is hidden, so that nothing is told of fewer than five people."
    return [_text(20, _HEIGHT - 20, note, colour=_GREY)] if hidden else []


def _text(x: int, y: int, text: str, anchor: str = "start", *, size: int = 14, bold: bool = False, colour: str = _INK) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}"{weight} fill="{colour}">{escape(text)}</text>'
