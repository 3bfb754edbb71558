"""The part of the journey that is about an organisation's clients, and about who guesses at their secrets."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from chalicelib.campaigns.organisations.access import Action
from chalicelib.campaigns.organisations.model import OrganisationType, OrganisationWish
from chalicelib.identity.clients import Issued
from chalicelib.identity.limiting import Caller, Subject
from chalicelib.identity.limits import Purpose
from chalicelib.identity.tokens import ClientGrant
from chalicelib.kernel.clock import SECOND, later
from chalicelib.kernel.errors import UnauthenticatedError
from chalicelib.kernel.ids import derive_id
from infrastructure.data_model.stage import MeasuredStage

ADMIN = "person-who-is-an-admin"
SERVER = Caller("192.0.2.7")
BROWSER = Caller("192.0.2.7", "a-browser-of-the-journey")
DAY = 86_400


@dataclass(frozen=True)
class Callers:
    """What happens with one client."""

    stage: MeasuredStage

    def play(self) -> None:
        """A client is created, gets a token, is guessed at for two days, and is revoked."""
        with self.stage.doing("organisations") as services:
            wish = OrganisationWish(OrganisationType.SCHOOL, "School", None)
            organisation = services.creating_organisations.create(ADMIN, wish, None)[0].organisation_id
        with self.stage.doing("clients", "create a client, its organisation's others read") as services:
            services.access.require(ADMIN, organisation, Action.MANAGE_CLIENTS)
            issued = services.managing_clients.create(organisation, "timetable", ["campaigns:read"])
        self._ask(issued, issued.secret, SERVER, "token, nobody failed")
        self._ask(issued, "wrong", BROWSER, "token, a wrong secret")
        self._ask(issued, issued.secret, BROWSER, "token, where there were failures")
        self.stage.clock.forward(2 * DAY)
        self._ask(issued, "wrong", BROWSER)
        self._waits()
        with self.stage.doing("client", "client, who am I") as services:
            grant = ClientGrant(issued.client.id, organisation, frozenset({"campaigns:read"}))
            services.authenticating_clients.living(grant)
        with self.stage.doing("clients") as services:
            services.managing_clients.revoke(organisation, issued.client.id)

    def _ask(self, issued: Issued, secret: str, caller: Caller, measured: str = "") -> None:
        with self.stage.doing("token", measured) as services, suppress(UnauthenticatedError):
            services.authenticating_clients.grant(issued.client.client_id, secret, None, caller)

    def _waits(self) -> None:
        """Somebody at a slow address is told to wait, and comes back before a read sees it."""
        now = self.stage.clock.now()
        for _ in range(2):
            with self.stage.doing("token") as services:
                subject = Subject(Purpose.CAMPAIGN_CODE, derive_id("somebody"))
                services.ports.failures.sign(subject, 0, now, later(now, DAY * SECOND))
