"""What must hold of a story, recomputed from what people were told, by other code than the service's. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from palier.story_agents import Visit

LEAST = 5
"""Persons that must stand behind a figure."""
TENTHS = 10


@dataclass(frozen=True)
class Wanted:
    """What collective results come to, by what people did and were told."""

    started: int
    completed: int
    shared: int
    mastery: Counter[str]
    """People who shared, by tenths."""
    stages: Counter[str]
    """People who shared, by the highest stage, 0 for none."""

    @classmethod
    def of(cls, visits: Iterable[Visit]) -> Wanted:
        """The counts of these people, each once."""
        everybody = [one for one in visits if one.assessment_id]
        given = [one.told for one in everybody if one.shared and one.told is not None]
        return cls(
            started=len({one.agent.person_id for one in everybody}),
            completed=sum(one.told is not None for one in everybody),
            shared=len(given),
            mastery=Counter(str(_tenth(told)) for told in given),
            stages=Counter(str((told["stage"]["reached"] or {"number": 0})["number"]) for told in given),
        )

    def counts(self) -> dict[str, int]:
        """The three counts of the funnel."""
        return {"started": self.started, "completed": self.completed, "shared": self.shared}


def _tenth(told: dict[str, Any]) -> int:
    acquired, targeted = (int(told["mastery"][name]) for name in ("acquired", "targeted"))
    return TENTHS * acquired // targeted


def results_faults(told: dict[str, Any], template: dict[str, Any], skills: int) -> list[str]:
    """What is wrong with the results that somebody was told, by the acquired levels of each topic that stand in them."""
    topics = [topic for competence in told["competences"] for topic in competence["topics"]]
    levels = {one["topic"]: (one["acquired"], one["missed"]) for one in topics}
    faults = [
        f"the levels of {topic} are no ladder"
        for topic, (acquired, missed) in levels.items()
        if (acquired and missed and max(acquired) > min(missed)) or max(acquired + missed) > template["topics"][topic]
    ]
    parts = [(told["mastery"], topics), *((one["mastery"], one["topics"]) for one in told["competences"])]
    faults += [f"a mastery of {mastery} over other skills" for mastery, over in parts if mastery != _mastery(over)]
    targeted = told["mastery"]["targeted"] + sum(map(len, told["withdrawn"].values()))
    if targeted != skills:
        faults.append(f"{targeted} skills are targeted, the card says {skills}")
    faults += _stage_faults(told, template) + _badge_faults(told["badges"], template["badges"], levels)
    unmissed = [one["topic"] for one in told["recommendations"] if not levels[one["topic"]][1]]
    return faults + [f"{topic} is recommended, and nothing of it is missed" for topic in unmissed]


def _mastery(topics: Sequence[dict[str, Any]]) -> dict[str, int]:
    acquired = sum(len(one["acquired"]) for one in topics)
    targeted = acquired + sum(len(one["missed"]) for one in topics)
    return {"acquired": acquired, "targeted": targeted, "percent": 100 * acquired // targeted}


def _stage_faults(told: dict[str, Any], template: dict[str, Any]) -> list[str]:
    acquired, targeted = told["mastery"]["acquired"], told["mastery"]["targeted"]
    passed = [stage["threshold"] * targeted <= 100 * acquired for stage in template["stages"]]
    reached = told["stage"]["reached"]
    number = reached["number"] if reached else 0
    return [] if number == sum(passed) else [f"stage {number} is told, {sum(passed)} is reached"]


def _badge_faults(
    badges: Sequence[dict[str, Any]], rules: Sequence[dict[str, Any]], levels: dict[str, tuple[list[int], list[int]]]
) -> list[str]:
    if [one["badge"] for one in badges] != [one["id"] for one in rules]:
        return ["the badges are not those of the target profile"]
    faults = []
    for told, rule in zip(badges, rules, strict=True):
        met = [_met(criterion, levels) for criterion in rule["criteria"]]
        if [one["met"] for one in told["criteria"]] != met or told["earned"] != all(met):
            faults.append(f"badge {told['badge']} is told earned {told['earned']}, its criteria say {met}")
    return faults


def _met(criterion: dict[str, Any], levels: dict[str, tuple[list[int], list[int]]]) -> bool:
    """Whether so many hundredths of what the criterion names are acquired."""
    counts = [0, 0]
    for topic, cap in criterion["topics"].items():
        for place, of_topic in enumerate(levels.get(topic, ([], []))):
            counts[place] += sum(level <= cap for level in of_topic)
    acquired, targeted = counts[0], sum(counts)
    return targeted > 0 and criterion["threshold"] * targeted <= 100 * acquired


def sharing_faults(visits: Iterable[Visit], seen: Sequence[dict[str, Any]]) -> list[str]:
    """Where what the organisation sees is not what people were told and shared, or somebody who did not share is seen."""
    by_id = {one["assessment_id"]: one for one in seen}
    faults = [] if len(by_id) == len(seen) else ["a shared result is listed twice"]
    given = {one.assessment_id: one for one in visits if one.shared}
    faults += [f"{given[one].agent.external_id}: shared, and not listed" for one in given.keys() - by_id.keys()]
    faults += [f"{by_id[one]['external_id']}: listed, and not shared" for one in by_id.keys() - given.keys()]
    for assessment in given.keys() & by_id.keys():
        visit, listed = given[assessment], by_id[assessment]
        told = {name: value for name, value in (visit.told or {}).items() if name != "recommendations"}
        wanted = {name: visit.participation[name] for name in ("attempt", "external_id", "joined_at", "shared_at")}
        if listed != {"assessment_id": assessment, **wanted, "results": told}:
            faults.append(f"{visit.agent.external_id}: the organisation sees other results than were told")
    return sorted(faults)


def collective_faults(figures: dict[str, Any], wanted: Wanted) -> list[str]:
    """Where a figure that is shown is not the sum of what people did, or is shown or hidden without a reason."""
    faults = [
        f"{name} is {figures[name]}, {count} people did"
        for name, count in wanted.counts().items()
        if figures[name] != count and not (name == "shared" and figures[name] is None and 0 < count < LEAST)
    ]
    small = any(0 < count < LEAST for counts in (wanted.mastery, wanted.stages) for count in counts.values())
    for name, counts in (("mastery", wanted.mastery), ("stages", wanted.stages)):
        shown = figures[name]
        missing = sorted(counts.keys() - shown.keys())
        faults += [f"{name}: nothing is said of {cell}" for cell in missing]
        for cell, count in shown.items():
            if count is None and name == "stages" and not small and wanted.shared >= LEAST:
                faults.append(f"{name} {cell} is hidden without a reason")
            elif count is not None and count != counts[cell]:
                faults.append(f"{name} {cell} is {count}, {counts[cell]} people came to it")
            elif count is not None and 0 < count < LEAST:
                faults.append(f"{name} {cell} shows {count} people")
    return faults
