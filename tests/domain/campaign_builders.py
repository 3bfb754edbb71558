"""Campaigns and participations for tests."""

from __future__ import annotations

from typing import Any

from chalicelib.campaigns.campaign import Campaign, Settings, State
from chalicelib.campaigns.participation import Participation
from chalicelib.campaigns.ports import Frozen
from chalicelib.campaigns.target_profiles.model import Targets
from chalicelib.campaigns.wording import Wording
from chalicelib.kernel.clock import Instant

CAMPAIGN, ORGANISATION = "c" * 26, "o" * 26


def a_campaign(**changed: Any) -> Campaign:
    """A draft; settings by their names, everything else by its own."""
    settings = {name: changed.pop(name) for name in list(changed) if name in Settings.model_fields}
    made = {
        "id": CAMPAIGN,
        "organisation": ORGANISATION,
        "profile": "diagnostic",
        "settings": Settings(**{"name": "One", **settings}),
        "state": State.DRAFT,
        "created_at": Instant(1),
    }
    return Campaign(**{**made, **changed})


def a_frozen(skills: dict[str, tuple[int, ...]] | None = None) -> Frozen:
    """What a campaign expects."""
    targets = Targets(title=Wording(fr="Titre"), description=Wording(fr="Texte"), topics={"mail-basics": 2})
    return Frozen(campaign=CAMPAIGN, release="r" * 26, targets=targets, skills=skills or {"mail-basics": (1, 2)})


def a_participation(**changed: Any) -> Participation:
    """One that is neither completed nor shared."""
    made = {
        "assessment": "a" * 26,
        "person": "ines",
        "campaign": CAMPAIGN,
        "organisation": ORGANISATION,
        "attempt": 1,
        "joined_at": Instant(2),
    }
    return Participation(**{**made, **changed})
