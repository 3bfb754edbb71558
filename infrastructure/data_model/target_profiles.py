"""The part of the journey that is about target profiles: created, copied, edited, listed, deleted."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.campaigns.target_profiles.model import Targets
from chalicelib.campaigns.wording import Wording
from chalicelib.content.target_profiles import Stage
from chalicelib.kernel.ids import derive_id
from chalicelib.wiring import Services
from infrastructure.data_model.stage import MeasuredStage

ORGANISATION = derive_id("organisation of the journey")
BY = "target profiles"


@dataclass(frozen=True)
class Profiles:
    """What an organisation does with target profiles of its own."""

    stage: MeasuredStage

    def play(self) -> None:
        """One is created, copied, edited, and the copy deleted."""
        with self.stage.doing(BY, "target profile, create") as services:
            made, _ = services.target_profiles.create(ORGANISATION, _targets(2), None)
        with self.stage.doing(BY, "target profile, edit") as services:
            services.target_profiles.edit(ORGANISATION, made.profile.id, _targets(4), made.version)
        with self.stage.doing(BY, "target profile, copy") as services:
            copy, _ = services.target_profiles.copy(ORGANISATION, made.profile.id, _both("Copy"), None)
        with self.stage.doing(BY, "target profile, read") as services:
            services.target_profiles.read(ORGANISATION, copy.profile.id)
        with self.stage.doing(BY, "target profiles, list two") as services:
            services.target_profiles.templates()
            services.target_profiles.listed(ORGANISATION, "", 20)
        with self.stage.doing(BY, "target profile, delete") as services:
            services.target_profiles.delete(ORGANISATION, copy.profile.id)


def a_profile(services: Services) -> str:
    """A profile that a campaign may use."""
    return services.target_profiles.create(ORGANISATION, _targets(2), None)[0].profile.id


def _targets(level: int) -> Targets:
    stages = tuple(Stage(threshold=25 * place, title=_both(f"Stage {place}"), message=_both("Go on.")) for place in range(4))
    topics = {f"topic-{area}{place}-1": level for area in range(1, 5) for place in range(1, 5)}
    return Targets(title=_both("Profile"), description=_both("What is expected."), topics=topics, stages=stages)


def _both(words: str) -> Wording:
    return Wording(fr=words, en=words)
