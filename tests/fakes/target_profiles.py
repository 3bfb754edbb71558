"""Target profiles in memory: the same promises as the adapter, with a lock where a store is atomic."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from chalicelib.campaigns.target_profiles.model import KeptProfile


@dataclass
class MemoryTargetProfiles:
    """Port `TargetProfileStore`."""

    kept: dict[tuple[str | None, str], KeptProfile] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def create(self, kept: KeptProfile) -> KeptProfile | None:
        with self.lock:
            there = self.kept.get(_key(kept))
            self.kept.setdefault(_key(kept), kept)
            return there

    def find(self, organisation_id: str, profile_id: str) -> KeptProfile | None:
        with self.lock:
            return self.kept.get((organisation_id, profile_id))

    def replace(self, kept: KeptProfile) -> bool:
        with self.lock:
            if not self._has(kept, kept.version - 1):
                return False
            self.kept[_key(kept)] = kept
            return True

    def remove(self, kept: KeptProfile) -> bool:
        with self.lock:
            if not self._has(kept, kept.version):
                return False
            del self.kept[_key(kept)]
            return True

    def listed(self, organisation_id: str, after: str, limit: int) -> list[KeptProfile]:
        with self.lock:
            ids = sorted(one for owner, one in self.kept if owner == organisation_id and one > after)
            return [self.kept[organisation_id, one] for one in ids[:limit]]

    def _has(self, kept: KeptProfile, version: int) -> bool:
        there = self.kept.get(_key(kept))
        return there is not None and there.version == version


def _key(kept: KeptProfile) -> tuple[str | None, str]:
    return kept.profile.owner, kept.profile.id
