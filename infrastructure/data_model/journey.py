"""Plays every use-case on an emulated stage: what each costs, what is stored, who reads and writes.

Two persons take placements of competences over a bank of 128 topics. A queue does not answer, an assessment is left alone, a worker dies
before it counts. Everything goes through the use-cases that are deployed, in the order of a real life.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from moto import mock_aws

from chalicelib.assessments.answering import Submission
from chalicelib.assessments.starting import Wish
from chalicelib.assessments.views import Progress, Served
from chalicelib.content.releases import Release
from chalicelib.kernel.ids import derive_id
from infrastructure.data_model.callers import Callers
from infrastructure.data_model.campaigns import Campaigns
from infrastructure.data_model.collective import Collective
from infrastructure.data_model.organisations import Tenant
from infrastructure.data_model.stage import MeasuredStage, measured_stage, silence
from infrastructure.data_model.synthetic import RIGHT, WRONG, packed_bank
from infrastructure.data_model.target_profiles import Profiles

ADA, BOB, NOBODY = "person-of-the-first-journey", "person-of-the-other-journey", "person-without-an-account"
SCOPE = "1.1"
LAST = "answer, the last"
LETTER = {f"{derive_id('Dear reader')}/letter.txt": b"Dear reader"}
DAY, HOUR, MINUTE = 86_400, 3_600, 60


@dataclass(frozen=True)
class Played:
    """What a journey left."""

    stage: MeasuredStage
    objects: dict[str, int]
    packed_release: bytes


@lru_cache(maxsize=1)
def played() -> Played:
    """The journey, played once a process."""
    release_id, packed = packed_bank()
    with silence(), mock_aws():
        stage = measured_stage()
        journey = Journey(stage, Collective(stage, release_id))
        journey.publish(release_id, packed)
        journey.first_placement()
        journey.placement_whose_message_is_not_sent()
        journey.placement_left_alone()
        journey.placement_that_is_never_counted()
        journey.placement_again()
        journey.collective.exposure()
        journey.another_release()
        Callers(stage).play()
        Tenant(stage).play()
        Profiles(stage).play()
        Campaigns(stage).play()
        return Played(stage, stage.objects(), packed)


@dataclass
class Journey:
    """The parts of a journey, to be played in their order."""

    stage: MeasuredStage
    collective: Collective

    def publish(self, release_id: str, packed: bytes) -> None:
        """A release, with one file."""
        with self.stage.doing("content publish", "publish a release"):
            self.stage.releases().publish(release_id, packed, LETTER)
        self.stage.kept[release_id] = Release(release_id, packed)

    def first_placement(self) -> None:
        """A person whom nobody knows answers to the end, reads everything, and is counted."""
        progress = self._start(ADA, length=8, measured="start, a person whom nobody knows")
        progress = self._answer(ADA, progress, "answer 1")
        with self.stage.doing("focus", "leave the page") as services:
            services.answering.lose_focus(progress.assessment_id, ADA, _served(progress).step)
        before, progress = progress, self._answer(ADA, progress, "answer 2, a function that does not hold entry 0", cold=True)
        self._send(ADA, before, "answer 2 again")
        while progress.next is not None:
            progress = self._answer(ADA, progress, LAST)
            if progress.next is not None:
                self.stage.costs["answer 3 and on, a warm function"] = self.stage.costs.pop(LAST)
        self._read(progress.assessment_id)
        self._settle(progress.assessment_id, measured=True)
        with self.stage.doing("profile", "profile") as services:
            services.profiles.profile(ADA)
        self.collective.roll_up("roll-up of a view")

    def placement_whose_message_is_not_sent(self) -> None:
        """The queue does not answer when the person ends; they start again before the sweeper sends the message."""
        progress = self._answer(ADA, self._start(ADA, "1.2", measured="start, a person with a profile"))
        self.stage.out.queue = True
        self._end(ADA, progress, "end, nothing could be sent")
        self._sweep(2 * MINUTE, "sweep: one message that cannot be sent")
        self._start(ADA, "1.3", measured="start before the worker came: the contribution is written")
        self.stage.out.queue = False
        self._sweep(2 * MINUTE, "sweep: one message")
        self._settle(progress.assessment_id, dies=True)
        self.collective.roll_up()

    def placement_left_alone(self) -> None:
        """What was started as 1.3 gets one answer, an hour later, and no other; a release is out of reach meanwhile."""
        self.stage.clock.forward(HOUR)
        progress = self._answer(ADA, self._start(ADA, "1.3"))
        self._sweep(47 * HOUR, "sweep: one assessment that was answered since")
        self.stage.out.releases = True
        self._sweep(HOUR)
        self.stage.out.releases = False
        self._sweep(MINUTE, "sweep: one abandoned assessment")
        self._settle(progress.assessment_id)

    def placement_that_is_never_counted(self) -> None:
        """Another person's worker dies after the contribution: a reconciliation finds it."""
        progress = self._answer(BOB, self._start(BOB, "1.2"))
        self._end(BOB, progress, "end")
        with self.stage.doing("results_worker") as services:
            services.updating.settle(services.updating.ended(progress.assessment_id))
        self.collective.reconcile()

    def placement_again(self) -> None:
        """The first competence once more, five days later: what was counted is replaced."""
        self.stage.clock.forward(5 * DAY)
        progress = self._answer(ADA, self._start(ADA))
        self._end(ADA, progress)
        self._settle(progress.assessment_id)
        self.collective.roll_up()
        self.collective.roll_up()
        self.collective.roll_up("roll-up, nothing counted since")
        self.collective.show()

    def another_release(self) -> None:
        """Somebody without an account starts; a profile folded by an older release is folded again when it is read."""
        with self.stage.doing("start", "start without an account") as services:
            services.starting_once.start(NOBODY, Wish(SCOPE, "en"))
        self.publish(*packed_bank(1))
        self.stage.clock.forward(2 * MINUTE)
        with self.stage.doing("profile", "profile, of an older release") as services:
            services.profiles.profile(ADA)

    def _start(self, person: str, scope: str = SCOPE, length: int | None = None, measured: str = "") -> Progress:
        self.stage.clock.forward(10)
        with self.stage.doing("start", measured) as services:
            return services.starting.start(person, Wish(scope, "en", length=length))[0]

    def _answer(self, person: str, progress: Progress, measured: str = "", *, cold: bool = False) -> Progress:
        """The next answer, every third one wrong; what is announced is begun."""
        self.stage.clock.forward(10)
        if progress.next is not None and progress.next.phase == "announced":
            with self.stage.doing("begin", "begin an announced challenge") as services:
                progress = services.answering.begin(progress.assessment_id, person, progress.next.step)
        return self._send(person, progress, measured, cold=cold)

    def _send(self, person: str, progress: Progress, measured: str, *, cold: bool = False) -> Progress:
        shown = _served(progress)
        sent = Submission(shown.step, shown.challenge.id, RIGHT if shown.step % 3 else WRONG)
        with self.stage.doing("answer", measured, cold=cold) as services:
            return services.answering.answer(progress.assessment_id, person, sent)

    def _end(self, person: str, progress: Progress, measured: str = "") -> None:
        with self.stage.doing("end", measured) as services:
            services.ending.finish(progress.assessment_id, person)

    def _read(self, assessment_id: str) -> None:
        for measured in ("current, a function that does not hold entry 0", "current, a warm function"):
            with self.stage.doing("current", measured) as services:
                services.reading.current(assessment_id, ADA)
        with self.stage.doing("results", "results of one") as services:
            services.reading.results(assessment_id, ADA)
        with self.stage.doing("corrections", "corrections") as services:
            services.reading.corrections(assessment_id, ADA, 0)
        with self.stage.doing("explanation", "explanation") as services:
            services.explaining.explanation(assessment_id, ADA)
        with self.stage.doing("log") as services:
            services.ports.log.entries(assessment_id)

    def _settle(self, assessment_id: str, *, measured: bool = False, dies: bool = False) -> None:
        """What the worker does with a message."""
        with self.stage.doing("results_worker", "worker: contribution and profile" if measured else "") as services:
            tail = services.updating.ended(assessment_id)
            services.updating.settle(tail)
        self.collective.count(tail, measured=measured, dies=dies)

    def _sweep(self, seconds: int, measured: str = "") -> None:
        self.stage.clock.forward(seconds)
        with self.stage.doing("sweeper", measured) as services:
            services.sweeping.sweep()


def _served(progress: Progress) -> Served:
    assert isinstance(progress.next, Served)
    return progress.next
