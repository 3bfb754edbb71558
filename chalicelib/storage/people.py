"""People in DynamoDB (port `PeopleStore`): one partition each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from chalicelib.assessments.model import Start
from chalicelib.kernel.canonical import pack_json, unpack_json
from chalicelib.profiles.contributions import Contribution
from chalicelib.profiles.folding import Profile
from chalicelib.profiles.ports import Attempt, Person, StoredProfile
from chalicelib.storage import keys
from chalicelib.storage.table import Table, Values


@dataclass(frozen=True)
class DynamoPeople:
    """Attempts and contributions are written once; the profile is replaced on condition of what was read."""

    table: Table

    def person(self, person_id: str) -> Person:
        """Attempts and contributions: one strong Query of the partition."""
        attempts, contributions = [], []
        for item in self.table.all_of(keys.person(person_id)):
            sort = item["sk"]["S"]
            if sort.startswith(keys.ATTEMPT):
                _, scope, number = sort.split("#")
                attempts.append(Attempt(item["assessment"]["S"], scope, int(number)))
            elif sort.startswith(keys.CONTRIBUTION):
                contributions.append(Contribution.model_validate(unpack_json(bytes(item["body"]["B"]))))
        return Person(tuple(attempts), tuple(contributions))

    def remember(self, start: Start) -> None:
        """Store that this attempt exists; the same item whoever writes it."""
        self.table.put(
            {
                "pk": {"S": keys.person(start.person_id)},
                "sk": {"S": keys.attempt(start.scope, start.attempt)},
                "assessment": {"S": start.assessment_id},
            }
        )

    def contribute(self, contribution: Contribution) -> None:
        """Store the contribution unless its assessment has one already."""
        self.table.put_new(
            {
                "pk": {"S": keys.person(contribution.person)},
                "sk": {"S": keys.contribution(contribution.assessment)},
                "body": {"B": pack_json(contribution.model_dump(mode="json"))},
            }
        )

    def profile(self, person_id: str) -> StoredProfile | None:
        """The folded profile, strongly consistent."""
        item = self.table.get(keys.person(person_id), keys.PROFILE, strong=True)
        if item is None:
            return None
        return StoredProfile(Profile.model_validate(unpack_json(bytes(item["body"]["B"]))), item["version"]["S"])

    def replace_profile(self, person_id: str, profile: Profile, replaced: StoredProfile | None) -> bool:
        """Store the profile if what it replaces is still there."""
        item: Values = {
            "pk": {"S": keys.person(person_id)},
            "sk": {"S": keys.PROFILE},
            "version": {"S": hashlib.sha256(profile.as_bytes()).hexdigest()},
            "body": {"B": pack_json(profile.model_dump(mode="json"))},
        }
        if replaced is None:
            return self.table.put_new(item) is None
        return self.table.put_over(item, "version", replaced.version)
