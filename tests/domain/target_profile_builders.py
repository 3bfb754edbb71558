"""Target profiles to test with."""

from __future__ import annotations

from typing import Any

from chalicelib.campaigns.target_profiles.model import KeptProfile, TargetProfile, Targets

ORGANISATION, OTHER = "o" * 26, "p" * 26
PROFILE = "t" * 26


def both(words: str) -> dict[str, str]:
    return {"fr": words, "en": words}


def a_document(**override: Any) -> dict[str, Any]:
    """What a profile over two topics of the real bank holds, as it is sent."""
    base = {
        "title": both("Desk"),
        "description": both("For the desk."),
        "topics": {"search-queries": 3, "phishing-clues": 4},
        "stages": [{"threshold": 0, "title": both("Start"), "message": both("On you go.")}],
        "badges": [
            {
                "id": "wary",
                "title": both("Wary"),
                "description": both("Spots fraud."),
                "criteria": [{"topics": {"phishing-clues": 3}, "threshold": 75}],
            }
        ],
    }
    return {**base, **override}


def some_targets(**override: Any) -> Targets:
    return Targets.model_validate(a_document(**override))


def a_profile(version: int = 1, profile_id: str = PROFILE, owner: str = ORGANISATION, **override: Any) -> KeptProfile:
    """A version of a profile that an organisation keeps."""
    return KeptProfile(TargetProfile(id=profile_id, owner=owner, targets=some_targets(**override)), version, "w" * 26)
