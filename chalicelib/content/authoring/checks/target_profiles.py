"""Templates of target profiles: named after their file, in every language, asking what the bank has, with a word for everybody."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.content.authoring.checks.walking import Check
from chalicelib.content.authoring.sources import Fault, Sources
from chalicelib.content.target_profiles import misfits
from chalicelib.content.texts import LOCALES
from chalicelib.kernel.ids import is_id


def _profile_is_in_its_place(sources: Sources) -> Iterator[Fault]:
    for path, profile in sources.profiles:
        if path != f"target_profiles/{profile.id}.yaml":
            yield Fault(path, "misplaced-file", f"expected target_profiles/{profile.id}.yaml")
        if is_id(profile.id):
            yield Fault(path, "id-of-another-form", f"{profile.id} could be an organisation's own")


def _profile_asks_what_the_bank_has(sources: Sources) -> Iterator[Fault]:
    ladders = {topic.id: tuple(sorted({skill.level for skill in topic.skills})) for _, topic in sources.topics}
    for path, profile in sources.profiles:
        for misfit in misfits(profile, ladders):
            yield Fault(f"{path}#/{misfit.path}", misfit.rule, misfit.value)


def _profile_is_in_every_language(sources: Sources) -> Iterator[Fault]:
    for path, profile in sources.profiles:
        for place, wording in profile.wordings():
            for locale in LOCALES:
                if getattr(wording, locale) is None:
                    yield Fault(f"{path}#/{place}", "missing-language", locale)


def _profile_has_a_word_for_everybody(sources: Sources) -> Iterator[Fault]:
    for path, profile in sources.profiles:
        first = profile.stages[0].threshold if profile.stages else None
        if first != 0:
            yield Fault(f"{path}#/stages", "no-stage-from-0", "no stage" if first is None else f"the first is from {first}")


CHECKS: tuple[Check, ...] = (
    _profile_is_in_its_place,
    _profile_asks_what_the_bank_has,
    _profile_is_in_every_language,
    _profile_has_a_word_for_everybody,
)
