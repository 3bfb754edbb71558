"""Sources with one fault in keys, and everything that is then reported."""

from __future__ import annotations

from tests.domain.checks.spoiling import (
    Spoilt,
    in_both,
    refused_and_accepted,
    with_task,
)
from tests.domain.content_builders import (
    ALPHA,
    BETA,
    both,
    challenge_in,
)

SPOILT = [
    Spoilt(
        "a right number that nobody can type",
        lambda tree: challenge_in(tree, ALPHA, 4).update(value="1" * 31),
        in_both(f"{ALPHA}#alpha-4a", "right-answer-refused"),
    ),
    Spoilt(
        "a word both accepted and refused",
        refused_and_accepted,
        [(f"{BETA}#beta-3a/fr", "accepted-and-refused"), (f"{BETA}#beta-3a/fr", "wrong-answer-accepted")],
    ),
    Spoilt(
        "an accepted word that is nothing once folded",
        lambda tree: challenge_in(tree, BETA, 3).update(accept=both(["!"]), refuse=both([]), strip_punctuation=True),
        in_both(f"{BETA}#beta-3a", "accepts-nothing"),
    ),
    Spoilt(
        "an accepted word that reads as another",
        lambda tree: challenge_in(tree, BETA, 3)["accept"].update(fr=["clavier", "CLAVIER"]),
        [(f"{BETA}#beta-3a/fr", "unreachable-answer")],
    ),
    Spoilt(
        "slips forgiven in a file name",
        lambda tree: challenge_in(tree, BETA, 3).update(accept=both(["notes.txt"]), tolerate_typos=True),
        in_both(f"{BETA}#beta-3a", "typos-not-tolerable"),
    ),
    Spoilt(
        "a generator that nobody wrote",
        lambda tree: with_task(tree, generator="no-such-thing"),
        [(f"{ALPHA}#alpha-1b", "unknown-generator")],
    ),
    Spoilt(
        "a question that its generator does not draw",
        lambda tree: with_task(tree, question="no-such-question"),
        [(f"{ALPHA}#alpha-1b", "unknown-generator")],
    ),
    Spoilt(
        "a placeholder that its generator does not fill",
        lambda tree: with_task(tree, prompt={"fr": "Où est {{file}} dans {{nowhere}} ?", "en": "Where is {{file}}?"}),
        [(f"{ALPHA}#alpha-1b/fr", "unknown-placeholder")],
    ),
]
