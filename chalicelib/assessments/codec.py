"""State, start and answers as bytes.

State, version 1, big-endian: version 1 byte, stop reason 1, flags 1 (1 pending, 2 served, 4 focus lost), pending ordinal 2,
served at 6, active at 6, then 3 bytes an answer: 14 bits of ordinal, 3 of outcome, 7 of distance.

Answer: `=` and the text in UTF-8; `#` and ids of one letter with commas; or `*` and each of several texts after a byte that
tells its length. JSON would escape quotes, and a text of the longest kind would no longer fit in the entry's write unit.
"""

from __future__ import annotations

from string import ascii_lowercase

from chalicelib.assessments.model import Given, Outcome, Pending, Start, State, StopReason
from chalicelib.content.challenges import Answer
from chalicelib.kernel.canonical import pack_json, unpack_json
from chalicelib.kernel.clock import Instant

VERSION = 1
HEADER_BYTES = 17
ANSWER_BYTES = 3
MOST_DISTANCE = 127

_PENDING, _SERVED, _FOCUS_LOST = 1, 2, 4


class UnreadableStateError(Exception):
    """These bytes are not a state of a version we know."""


def pack_state(state: State) -> bytes:
    """The state as bytes; raises ValueError when a distance or an ordinal does not fit."""
    pending = state.pending
    flags = 0
    if pending is not None:
        flags = _PENDING | (_SERVED if pending.served_at is not None else 0) | (_FOCUS_LOST if pending.focus_lost else 0)
    packed = bytearray((VERSION, state.stop or 0, flags))
    packed += (pending.ordinal if pending else 0).to_bytes(2, "big")
    packed += (pending.served_at or 0 if pending else 0).to_bytes(6, "big")
    packed += state.active_at.to_bytes(6, "big")
    for given in state.answers:
        if not (0 <= given.ordinal < 1 << 14 and 0 < given.distance <= MOST_DISTANCE):
            raise ValueError(f"does not fit in a log: {given}")
        packed += (given.ordinal << 10 | given.outcome << 7 | given.distance).to_bytes(3, "big")
    return bytes(packed)


def unpack_state(packed: bytes) -> State:
    """The state that these bytes hold; raises `UnreadableStateError`."""
    if len(packed) < HEADER_BYTES or packed[0] != VERSION or (len(packed) - HEADER_BYTES) % ANSWER_BYTES:
        raise UnreadableStateError(f"version {packed[:1].hex()}, {len(packed)} bytes")
    flags = packed[2]
    pending = None
    if flags & _PENDING:
        served_at = Instant(int.from_bytes(packed[5:11], "big")) if flags & _SERVED else None
        pending = Pending(int.from_bytes(packed[3:5], "big"), served_at, bool(flags & _FOCUS_LOST))
    answers = tuple(_given(packed[i : i + ANSWER_BYTES]) for i in range(HEADER_BYTES, len(packed), ANSWER_BYTES))
    stop = StopReason(packed[1]) if packed[1] else None
    return State(answers, pending, stop, Instant(int.from_bytes(packed[11:17], "big")))


def _given(packed: bytes) -> Given:
    word = int.from_bytes(packed, "big")
    return Given(word >> 10, Outcome(word >> 7 & 0b111), word & 0b1111111)


def pack_start(start: Start) -> bytes:
    """The start as compressed canonical JSON."""
    return pack_json(start.model_dump(mode="json"))


def unpack_start(packed: bytes) -> Start:
    """The start that these bytes hold."""
    return Start.model_validate(unpack_json(packed))


def pack_answer(answer: Answer | None) -> bytes | None:
    """A canonical answer as bytes, one more than its text: equal answers have equal bytes. A skip is None."""
    if answer is None:
        return None
    if isinstance(answer, str):
        return b"=" + answer.encode()
    if all(len(part) == 1 and part in ascii_lowercase for part in answer):
        return b"#" + ",".join(answer).encode()
    texts = [part.encode() for part in answer]
    return b"*" + b"".join(bytes([len(text)]) + text for text in texts)


def unpack_answer(packed: bytes | None) -> Answer | None:
    """The answer that these bytes hold."""
    if packed is None:
        return None
    if packed[:1] == b"=":
        return packed[1:].decode()
    if packed[:1] == b"#":
        return tuple(packed[1:].decode().split(",")) if len(packed) > 1 else ()
    texts, place = [], 1
    while place < len(packed):
        end = place + 1 + packed[place]
        texts.append(packed[place + 1 : end].decode())
        place = end
    return tuple(texts)
