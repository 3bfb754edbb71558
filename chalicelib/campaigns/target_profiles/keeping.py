"""Keeping target profiles: the templates of the content, and what an organisation makes of them or by itself.

A campaign that is open keeps what it froze, so that a profile may be edited or deleted at any time.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.assessments.ports import ReleaseSource
from chalicelib.campaigns.target_profiles.model import KeptProfile, TargetProfile, Targets
from chalicelib.campaigns.target_profiles.ports import TargetProfileStore
from chalicelib.campaigns.wording import Wording
from chalicelib.content.releases import Release
from chalicelib.content.target_profiles import misfits
from chalicelib.kernel.canonical import canonical_json
from chalicelib.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, UnavailableError
from chalicelib.kernel.ids import IdSource, derive_id, is_id

TRIES = 5


@dataclass(frozen=True)
class KeepTargetProfiles:
    """Reads and changes target profiles. Who may is checked before."""

    store: TargetProfileStore
    releases: ReleaseSource
    ids: IdSource

    def templates(self) -> list[KeptProfile]:
        """The templates of the current release, in the order of their ids."""
        return [_template(one, targets) for one, targets in self._release().templates.values()]

    def profile(self, organisation: str, profile_id: str) -> TargetProfile | None:
        """A template, or a profile of this organisation; None when it has none of this id."""
        kept = self._find(organisation, profile_id)
        return None if kept is None else kept.profile

    def read(self, organisation: str, profile_id: str) -> KeptProfile:
        """The same with its version; raises `NotFoundError`."""
        kept = self._find(organisation, profile_id)
        if kept is None:
            raise _no_profile()
        return kept

    def listed(self, organisation: str, after: str, limit: int) -> list[KeptProfile]:
        """The organisation's own profiles in order of their ids, those after this id, at most so many."""
        return self.store.listed(organisation, after, limit)

    def create(self, organisation: str, targets: Targets, key: str | None) -> tuple[KeptProfile, bool]:
        """A profile of the organisation's own, and whether it is new: the same key gives the same one.

        Raises `InvalidError` for topics and levels that the current content does not have, each with its pointer; `ConflictError` when
        the key made another one.
        """
        self._check(targets, "/targets")
        return self._create(organisation, targets, derive_id("targets wished", _told(targets)), key)

    def copy(self, organisation: str, profile_id: str, title: Wording | None, key: str | None) -> tuple[KeptProfile, bool]:
        """A copy of a template, or of a profile of the organisation's own, perhaps under another title; raises as `create` does.

        Raises `NotFoundError` when there is no such profile.
        """
        targets = self.read(organisation, profile_id).profile.targets
        if title is not None:
            targets = targets.model_copy(update={"title": title})
        self._check(targets, "/copy_of", whole=True)
        wished = derive_id("copy wished", profile_id, "" if title is None else title.model_dump_json())
        return self._create(organisation, targets, wished, key)

    def edit(self, organisation: str, profile_id: str, targets: Targets, version: int) -> KeptProfile:
        """The next version. The same change sent again changes nothing.

        Raises `ConflictError` when this version is not the last one, `ForbiddenError` for a template, `InvalidError` as `create` does.
        """
        self._check(targets, "/targets")
        there = self._own(organisation, profile_id)
        if there.profile.targets == targets and there.version in (version, version + 1):
            return there
        edited = KeptProfile(there.profile.model_copy(update={"targets": targets}), version + 1, there.wished)
        if there.version != version or not self.store.replace(edited):
            raise ConflictError("target-profile-changed", "This target profile was changed meanwhile; read it again.")
        return edited

    def delete(self, organisation: str, profile_id: str) -> None:
        """There is no such profile any more; raises `NotFoundError` when there was none, `ForbiddenError` for a template."""
        there: KeptProfile | None = self._own(organisation, profile_id)
        for _ in range(TRIES):
            if there is None or self.store.remove(there):
                return
            there = self.store.find(organisation, profile_id)
        raise UnavailableError("target-profile-busy", "This target profile changes too fast; try again.")

    def _create(self, organisation: str, targets: Targets, wished: str, key: str | None) -> tuple[KeptProfile, bool]:
        profile_id = self.ids.new() if key is None else derive_id("target profile", organisation, key)
        made = KeptProfile(TargetProfile(id=profile_id, owner=organisation, targets=targets), 1, wished)
        there = self.store.create(made)
        if there is not None and there.wished != wished:
            raise ConflictError("idempotency-key-reused", "This Idempotency-Key made another target profile.")
        return there or made, there is None

    def _own(self, organisation: str, profile_id: str) -> KeptProfile:
        kept = self.read(organisation, profile_id)
        if kept.profile.owner is None:
            raise ForbiddenError("template-read-only", "A template belongs to everybody: copy it to change it.")
        return kept

    def _find(self, organisation: str, profile_id: str) -> KeptProfile | None:
        if is_id(profile_id):
            return self.store.find(organisation, profile_id)
        template = self._release().templates.get(profile_id)
        return None if template is None else _template(*template)

    def _check(self, targets: Targets, pointer: str, *, whole: bool = False) -> None:
        found = misfits(targets, self._release().ladders)
        if found:
            errors = [{"pointer": pointer if whole else f"{pointer}/{one.path}", "rule": one.rule} for one in found]
            raise InvalidError("not-in-the-content", "The current content does not have all of these skills.", errors=errors)

    def _release(self) -> Release:
        return self.releases.get(self.releases.current())


def _template(template_id: str, targets: Targets) -> KeptProfile:
    return KeptProfile(TargetProfile(id=template_id, owner=None, targets=targets), 0)


def _told(targets: Targets) -> str:
    return canonical_json(targets.model_dump(mode="json", exclude_none=True)).decode()


def _no_profile() -> NotFoundError:
    return NotFoundError("target-profile-not-found", "There is no such target profile.")
