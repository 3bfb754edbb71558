"""Walking over sources, as all checks do."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from chalicelib.content.authoring.sources import Fault, Sources, SourceTopic
from chalicelib.content.challenges import Challenge

Check = Callable[[Sources], Iterator[Fault]]


def challenges_in(sources: Sources) -> Iterator[tuple[str, SourceTopic, Challenge]]:
    """Every practice challenge with the path of its file and its topic."""
    for path, topic in sources.topics:
        for skill in topic.skills:
            for challenge in skill.challenges:
                yield path, topic, challenge


def located(sources: Sources) -> Iterator[tuple[str, Challenge]]:
    """Every challenge, pools included, with its place: `<file>#<id>`."""
    for path, _, challenge in challenges_in(sources):
        yield f"{path}#{challenge.id}", challenge
    for path, pool in sources.pools:
        for challenge in pool.challenges:
            yield f"{path}#{challenge.id}", challenge
