"""The access patterns: everything that is looked up, by whom and with which calls."""

from __future__ import annotations

from chalicelib.assessments.exposure import model as exposure
from chalicelib.assessments.exposure.publishing import MOST_BATCHES
from chalicelib.assessments.exposure.tables import CURRENT_SECONDS, TABLES_KEPT
from chalicelib.kernel import outbox
from chalicelib.storage.logs import STARTS_KEPT
from chalicelib.storage.releases import POINTER_SECONDS
from infrastructure.data_model import items as i
from infrastructure.data_model.model import FIRST, INDEX, LAST, RANGE, TABLE, WHOLE, AccessPattern, ItemKind, Read

_LOG = (i.START, i.ENTRY)
_PERSON = (i.ATTEMPT, i.CONTRIBUTION, i.PROFILE, i.MARK)


def _one(*kinds: ItemKind, strong: bool = True) -> Read:
    return Read("GetItem", "", kinds, strong)


def _query(shape: str, *kinds: ItemKind, strong: bool = True) -> Read:
    return Read("Query", shape, kinds, strong)


_TAILS = (
    "start",
    "answer",
    "begin",
    "focus",
    "end",
    "current",
    "results",
    "corrections",
    "explanation",
    "results_worker",
    "sweeper",
    "counters reconcile",
)

PATTERNS = (
    AccessPattern(
        1,
        "where an assessment stands: its last entry",
        (_query(LAST, *_LOG),),
        _TAILS,
    ),
    AccessPattern(
        2,
        "its entry 0, when the last entry is another",
        (_one(i.START, strong=False),),
        _TAILS,
        f"the last {STARTS_KEPT:,}",
    ),
    AccessPattern(3, "an answer that is sent again", (_one(i.ENTRY),), ("answer",)),
    AccessPattern(4, "answers to correct or to explain", (_query(RANGE, i.ENTRY),), ("corrections", "explanation")),
    AccessPattern(5, "a whole log", (_query(WHOLE, *_LOG),), ("log",)),
    AccessPattern(
        6, f"marks that wait, of each of {outbox.SHARDS} shards", (_query(INDEX, *_LOG, strong=False),), ("sweeper",)
    ),
    AccessPattern(7, "the entries of a mark", (_one(*_LOG),), ("sweeper",)),
    AccessPattern(
        8, "all about a person", (_query(WHOLE, *_PERSON),), ("start", "results_worker", "profile", "counters reconcile")
    ),
    AccessPattern(9, "a profile", (_one(i.PROFILE),), ("profile", "results_worker")),
    AccessPattern(
        10,
        "the current release",
        (_one(i.RELEASE, strong=False),),
        ("start", "profile", "results_worker"),
        f"{POINTER_SECONDS} s",
    ),
    AccessPattern(11, "the series of exposure tables", (_query(WHOLE, i.SERIES),), ("exposure_writer",)),
    AccessPattern(
        12, "the last version of one", (_query(LAST, i.VERSION),), ("exposure_writer", "exposure publish", "exposure show")
    ),
    AccessPattern(
        13,
        f"tests to count, at most {MOST_BATCHES} batches of each of {exposure.SHARDS} shards",
        (_query(FIRST, i.BATCH),),
        ("exposure_writer",),
    ),
    AccessPattern(
        14,
        "the table for a controlled test",
        (_query(LAST, i.VERSION, strong=False),),
        ("controlled test",),
        f"{CURRENT_SECONDS} s",
    ),
    AccessPattern(
        15,
        "a table that a test pinned",
        (_one(i.VERSION, strong=False),),
        ("controlled test", "exposure_writer"),
        f"the last {TABLES_KEPT}",
    ),
    AccessPattern(
        16,
        "a row of a view, then what it counted of the people concerned",
        (_one(i.ROW), _one(i.MARK)),
        ("results_worker", "counter_summaries", "counters reconcile"),
    ),
    AccessPattern(17, "whether a view is touched", (_one(i.TOUCHED),), ("results_worker", "counters reconcile")),
    AccessPattern(18, "the touched views", (_query(WHOLE, i.TOUCHED),), ("counter_summaries",)),
    AccessPattern(
        19, "how many rows a view has", (_one(i.VIEW),), ("counter_summaries", "counters reconcile", "counters show")
    ),
    AccessPattern(20, "the summary that a roll-up replaces", (_one(i.SUMMARY),), ("counter_summaries",)),
    AccessPattern(21, "a summary", (_one(i.SUMMARY, strong=False),), ("counters show", "counter_summaries")),
    AccessPattern(22, "every view", (_query(WHOLE, i.VIEW),), ("counters reconcile",)),
    AccessPattern(
        23, "everybody, once a reconciliation", (Read("Scan", TABLE, _PERSON, strong=True),), ("counters reconcile",)
    ),
)
