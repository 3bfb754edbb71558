"""Sources with one fault in names and places, and everything that is then reported."""

from __future__ import annotations

from tests.domain.checks.spoiling import (
    Spoilt,
    in_another_folder,
    link,
    of_no_competence,
    same_challenge_twice,
    same_topic_twice,
    topic_of_levels,
    under_another_name,
    with_pool,
    with_task,
)
from tests.domain.content_builders import (
    ALPHA,
    BETA,
    RULES,
    a_lesson,
    a_resource,
    both,
    challenge_in,
    document,
)

SPOILT = [
    Spoilt("a topic in another competence's folder", in_another_folder, [("topics/1.2/alpha.yaml", "misplaced-file")]),
    Spoilt("a topic in a file of another name", under_another_name, [("topics/1.1/alphabet.yaml", "misplaced-file")]),
    Spoilt("a competence that the framework has not", of_no_competence, [("topics/9.9/gamma.yaml", "unknown-competence")]),
    Spoilt(
        "two topics of one id", same_topic_twice, [(ALPHA, "duplicate-topic"), ("topics/1.2/alpha.yaml", "duplicate-topic")]
    ),
    Spoilt("two challenges of one id", same_challenge_twice, [(f"{ALPHA}#alpha-1a", "duplicate-challenge")]),
    Spoilt("levels that fall", lambda tree: tree[ALPHA]["skills"].reverse(), [(ALPHA, "levels-out-of-order")]),
    Spoilt(
        "a level without a challenge",
        lambda tree: tree[ALPHA]["skills"][1].update(challenges=[]),
        [(f"{ALPHA}#level 2", "skill-without-challenge")],
    ),
    Spoilt(
        "a level whose challenges are all drafts",
        lambda tree: challenge_in(tree, BETA, 3).update(status="draft"),
        [(f"{BETA}#level 3", "skill-without-challenge")],
    ),
    Spoilt(
        "a level without a resource",
        lambda tree: tree[BETA]["skills"][3].update(resources=[]),
        [(f"{BETA}#level 4", "skill-without-resource")],
    ),
    Spoilt(
        "a challenge named after another topic",
        lambda tree: challenge_in(tree, ALPHA, 2).update(id="omega-2a"),
        [(f"{ALPHA}#omega-2a", "misnamed-challenge")],
    ),
    Spoilt(
        "a challenge named after another level",
        lambda tree: challenge_in(tree, ALPHA, 2).update(id="alpha-3b"),
        [(f"{ALPHA}#alpha-3b", "misnamed-challenge")],
    ),
    Spoilt(
        "a challenge whose id begins like its level and ends like another",
        lambda tree: challenge_in(tree, ALPHA, 2).update(id="alpha-2-3a"),
        [(f"{ALPHA}#alpha-2-3a", "misnamed-challenge")],
    ),
    Spoilt(
        "a link that is not safe", lambda tree: link(tree, "http://example.org/x"), [(f"{ALPHA}#level 3", "link-not-https")]
    ),
    Spoilt("a link that is not one", lambda tree: link(tree, "see the manual"), [(f"{ALPHA}#level 3", "link-not-https")]),
    Spoilt("a link to nowhere", lambda tree: link(tree, "https:///page"), [(f"{ALPHA}#level 3", "link-not-https")]),
    Spoilt(
        "a link to a home page", lambda tree: link(tree, "https://example.org/"), [(f"{ALPHA}#level 3", "link-to-a-home-page")]
    ),
    Spoilt(
        "a link to a home page without its slash",
        lambda tree: link(tree, "https://example.org#top"),
        [(f"{ALPHA}#level 3", "link-to-a-home-page")],
    ),
    Spoilt(
        "a rung too high to begin with",
        lambda tree: tree.update({"topics/1.1/gamma.yaml": topic_of_levels("gamma", 3, 4)}),
        [("topics/1.1/gamma.yaml", "topic-without-easy-rung")],
    ),
    Spoilt(
        "a step of four levels",
        lambda tree: tree.update({f"topics/1.1/{one}.yaml": topic_of_levels(one, 1, 5) for one in ("gamma", "delta")}),
        [("topics/1.1/delta.yaml", "step-too-high"), ("topics/1.1/gamma.yaml", "step-too-high")],
    ),
    Spoilt(
        "one challenge where two are asked",
        lambda tree: tree[RULES]["pool"].update(challenges_a_skill=2),
        [(f"{path}#level {level}", "too-few-challenges") for path in (ALPHA, BETA) for level in range(1, 5)],
    ),
    Spoilt(
        "a topic without a lesson",
        lambda tree: (tree[RULES]["pool"].update(lessons_a_topic=1), tree[BETA].update(lessons=[a_lesson("beta")])),
        [(ALPHA, "topic-without-lesson")],
    ),
    Spoilt(
        "two lessons of one id",
        lambda tree: [tree[path].update(lessons=[a_lesson("same")]) for path in (ALPHA, BETA)],
        [(ALPHA, "duplicate-lesson"), (BETA, "duplicate-lesson")],
    ),
    Spoilt(
        "a resource without a licence",
        lambda tree: tree[ALPHA]["skills"][2]["resources"].append(a_resource(licence="unknown")),
        [(f"{ALPHA}#level 3", "resource-without-licence")],
    ),
    Spoilt(
        "a generator that serves four skills",
        lambda tree: [
            with_task(tree, f"{topic}-{level}b", path, level, prompt=both(f"{topic} {level}: {{{{file}}}}"))
            for topic, path, level in (("alpha", ALPHA, 1), ("alpha", ALPHA, 2), ("beta", BETA, 1), ("beta", BETA, 2))
        ],
        [("topics", "generator-serves-many-skills")],
    ),
    Spoilt(
        "a certification challenge named like practice",
        lambda tree: with_pool(tree, document("choice", "alpha-1d")),
        [("exposed/1.1.yaml#alpha-1d", "misnamed-challenge")],
    ),
    Spoilt(
        "a certification challenge of a skill that is not there",
        lambda tree: with_pool(tree, document("choice", "alpha-7c1")),
        [("exposed/1.1.yaml#alpha-7c1", "no-such-skill")],
    ),
]
