"""Routes of what a person knows."""

from __future__ import annotations

from chalicelib.api.endpoint import Call, Endpoint, Who, endpoint
from chalicelib.profiles.folding import Profile
from chalicelib.wiring import Services


@endpoint("GET", "/v1/me/profile", who=Who.ACCOUNT, reply=Profile)
def read_my_profile(services: Services, call: Call) -> Profile:
    """Read one's own profile.

    Points, level and ability of the 16 competences, and what is known of each topic. An assessment that just finished
    is there within seconds.
    """
    return services.profiles.profile(call.person_id)


ENDPOINTS: tuple[Endpoint, ...] = (read_my_profile,)
