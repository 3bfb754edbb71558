"""Sources with one fault in wordings and pictures, and everything that is then reported."""

from __future__ import annotations

from tests.domain.checks.spoiling import (
    HARD,
    SVG,
    Spoilt,
    in_both,
    same_option,
    same_prompt,
    with_image,
    with_pool,
)
from tests.domain.content_builders import (
    ALPHA,
    BETA,
    a_lesson,
    both,
    challenge_in,
    document,
)

SPOILT = [
    Spoilt(
        "the same prompt in French but for case and spaces",
        lambda tree: same_prompt(tree, "fr"),
        [(f"{ALPHA}#alpha-1a/fr", "duplicate-stem"), (f"{BETA}#beta-2a/fr", "duplicate-stem")],
    ),
    Spoilt(
        "the same prompt in English",
        lambda tree: same_prompt(tree, "en"),
        [(f"{ALPHA}#alpha-1a/en", "duplicate-stem"), (f"{BETA}#beta-2a/en", "duplicate-stem")],
    ),
    Spoilt("two options that read the same", same_option, [(f"{ALPHA}#alpha-1a/en", "same-option-twice")]),
    Spoilt(
        "HTML in a prompt",
        lambda tree: challenge_in(tree, ALPHA, 2)["prompt"].update(fr="Lisez <b>tout</b>"),
        [(f"{ALPHA}#alpha-2a/fr", "mark-not-allowed")],
    ),
    Spoilt(
        "a link in a lesson",
        lambda tree: tree[ALPHA].update(lessons=[a_lesson("alpha", text=both("Voir https://example.org/page"))]),
        in_both(f"{ALPHA}#lesson alpha", "mark-not-allowed"),
    ),
    Spoilt(
        "a prompt too hard for beginners",
        lambda tree: challenge_in(tree, ALPHA, 1)["prompt"].update(en=HARD),
        [(f"{ALPHA}#alpha-1a/en", "hard-to-read")],
    ),
    Spoilt(
        "a picture that nobody told in words",
        lambda tree: with_image(tree, alt={"fr": "Plan", "en": "The map of the school, with its three doors"}),
        [(f"{ALPHA}#alpha-1a/fr", "image-without-alternative")],
    ),
    Spoilt(
        "a picture that is not there",
        lambda tree: (with_image(tree), tree.pop("images/plan.svg")),
        in_both(f"{ALPHA}#alpha-1a", "image-missing"),
    ),
    Spoilt(
        "a picture that would run",
        lambda tree: with_image(tree).update({"images/plan.svg": SVG.replace("</svg>", "<script>alert(1)</script></svg>")}),
        [("images/plan.svg", "image-unfit")],
    ),
    Spoilt(
        "a picture that nothing shows",
        lambda tree: tree.update({"images/other.svg": SVG}),
        [("images/other.svg", "image-not-shown")],
    ),
    Spoilt(
        "a placeholder outside a file task",
        lambda tree: challenge_in(tree, ALPHA, 2)["prompt"].update(fr="Où est {{file}} ?"),
        [(f"{ALPHA}#alpha-2a", "placeholder-without-generator")],
    ),
    Spoilt(
        "a certification challenge that is a practice one",
        lambda tree: with_pool(tree, {**document("choice", "alpha-1c1"), "prompt": challenge_in(tree, ALPHA, 1)["prompt"]}),
        sorted(
            (f"{place}/{locale}", "duplicate-stem")
            for place in (f"{ALPHA}#alpha-1a", "exposed/1.1.yaml#alpha-1c1")
            for locale in ("fr", "en")
        ),
    ),
]
