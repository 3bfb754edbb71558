"""Content for tests: valid documents of each kind as an author writes them, and a faultless folder of sources."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from chalicelib.content.challenges import (
    BlanksChallenge,
    Challenge,
    ChoiceChallenge,
    ChoicesChallenge,
    DateChallenge,
    Kind,
    MatchChallenge,
    Need,
    NumberChallenge,
    OrderChallenge,
    TextChallenge,
)
from chalicelib.content.releases import read_challenge

Document = dict[str, Any]
Tree = dict[str, Any]
"""What a folder of sources holds: a document, or the raw text of the file, by path."""

WRITTEN_KINDS: tuple[Kind, ...] = ("choice", "choices", "text", "number", "date", "blanks", "match", "order")
"""Every kind but file tasks, which a generator completes."""
NEEDS: list[Need] = ["blind", "colour-blind", "deaf", "low-vision", "motor"]
LONGEST = 240
"""The rule book's longest free answer, in bytes."""


def both(words: Any) -> Document:
    """The same in every language."""
    return {"fr": words, "en": words}


def options(right: str, wrong: str) -> list[Document]:
    """One option per letter, each right or wrong."""
    return [{"id": letter, "right": letter in right, **both(f"Option {letter}")} for letter in sorted(right + wrong)]


def items(letters: str) -> list[Document]:
    """One thing to order per letter."""
    return [{"id": letter, **both(f"Item {letter}")} for letter in letters]


_INPUTS: dict[str, Callable[[], Document]] = {
    "text": lambda: {"accept": both(["clavier"]), "refuse": both(["souris"])},
    "number": lambda: {"value": 12, "refuse_values": [21]},
    "date": lambda: {"day": "2026-03-14", "refuse_days": ["2026-03-15"]},
    "select": lambda: {"options": options("b", "ac")},
}


def an_input(letter: str, kind: str = "text", **override: Any) -> Document:
    """One input of a `blanks`."""
    return {"id": letter, "kind": kind, "label": both(f"Input {letter}"), **_INPUTS[kind](), **override}


_OWN_FIELDS: dict[Kind, Callable[[], Document]] = {
    "choice": lambda: {"options": options("a", "bc")},
    "choices": lambda: {"options": options("ab", "cd")},
    "text": lambda: {"accept": both(["clavier"]), "refuse": both(["souris"])},
    "number": lambda: {"value": 12, "refuse_values": [21]},
    "date": lambda: {"day": "2026-03-14", "refuse_days": ["2026-03-15"]},
    "blanks": lambda: {"inputs": [an_input("a"), an_input("b", "select")]},
    "match": lambda: {"label": both("Mot"), "groups": [{"accept": both([word])} for word in ("clavier", "souris")]},
    "order": lambda: {"items": items("abc"), "right_order": ["c", "a", "b"]},
}


def document(kind: Kind, challenge_id: str = "alpha-1a", /, **override: Any) -> Document:
    """A valid challenge as an author writes it."""
    common = {
        "id": challenge_id,
        "kind": kind,
        "status": "validated",
        "author": "Palier",
        "written": "2026-11-22",
        "locales": both("validated"),
        "found_by": "knowing",
        "suits": list(NEEDS),
        "prompt": {"fr": f"Énoncé de {challenge_id}", "en": f"Prompt of {challenge_id}"},
        "solution": {"fr": f"Corrigé de {challenge_id}", "en": f"Solution of {challenge_id}"},
    }
    return {**common, **_OWN_FIELDS[kind](), **override}


def a_challenge(kind: Kind, challenge_id: str = "alpha-1a", /, **override: Any) -> Challenge:
    """A valid challenge of this kind."""
    return read_challenge(document(kind, challenge_id, **override))


def a_choice(**override: Any) -> ChoiceChallenge:
    """One right option, a, among three."""
    return ChoiceChallenge.model_validate(document("choice", **override))


def some_choices(**override: Any) -> ChoicesChallenge:
    """Two right options, a and b, among four."""
    return ChoicesChallenge.model_validate(document("choices", **override))


def a_text(*accept: str, **override: Any) -> TextChallenge:
    """A text that accepts these words in every language. A list of words to `refuse` is for every language too."""
    words = {"accept": both(list(accept) or ["clavier"]), "refuse": both([])}
    if isinstance(override.get("refuse"), list):
        override["refuse"] = both(override["refuse"])
    return TextChallenge.model_validate(document("text", **{**words, **override}))


def a_number(value: Any = 12, *units: str, **override: Any) -> NumberChallenge:
    """A number with these units in every language."""
    own = {"value": value, "units": both(list(units)), "refuse_values": []}
    return NumberChallenge.model_validate(document("number", **{**own, **override}))


