"""The ledger, sorted by assessment: what the browsers can vouch for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from load_tests.faults.ledger import Line


@dataclass
class Account:
    """What the browsers know of one assessment."""

    intents: set[int] = field(default_factory=set)
    acknowledged: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    sent: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    seconds: dict[int, float] = field(default_factory=dict)
    finished: bool = False


@dataclass(frozen=True)
class Accounts:
    """The whole ledger, by assessment; what browsers found wrong; the assessments that each intent was given."""

    by_assessment: dict[str, Account]
    assessments: dict[int, set[str]]
    wrong: tuple[Line, ...]
    gave_up: tuple[Line, ...]


def accounts_of(lines: Iterable[Line]) -> Accounts:
    """The ledger, sorted by assessment."""
    accounts: dict[str, Account] = defaultdict(Account)
    assessments: dict[int, set[str]] = defaultdict(set)
    current: dict[int, str] = {}
    wrong, gave_up = [], []
    for line in lines:
        if line.what == "started":
            current[line.intent] = line.assessment
            assessments[line.intent].add(line.assessment)
        account = accounts[current[line.intent]] if line.intent in current else Account()
        account.intents.add(line.intent)
        match line.what:
            case "sent":
                account.sent[line.step].add(line.digest)
            case "acknowledged":
                account.acknowledged[line.step].add(line.digest)
                account.seconds[line.step] = max(line.seconds, account.seconds.get(line.step, 0.0))
            case "finished":
                account.finished = True
            case "wrong":
                wrong.append(line)
            case "gave-up":
                gave_up.append(line)
            case "started":
                pass
    return Accounts(dict(accounts), dict(assessments), tuple(wrong), tuple(gave_up))
