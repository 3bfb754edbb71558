"""Takes one whole assessment per line of standard input, in a process of its own that is killed after its n-th write.

Each line is `n person`. Run as a program by test_sigkill.py, with the settings of a stage in the environment. For each line
it prints how the process ended: `killed`, or `done <writes>` when it made fewer writes than n.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from chalicelib.assessments.answering import Submission
from chalicelib.assessments.starting import Wish
from chalicelib.assessments.views import Announced
from chalicelib.config import Settings
from chalicelib.content.authoring.declared import declared_answers
from chalicelib.content.grading.answers import as_sent
from chalicelib.content.shown import as_shown
from chalicelib.storage.boto import NeutralClient
from chalicelib.storage.meter import Meter
from chalicelib.wiring import Clients, RandomIds, Services, SystemClock, ports_over
from infrastructure.local.clients import local_clients

SCOPE = "1.1"
WRITES = {"put_item", "update_item", "send_message"}


class Dying:
    """A boto3 client; the process dies right after the n-th write of all its clients was acknowledged."""

    writes = 0
    last = 0

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)

        def counted(**arguments: Any) -> Any:
            reply = call(**arguments)
            if name in WRITES:
                Dying.writes += 1
                if Dying.writes == Dying.last:
                    os.kill(os.getpid(), signal.SIGKILL)
            return reply

        return counted


def services() -> Services:
    """The stage of the environment, through clients that kill."""
    settings = Settings.from_environment()
    made = local_clients(settings.endpoint_url, settings.region)
    clients = Clients(*(NeutralClient(Dying(one)) for one in (made.dynamodb, made.s3, made.sqs)))
    return Services(settings, ports_over(clients, settings, SystemClock(), RandomIds(), Meter()))


def take(stage: Services, person: str) -> None:
    """Start or go on, answer everything right, then do the worker's job."""
    release = stage.ports.releases.get(stage.ports.releases.current())
    progress, _ = stage.starting.start(person, Wish(SCOPE, "fr"))
    while progress.next is not None:
        if isinstance(progress.next, Announced):
            progress = stage.answering.begin(progress.assessment_id, person, progress.next.step)
            continue
        seen = progress.next.challenge
        path = seen.attachment.path if seen.attachment else None
        challenge = as_shown(release.challenge(release.ordinals[seen.id]), path)
        answer = as_sent(challenge, declared_answers(challenge, "fr")[0][0])
        sent = Submission(progress.next.step, challenge.id, answer)
        progress = stage.answering.answer(progress.assessment_id, person, sent)
    stage.updating.finished(progress.assessment_id)


def main() -> None:
    """One forked process per line."""
    for line in sys.stdin:
        last, person = line.split()
        child = os.fork()
        if child == 0:
            Dying.last = int(last)
            take(services(), person)
            print(f"done {Dying.writes}", flush=True)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            print("killed", flush=True)
        elif status:
            print("failed", flush=True)


if __name__ == "__main__":
    main()
