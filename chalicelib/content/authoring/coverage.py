"""What the bank covers: counts by kind, level and competence, and a picture of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import Any

from chalicelib.content.authoring.checks.walking import challenges_in
from chalicelib.content.authoring.sources import Sources
from chalicelib.content.challenges import KINDS, NEEDS, Challenge, FileTaskChallenge
from chalicelib.content.releases import level_in_id
from chalicelib.engine.bank import LEVELS


@dataclass(frozen=True)
class Coverage:
    """Validated practice challenges, each with its competence; and skills and lessons counted."""

    challenges: tuple[tuple[str, Challenge], ...]
    competences: tuple[tuple[str, str], ...]
    """Id and English title, in the framework's order."""
    skills: Counter[tuple[str, int]]
    """Skills by competence and level."""
    topics: Counter[str]
    lessons: int
    exposed: Counter[str]
    """Exposed certification challenges by competence."""

    def count(self, competence: str, level: int) -> int:
        """Challenges of this competence at this level."""
        return sum(one == competence and level_in_id(challenge.id) == level for one, challenge in self.challenges)

    def of(self, competence: str) -> list[Challenge]:
        """The challenges of this competence."""
        return [challenge for one, challenge in self.challenges if one == competence]


def coverage_of(sources: Sources) -> Coverage:
    """What these sources cover. Drafts, retired challenges and private pools are not counted."""
    framework = sources.framework
    topic_competence = {topic.id: topic.competence for _, topic in sources.topics}
    exposed = [
        one for _, pool in sources.pools if pool.pool == "exposed" for one in pool.challenges if one.status == "validated"
    ]
    return Coverage(
        challenges=tuple((topic.competence, one) for _, topic, one in challenges_in(sources) if one.status == "validated"),
        competences=tuple((one.id, one.title.en) for one in framework.competences) if framework else (),
        skills=Counter((topic.competence, skill.level) for _, topic in sources.topics for skill in topic.skills),
        topics=Counter(topic.competence for _, topic in sources.topics),
        lessons=sum(len(topic.lessons) for _, topic in sources.topics),
        exposed=Counter(topic_competence.get(one.id.rpartition("-")[0], "?") for one in exposed),
    )


def as_json(covered: Coverage) -> dict[str, Any]:
    """The counts as one JSON object; every key is there, at 0 where there is nothing."""
    all_challenges = [challenge for _, challenge in covered.challenges]
    kinds = Counter(challenge.kind for challenge in all_challenges)
    levels = Counter(level_in_id(challenge.id) for challenge in all_challenges)
    return {
        "challenges": len(all_challenges),
        "by_kind": {kind: kinds[kind] for kind in KINDS},
        "by_level": {str(level): levels[level] for level in range(1, LEVELS + 1)},
        "by_competence": {competence: len(covered.of(competence)) for competence, _ in covered.competences},
        "by_competence_and_level": {
            competence: {str(level): covered.count(competence, level) for level in range(1, LEVELS + 1)}
            for competence, _ in covered.competences
        },
        "skills_by_competence_and_level": {
            competence: {str(level): covered.skills[competence, level] for level in range(1, LEVELS + 1)}
            for competence, _ in covered.competences
        },
        "topics": sum(covered.topics.values()),
        "skills": sum(covered.skills.values()),
        "lessons": covered.lessons,
        "found_by_doing": sum(challenge.found_by == "doing" for challenge in all_challenges),
        "timed": sum(challenge.time_limit_seconds is not None for challenge in all_challenges),
        "with_image": sum(challenge.image is not None for challenge in all_challenges),
        "generators": len({one.generator for one in all_challenges if isinstance(one, FileTaskChallenge)}),
        "on_a_phone": {
            competence: sum(one.device == "any" for one in covered.of(competence)) for competence, _ in covered.competences
        },
        "with_a_need": {
            need: {
                competence: sum(need in one.suits for one in covered.of(competence)) for competence, _ in covered.competences
            }
            for need in NEEDS
        },
        "exposed": {competence: covered.exposed[competence] for competence, _ in covered.competences},
    }


# --- the picture ---

_CELL, _ROW, _LEFT, _TOP = 64, 34, 330, 64
_SHADES = ("#ffffff", "#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6")
"""From none to five and more; black text stays readable on each (contrast of 6:1 and above)."""


def as_svg(covered: Coverage) -> str:
    """A table of competences by levels as an SVG, the number of challenges in each cell and darker where there are more."""
    width, height = _LEFT + LEVELS * _CELL + 2 * _CELL, _TOP + len(covered.competences) * _ROW + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">',
        '<g font-family="sans-serif" font-size="15">',
        f"<title>{len(covered.challenges)} practice challenges by competence and level</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="26" font-size="17" font-weight="bold">{len(covered.challenges)} practice challenges</text>',
    ]
    for column, head in enumerate([*(f"level {level}" for level in range(1, LEVELS + 1)), "all", "topics"]):
        parts.append(_text(_LEFT + column * _CELL + _CELL // 2, _TOP - 12, head, "middle", 13))
    for row, (competence, title) in enumerate(covered.competences):
        y = _TOP + row * _ROW
        parts.append(_text(12, y + 22, f"{competence} {title}", "start", 14))
        for level in range(1, LEVELS + 1):
            count = covered.count(competence, level)
            x = _LEFT + (level - 1) * _CELL
            shade = _SHADES[min(count, len(_SHADES) - 1)]
            parts.append(f'<rect x="{x}" y="{y}" width="{_CELL - 3}" height="{_ROW - 3}" fill="{shade}" stroke="#777777"/>')
            parts.append(_text(x + _CELL // 2, y + 21, str(count) if count else "·", "middle", 15))
        parts.append(_text(_LEFT + LEVELS * _CELL + _CELL // 2, y + 21, str(len(covered.of(competence))), "middle", 15))
        parts.append(_text(_LEFT + (LEVELS + 1) * _CELL + _CELL // 2, y + 21, str(covered.topics[competence]), "middle", 15))
    return "\n".join([*parts, "</g></svg>", ""])


def _text(x: int, y: int, text: str, anchor: str, size: int) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'
