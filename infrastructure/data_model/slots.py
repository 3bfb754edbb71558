"""What varies in keys."""

from __future__ import annotations

from chalicelib.kernel.ids import FILE_NAME_PATTERN, ID_PATTERN
from infrastructure.data_model.model import Slot

_ID = ID_PATTERN.strip("^$")
_NAME = "[a-z0-9]+(?:-[a-z0-9]+)*"

ASSESSMENT = Slot("assessment", "26 letters and digits: a hash of person, purpose, scope and attempt", _ID)
ENTRY = Slot("entry", "four digits, from `0001`, without a hole", r"(?!0000)\d{4}")
PERSON = Slot("person", "the token's subject, or an id for somebody without an account", "[^#]+")
SCOPE = Slot(
    "scope", "the framework `crcn`, an area `1`, a competence `1.1`; `campaign:` or `exam:` and a campaign", r"[a-z0-9.:]+"
)
ATTEMPT = Slot("attempt", "four digits, from `0001`, of one scope", r"\d{4}")
RELEASE = Slot("release", "26 letters and digits: the hash of its contents", _ID)
POOL = Slot("pool", "whose challenges: `practice`, `demonstration`", _NAME)
NUMBER = Slot("number", "eight digits, from `00000001`, without a hole", r"\d{8}")
SHARD = Slot("shard", "two digits, `00` to `15`: a hash of the batch", r"\d{2}")
BATCH = Slot("batch", "26 letters and digits: a hash of its assessments", _ID)
VIEW = Slot("view", "a kind, a colon and an id: `national:1.1`", r"[a-z][a-z0-9-]*:[A-Za-z0-9._-]+")
ROW = Slot("row", "three digits, from `000`: a hash of the participant", r"\d{3}")
ADDRESS = Slot("address", "hash of the content, a slash, and the file's name", f"{_ID}/{FILE_NAME_PATTERN.strip('^$')}")
HASH = Slot("hash", "26 letters and digits: the hash of the object's bytes", _ID)
PURPOSE = Slot("purpose", "what was guessed at: `campaign-code`, `invitation-code`, `client-secret`", _NAME)
SUBJECT = Slot("subject", "26 letters and digits: a keyed hash of an address, a device, a person or a client", _ID)
PART = Slot("part", "two digits, `00` to `15`: a hash of who failed", r"\d{2}")
CLIENT = Slot("client", "26 letters and digits, drawn at random", _ID)
ORGANISATION = Slot("organisation", "26 letters and digits: a hash of who created it and of the request's key", _ID)
TARGET_PROFILE = Slot(
    "profile", "26 letters and digits: a hash of the organisation and of the request's key, or drawn at random", _ID
)
INVITATION = Slot("invitation", "26 letters and digits: a hash of its code", _ID)
CAMPAIGN = Slot(
    "campaign", "26 letters and digits: a hash of the organisation and of the request's key, or drawn at random", _ID
)
CODE = Slot("code", "six letters and three digits, drawn at random", "[A-Z]{6}[0-9]{3}")
CONTENT = Slot("content", "32 hexadecimal digits: a hash of the item's content", "[0-9a-f]{32}")
PLACE = Slot("place", "two digits, `00` to `15`: a hash of the assessment", r"\d{2}")

SLOTS = (
    ASSESSMENT,
    ENTRY,
    PERSON,
    SCOPE,
    ATTEMPT,
    RELEASE,
    POOL,
    NUMBER,
    SHARD,
    BATCH,
    VIEW,
    ROW,
    ADDRESS,
    HASH,
    PURPOSE,
    SUBJECT,
    PART,
    CLIENT,
    ORGANISATION,
    TARGET_PROFILE,
    INVITATION,
    CAMPAIGN,
    CODE,
    CONTENT,
    PLACE,
)
