"""Dates that several people change in turn, in a document under review."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.content.authoring.generators.tracked_changes import tracked_document_texts as texts
from chalicelib.content.authoring.generators.writing.bilingual import both, same
from chalicelib.content.authoring.generators.writing.word_document import Mark, Passage, Piece
from chalicelib.content.texts import Locale, Text

_YEAR = 2027
_MINUTES_A_DAY = 12 * 60
_REVIEW_DAYS = 9
_REVIEW_BEGINS = datetime(_YEAR, 1, 11, 8)  # noqa: DTZ001 - what office files call a time has no zone


def moments(chance: random.Random, count: int) -> list[datetime]:
    """Distinct minutes of the days of review, earliest first."""
    minutes = sorted(chance.sample(range(_REVIEW_DAYS * _MINUTES_A_DAY), count))
    return [_REVIEW_BEGINS + timedelta(days=one // _MINUTES_A_DAY, minutes=one % _MINUTES_A_DAY) for one in minutes]


def written(day: date, locale: Locale) -> str:
    """The day with its month in words."""
    return f"{day.day} {texts.MONTHS[day.month - 2].in_(locale)} {day.year}"


@dataclass(frozen=True)
class _Wording:
    """A day or a month: as it was, as the kept person made it if they did, as another made it if they did."""

    first: int
    kept: int | None
    other: int | None
    by_kept: Mark
    by_other: Mark

    @property
    def answer(self) -> int:
        return self.first if self.kept is None else self.kept

    @property
    def all_accepted(self) -> int:
        return self.answer if self.other is None else self.other

    def pieces(self, said: Mapping[int, Text]) -> list[Piece]:
        """The other person always comes after the kept one, and strikes what they wrote."""
        struck = self.by_kept if self.kept is not None else self.by_other
        pieces = [Piece(said[self.first], deleted=struck)]
        if self.kept is not None:
            pieces.append(Piece(said[self.kept], inserted=struck, deleted=self.by_other if self.other is not None else None))
        if self.other is not None:
            pieces.append(Piece(said[self.other], inserted=self.by_other))
        return pieces


@dataclass(frozen=True)
class DatedEvent:
    """An event whose day and month were changed; accepting one person's changes alone gives a day of its own."""

    event: Text
    day: _Wording
    month: _Wording

    @classmethod
    def drawn(cls, chance: random.Random, event: Text, kept: str, others: Sequence[str]) -> DatedEvent:
        """The kept person changed the day, the month or both; others changed one of these again, and the rest."""
        changed = chance.choice((("day",), ("month",), ("day", "month")))
        again = chance.choice(changed)

        def wording(name: str, numbers: Sequence[int]) -> _Wording:
            first, second, third = chance.sample(numbers, 3)
            early, late = moments(chance, 2)
            by_other = name == again or name not in changed
            return _Wording(
                first,
                second if name in changed else None,
                third if by_other else None,
                Mark(kept, early),
                Mark(chance.choice(others), late),
            )

        return cls(event, wording("day", range(13, 29)), wording("month", range(2, 12)))

    @property
    def answer(self) -> date:
        """The day once the kept person's changes are accepted and all others refused."""
        return date(_YEAR, self.month.answer, self.day.answer)

    @property
    def first(self) -> date:
        """The day before any change."""
        return date(_YEAR, self.month.first, self.day.first)

    @property
    def all_accepted(self) -> date:
        """The day once every change is accepted."""
        return date(_YEAR, self.month.all_accepted, self.day.all_accepted)

    @property
    def possible(self) -> set[date]:
        """Every day that the words on the page may make."""
        days, months = ([one for one in (each.first, each.kept, each.other) if one] for each in (self.day, self.month))
        return {date(_YEAR, month, day) for month in months for day in days}

    def passage(self) -> Passage:
        """The sentence that announces it."""
        days = {day: same(str(day)) for day in range(1, 32)}
        months = dict(enumerate(texts.MONTHS, 2))
        before = both(f"{self.event.fr} aura lieu le ", f"{self.event.en} will take place on ")
        return Passage(
            (Piece(before), *self.day.pieces(days), Piece(same(" ")), *self.month.pieces(months), Piece(same(f" {_YEAR}.")))
        )
