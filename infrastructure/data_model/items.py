"""Every kind of item and of stored object. `tests/docs/test_data_model.py` plays every use-case and holds this to what was written."""

from __future__ import annotations

from chalicelib.assessments.model import MOST_ENTRIES, EntryKind
from chalicelib.campaigns.counters.model import MOST_PENDING
from chalicelib.campaigns.organisations.model import MOST_COUNTED_ON, OrganisationType
from chalicelib.storage import keys
from infrastructure.data_model import slots as s
from infrastructure.data_model.model import (
    BEGIN,
    COUNT,
    CREATE,
    DELETE,
    MOVE,
    OVERWRITE,
    SETTLE,
    Attribute,
    ItemKind,
    KeyPattern,
    StoredObject,
    Write,
    delete_at,
    replace_at,
)

_LOG = KeyPattern(keys.log, (s.ASSESSMENT,))
_PERSON = KeyPattern(keys.person, (s.PERSON,))
_WITH_THE_LOG = "as long as its log"
_PERSONAL = "until the person is erased"
_FOR_EVER = "for ever"
_COUNTING = ("results_worker", "counter_summaries", "counters reconcile")

_STATE = Attribute("state", "B", "the state after it, [below](#state)")
_MARK = (
    Attribute("mark_at", "N", "the instant from which the mark waits"),
    Attribute("attempts", "N", "failures to settle the mark; absent before the first"),
    Attribute("mark_since", "N", "its first `mark_at`; absent before the first failure"),
)

