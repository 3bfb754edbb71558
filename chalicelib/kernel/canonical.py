"""One byte string for one value: what hashes, comparisons and stored documents are made of."""

from __future__ import annotations

import json
import zlib
from typing import Any


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces; refuses NaN and infinities."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def pack_json(value: Any) -> bytes:
    """The canonical JSON, compressed."""
    return zlib.compress(canonical_json(value), 9)


def unpack_json(packed: bytes) -> Any:
    """What `pack_json` packed."""
    return json.loads(zlib.decompress(packed))
