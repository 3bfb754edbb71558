"""Clients of an organisation: programs that ask in its name, with secrets of their own.

Of a secret only its SHA-256 is kept. That suffices because a secret is 256 random bits: there is no list of likely ones to try, and
trying them all takes longer than the sun lasts. A slow, salted hash is for what people choose.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from chalicelib.kernel.clock import Clock, Instant
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from chalicelib.kernel.ids import IdSource, is_id

SCOPES: Mapping[str, str] = {
    "campaigns:read": "the campaigns of the organisation",
    "participations:read": "who takes part in them, and what was shared",
    "results:read": "the collective results",
}
"""What a client may be allowed to do, each in words."""

MOST_SECRETS = 2
"""Live at once: the one that is in use, and the one that takes its place."""
MOST_CLIENTS = 20
"""Live at once in an organisation."""
_TRIES = 5


@dataclass(frozen=True)
class Secret:
    """What is kept of a secret: never the secret."""

    id: str
    digest: str
    """SHA-256, 64 hexadecimal digits."""
    created_at: Instant


@dataclass(frozen=True)
class Client:
    """A client, and how often it was changed."""

    id: str
    organisation_id: str
    label: str
    scopes: tuple[str, ...]
    secrets: tuple[Secret, ...]
    created_at: Instant
    revoked_at: Instant | None = None
    version: int = 1

    @property
    def client_id(self) -> str:
        """What it presents: its organisation and its id, so that one read finds it."""
        return f"{self.organisation_id}.{self.id}"

    def accepts(self, secret: str) -> bool:
        """Whether this is one of its live secrets; as long for a wrong one as for a right one."""
        digest = digest_of(secret)
        found = False
        for kept in self.secrets:
            found |= hmac.compare_digest(kept.digest, digest)
        return found and self.revoked_at is None

    def with_secret(self, secret: Secret) -> Client:
        """With one secret more; raises `ConflictError` when it has two."""
        self._must_live()
        if len(self.secrets) >= MOST_SECRETS:
            raise ConflictError("client-secrets-full", "The client has two live secrets: revoke one first.")
        return replace(self, secrets=(*self.secrets, secret), version=self.version + 1)

    def without_secret(self, secret_id: str) -> Client:
        """Without this secret; itself when it has it no more."""
        kept = tuple(secret for secret in self.secrets if secret.id != secret_id)
        return self if kept == self.secrets else replace(self, secrets=kept, version=self.version + 1)

    def revoked(self, at: Instant) -> Client:
        """For good, and without its secrets; itself when it is already."""
        if self.revoked_at is not None:
            return self
        return replace(self, secrets=(), revoked_at=at, version=self.version + 1)

    def _must_live(self) -> None:
        if self.revoked_at is not None:
            raise ConflictError("client-revoked", "The client is revoked; create another one.")


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def split_client_id(client_id: str) -> tuple[str, str] | None:
    """Organisation and id of a client id; None when it has not the form of one."""
    organisation_id, _, own_id = client_id.partition(".")
    return (organisation_id, own_id) if is_id(organisation_id) and is_id(own_id) else None


class ClientStore(Protocol):
    """Where clients are kept: one item each."""

    def create(self, client: Client) -> bool:
        """Store the client if its id is free; whether it is there now, whoever put it."""
        ...

    def client(self, organisation_id: str, own_id: str) -> Client | None:
        """One client, strongly consistent."""
        ...

    def clients_of(self, organisation_id: str) -> list[Client]:
        """Every client of an organisation by id, strongly consistent."""
        ...

    def replace(self, client: Client) -> bool:
        """Store the client if the one there is of the version before; whether it was."""
        ...


class SecretSource(Protocol):
    """Where secrets come from."""

    def draw(self) -> str:
        """256 random bits as text that goes anywhere: letters, digits, `-` and `_`."""
        ...


@dataclass(frozen=True)
class Issued:
    """A client with its fresh secret, which nobody can be shown again."""

    client: Client
    secret_id: str
    secret: str


@dataclass(frozen=True)
class ManageClients:
    """What an organisation's admins do with its clients. Whoever calls has checked that they may."""

    store: ClientStore
    secrets: SecretSource
    ids: IdSource
    clock: Clock

    def create(self, organisation_id: str, label: str, scopes: Iterable[str]) -> Issued:
        """A client with its first secret. A lost reply leaves a client whose secret nobody knows: add one, or revoke it."""
        wanted = known_scopes(scopes)
        if sum(client.revoked_at is None for client in self.store.clients_of(organisation_id)) >= MOST_CLIENTS:
            raise ConflictError("too-many-clients", "The organisation has too many clients: revoke one.", limit=MOST_CLIENTS)
        shown, secret = self._fresh()
        client = Client(self.ids.new(), organisation_id, label, wanted, (secret,), secret.created_at)
        if not self.store.create(client):
            raise UnavailableError("client-busy", "The client could not be created; try again.")
        return Issued(client, secret.id, shown)

    def clients(self, organisation_id: str) -> list[Client]:
        """Every client, the oldest first; those that are revoked too."""
        return sorted(self.store.clients_of(organisation_id), key=lambda client: (client.created_at, client.id))

    def add_secret(self, organisation_id: str, own_id: str) -> Issued:
        """A second secret beside the one in use, so that programs can change over; raises `ConflictError` when there are two."""
        shown, secret = self._fresh()
        for _ in range(_TRIES):
            before = self._client(organisation_id, own_id)
            if secret in before.secrets:  # stored, and the reply was lost
                return Issued(before, secret.id, shown)
            changed = before.with_secret(secret)
            if self.store.replace(changed):
                return Issued(changed, secret.id, shown)
        raise _busy()

    def revoke_secret(self, organisation_id: str, own_id: str, secret_id: str) -> Client:
        """The secret opens nothing any more. Tokens that it got last their ten minutes. Asking again changes nothing."""
        for _ in range(_TRIES):
            before = self._client(organisation_id, own_id)
            changed = before.without_secret(secret_id)
            if changed is before or self.store.replace(changed):
                return changed
        raise _busy()

    def revoke(self, organisation_id: str, own_id: str) -> Client:
        """The client is none any more, nor are its tokens. Asking again changes nothing."""
        at = self.clock.now()
        for _ in range(_TRIES):
            before = self._client(organisation_id, own_id)
            changed = before.revoked(at)
            if changed is before or self.store.replace(changed):
                return changed
        raise _busy()

    def _client(self, organisation_id: str, own_id: str) -> Client:
        client = self.store.client(organisation_id, own_id) if is_id(own_id) else None
        if client is None:
            raise NotFoundError("client-not-found", "There is no such client.")
        return client

    def _fresh(self) -> tuple[str, Secret]:
        shown = self.secrets.draw()
        return shown, Secret(self.ids.new(), digest_of(shown), self.clock.now())


def known_scopes(scopes: Iterable[str]) -> tuple[str, ...]:
    """These scopes, each once, in the order of `SCOPES`; raises `InvalidError` for none or one that does not exist."""
    wanted = set(scopes)
    if not wanted or not wanted <= SCOPES.keys():
        raise InvalidError("scope-not-allowed", "There is no such scope.", scopes=list(SCOPES))
    return tuple(scope for scope in SCOPES if scope in wanted)


def _busy() -> UnavailableError:
    return UnavailableError("client-busy", "The client changes too fast; try again.")
