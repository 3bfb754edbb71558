"""What is kept as bytes: fields in their order, and arrays by their name. Big-endian throughout."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.assessments.model import Outcome, StopReason


@dataclass(frozen=True)
class Field:
    """Some bytes in their place."""

    bytes: str
    """How many; `2 each` for what is repeated."""
    what: str


@dataclass(frozen=True)
class Array:
    """An array of an `.npz`."""

    names: tuple[str, ...]
    shape: str
    what: str


def _numbers(named: type[StopReason] | type[Outcome]) -> str:
    return ", ".join(f"{one.value} {one.name.lower().replace('_', ' ')}" for one in named)


STATE = (
    Field("1", "version, 1"),
    Field("1", f"why it ended: 0 open, {_numbers(StopReason)}"),
    Field("1", "flags of the pending challenge: 1 there is one, 2 shown, 4 focus lost"),
    Field("2", "its ordinal in the pinned release"),
    Field("6", "when it was shown, in milliseconds"),
    Field("6", "when the person last started or answered"),
    Field(
        "3 each",
        f"an answer: 14 bits of ordinal, 3 of outcome ({_numbers(Outcome)}), 7 of distance to the entry of the answer before",
    ),
)
BATCH = (
    Field("1", "version, 1"),
    Field("2", "challenges of the release"),
    Field("4 each test", "version of the table that it pinned, 0 when none"),
    Field("2 each test", "its final ability in thousandths, signed"),
    Field("2 each test", "how many challenges it was given"),
    Field("2 each challenge", "their ordinals, test by test after its three numbers"),
)

RELEASE = (
    Array(
        ("head",),
        "bytes",
        "JSON: format, framework, rules, id and competence of each topic, id of each challenge and of each target profile",
    ),
    Array(
        ("a", "b", "se_a", "se_b", "calibrated"),
        "languages × n",
        "calibration of each challenge: French, then English; status 0 prior, 1 provisional, 2 validated",
    ),
    Array(("c",), "n", "guess chance, from the kind"),
    Array(("topic", "level", "timed", "computer"), "n", "place of the topic, rung, has a time limit, needs a computer"),
    Array(("suits", "ready"), "n", "bits: needs that can do it; languages in which it is validated"),
    Array(("seconds",), "n", "seconds that an answer usually takes, from the kind and the time limit"),
    Array(("use",), "n", "0 practice, 1 exposed certification, 2 private certification"),
    Array(("ladder",), "topics × 8", "which rungs hold a skill"),
    Array(("challenges", "topics", "lessons", "profiles"), "bytes", "chunks of 24 JSON documents, each compressed"),
    Array(("challenges_ends", "topics_ends", "lessons_ends", "profiles_ends"), "chunks", "where each chunk ends"),
    Array(
        ("challenges_hashes", "topics_hashes", "lessons_hashes", "profiles_hashes"),
        "32 × chunks",
        "SHA-256 of each before compression",
    ),
)
EXPOSURE_TABLE = (
    Array(("head",), "bytes", "JSON: version and limits"),
    Array(("highest_draw",), "strata × n", "the highest draw, of 65,536, with which the challenge may be given"),
    Array(("prices",), "strata × n", "what is taken from its value when it is chosen, 32 bits"),
)
EXPOSURE_COUNTS = (
    Array(("sessions",), "strata", "tests, older ones weighing less"),
    Array(("given",), "strata × n", "those that had the challenge"),
    Array(("eligible",), "strata × n", "those in which it could be given"),
    Array(("batches",), "26 bytes each", "keys of the batches counted for this version"),
)