def a_date(day: str = "2026-03-14", **override: Any) -> DateChallenge:
    """A day to give."""
    return DateChallenge.model_validate(document("date", **{"day": day, "refuse_days": [], **override}))


def some_blanks(*inputs: Document, **override: Any) -> BlanksChallenge:
    """These inputs, or a word, a, and a select, b, whose right option is b."""
    own = {"inputs": list(inputs)} if inputs else {}
    return BlanksChallenge.model_validate(document("blanks", **{**own, **override}))


def a_match(*groups: list[str], **override: Any) -> MatchChallenge:
    """Groups of accepted words, the same in every language; switches of `override` hold for every group."""
    accepted = [{"accept": both(words), **override} for words in groups]
    return MatchChallenge.model_validate(document("match", **({"groups": accepted} if groups else {})))


def an_order(right: str = "cab", **override: Any) -> OrderChallenge:
    """Items named by the letters of `right`, which must be put in that order."""
    own = {"items": items("".join(sorted(right))), "right_order": list(right)}
    return OrderChallenge.model_validate(document("order", **{**own, **override}))


# --- sources ---


def a_resource(**override: Any) -> Document:
    """A link to a lasting page."""
    base = {"kind": "succeed", "title": both("Page"), "url": both("https://example.org/page"), "licence": "CC BY 4.0"}
    return {**base, **override}


def a_skill(topic: str, level: int, **override: Any) -> Document:
    """One rung with one challenge of the kind that goes with its level: of levels 1 to 4 a choice, choices, a text, a number."""
    challenge = document(WRITTEN_KINDS[(level - 1) % len(WRITTEN_KINDS)], f"{topic}-{level}a")
    title = {"fr": f"Savoir {level}", "en": f"Skill {level}"}
    hint = {"fr": "Cherchez.", "en": "Look for it."}
    return {"level": level, "title": title, "hint": hint, "resources": [a_resource()], "challenges": [challenge], **override}


def a_topic(topic: str, competence: str = "1.1", levels: int = 4, **override: Any) -> Document:
    """A ladder of `levels` rungs, from level 1."""
    skills = [a_skill(topic, level) for level in range(1, levels + 1)]
    return {"id": topic, "competence": competence, "title": both(topic), "skills": skills, **override}


def a_framework(*competences: str, **override: Any) -> Document:
    """A framework of one area with these competences, or 1.1 alone."""
    listed = [{"id": competence, "title": both(competence), "digcomp": ["1.1"]} for competence in competences or ("1.1",)]
    base = {
        "id": "crcn",
        "title": both("Framework"),
        "version": "1",
        "source": "tests",
        "levels": 8,
        "mapping_note": both("Mapping"),
        "areas": [{"id": "1", "title": both("Area"), "competences": listed}],
    }
    return {**base, **override}


def a_lesson(lesson: str, **override: Any) -> Document:
    """A lesson with a self-check."""
    check = {"question": both("Vrai ?"), "options": options("a", "b"), "explanation": both("Oui.")}
    base = {"id": lesson, "title": both(lesson), "text": both("Texte."), "example": both("Exemple."), "check": check}
    return {**base, **override}


SMALL_BANK = {"challenges_a_skill": 1, "lessons_a_topic": 0, "playable_with_a_need": 0, "playable_on_a_phone": 0}
"""Rules for a bank as small as those of tests."""

FRAMEWORK, RULES = "frameworks/crcn.yaml", "rules.yaml"
ALPHA, BETA = "topics/1.1/alpha.yaml", "topics/1.1/beta.yaml"


def a_tree(**override: Any) -> Tree:
    """Faultless sources: one competence, two topics of four rungs, challenges of all kinds."""
    base = {
        FRAMEWORK: a_framework(),
        RULES: {"improve_after_days": 4, "pool": dict(SMALL_BANK)},
        ALPHA: a_topic("alpha"),
        BETA: a_topic("beta"),
    }
    return {**base, **override}


def challenge_in(tree: Tree, path: str, level: int) -> Document:
    """The challenge at this rung of a tree's topic, to be spoilt in place."""
    found: Document = tree[path]["skills"][level - 1]["challenges"][0]
    return found


def write(folder: Path, tree: Tree) -> Path:
    """Write a tree under this folder: documents as YAML, texts and bytes as they are. Returns the folder."""
    for path, content in tree.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            file.write_bytes(content)
        elif isinstance(content, str):
            file.write_text(content, encoding="utf-8")
        else:
            file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder
