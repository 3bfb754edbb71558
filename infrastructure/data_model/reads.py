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
_PERSON = (i.ATTEMPT, i.CONTRIBUTION, i.PROFILE, i.MARK, i.PARTICIPATION)


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
    "join",
    "share",
    "participation",
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
        8,
        "all about a person",
        (_query(WHOLE, *_PERSON),),
        ("start", "join", "results_worker", "profile", "counters reconcile"),
    ),
    AccessPattern(9, "a profile", (_one(i.PROFILE),), ("profile", "results_worker")),
    AccessPattern(
        10,
        "the current release",
        (_one(i.RELEASE, strong=False),),
        ("start", "join", "profile", "results_worker", "target profiles", "campaigns"),
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
    AccessPattern(21, "a summary", (_one(i.SUMMARY, strong=False),), ("counters show", "counter_summaries", "campaigns")),
    AccessPattern(22, "every view", (_query(WHOLE, i.VIEW),), ("counters reconcile",)),
    AccessPattern(
        23, "everybody, once a reconciliation", (Read("Scan", TABLE, _PERSON, strong=True),), ("counters reconcile",)
    ),
    AccessPattern(24, "a client", (_one(i.CLIENT),), ("token", "client", "clients")),
    AccessPattern(25, "the clients of an organisation", (_query(RANGE, i.CLIENT),), ("clients",)),
    AccessPattern(
        26,
        "failures at an address, then at a caller; at a client",
        (_query(WHOLE, i.FAILURES, strong=False),),
        ("token", "join", "campaign card"),
    ),
    AccessPattern(27, "who was told to wait a moment ago", (_one(i.FAILURES),), ("token",)),
    AccessPattern(
        28,
        "what a person is in an organisation, then the organisation",
        (_one(i.STANDING), _one(i.ORGANISATION)),
        ("organisations", "clients"),
    ),
    AccessPattern(
        29,
        "whether there is an organisation",
        (_one(i.ORGANISATION),),
        ("token", "client", "join", "campaign card", "share", "participation", "corrections", "explanation"),
    ),
    AccessPattern(30, "the members of an organisation", (_query(RANGE, i.STANDING),), ("organisations",)),
    AccessPattern(31, "an invitation", (_one(i.INVITATION),), ("organisations",)),
    AccessPattern(32, "the invitations of an organisation", (_query(RANGE, i.INVITATION),), ("organisations",)),
    AccessPattern(33, "what a person is a member of", (_query(RANGE, i.REMEMBERED),), ("organisations",)),
    AccessPattern(34, "a target profile", (_one(i.TARGET_PROFILE),), ("target profiles", "campaigns")),
    AccessPattern(35, "the target profiles of an organisation", (_query(RANGE, i.TARGET_PROFILE),), ("target profiles",)),
    AccessPattern(
        36,
        "a campaign",
        (_one(i.CAMPAIGN),),
        ("campaigns", "join", "campaign card", "share", "participation", "corrections", "explanation"),
        "60 s, but for those who launch it, for a sharing and for an exam",
    ),
    AccessPattern(
        37,
        "what a campaign expects",
        (_one(i.EXPECTED, strong=False),),
        ("join", "campaign card", "share", "participation"),
        "the last 200",
    ),
    AccessPattern(38, "where a code leads", (_one(i.CODE, strong=False),), ("join", "campaign card")),
    AccessPattern(39, "the campaigns of an organisation", (_query(RANGE, i.LISTED_CAMPAIGN),), ("campaigns",)),
    AccessPattern(40, "each of them", (_one(i.CAMPAIGN, strong=False),), ("campaigns",)),
    AccessPattern(41, "a participation", (_one(i.PARTICIPATION),), ("share", "participation", "results_worker")),
    AccessPattern(
        42, "a person's attempts at a campaign", (_query(RANGE, i.PARTICIPATION),), ("results_worker", "counters reconcile")
    ),
    AccessPattern(43, "what was shared in a campaign, page by page", (_query(RANGE, i.SHARED_RESULT),), ("campaigns",)),
)
