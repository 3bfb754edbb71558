"""The codes that people type to enter a campaign: six letters, three digits, none of which looks like another."""

from __future__ import annotations

import hashlib
import re

from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import IdSource

LETTERS = "CDFGHJKMNPQRTVWXY"
"""No vowel, so that no code is a word; no B, L, S, Z, which look like digits."""
DIGITS = "2345679"
"""No 0, 1, 8, which look like letters."""
_CODE = re.compile(f"[{LETTERS}]{{6}}[{DIGITS}]{{3}}")


def draw_code(ids: IdSource) -> str:
    """A code that nobody can guess, from the 130 random bits of an id spread over 256, so that no sign is favoured."""
    left = int.from_bytes(hashlib.sha256(ids.new().encode()).digest(), "big")
    signs = []
    for alphabet in (LETTERS,) * 6 + (DIGITS,) * 3:
        left, place = divmod(left, len(alphabet))
        signs.append(alphabet[place])
    return "".join(signs)


def read_code(typed: str) -> str:
    """The code that somebody typed, whatever the case, spaces and hyphens; raises `NotFoundError` when it can be none."""
    code = re.sub(r"[\s-]", "", typed).upper()
    if _CODE.fullmatch(code) is None:
        raise NotFoundError("campaign-not-found", "No campaign has this code.")
    return code