START = ItemKind(
    "start",
    "Assessments",
    _LOG,
    KeyPattern(keys.entry(0)),
    "Entry 0 of a log: what never changes, and the first challenge.",
    (
        Attribute("kind", "S", f"`{EntryKind.STARTED}`"),
        Attribute("at", "N", "when it started"),
        Attribute("action", "S", "`start`"),
        _STATE,
        Attribute(
            "start",
            "B",
            "compressed JSON: person, scope, attempt, assessments begun before, pins (release, engine, secret), locale, needs, device, "
            "targets, what was known, challenges met",
            compressed=True,
        ),
        Attribute("mark", "S", "`due#<shard>` until the assessment has ended; the instant is when it ends by itself"),
        *_MARK,
    ),
    (Write(CREATE, ("start", "join")), Write(SETTLE, ("answer", "end", "share", "sweeper")), Write(MOVE, ("sweeper",))),
    "for ever: nothing deletes a log. `start` names the person",
)
ENTRY = ItemKind(
    "entry",
    "Assessments",
    _LOG,
    KeyPattern(keys.entry, (s.ENTRY,)),
    f"A later entry of a log: one thing that happened, and the whole state after it. At most {MOST_ENTRIES - 1:,} a log.",
    (
        Attribute("kind", "S", ", ".join(f"`{kind}`" for kind in EntryKind if kind is not EntryKind.STARTED)),
        Attribute("at", "N", "when it happened, never before the entry before"),
        Attribute(
            "action", "S", "`answer:<step>`, `begin:<step>`, `focus:<step>`, `end`, `share`: the same action is the same write"
        ),
        _STATE,
        Attribute("value", "B", "the canonical answer, [below](#answer); absent for a skip and when nothing was answered"),
        Attribute(
            "mark", "S", "`results#<shard>` on the entry that ended it and on the one that shared it, until the message is sent"
        ),
        *_MARK,
    ),
    (
        Write(CREATE, ("answer", "begin", "focus", "end", "share", "sweeper")),
        Write(SETTLE, ("answer", "end", "share", "sweeper")),
        Write(MOVE, ("sweeper",)),
    ),
    _WITH_THE_LOG,
)
ATTEMPT = ItemKind(
    "attempt",
    "People",
    _PERSON,
    KeyPattern(keys.attempt, (s.SCOPE, s.ATTEMPT)),
    "An attempt exists. Written after entry 0; the same item whoever writes it.",
    (Attribute("assessment", "S", "its id"),),
    (Write(OVERWRITE, ("start", "join")),),
    _PERSONAL,
)
CONTRIBUTION = ItemKind(
    "contribution",
    "People",
    _PERSON,
    KeyPattern(keys.contribution, (s.ASSESSMENT,)),
    "What a finished assessment says of the person. The same bytes whoever writes it.",
    (Attribute("body", "B", "compressed JSON: each answer with its skill and calibration", compressed=True),),
    (Write(CREATE, ("results_worker", "start")),),
    _PERSONAL,
)
PROFILE = ItemKind(
    "profile",
    "People",
    _PERSON,
    KeyPattern(keys.PROFILE),
    "The fold of all contributions. It is read *before* the contributions that it is folded from: a newer one stored in between makes "
    "the write fail, so none loses a contribution that an older one had.",
    (
        Attribute("version", "S", "hash of the profile, 64 hexadecimal digits"),
        Attribute("body", "B", "compressed JSON", compressed=True),
    ),
    (Write(CREATE, ("results_worker",)), Write(replace_at("version"), ("results_worker",))),
    f"{_PERSONAL}; it can be folded again",
)
MARK = ItemKind(
    "counted",
    "People",
    _PERSON,
    KeyPattern(keys.counter, (s.VIEW,)),
    "What a view counted of the person last.",
    (
        Attribute("rank", "S", "which of the person's participations; a higher one replaces a lower one"),
        Attribute("contribution", "B", "JSON: what it added to each total"),
    ),
    (Write(CREATE, _COUNTING), Write(replace_at("rank"), _COUNTING)),
    f"{_PERSONAL}, and withdrawn from the view before",
)
RELEASE = ItemKind(
    "current release",
    "Registry",
    KeyPattern(keys.CURRENT_RELEASE[0]),
    KeyPattern(keys.CURRENT_RELEASE[1]),
    "The release that new assessments pin.",
    (Attribute("release", "S", "its id"),),
    (Write(OVERWRITE, ("content publish",)),),
    "until the next publication",
)
SERIES = ItemKind(
    "series",
    "Registry",
    KeyPattern(keys.EXPOSURE_SERIES),
    KeyPattern(keys.series, (s.RELEASE, s.POOL)),
    "A series of exposure tables exists. The same item whoever writes it.",
    (),
    (Write(OVERWRITE, ("results_worker", "exposure publish")),),
    _FOR_EVER,
)
BATCH = ItemKind(
    "batch",
    "Registry",
    KeyPattern(keys.exposure_batches, (s.RELEASE, s.POOL, s.SHARD)),
    KeyPattern(str, (s.BATCH,)),
    "Finished tests of one batch of messages, which wait to be counted.",
    (Attribute("tests", "B", "[below](#batch)"),),
    (Write(CREATE, ("results_worker",)), Write(DELETE, ("exposure_writer",))),
    "until counted, within a minute or two. It names nobody",
)
VERSION = ItemKind(
    "exposure version",
    "Registry",
    KeyPattern(keys.exposure_versions, (s.RELEASE, s.POOL)),
    KeyPattern(keys.exposure_version, (s.NUMBER,)),
    "A version of the series' table.",
    (
        Attribute("at", "N", "when it was published"),
        Attribute("table", "S", "name of its table in the bucket"),
        Attribute("counts", "S", "name of its counts"),
        Attribute("status", "S", "`counting` until the batches that it counted are deleted, then `acknowledged`"),
    ),
    (Write(CREATE, ("exposure_writer", "exposure publish")), Write(replace_at("status"), ("exposure_writer",))),
    _FOR_EVER,
)
VIEW = ItemKind(
    "view",
    "Registry",
    KeyPattern(keys.COUNTED_VIEWS),
    KeyPattern(str, (s.VIEW,)),
    "A view exists.",
    (Attribute("shards", "N", "how many rows it has, which never changes"),),
    (Write(CREATE, ("results_worker", "counters reconcile", "campaigns")),),
    _FOR_EVER,
)
ROW = ItemKind(
    "row",
    "Registry",
    KeyPattern(keys.counter_row, (s.VIEW, s.ROW)),
    KeyPattern(keys.COUNTER_ROW),
    "One shard of a view's totals. A partition each, so that none is hotter than its row.",
    (
        Attribute("version", "S", "how many times it was replaced"),
        Attribute("totals", "B", "JSON: each total by its name"),
        Attribute(
            "pending",
            "B",
            f"JSON: [id, rank, contribution] of each counted participant whose mark may be missing; at most {MOST_PENDING}",
        ),
    ),
    (Write(CREATE, ("results_worker", "counters reconcile")), Write(replace_at("version"), _COUNTING)),
    "for ever. `pending` names persons until the next counting of the row, or until its view rests",
)
TOUCHED = ItemKind(
    "touched view",
    "Registry",
    KeyPattern(keys.TOUCHED_VIEWS),
    KeyPattern(str, (s.VIEW,)),
    "A view waits to be rolled up, or is being.",
    (Attribute("state", "S", "`touched`, or the token of the roll-up that began"),),
    (
        Write(CREATE, ("results_worker", "counters reconcile")),
        Write(replace_at("state"), _COUNTING),
        Write(delete_at("state"), ("counter_summaries",)),
    ),
    "until a roll-up finds the view at rest",
)
SUMMARY = ItemKind(
    "summary",
    "Registry",
    KeyPattern(keys.counter, (s.VIEW,)),
    KeyPattern(keys.COUNTER_SUMMARY),
    "All rows of a view together: what is read.",
    (
        Attribute("version", "S", "sum of the versions of its rows"),
        Attribute("totals", "B", "JSON: each total by its name"),
        Attribute("at", "N", "when its rows were read"),
    ),
    (Write(CREATE, ("counter_summaries",)), Write(replace_at("version"), ("counter_summaries",))),
    "for ever. It names nobody",
)

