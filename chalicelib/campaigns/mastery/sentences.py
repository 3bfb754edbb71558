"""What is missing to a badge, in words: short sentences in every language of the service. No rule is decided here."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.content.texts import Locale

_NUMBERS: dict[Locale, tuple[str, ...]] = {
    "fr": ("aucune", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
    "en": ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
}
"""Written out up to ten; digits beyond."""

MOST_NAMED = 2
"""Titles that a sentence names; it speaks of the badge when there are more."""


def counted_skills(number: int, locale: Locale) -> str:
    """So many skills. None and one are singular in French, one alone in English (Unicode CLDR, plural rules)."""
    told = _NUMBERS[locale][number] if number < len(_NUMBERS[locale]) else str(number)
    if locale == "fr":
        return f"{told} compétence{'s' if number >= 2 else ''}"
    return f"{told} skill{'' if number == 1 else 's'}"


def missing_skills(number: int, titles: Sequence[str], locale: Locale) -> str:
    """How many skills are missing, of what these titles name: topics, or a competence."""
    counted, named = counted_skills(number, locale), 0 < len(titles) <= MOST_NAMED
    if locale == "fr":
        begins = "Il ne vous manque" if number == 0 else "Il vous manque"
        of = "de " + " et ".join(f"«\u00a0{title}\u00a0»" for title in titles) if named else "parmi celles que ce badge demande"
        return f"{begins} {counted} {of}."
    of = "of " + " and ".join(f"“{title}”" for title in titles) if named else "among those that this badge asks for"
    return f"You miss {counted} {of}."


def out_of_reach(locale: Locale) -> str:
    """Nothing that a badge's criterion asks for can be shown any more."""
    if locale == "fr":
        return "Ce critère ne peut plus être rempli\u00a0: les compétences qu'il demande ne sont plus évaluées."
    return "This criterion can no longer be met: the skills that it asks for are no longer assessed."
