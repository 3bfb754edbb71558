"""Capacity units of the limiter and of clients: what a right code costs, a wrong one, and a token."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.campaigns.organisations.model import OrganisationType, OrganisationWish
from chalicelib.identity.limiting import Caller
from chalicelib.identity.limits import Purpose
from tests.worlds import World, moto_world

CODE = Purpose.CAMPAIGN_CODE
ONE, OTHER = (Caller.of("192.0.2.7", f"a-device-of-the-school-{number}") for number in (1, 2))


@pytest.fixture
def cloud() -> Iterator[World]:
    with moto_world() as world:
        yield world


def units(world: World) -> tuple[float, float]:
    """Read and write units since they were asked for last."""
    used = world.meter.reads, world.meter.writes
    world.meter.reset()
    return used


def test_a_right_code_is_half_a_read_and_a_whole_one_where_there_were_failures(cloud: World) -> None:
    cloud.services.limiting.admit(CODE, ONE)
    assert units(cloud) == (0.5, 0.0)
    cloud.services.limiting.failed(CODE, OTHER)
    assert units(cloud) == (0.0, 2.0)
    cloud.services.limiting.admit(CODE, ONE)
    assert units(cloud) == (1.0, 0.0)


def test_an_address_where_everybody_failed_is_read_for_half_a_unit(cloud: World) -> None:
    for number in range(60):
        cloud.services.limiting.failed(CODE, Caller.of("192.0.2.7", f"another-device-of-the-school-{number}"))
    units(cloud)
    cloud.services.limiting.admit(CODE, ONE)
    assert units(cloud) == (1.0, 0.0)


def test_a_failure_after_a_day_begins_again_for_twice_the_writes(cloud: World) -> None:
    cloud.services.limiting.failed(CODE, ONE)
    cloud.clock.forward(86_400)
    units(cloud)
    cloud.services.limiting.failed(CODE, ONE)
    assert units(cloud) == (0.0, 4.0)


def test_a_token_is_three_reads_and_no_write(cloud: World) -> None:
    wish = OrganisationWish(OrganisationType.SCHOOL, "School", None)
    organisation, _ = cloud.services.creating_organisations.create("ines", wish, None)
    issued = cloud.services.managing_clients.create(organisation.organisation_id, "timetable", ["campaigns:read"])
    units(cloud)
    cloud.services.authenticating_clients.grant(issued.client.client_id, issued.secret, None, ONE)
    assert units(cloud) == (3.0, 0.0)
