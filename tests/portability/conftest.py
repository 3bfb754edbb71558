"""Which other clouds the suites of this folder run on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.portability.dynamodb_local import absent, dynamodb_local
from tests.portability.profiles import Profile, profile
from tests.worlds import World


@pytest.fixture(scope="session")
def dynamodb_local_url() -> Iterator[str]:
    """A DynamoDB Local of our own for the whole run."""
    if (why := absent()) is not None:
        pytest.skip(why)
    with dynamodb_local() as url:
        yield url


@pytest.fixture(scope="module", params=["other cloud", pytest.param("DynamoDB Local", marks=pytest.mark.long)])
def cloud_profile(request: pytest.FixtureRequest) -> Iterator[Profile]:
    """A stage on the doubles of other clouds, and on DynamoDB Local."""
    if request.param == "other cloud":
        with profile() as made:
            yield made
    else:
        with profile(lambda raw: raw, request.getfixturevalue("dynamodb_local_url")) as made:
            yield made


@pytest.fixture
def world(cloud_profile: Profile) -> World:
    """A service over each of them."""
    cloud_profile.refill()
    return cloud_profile.world()
