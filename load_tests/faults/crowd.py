"""Virtual persons who behave like people with a bad connection: they send again, open two tabs, stop, leave, lose the focus."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.content.releases import Release
from chalicelib.content.texts import Locale
from load_tests.faults.browser import Browser, GaveUpError, Replied
from load_tests.faults.ledger import Ledger, Line, digest_of
from load_tests.virtual_person import VirtualPerson

UNTIMED_SCOPES = ("1.1", "1.2", "2.2", "3.1", "4.2", "5.2")
"""Competences of which no challenge has a time limit."""
SCOPES = ("1.1", "1.3", "2.1", "3.2", "4.1", "5.1", "1", "5", "crcn")
"""With the competences of which some challenges have a time limit, and wider scopes."""
AGAIN, LOST_FOCUS, READ, TWO_STARTS = 0.06, 0.04, 0.04, 0.25
"""How often a person sends an answered step again, leaves the page, reads where it stands, and presses the start button twice."""

NOTHING_TO_ASK = frozenset({"nothing-left-to-assess", "too-early-to-improve"})

Ends = Literal["plays", "stops", "leaves"]
KeyOf = Callable[[], str]


@dataclass(frozen=True)
class Intent:
    """One assessment that somebody sets out to take: whose (None: without an account), what, and how it ends."""

    number: int
    person: str | None
    scope: str
    locale: Locale
    length: int
    ends: Ends
    after: int
    """Answers after which the person stops or leaves."""


def intents(seed: int, count: int, scopes: tuple[str, ...] = SCOPES, longest: int = 12) -> list[Intent]:
    """The same crowd for the same seed: a third without an account, the others two assessments each, of different scopes."""
    rng, made = random.Random(f"{seed}-crowd"), []
    for number in range(count):
        person = None if number % 3 == 0 else f"faults-{seed}-{number // 6}-{number % 3}"
        scope = scopes[(number + number // 3) % len(scopes)]
        ends: Ends = rng.choices(("plays", "stops", "leaves"), (80, 10, 10))[0]
        locale: Locale = rng.choice(("fr", "en"))
        made.append(Intent(number, person, scope, locale, rng.randint(3, longest), ends, rng.randint(1, 4)))
    return made


@dataclass(frozen=True)
class Crowd:
    """Plays intents through these doors, and writes down all it is told."""

    release: Release
    doors: tuple[int, ...]
    token_of: Callable[[str], str]
    ledger: Ledger
    seed: int
    two_tabs: float = 0.06
    """How often a person answers one step in two tabs at once, differently."""
    forgets_its_key: bool = False
    """The control without the action id: every try of a start has another Idempotency-Key."""

    def play(self, some: Iterable[Intent], at_once: int) -> None:
        """Play them, so many at the same time."""
        with ThreadPoolExecutor(at_once, thread_name_prefix="person") as pool:
            list(pool.map(self.one, some))

    def one(self, intent: Intent) -> None:
        """Play one to its end."""
        rng = random.Random(f"{self.seed}-{intent.number}")
        token = None if intent.person is None else self.token_of(intent.person)
        browser = Browser(self.doors, rng, token)
        try:
            _Sitting(self, intent, browser, VirtualPerson(self.release, rng.gauss(0.0, 1.0), rng, intent.locale), rng).play()
        except GaveUpError as error:
            self.ledger.write(Line("gave-up", intent.number, told=str(error)))
        finally:
            browser.close()


@dataclass
class _Sitting:
    """One intent being played."""

    crowd: Crowd
    intent: Intent
    browser: Browser
    person: VirtualPerson
    rng: random.Random
    path: str = ""
    shown_at: float = 0.0

    def play(self) -> None:
        progress = self._start()
        while progress is not None and progress["status"] == "open":
            if progress["answers"] >= self.intent.after and self.intent.ends != "plays":
                if self.intent.ends == "stops":
                    self._finish(progress)
                return
            progress = self._step(progress)
        if progress is not None:
            self._write("finished", told=str(progress["stop_reason"]))

    def _start(self) -> Any:
        intent, body = self.intent, {"scope": self.intent.scope, "locale": self.intent.locale, "length": self.intent.length}
        key = f"faults-{self.crowd.seed}-{intent.number}-{'x' * 12}"

        def headers() -> dict[str, str]:
            fresh = f"-{self.rng.getrandbits(40)}" if self.crowd.forgets_its_key else ""
            return {} if intent.person else {"Idempotency-Key": key + fresh}

        tabs = [self.browser, self.browser.another()][: 2 if self.rng.random() < TWO_STARTS else 1]
        with ThreadPoolExecutor(len(tabs)) as pool:
            reply, *others = pool.map(lambda tab: tab.post("/v1/assessments", body, headers), tabs)
        for tab in tabs[1:]:
            tab.close()
        if reply.status == 409 and reply.body["code"] in NOTHING_TO_ASK:
            return None
        if reply.status not in (200, 201):
            return self._wrong("start", reply)
        if self.browser.token is None:
            self.browser.token = reply.body["token"]
        progress = reply.body["assessment"]
        for other in others:
            if other.status not in (200, 201) or other.body["assessment"] != progress:
                self._wrong("start pressed twice", reply, other)
        self.path = f"/v1/assessments/{progress['assessment_id']}"
        self._write("started", assessment=progress["assessment_id"], person=intent.person or "")
        self.shown_at = time.monotonic()
        return progress

    def _step(self, progress: Any) -> Any:
        waiting = progress["next"]
        if waiting["phase"] == "announced":
            reply = self.browser.post(f"{self.path}/begin", {"step": waiting["step"]})
            self.shown_at = time.monotonic()
            return reply.body if reply.status == 200 else self._wrong("begin", reply)
        if self.rng.random() < LOST_FOCUS:
            reply = self.browser.post(f"{self.path}/focus-losses", {"step": waiting["step"]})
            if reply.status != 200:
                return self._wrong("focus loss", reply)
        if self.rng.random() < READ:
            reply = self.browser.get(self.path)
            if reply.status != 200 or reply.body["next"] != waiting:
                return self._wrong("reading", reply)
        answer = self.person.answer(waiting["challenge"])
        if self.rng.random() < self.crowd.two_tabs:
            return self._in_two_tabs(waiting, answer)
        reply = self._answer(self.browser, waiting, answer)
        if reply.status != 200:
            return self._wrong(f"answer {waiting['step']}", reply)
        self.shown_at = time.monotonic()
        if self.rng.random() < AGAIN:
            self._send_again(waiting, answer, reply)
        return reply.body

    def _answer(self, browser: Browser, waiting: Any, answer: Any) -> Replied:
        step, challenge = waiting["step"], waiting["challenge"]
        digest = digest_of(answer, ordered=challenge["kind"] != "choices")
        self._write("sent", step=step, digest=digest)
        reply = browser.post(f"{self.path}/answers", {"step": step, "challenge": challenge["id"], "answer": answer})
        if reply.status == 200:
            self._write("acknowledged", step=step, digest=digest, seconds=round(time.monotonic() - self.shown_at, 3))
        return reply

    def _send_again(self, waiting: Any, answer: Any, before: Replied) -> None:
        """An answer that is acknowledged: the same one gives the same reply, another one is refused."""
        again = self._answer(self.browser, waiting, answer)
        if (again.status, again.body) != (200, before.body):
            self._wrong(f"answer {waiting['step']} again", again)
        if answer is not None:
            other = self._answer(self.browser, waiting, None)
            if other.status != 409:
                self._wrong(f"another answer {waiting['step']}", other)

    def _in_two_tabs(self, waiting: Any, answer: Any) -> Any:
        """Two different answers to one step at once: one is stored, the other refused, whoever wins."""
        if answer is None:
            answer = self.person.answer(waiting["challenge"])
        tab = self.browser.another()
        with ThreadPoolExecutor(2) as pool:
            replies = list(pool.map(lambda one: self._answer(one[0], waiting, one[1]), [(self.browser, answer), (tab, None)]))
        tab.close()
        self.shown_at = time.monotonic()
        won = [reply for reply in replies if reply.status == 200]
        lost = [reply for reply in replies if reply.status == 409]
        if len(won) != (1 if answer is not None else 2) or len(won) + len(lost) != 2:
            self._wrong(f"two tabs at step {waiting['step']}", *replies)
        return won[0].body if won else None

    def _finish(self, progress: Any) -> None:
        """Stop, and at the same moment answer in another tab: both are told what is true."""
        tab, waiting = self.browser.another(), progress["next"]
        with ThreadPoolExecutor(1) as pool:
            served = waiting["phase"] == "served" and self.rng.random() < 0.5
            answering = pool.submit(self._answer, tab, waiting, None) if served else None
            reply = self.browser.post(f"{self.path}/finish", {})
            answered = answering.result() if answering else None
        tab.close()
        if answered is not None and answered.status not in (200, 409):
            self._wrong("answer while stopping", answered)
        if reply.status != 200 or reply.body["status"] != "finished":
            self._wrong("finish", reply)
        else:
            self._write("finished", told=str(reply.body["stop_reason"]))

    def _write(self, what: Any, **fields: Any) -> None:
        self.crowd.ledger.write(Line(what, self.intent.number, **fields))

    def _wrong(self, where: str, *replies: Replied) -> None:
        told = ", ".join(f"{one.status} {(one.body or {}).get('code', '')} at try {one.tries}" for one in replies)
        self._write("wrong", told=f"{where}: {told}")
