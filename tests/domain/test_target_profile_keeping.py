"""Keeping target profiles: templates belong to everybody, an organisation's own to it alone; nobody overwrites what they did not read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from chalicelib.campaigns.target_profiles.keeping import KeepTargetProfiles
from chalicelib.campaigns.target_profiles.model import KeptProfile
from chalicelib.campaigns.wording import Wording
from chalicelib.kernel.errors import ConflictError, DomainError, ForbiddenError, InvalidError, NotFoundError, UnavailableError
from tests.content_of_tests import real_release, synthetic
from tests.domain.target_profile_builders import ORGANISATION, OTHER, both, some_targets
from tests.fakes.memory import MemoryReleases, NumberedIds
from tests.fakes.target_profiles import MemoryTargetProfiles
from tests.worlds import loaded

KEY = "k" * 20
TEMPLATE = "territoires-common-base"


class Contended(MemoryTargetProfiles):
    """A store where somebody else always writes first."""

    def remove(self, kept: KeptProfile) -> bool:
        return False


@pytest.fixture
def profiles() -> KeepTargetProfiles:
    return KeepTargetProfiles(MemoryTargetProfiles(), MemoryReleases.of(real_release()), NumberedIds())


def refused(error: type[DomainError], code: str) -> pytest.RaisesExc[DomainError]:
    return pytest.RaisesExc(error, check=lambda told: told.code == code)


def created(profiles: KeepTargetProfiles, organisation: str = ORGANISATION) -> str:
    return profiles.create(organisation, some_targets(), None)[0].profile.id


# --- creating ---


def test_what_was_created_is_read_back_by_its_organisation_and_by_no_other(profiles: KeepTargetProfiles) -> None:
    kept, new = profiles.create(ORGANISATION, some_targets(), None)
    assert (new, kept.version, kept.profile.owner) == (True, 1, ORGANISATION)
    assert profiles.read(ORGANISATION, kept.profile.id) == kept
    assert profiles.profile(ORGANISATION, kept.profile.id) == kept.profile
    assert profiles.profile(OTHER, kept.profile.id) is None
    with refused(NotFoundError, "target-profile-not-found"):
        profiles.read(OTHER, kept.profile.id)


def test_the_same_key_creates_once_even_after_an_edit(profiles: KeepTargetProfiles) -> None:
    first, new = profiles.create(ORGANISATION, some_targets(), KEY)
    assert profiles.create(ORGANISATION, some_targets(), KEY) == (first, False)
    profiles.edit(ORGANISATION, first.profile.id, some_targets(title=both("Window")), 1)
    again, still_new = profiles.create(ORGANISATION, some_targets(), KEY)
    assert (new, still_new) == (True, False)
    assert (again.profile.id, again.version) == (first.profile.id, 2)
    assert len(profiles.listed(ORGANISATION, "", 100)) == 1


def test_a_key_of_another_organisation_is_another_key(profiles: KeepTargetProfiles) -> None:
    first, _ = profiles.create(ORGANISATION, some_targets(), KEY)
    other, new = profiles.create(OTHER, some_targets(title=both("Theirs")), KEY)
    assert new
    assert other.profile.id != first.profile.id


def test_a_key_that_made_something_else_is_refused(profiles: KeepTargetProfiles) -> None:
    profiles.create(ORGANISATION, some_targets(), KEY)
    with refused(ConflictError, "idempotency-key-reused"):
        profiles.create(ORGANISATION, some_targets(title=both("Window")), KEY)
    with refused(ConflictError, "idempotency-key-reused"):
        profiles.copy(ORGANISATION, TEMPLATE, None, KEY)


def test_what_the_content_does_not_have_is_told_place_by_place(profiles: KeepTargetProfiles) -> None:
    badge = {"id": "b", "title": both("B"), "description": both("B"), "criteria": [{"topics": {"gone": 1}, "threshold": 1}]}
    wrong = some_targets(topics={"search-queries": 8, "gone": 1, "data-files": 1, "phishing-clues": 6}, badges=[badge])
    with pytest.raises(InvalidError) as told:
        profiles.create(ORGANISATION, wrong, None)
    assert told.value.code == "not-in-the-content"
    assert told.value.details["errors"] == [
        {"pointer": "/targets/topics/search-queries", "rule": "level-above-the-ladder"},
        {"pointer": "/targets/topics/gone", "rule": "unknown-topic"},
        {"pointer": "/targets/topics/data-files", "rule": "no-skill-up-to-this-level"},
        {"pointer": "/targets/badges/0/criteria/0/topics/gone", "rule": "unknown-topic"},
    ]
    assert profiles.listed(ORGANISATION, "", 100) == []


# --- copying ---


def test_a_copy_of_a_template_is_ones_own_to_change(profiles: KeepTargetProfiles) -> None:
    copy, new = profiles.copy(ORGANISATION, TEMPLATE, Wording(fr="Notre socle"), None)
    original = profiles.read(ORGANISATION, TEMPLATE).profile
    assert (new, copy.profile.owner, copy.profile.targets.topics) == (True, ORGANISATION, original.targets.topics)
    assert (copy.profile.targets.title.fr, copy.profile.targets.badges) == ("Notre socle", original.targets.badges)
    edited = profiles.edit(ORGANISATION, copy.profile.id, some_targets(), 1)
    assert edited.version == 2
    assert profiles.read(ORGANISATION, TEMPLATE).profile == original


def test_an_own_profile_is_copied_and_anothers_is_not(profiles: KeepTargetProfiles) -> None:
    mine = created(profiles)
    assert profiles.copy(ORGANISATION, mine, None, None)[0].profile.targets == some_targets()
    with refused(NotFoundError, "target-profile-not-found"):
        profiles.copy(OTHER, mine, None, None)


def test_a_profile_that_the_content_outgrew_is_not_copied() -> None:
    store = MemoryTargetProfiles()
    before = KeepTargetProfiles(store, MemoryReleases.of(real_release()), NumberedIds())
    mine = created(before)
    after = KeepTargetProfiles(store, MemoryReleases.of(loaded(synthetic(2))), NumberedIds(100))
    with pytest.raises(InvalidError) as told:
        after.copy(ORGANISATION, mine, None, None)
    assert {one["pointer"] for one in told.value.details["errors"]} == {"/copy_of"}
    assert after.read(ORGANISATION, mine).profile.targets == some_targets()


# --- editing ---


def test_an_edit_makes_the_next_version_and_only_from_the_last_one(profiles: KeepTargetProfiles) -> None:
    mine = created(profiles)
    second, third = (some_targets(title=both(words)) for words in ("Second", "Third"))
    assert profiles.edit(ORGANISATION, mine, second, 1).version == 2
    with refused(ConflictError, "target-profile-changed"):
        profiles.edit(ORGANISATION, mine, third, 1)
    assert profiles.edit(ORGANISATION, mine, third, 2).version == 3
    assert profiles.read(ORGANISATION, mine).profile.targets == third


def test_a_lost_reply_to_an_edit_is_asked_for_again_without_harm(profiles: KeepTargetProfiles) -> None:
    mine = created(profiles)
    edited = profiles.edit(ORGANISATION, mine, some_targets(title=both("Second")), 1)
    assert profiles.edit(ORGANISATION, mine, some_targets(title=both("Second")), 1) == edited


def test_of_editors_at_the_same_moment_one_is_told_yes() -> None:
    editors = 8
    barrier = Barrier(editors)

    class Waiting(MemoryTargetProfiles):
        def replace(self, kept: KeptProfile) -> bool:
            barrier.wait(timeout=30)
            return super().replace(kept)

    profiles = KeepTargetProfiles(Waiting(), MemoryReleases.of(real_release()), NumberedIds())
    mine = created(profiles)

    def edit(number: int) -> bool:
        try:
            profiles.edit(ORGANISATION, mine, some_targets(title=both(f"Editor {number}")), 1)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(editors) as pool:
        told = list(pool.map(edit, range(editors)))
    kept = profiles.read(ORGANISATION, mine)
    assert told.count(True) == 1
    assert (kept.version, kept.profile.targets.title.en) == (2, f"Editor {told.index(True)}")


# --- templates and deletion ---


def test_templates_are_those_of_the_release_and_nobody_changes_them(profiles: KeepTargetProfiles) -> None:
    found = profiles.templates()
    assert [(one.profile.id, one.version, one.profile.owner) for one in found] == [
        (one, 0, None) for one in sorted(real_release().templates)
    ]
    with refused(ForbiddenError, "template-read-only"):
        profiles.edit(ORGANISATION, TEMPLATE, some_targets(), 1)
    with refused(ForbiddenError, "template-read-only"):
        profiles.delete(ORGANISATION, TEMPLATE)


def test_what_was_deleted_is_gone_for_good_and_editing_it_is_told_so(profiles: KeepTargetProfiles) -> None:
    mine, kept = created(profiles), created(profiles)
    profiles.delete(ORGANISATION, mine)
    assert [one.profile.id for one in profiles.listed(ORGANISATION, "", 100)] == [kept]
    for again in (lambda: profiles.delete(ORGANISATION, mine), lambda: profiles.edit(ORGANISATION, mine, some_targets(), 1)):
        with refused(NotFoundError, "target-profile-not-found"):
            again()


def test_a_deletion_whose_reply_was_lost_is_a_deletion() -> None:
    class Losing(MemoryTargetProfiles):
        def remove(self, kept: KeptProfile) -> bool:
            super().remove(kept)
            return super().remove(kept)

    profiles = KeepTargetProfiles(Losing(), MemoryReleases.of(real_release()), NumberedIds())
    mine = created(profiles)
    profiles.delete(ORGANISATION, mine)
    assert profiles.profile(ORGANISATION, mine) is None


def test_another_organisation_deletes_nothing(profiles: KeepTargetProfiles) -> None:
    mine = created(profiles)
    with refused(NotFoundError, "target-profile-not-found"):
        profiles.delete(OTHER, mine)
    assert profiles.read(ORGANISATION, mine).version == 1


def test_a_profile_that_changes_too_fast_is_deleted_later() -> None:
    profiles = KeepTargetProfiles(Contended(), MemoryReleases.of(real_release()), NumberedIds())
    mine = created(profiles)
    with refused(UnavailableError, "target-profile-busy"):
        profiles.delete(ORGANISATION, mine)