_ORGANISATION = KeyPattern(keys.organisation, (s.ORGANISATION,))
ORGANISATION = ItemKind(
    "organisation",
    "Registry",
    _ORGANISATION,
    KeyPattern(keys.ORGANISATION),
    "An organisation. Written after its first admin, and decides that it exists.",
    (
        Attribute("version", "S", "how many times it was written"),
        Attribute("status", "S", "`open`, or `deleted`: then it exists for nobody"),
        Attribute("type", "S", ", ".join(f"`{one}`" for one in OrganisationType)),
        Attribute("name", "S", "what it is called; not personal"),
        Attribute("places", "N", "people it has places for; absent for as many as come"),
        Attribute("policy", "S", "`warn` or `block`: what happens to one more; absent with `places`"),
        Attribute("ancestors", "B", "JSON: ids of the organisations above it, from the root"),
        Attribute("admins", "B", f"JSON: the admins that it counts on, from 1 to {MOST_COUNTED_ON}"),
        Attribute("created_at", "N", "when it was created"),
        Attribute("wished", "S", "hash of what it was created from"),
    ),
    (Write(CREATE, ("organisations",)), Write(replace_at("version"), ("organisations",))),
    f"{_FOR_EVER}. `admins` names persons",
)
STANDING = ItemKind(
    "standing",
    "Registry",
    _ORGANISATION,
    KeyPattern(keys.member, (s.PERSON,)),
    "What a person is in an organisation: read whenever they ask for something there.",
    (
        Attribute("version", "S", "how many times it was written"),
        Attribute("role", "S", "`admin`, `member`, or `left`"),
        Attribute("at", "N", "when the role was decided; what was decided before changes nothing"),
    ),
    (Write(CREATE, ("organisations",)), Write(replace_at("version"), ("organisations",))),
    _PERSONAL,
)
INVITATION = ItemKind(
    "invitation",
    "Registry",
    _ORGANISATION,
    KeyPattern(keys.invitation, (s.INVITATION,)),
    "An invitation, known by a hash of its code. Its acceptance is written before the standing, and decides who and when.",
    (
        Attribute("status", "S", "`open`, `accepted` or `withdrawn`"),
        Attribute("role", "S", "`admin` or `member`"),
        Attribute("invited_by", "S", "the admin"),
        Attribute("created_at", "N", "when it was made; it is good for 14 days"),
        Attribute("person", "S", "who accepted it; absent before"),
        Attribute("accepted_at", "N", "from when it counts; absent before"),
    ),
    (Write(CREATE, ("organisations",)), Write(replace_at("status"), ("organisations",))),
    "until the persons that it names are erased",
)
REMEMBERED = ItemKind(
    "organisation of a person",
    "Registry",
    KeyPattern(keys.organisations_of, (s.PERSON,)),
    KeyPattern(keys.member, (s.ORGANISATION,)),
    "Where a person may have a standing. Written before it; the same item whoever writes it.",
    (),
    (Write(OVERWRITE, ("organisations",)),),
    _PERSONAL,
)
TARGET_PROFILE = ItemKind(
    "target profile",
    "Registry",
    _ORGANISATION,
    KeyPattern(keys.target_profile, (s.TARGET_PROFILE,)),
    "A target profile of an organisation's own. Campaigns that were opened with it have frozen what they need.",
    (
        Attribute("version", "S", "how many times it was written"),
        Attribute("wished", "S", "hash of what it was created from"),
        Attribute("targets", "B", "compressed JSON: title, description, topics, stages, badges", compressed=True),
    ),
    (
        Write(CREATE, ("target profiles",)),
        Write(replace_at("version"), ("target profiles",)),
        Write(delete_at("version"), ("target profiles",)),
    ),
    "until the organisation deletes it. It names nobody",
)
CLIENT = ItemKind(
    "client",
    "Registry",
    KeyPattern(keys.organisation, (s.ORGANISATION,)),
    KeyPattern(keys.client, (s.CLIENT,)),
    "A program that asks in the name of the organisation. It presents both ids, so that one read finds it.",
    (
        Attribute("version", "S", "how many times it was written"),
        Attribute("label", "S", "what it is called"),
        Attribute("scopes", "S", "what it may do, with spaces between"),
        Attribute("secrets", "B", "JSON: id, SHA-256 and instant of each live secret, at most two"),
        Attribute("created_at", "N", "when it was created"),
        Attribute("revoked_at", "N", "when it was revoked, for good; absent while it lives"),
    ),
    (Write(CREATE, ("clients",)), Write(replace_at("version"), ("clients",))),
    "for ever; a revoked one without secrets",
)
FAILURES = ItemKind(
    "failures",
    "Registry",
    KeyPattern(keys.failures, (s.PURPOSE, s.SUBJECT)),
    KeyPattern(keys.failures_shard, (s.PART,)),
    "Wrong guesses at a subject. Caller and device have one part, an address 16, a client that is guessed at 8.",
    (
        Attribute("failures", "N", "how many; 0 is a sign that somebody was told to wait"),
        Attribute("last_at", "N", "the last one"),
        Attribute("expires_at", "N", "the second from which it does not count, deleted or not"),
    ),
    (Write(COUNT, ("token", "join", "campaign card")), Write(BEGIN, ("token", "join"))),
    "a day after the last one; no name, address or id can be read from it",
)

