"""Fixtures: worlds over each kind of store, and the MiniStack process they share."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded: each process of the suite has one core

from collections.abc import Iterator

import pytest
from hypothesis import settings

from infrastructure.local.supervisor import RunningStack, private_ministack, private_stack
from tests.worlds import ROOT, World, memory_world, ministack_world, moto_world

settings.register_profile("palier", deadline=None, derandomize=True)
settings.load_profile("palier")

os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Palier")


@pytest.fixture(scope="session")
def ministack_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A MiniStack of our own for the whole run, on a free port of 127.0.0.1."""
    if not (ROOT / ".venv-stack" / "bin" / "python").exists():
        pytest.skip("the embedded stack is not installed: `make stack-setup`")
    with private_ministack(tmp_path_factory.mktemp("ministack")) as url:
        yield url


@pytest.fixture(params=["memory", "moto", pytest.param("ministack", marks=pytest.mark.stack)])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A service over each kind of store in turn."""
    if request.param == "memory":
        yield memory_world()
    elif request.param == "moto":
        with moto_world() as made:
            yield made
    else:
        yield ministack_world(request.getfixturevalue("ministack_url"))


@pytest.fixture
def memory() -> World:
    """A service over the fakes."""
    return memory_world()


@pytest.fixture(scope="session")
def stack() -> Iterator[RunningStack]:
    """The whole service in processes of its own, on free ports; this process sees its settings as the environment."""
    if not (ROOT / ".venv-stack" / "bin" / "python").exists():
        pytest.skip("the embedded stack is not installed: `make stack-setup`")
    before = dict(os.environ)
    with private_stack(workers=2, sweep_seconds=1.0) as running:
        os.environ.update(running.environment)
        try:
            yield running
        finally:
            os.environ.clear()
            os.environ.update(before)
