"""Starting: what is reused, what is refused, and that doing it twice does it once."""

from __future__ import annotations

import numpy as np
import pytest

from chalicelib.assessments.codec import pack_start
from chalicelib.assessments.model import Start
from chalicelib.assessments.starting import Wish
from chalicelib.assessments.views import Progress, Served
from chalicelib.kernel.clock import DAY, Instant, to_datetime
from chalicelib.kernel.errors import ConflictError, InvalidError
from tests.content_of_tests import synthetic
from tests.worlds import World, memory_world, play_on

PERSON = "p1"
WISH = Wish("1.1", "fr")


def start_of(world: World, progress: Progress) -> Start:
    tail = world.services.ports.log.tail(progress.assessment_id)
    assert tail is not None
    return tail.start


def finished(world: World, scope: str = "1.1", right: bool = True) -> Progress:
    progress, _ = world.services.starting.start(PERSON, Wish(scope, "fr"))
    return play_on(world, PERSON, progress, right=right)


def test_a_first_assessment_starts_easy(memory: World) -> None:
    for scope in ("1.1", "1", "crcn"):
        progress, new = memory.services.starting.start(PERSON, Wish(scope, "fr"))
        assert new
        assert isinstance(progress.next, Served)
        assert memory.release.level_of(memory.release.ordinals[progress.next.challenge.id]) == 2


def test_starting_again_gives_back_the_open_assessment(world: World) -> None:
    first, _ = world.services.starting.start(PERSON, WISH)
    played = play_on(world, PERSON, first, answers=2)
    assert world.another_process().starting.start(PERSON, WISH) == (played, False)


def test_each_scope_has_its_own_assessment(memory: World) -> None:
    ids = {memory.services.starting.start(PERSON, Wish(scope, "fr"))[0].assessment_id for scope in ("1.1", "1", "crcn", "1.1")}
    assert len(ids) == 3


@pytest.mark.parametrize("scope", ["9.9", "0", "", "1.", "CRCN", "search-queries"])
def test_an_unknown_scope_is_refused(memory: World, scope: str) -> None:
    with pytest.raises(InvalidError) as refused:
        memory.services.starting.start(PERSON, Wish(scope, "fr"))
    assert refused.value.code == "unknown-scope"


def test_a_start_right_after_a_finish_already_knows_it_though_no_worker_ran(world: World) -> None:
    finished(world, "1.1")
    assert world.services.ports.people.profile(PERSON) is None
    area, _ = world.another_process().starting.start(PERSON, Wish("1", "fr"))
    play_on(world, PERSON, area)
    tail = world.services.ports.log.tail(area.assessment_id)
    assert tail is not None
    asked = {world.release.topic_of(given.ordinal).competence for given in tail.last.state.answers}
    assert asked == {"1.2", "1.3"}


def test_nothing_is_left_to_assess_after_everything_was_right(memory: World) -> None:
    finished(memory)
    memory.clock.forward(30 * 86_400)
    with pytest.raises(ConflictError) as refused:
        memory.services.starting.start(PERSON, WISH)
    assert refused.value.code == "nothing-left-to-assess"


def test_improving_waits_four_days_and_says_until_when(memory: World) -> None:
    finished(memory, right=False)
    missed_at = memory.clock.now()
    memory.clock.forward(3 * 86_400)
    with pytest.raises(ConflictError) as refused:
        memory.services.starting.start(PERSON, WISH)
    assert refused.value.code == "too-early-to-improve"
    assert refused.value.details["available_at"] == to_datetime(Instant(missed_at + 4 * DAY)).isoformat()
    memory.clock.forward(86_400)
    again, new = memory.services.starting.start(PERSON, WISH)
    assert new
    assert start_of(memory, again).attempt == 2


def test_improving_forgets_misses_and_never_hits(memory: World) -> None:
    progress, _ = memory.services.starting.start(PERSON, WISH)
    progress = play_on(memory, PERSON, progress, answers=1)
    play_on(memory, PERSON, progress, right=False)
    memory.clock.forward(4 * 86_400)
    known = start_of(memory, memory.services.starting.start(PERSON, WISH)[0]).known
    assert any(sign.isupper() for sign in known)
    assert not any(sign.islower() for sign in known)


def test_a_success_older_than_three_years_is_asked_again_but_not_lost(memory: World) -> None:
    finished(memory)
    memory.clock.forward(3 * 366 * 86_400)
    again, new = memory.services.starting.start(PERSON, WISH)
    assert new
    assert not any(sign.isalpha() for sign in start_of(memory, again).known)
    memory.services.updating.refold(PERSON)
    assert memory.services.profiles.profile(PERSON).points == 48.0


