"""A budget on which several people propose amounts, in a document under review."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.content.authoring.generators.tracked_changes import tracked_document_texts as texts
from chalicelib.content.authoring.generators.tracked_changes.tracked_dates import moments
from chalicelib.content.authoring.generators.writing.bilingual import same
from chalicelib.content.authoring.generators.writing.word_document import Mark, Passage, Piece
from chalicelib.content.texts import Locale, Text


@dataclass(frozen=True)
class _Proposal:
    amount: int
    mark: Mark
    struck: Mark | None


@dataclass(frozen=True)
class BudgetLine:
    """A line of the budget: its first amount, what was proposed since, earliest first, and who dropped it in the end."""

    label: Text
    first: int
    proposals: tuple[_Proposal, ...]
    shown: tuple[_Proposal, ...]
    dropped: Mark | None

    @property
    def latest(self) -> int:
        """The latest amount that anybody wrote, dropped or not."""
        return self.proposals[-1].amount if self.proposals else self.first

    @property
    def amount(self) -> int:
        """What the line counts for in the end."""
        return 0 if self.dropped else self.latest

    def passage(self) -> Passage:
        """Its cell: the first amount, then the proposals in no order."""
        struck = self.proposals[0].mark if self.proposals else None
        pieces = [Piece(same(str(self.first)), deleted=struck)]
        for one in self.shown:
            pieces.append(Piece(same(f" {one.amount}"), inserted=one.mark, deleted=one.struck or self.dropped))
        return Passage(tuple(pieces))

    def told(self, locale: Locale) -> str:
        """The line and what it counts for, as the solution says it."""
        mark = self.dropped or (self.proposals[-1].mark if self.proposals else None)
        why = texts.UNCHANGED.in_(locale)
        if mark is not None:
            what = texts.DROPPED if self.dropped else texts.LATEST
            why = f"{what.in_(locale)} {mark.author}, {mark.at:%d/%m %H:%M}"
        return f"- {self.label.in_(locale)}{' :' if locale == 'fr' else ':'} **{self.amount}** ({why})"


def drawn_lines(chance: random.Random, people: Sequence[str]) -> list[BudgetLine]:
    """One line that nobody changed, one that somebody dropped, five with one to four proposals."""
    counts = [0, 1, 2, 3, 3, 4]
    lines = [_line(chance, people, count, dropped=False) for count in counts]
    lines.append(_line(chance, people, chance.choice((1, 2)), dropped=True))
    chance.shuffle(lines)
    return [replace(line, label=label) for line, label in zip(lines, chance.sample(texts.BUDGET, len(lines)), strict=True)]


def _line(chance: random.Random, people: Sequence[str], count: int, *, dropped: bool) -> BudgetLine:
    authors = chance.sample(people, count + 1)
    first, *amounts = chance.sample(range(120, 985, 5), count + 1)
    marks = [Mark(author, at) for author, at in zip(authors, moments(chance, count + 1), strict=True)]
    proposals = tuple(
        _Proposal(amount, marks[place], _struck(chance, marks[place + 1 : count])) for place, amount in enumerate(amounts)
    )
    shown = chance.sample(proposals, count)
    return BudgetLine(same(" "), first, proposals, tuple(shown), marks[-1] if dropped else None)


def _struck(chance: random.Random, later: Sequence[Mark]) -> Mark | None:
    """Now and then somebody who comes later strikes a proposal."""
    return chance.choice(later) if later and chance.random() < 0.4 else None


def wrong_totals(lines: Sequence[BudgetLine]) -> set[int]:
    """First amounts, first proposals, the highest, the last on the page, all that stay on the page, the drop forgotten."""
    shown = [[one.amount for one in line.shown] or [line.first] for line in lines]
    left = [[one.amount for one in line.shown if not (one.struck or line.dropped)] for line in lines]
    return {
        sum(line.first for line in lines),
        sum(line.proposals[0].amount if line.proposals else line.first for line in lines),
        sum(max([line.first, *amounts]) for line, amounts in zip(lines, shown, strict=True)),
        sum(amounts[-1] for amounts in shown),
        sum(line.first if not line.proposals else sum(amounts) for line, amounts in zip(lines, left, strict=True)),
        sum(line.latest for line in lines),
    }