_CAMPAIGN = KeyPattern(keys.campaign, (s.CAMPAIGN,))
CAMPAIGN = ItemKind(
    "campaign",
    "Registry",
    _CAMPAIGN,
    KeyPattern(keys.CAMPAIGN),
    "A campaign: its settings, its state, and from its first opening on its code and the name of what it expects.",
    (
        Attribute("version", "S", "hash of the body"),
        Attribute("body", "B", "compressed JSON: organisation, target profile, settings, state", compressed=True),
    ),
    (Write(CREATE, ("campaigns",)), Write(replace_at("version"), ("campaigns",))),
    "as long as its organisation. It names nobody",
)
EXPECTED = ItemKind(
    "what a campaign expects",
    "Registry",
    _CAMPAIGN,
    KeyPattern(keys.frozen_targets, (s.CONTENT,)),
    "The skills, stages and badges of a campaign, frozen when it first opened. The same content has the same key.",
    (Attribute("body", "B", "compressed JSON: release, skills, stages, badges", compressed=True),),
    (Write(OVERWRITE, ("campaigns",)),),
    "as long as its organisation. It names nobody",
)
CODE = ItemKind(
    "code",
    "Registry",
    KeyPattern(keys.campaign_code, (s.CODE,)),
    KeyPattern(keys.CODE),
    "Where a code leads. Written before the campaign says that it is its own.",
    (Attribute("campaign", "S", "the campaign"),),
    (Write(CREATE, ("campaigns",)),),
    "as long as its organisation. It names nobody",
)
LISTED_CAMPAIGN = ItemKind(
    "campaign of an organisation",
    "Registry",
    _ORGANISATION,
    KeyPattern(keys.listed_campaign, (s.CAMPAIGN,)),
    "The organisation has this campaign.",
    (),
    (Write(OVERWRITE, ("campaigns",)),),
    "as long as the organisation. It names nobody",
)
PARTICIPATION = ItemKind(
    "participation",
    "People",
    _PERSON,
    KeyPattern(keys.participation, (s.CAMPAIGN, s.ATTEMPT)),
    "A person's attempt at a campaign. That it is completed and shared stands in its log.",
    (
        Attribute("shared", "S", "`yes` or `no`"),
        Attribute("body", "B", "compressed JSON: assessment, external id, and from sharing on the results", compressed=True),
    ),
    (Write(CREATE, ("join",)), Write(replace_at("shared"), ("share",))),
    _PERSONAL,
)
SHARED_RESULT = ItemKind(
    "shared result",
    "Registry",
    KeyPattern(keys.shared_results, (s.CAMPAIGN, s.PLACE)),
    KeyPattern(keys.shared_result, (s.ASSESSMENT,)),
    "The organisation's copy of what somebody shared: no id of theirs, but the external id that they gave.",
    (Attribute("body", "B", "compressed JSON: assessment, external id, results", compressed=True),),
    (Write(CREATE, ("share", "results_worker")),),
    "until the person who shared is erased",
)

