"""Clients of organisations: their secrets, how these are changed over, and what is kept of them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.api.client_forms import Scope
from chalicelib.identity.clients import (
    MOST_CLIENTS,
    SCOPES,
    Client,
    Issued,
    ManageClients,
    digest_of,
    known_scopes,
    split_client_id,
)
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from chalicelib.kernel.ids import is_id
from chalicelib.wiring import RandomSecrets
from tests.fakes.callers import MemoryClients
from tests.fakes.memory import FixedClock, NumberedIds

SCHOOL = "o" * 26


class Busy(MemoryClients):
    """A store where somebody else always writes first."""

    def replace(self, client: Client) -> bool:
        return False


class LosesReplies(MemoryClients):
    """A store whose every write is made, and told as refused: the retry of a lost reply finds its own work."""

    def replace(self, client: Client) -> bool:
        super().replace(client)
        return False


@dataclass
class Office:
    """Where an admin of the school manages its clients."""

    store: MemoryClients = field(default_factory=MemoryClients)
    clock: FixedClock = field(default_factory=FixedClock)
    ids: NumberedIds = field(default_factory=NumberedIds)

    @property
    def managing(self) -> ManageClients:
        return ManageClients(self.store, RandomSecrets(), self.ids, self.clock)

    def create(self) -> Issued:
        return self.managing.create(SCHOOL, "the timetable", ["campaigns:read"])

    def client(self, issued: Issued) -> Client:
        kept = self.store.client(SCHOOL, issued.client.id)
        assert kept is not None
        return kept


@pytest.fixture
def office() -> Office:
    return Office()


def code(error: pytest.ExceptionInfo[ConflictError]) -> str:
    return error.value.code


def test_a_secret_is_256_random_bits_and_only_its_digest_is_kept(office: Office) -> None:
    issued = office.create()
    assert len(issued.secret) == 43
    assert issued.secret not in repr(office.store.kept)
    assert [one.digest for one in office.client(issued).secrets] == [digest_of(issued.secret)]
    assert len({RandomSecrets().draw() for _ in range(100)}) == 100


@given(st.text())
def test_only_the_secret_itself_is_accepted(guess: str) -> None:
    issued = Office().create()
    assert issued.client.accepts(issued.secret)
    assert not issued.client.accepts(guess)
    assert not issued.client.accepts(digest_of(issued.secret))


def test_secrets_are_changed_over_without_a_break(office: Office) -> None:
    first = office.create()
    office.clock.forward(60)
    second = office.managing.add_secret(SCHOOL, first.client.id)
    assert [office.client(first).accepts(one.secret) for one in (first, second)] == [True, True]
    office.managing.revoke_secret(SCHOOL, first.client.id, first.secret_id)
    assert [office.client(first).accepts(one.secret) for one in (first, second)] == [False, True]


def test_there_are_two_live_secrets_and_never_three(office: Office) -> None:
    first = office.create()
    office.managing.add_secret(SCHOOL, first.client.id)
    with pytest.raises(ConflictError) as refused:
        office.managing.add_secret(SCHOOL, first.client.id)
    assert code(refused) == "client-secrets-full"
    assert len(office.client(first).secrets) == 2


def test_admins_who_add_secrets_at_once_make_two_in_all(office: Office) -> None:
    first, together = office.create(), threading.Barrier(4)
    outcomes: list[str] = []

    def add() -> None:
        together.wait()
        try:
            outcomes.append(office.managing.add_secret(SCHOOL, first.client.id).secret)
        except ConflictError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("client-secrets-full") == 3
    (added,) = [one for one in outcomes if one != "client-secrets-full"]
    assert office.client(first).accepts(added)


def test_the_secret_of_a_write_whose_reply_was_lost_is_shown(office: Office) -> None:
    first = office.create()
    office.store = LosesReplies(office.store.kept)
    second = office.managing.add_secret(SCHOOL, first.client.id)
    assert office.client(first).accepts(second.secret)
    assert len(office.client(first).secrets) == 2


def test_a_client_without_a_secret_is_still_one(office: Office) -> None:
    first = office.create()
    office.managing.revoke_secret(SCHOOL, first.client.id, first.secret_id)
    assert not office.client(first).accepts(first.secret)
    second = office.managing.add_secret(SCHOOL, first.client.id)
    assert office.client(first).accepts(second.secret)


def test_a_revoked_client_stays_in_the_list_and_opens_nothing_for_ever(office: Office) -> None:
    issued = office.create()
    revoked = office.managing.revoke(SCHOOL, issued.client.id)
    assert (revoked.secrets, revoked.revoked_at) == ((), office.clock.now())
    assert not revoked.accepts(issued.secret)
    assert office.managing.clients(SCHOOL) == [revoked]
    with pytest.raises(ConflictError) as refused:
        office.managing.add_secret(SCHOOL, issued.client.id)
    assert code(refused) == "client-revoked"


def test_revoking_again_changes_nothing(office: Office) -> None:
    issued = office.create()
    once = office.managing.revoke(SCHOOL, issued.client.id)
    office.clock.forward(60)
    assert office.managing.revoke(SCHOOL, issued.client.id) == once
    assert office.managing.revoke_secret(SCHOOL, issued.client.id, issued.secret_id) == once


def test_an_organisation_has_20_live_clients_at_most(office: Office) -> None:
    issued = [office.create() for _ in range(MOST_CLIENTS)]
    with pytest.raises(ConflictError) as refused:
        office.create()
    assert code(refused) == "too-many-clients"
    office.managing.revoke(SCHOOL, issued[0].client.id)
    office.create()
    assert len(office.managing.clients(SCHOOL)) == MOST_CLIENTS + 1


def test_clients_are_listed_the_oldest_first(office: Office) -> None:
    office.ids.count = 10**9
    first = office.create()
    office.clock.forward(1)
    office.ids.count = 0
    second = office.create()
    assert [one.id for one in office.managing.clients(SCHOOL)] == [first.client.id, second.client.id]


@pytest.mark.parametrize("own_id", ["z" * 26, "", "rubbish", "a" * 27])
def test_what_is_no_client_of_the_organisation_is_told_as_nothing(office: Office, own_id: str) -> None:
    for ask in (office.managing.revoke, office.managing.add_secret):
        with pytest.raises(NotFoundError):
            ask(SCHOOL, own_id)


def test_the_client_of_another_organisation_is_told_as_nothing(office: Office) -> None:
    issued = office.create()
    with pytest.raises(NotFoundError):
        office.managing.revoke("t" * 26, issued.client.id)
    assert office.client(issued).accepts(issued.secret)


def test_after_five_lost_races_somebody_is_asked_to_come_again(office: Office) -> None:
    issued = office.create()
    office.store = Busy(office.store.kept)
    for attempt in (
        lambda: office.managing.add_secret(SCHOOL, issued.client.id),
        lambda: office.managing.revoke(SCHOOL, issued.client.id),
        lambda: office.managing.revoke_secret(SCHOOL, issued.client.id, issued.secret_id),
    ):
        with pytest.raises(UnavailableError):
            attempt()


@pytest.mark.parametrize("scopes", [[], ["admin"], ["campaigns:read", "campaigns:write"], [""]])
def test_scopes_are_those_that_exist(scopes: list[str]) -> None:
    with pytest.raises(InvalidError):
        known_scopes(scopes)


def test_scopes_are_kept_once_and_in_one_order() -> None:
    assert known_scopes(["results:read", "campaigns:read", "results:read"]) == ("campaigns:read", "results:read")


def test_the_form_takes_every_scope_and_no_other() -> None:
    assert set(get_args(Scope)) == set(SCOPES)


@given(st.text())
def test_a_client_id_is_two_ids(text: str) -> None:
    found = split_client_id(text)
    assert found is None or (all(map(is_id, found)) and ".".join(found) == text)


def test_a_client_presents_its_organisation_and_its_id() -> None:
    client = Client("c" * 26, SCHOOL, "x", ("campaigns:read",), (), Instant(0))
    assert split_client_id(client.client_id) == (SCHOOL, "c" * 26)
    assert split_client_id("c" * 26) is None
