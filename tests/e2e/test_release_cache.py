"""The release cache: nothing is built twice, nothing stale is ever given."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chalicelib.content.authoring.building import Built
from palier import release_cache
from palier.release_cache import built_once

BUILT = Built("a" * 26, b"release", {"x/plan.svg": b"<svg/>", "y/notes.txt": b""})


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    folder.mkdir()
    (folder / "topic.yaml").write_text("id: one")
    return folder


class Builder:
    """Counts how often it builds."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Built:
        self.times += 1
        return BUILT


def test_the_same_sources_are_built_once(sources: Path, tmp_path: Path) -> None:
    builder = Builder()
    given = [built_once(sources, None, builder, tmp_path / "cache") for _ in range(3)]
    assert given == [BUILT] * 3
    assert builder.times == 1


@pytest.mark.parametrize("change", ["content", "name", "code", "pins", "private"])
def test_whatever_changes_is_built_again(sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    cache, builder = tmp_path / "cache", Builder()
    code, pins, private = tmp_path / "code", tmp_path / "pins.txt", tmp_path / "private"
    code.mkdir()
    private.mkdir()
    (code / "grading.py").write_text("1")
    (private / "pool.yaml").write_text("1")
    pins.write_text("1")
    monkeypatch.setattr(release_cache, "CODE", (code,))
    monkeypatch.setattr(release_cache, "PINS", pins)
    built_once(sources, private, builder, cache)
    changes: dict[str, Callable[[], object]] = {
        "content": lambda: (sources / "topic.yaml").write_text("id: two"),
        "name": lambda: (sources / "topic.yaml").rename(sources / "other.yaml"),
        "code": lambda: (code / "grading.py").write_text("2"),
        "pins": lambda: pins.write_text("2"),
        "private": lambda: (private / "pool.yaml").write_text("2"),
    }
    changes[change]()
    built_once(sources, private, builder, cache)
    assert builder.times == 2
    assert len(list(cache.iterdir())) == 1, "the older one is gone"


def test_a_cache_that_cannot_be_read_is_built_again(sources: Path, tmp_path: Path) -> None:
    cache, builder = tmp_path / "cache", Builder()
    built_once(sources, None, builder, cache)
    (file,) = cache.iterdir()
    file.write_bytes(b"half of a fil")
    assert built_once(sources, None, builder, cache) == BUILT
    assert built_once(sources, None, builder, cache) == BUILT
    assert builder.times == 2