ITEMS = (
    START,
    ENTRY,
    ATTEMPT,
    CONTRIBUTION,
    PROFILE,
    MARK,
    RELEASE,
    SERIES,
    BATCH,
    VERSION,
    VIEW,
    ROW,
    TOUCHED,
    SUMMARY,
    ORGANISATION,
    STANDING,
    INVITATION,
    REMEMBERED,
    TARGET_PROFILE,
    CLIENT,
    FAILURES,
    CAMPAIGN,
    EXPECTED,
    CODE,
    LISTED_CAMPAIGN,
    PARTICIPATION,
    SHARED_RESULT,
)

OBJECTS = (
    StoredObject(
        "release",
        "Releases",
        KeyPattern(keys.release_object, (s.RELEASE,)),
        "A release, [below](#release); checked against its name at every load.",
        ("content publish",),
        _FOR_EVER,
    ),
    StoredObject(
        "file",
        "Releases",
        KeyPattern(keys.file_object, (s.ADDRESS,)),
        "A picture or the file of a file task. It never changes, and is shared by releases.",
        ("content publish",),
        _FOR_EVER,
    ),
    StoredObject(
        "exposure table or counts",
        "Releases",
        KeyPattern(keys.exposure_object, (s.RELEASE, s.POOL, s.NUMBER, s.HASH)),
        "What a version of a table names, [below](#exposure-table-and-counts); checked against its name at every load. One that no version "
        "names is that of a writer that lost a race or died.",
        ("exposure_writer", "exposure publish"),
        _FOR_EVER,
    ),
)


def kind_of(table: str, pk: str, sk: str) -> ItemKind | None:
    """The kind of the item with this key; None when none is described."""
    return next((kind for kind in ITEMS if kind.holds(table, pk, sk)), None)
