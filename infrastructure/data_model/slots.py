"""What varies in keys."""

from __future__ import annotations

from chalicelib.kernel.ids import FILE_NAME_PATTERN, ID_PATTERN
from infrastructure.data_model.model import Slot

_ID = ID_PATTERN.strip("^$")
_NAME = "[a-z0-9]+(?:-[a-z0-9]+)*"

ASSESSMENT = Slot("assessment", "26 letters and digits: a hash of person, purpose, scope and attempt", _ID)
ENTRY = Slot("entry", "four digits, from `0001`, without a hole", r"(?!0000)\d{4}")
PERSON = Slot("person", "the token's subject, or an id for somebody without an account", "[^#]+")
SCOPE = Slot("scope", "the framework `crcn`, an area `1`, or a competence `1.1`", r"[a-z0-9.]+")
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

SLOTS = (ASSESSMENT, ENTRY, PERSON, SCOPE, ATTEMPT, RELEASE, POOL, NUMBER, SHARD, BATCH, VIEW, ROW, ADDRESS, HASH)
