"""Sums of money as people of each language read them."""

from __future__ import annotations

from decimal import Decimal

from chalicelib.content.texts import Locale, Words

EUROS = Words(fr=("€", "euro", "euros", "EUR"), en=("€", "euro", "euros", "EUR"))
"""What may stand beside an answer in euros."""


def euros(cents: int) -> Decimal:
    """These cents in euros, exactly."""
    return Decimal(cents).scaleb(-2)


def written(cents: int, locale: Locale) -> str:
    """A sum without its unit: `1 234,50` in French, `1,234.50` in English."""
    english = f"{euros(cents):,.2f}"
    return english if locale == "en" else english.replace(",", "\u00a0").replace(".", ",")
