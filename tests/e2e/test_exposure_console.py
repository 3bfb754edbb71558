"""`palier exposure`: publishing a first table, refusing one that cannot hold, telling how often challenges are given."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from chalicelib.assessments.exposure.model import Series
from chalicelib.config import PREFIX
from palier.__main__ import app
from tests.domain.exposure_builders import a_test, waiting
from tests.worlds import World, moto_world

QUICK = ("--rounds", "2", "--persons", "16", "--processes", "1")


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A stage on moto that the environment describes."""
    with moto_world() as world:
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            monkeypatch.delenv(name)
        for name, value in world.services.settings.as_environment().items():
            monkeypatch.setenv(name, value)
        yield world


def palier(*words: str) -> Result:
    return CliRunner().invoke(app, ["exposure", *words])


def shown(*words: str) -> dict[str, Any]:
    ran = palier("show", *words, "--json")
    assert ran.exit_code == 0, ran.output
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def test_before_anything_is_published_the_free_table_is_shown(stage: World) -> None:
    told = shown("--pool", "practice")
    assert (told["version"], told["sessions"], told["unused_share"], told["over_limit"]) == (0, 0.0, 1.0, [])
    assert "No table was published" in palier("show").stdout


def test_a_first_table_is_published_under_its_limit_and_shown(stage: World) -> None:
    ran = palier("publish", "--pool", "practice", "--limit", "0.4", "--length", "16", *QUICK)
    assert ran.exit_code == 0, ran.output
    assert f"Published version 1 of the pool practice of {stage.release.id}." in ran.stdout
    told = shown("--release", stage.release.id)
    assert (told["version"], told["limit"], told["release"]) == (1, 0.4, stage.release.id)
    assert told["mean_length"] == pytest.approx(16)
    assert 0 < told["overlap"] <= told["largest_rate"] <= 1
    assert 0 < told["unused_share"] < 1
    assert "largest rate" in palier("show").stdout
    table = stage.another_process().exposure_tables.current(stage.release.id, "practice")
    assert (table.version, table.limits.population, table.priced) == (1, 0.4, True)


def test_publishing_again_is_the_next_version_and_the_one_before_stays(stage: World) -> None:
    for limit in ("0.5", "0.4"):
        assert palier("publish", "--limit", limit, "--length", "16", *QUICK).exit_code == 0
    tables = stage.another_process().exposure_tables
    assert tables.version(stage.release.id, "practice", 1).limits.population == 0.5
    assert tables.current(stage.release.id, "practice").limits.population == 0.4
    assert shown()["version"] == 2


def test_what_real_tests_were_given_is_shown_with_the_challenges_over_the_limit(stage: World) -> None:
    series, store = Series(stage.release.id, "practice"), stage.services.ports.exposure_batches
    store.enrol(series)
    tests = [a_test(number, items=(0, 1 + number)) for number in range(10)]
    store.add(series, waiting("a", *tests, items=len(stage.release)))
    stage.services.publishing.publish()
    told = shown()
    assert (told["version"], told["sessions"], told["mean_length"]) == (1, 10.0, 2.0)
    assert (told["largest_rate"], told["over_limit"]) == (1.0, [stage.release.challenge_ids[0]])
    assert told["overlap"] == pytest.approx((1 + 10 * 0.1**2) / 2)


def test_a_pool_too_small_is_refused_with_everything_that_it_lacks(stage: World) -> None:
    ran = palier("publish", "--pool", "demonstration", "--limit", "0.2", *QUICK)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "Tests of 32 answers cannot be given from the pool demonstration at a limit of 0.2:" in ran.stderr
    assert "- in all: the limit leaves 19.2 answers a test, 32 are asked (exposure)." in ran.stderr
    assert "- in 1.1: the limit leaves 1.2 answers a test, 2 are asked (exposure)." in ran.stderr
    assert "- in 5.2: " in ran.stderr
    assert shown("--pool", "demonstration")["version"] == 0


def test_a_demonstration_draws_from_the_exposed_challenges_only(stage: World) -> None:
    assert palier("publish", "--pool", "demonstration", "--limit", "0.5", "--length", "16", *QUICK).exit_code == 0
    versions = stage.services.ports.exposure_versions
    series = Series(stage.release.id, "demonstration")
    last = versions.last(series, strong=True)
    assert last is not None
    given = versions.counts(series, last).tally.given[0]
    assert {int(stage.release.use_of(one)) for one in range(len(stage.release)) if given[one] > 0} == {1}


@pytest.mark.parametrize("limit", ["0", "1.2", "nan"])
def test_a_limit_out_of_its_domain_is_refused(stage: World, limit: str) -> None:
    ran = palier("publish", "--limit", limit)
    assert (ran.exit_code, ran.stderr) == (2, "--limit must be in (0, 1].\n")