def test_what_one_stopped_in_the_middle_of_goes_on_where_it_was(memory: World) -> None:
    progress, _ = memory.services.starting.start(PERSON, WISH)
    played = play_on(memory, PERSON, progress, answers=2)
    memory.services.ending.finish(played.assessment_id, PERSON)
    again, new = memory.services.starting.start(PERSON, WISH)
    assert new
    rest = play_on(memory, PERSON, again)
    assert rest.answers < 8
    memory.services.updating.finished(rest.assessment_id)
    assert memory.services.profiles.profile(PERSON).points == 48.0


def test_challenges_met_before_come_last(memory: World) -> None:
    """The bank has one challenge a skill: what was met is remembered as seen, and is asked again only because nothing else can be."""
    first = finished(memory, right=False)
    tail = memory.services.ports.log.tail(first.assessment_id)
    assert tail is not None
    met = {given.ordinal for given in tail.last.state.answers}
    memory.clock.forward(5 * 86_400)
    again, _ = memory.services.starting.start(PERSON, WISH)
    assert set(start_of(memory, again).seen) == met
    shown = again.next
    assert isinstance(shown, Served)
    left = set(range(len(memory.release))) - met
    unmet = [one for one in left if memory.release.topic_of(one).competence == "1.1" and memory.release.level_of(one) <= 2]
    assert (memory.release.ordinals[shown.challenge.id] in met) == (not unmet)


def test_only_challenges_that_suit_the_persons_needs_are_asked(memory: World) -> None:
    blind = np.flatnonzero(memory.release.playable(frozenset({"blind"}), "computer", "fr")).tolist()
    assert len(blind) < len(memory.release)
    progress, _ = memory.services.starting.start(PERSON, Wish("crcn", "fr", needs=("blind",)))
    played = play_on(memory, PERSON, progress)
    tail = memory.services.ports.log.tail(played.assessment_id)
    assert tail is not None
    assert {given.ordinal for given in tail.last.state.answers} <= set(blind)


def test_a_crash_after_the_first_write_is_finished_by_the_next_start(memory: World) -> None:
    """Entry 0 is written, the attempt is not remembered: the same natural key gives the same assessment."""
    first, _ = memory.services.starting.start(PERSON, WISH)
    memory.services.ports.people.attempts.clear()  # type: ignore[attr-defined]
    memory.clock.forward(1)
    assert memory.services.starting.start(PERSON, WISH) == (first, False)
    assert len(memory.services.ports.people.person(PERSON).attempts) == 1


def test_a_crash_after_the_first_write_then_an_abandon_leads_to_a_second_attempt(memory: World) -> None:
    first, _ = memory.services.starting.start(PERSON, WISH)
    memory.services.ports.people.attempts.clear()  # type: ignore[attr-defined]
    memory.clock.forward(49 * 3600)
    memory.services.sweeping.sweep()
    again, new = memory.services.starting.start(PERSON, WISH)
    assert new
    assert again.assessment_id != first.assessment_id
    assert {one.attempt for one in memory.services.ports.people.person(PERSON).attempts} == {1, 2}


def test_an_assessment_pins_its_release_and_goes_on_with_it(memory: World) -> None:
    progress, _ = memory.services.starting.start(PERSON, WISH)
    other = memory_world(synthetic(1, 2)).release
    releases = memory.services.ports.releases
    releases.releases = {other.id: other, **releases.releases}  # type: ignore[attr-defined]
    assert memory.services.ports.releases.current() == other.id
    played = play_on(memory, PERSON, progress)
    assert played.stop_reason == "nothing-unknown"
    assert start_of(memory, played).release == memory.release.id


def test_a_whole_framework_start_with_everything_known_and_seen_fits_in_four_kilobytes() -> None:
    start = Start(
        assessment_id="a" * 26,
        person_id="p" * 64,
        scope="crcn",
        attempt=99,
        started_at=memory_world().clock.now(),
        release="r" * 26,
        engine=1,
        secret=1,
        locale="fr",
        needs=("blind", "deaf", "motor"),
        device="computer",
        length=200,
        targets="7" * 100,
        known="".join("ABCDEFGHabcdefgh.UuFf"[(place * 7 + place // 11) % 21] for place in range(800)),
        priors=tuple((place * 37 - 400, 300 + place * 13) for place in range(16)),
        seen=tuple(range(0, 2800, 7)),
    )
    assert len(pack_start(start)) < 3500
