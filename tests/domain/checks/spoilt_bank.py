"""Sources with one fault in the bank as a whole, and everything that is then reported."""

from __future__ import annotations

from tests.domain.checks.spoiling import (
    Spoilt,
    topic_of_levels,
    with_calibration,
)
from tests.domain.content_builders import (
    ALPHA,
    BETA,
    FRAMEWORK,
    RULES,
    a_framework,
    challenge_in,
)

SPOILT = [
    Spoilt(
        "one skill alone at a level with others above",
        lambda tree: tree.update({"topics/1.1/gamma.yaml": topic_of_levels("gamma", 2, 5, 6)}),
        [("topics/1.1", "level-gap")],
    ),
    Spoilt(
        "a pool too small for a need",
        lambda tree: (
            tree[RULES]["pool"].update(playable_with_a_need=8),
            challenge_in(tree, ALPHA, 1)["suits"].remove("blind"),
        ),
        [("topics/1.1/en", "pool-too-small"), ("topics/1.1/fr", "pool-too-small")],
    ),
    Spoilt(
        "a pool too small for a language",
        lambda tree: (
            tree[RULES]["pool"].update(playable_on_a_phone=8),
            challenge_in(tree, ALPHA, 1).update(locales={"fr": "validated", "en": "draft"}),
        ),
        [("topics/1.1/en", "pool-too-small")],
    ),
    Spoilt(
        "a pool too small on a phone",
        lambda tree: (
            tree[RULES]["pool"].update(playable_on_a_phone=8),
            challenge_in(tree, ALPHA, 1).update(device="computer"),
        ),
        [("topics/1.1/en", "pool-too-small"), ("topics/1.1/fr", "pool-too-small")],
    ),
    Spoilt(
        "a calibration of nothing",
        lambda tree: with_calibration(tree, "omega-1a,fr,1,0,0.25,0.1,0.1,600,2026-11-01,validated"),
        [("calibrations.csv#omega-1a/fr", "no-such-challenge")],
    ),
    Spoilt(
        "a guess chance that was estimated",
        lambda tree: with_calibration(tree, "alpha-1a,fr,1,0,0.21,0.1,0.1,600,2026-11-01,validated"),
        [("calibrations.csv#alpha-1a/fr", "guess-chance")],
    ),
    Spoilt(
        "a validated calibration from few answers",
        lambda tree: with_calibration(tree, "alpha-3a,fr,1,0,0,0.1,0.1,499,2026-11-01,validated"),
        [("calibrations.csv#alpha-3a/fr", "sample-too-small")],
    ),
    Spoilt(
        "a competence that nobody wrote for",
        lambda tree: tree.update({FRAMEWORK: a_framework("1.1", "1.2")}),
        [("topics/1.2", "no-open-level")],
    ),
    Spoilt(
        "a competence with one skill at level 1",
        lambda tree: tree[BETA]["skills"].pop(0),
        [("topics/1.1", "no-open-level")],
    ),
]
