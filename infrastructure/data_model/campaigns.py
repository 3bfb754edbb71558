"""The part of the journey that is about campaigns: launched, entered, answered, shared, counted, read."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.assessments.answering import Submission
from chalicelib.assessments.starting import Wish
from chalicelib.assessments.views import Served
from chalicelib.campaigns.campaign import Campaign, Settings
from chalicelib.campaigns.collective import shown, view_of
from chalicelib.campaigns.taking import Entrance
from chalicelib.identity.limiting import Caller
from chalicelib.identity.limits import Purpose
from infrastructure.data_model.stage import MeasuredStage
from infrastructure.data_model.synthetic import RIGHT
from infrastructure.data_model.target_profiles import ORGANISATION, a_profile

IDA, LEO = "person-who-shares-results", "person-of-an-examination"
BY = "campaigns"
PHONE = Caller("198.51.100.7", "a-phone-of-the-journey")
MINUTE, DAY = 60, 86_400


@dataclass(frozen=True)
class Campaigns:
    """What an organisation and its people do with campaigns."""

    stage: MeasuredStage

    def play(self) -> None:
        """An assessment is taken and shared, an exam taken by somebody else; both are counted and read."""
        with self.stage.doing("target profiles") as services:
            profile = a_profile(services)
        campaign = self._launch(profile, Settings(name="One"))
        assessment = self._take(IDA, campaign, measured=True)
        with self.stage.doing("share", "share the results of a campaign") as services:
            services.taking.share(assessment, IDA)
        self._work(IDA, campaign, assessment)
        closes_at = self.stage.clock.now() + DAY * 1000
        exam = self._launch(profile, Settings(name="Exam", kind="exam", closes_at=closes_at))
        left = self._take(LEO, exam)
        self.stage.clock.forward(2 * DAY)
        with self.stage.doing("corrections", cold=True) as services:
            services.reading.corrections(left, LEO, 0)
        with self.stage.doing("explanation", cold=True) as services:
            services.explaining.explanation(left, LEO)
        self._read(campaign)

    def _launch(self, profile: str, settings: Settings) -> Campaign:
        with self.stage.doing(BY, "campaign, create") as services:
            made, _ = services.launching.create(ORGANISATION, profile, settings, None)
        with self.stage.doing(BY, "campaign, open for the first time") as services:
            opened = services.launching.open(ORGANISATION, made.campaign.id)
        with self.stage.doing(BY, "campaign, edit") as services:
            renamed = settings.model_copy(update={"name": "Another name"})
            services.launching.edit(ORGANISATION, opened.campaign.id, renamed, opened.version)
        return opened.campaign

    def _take(self, person: str, campaign: Campaign, *, measured: bool = False) -> str:
        """Enter, give one right answer, end, and read what it came to."""
        entrance = Entrance(str(campaign.code), Wish("", "en"))
        self.stage.clock.forward(10)
        with self.stage.doing("join", "join a campaign" if measured else "", cold=True) as services:
            services.limiting.admit(Purpose.CAMPAIGN_CODE, PHONE)
            progress = services.taking.join(person, entrance, anonymous=False).progress
        with self.stage.doing("join", "join again, a warm function" if measured else "") as services:
            services.taking.join(person, entrance, anonymous=False)
        if progress.next is not None and progress.next.phase == "announced":
            with self.stage.doing("begin") as services:
                progress = services.answering.begin(progress.assessment_id, person, progress.next.step)
        assert isinstance(progress.next, Served)
        sent = Submission(progress.next.step, progress.next.challenge.id, RIGHT)
        with self.stage.doing("answer") as services:
            services.answering.answer(progress.assessment_id, person, sent)
        with self.stage.doing("join", cold=True) as services:
            services.taking.join(person, entrance, anonymous=False)
        with self.stage.doing("end") as services:
            services.ending.finish(progress.assessment_id, person)
        with self.stage.doing("participation", "results of a participation" if measured else "", cold=True) as services:
            services.taking.results(progress.assessment_id, person)
            services.taking.participation(progress.assessment_id, person)
        return progress.assessment_id

    def _work(self, person: str, campaign: Campaign, assessment: str) -> None:
        with self.stage.doing("results_worker", "worker: shared results, and the person counted in a campaign") as services:
            services.giving.give(services.updating.ended(assessment))
            services.counting_campaigns.count([(campaign.id, person)])
        self.stage.clock.forward(MINUTE)
        with self.stage.doing("counter_summaries") as services:
            services.summarising.summarise()
        with self.stage.doing("counters reconcile") as services:
            services.reconciling.reconcile([view_of(campaign.id)])

    def _read(self, campaign: Campaign) -> None:
        with self.stage.doing(BY, "collective results of a campaign") as services:
            services.launching.read(ORGANISATION, campaign.id)
            summary = services.ports.counters.summary(view_of(campaign.id))
            assert summary is not None
            shown(summary.totals, [0, 25, 50, 75])
        with self.stage.doing(BY, "shared results, a page") as services:
            services.ports.participations.given(campaign.id, "", 20)
        with self.stage.doing(BY, "campaigns, list two") as services:
            services.launching.listed(ORGANISATION, "", 20)
        with self.stage.doing(BY, "campaign, archive") as services:
            services.launching.archive(ORGANISATION, campaign.id)
        for wrong in range(2):
            for by in ("join", "campaign card"):
                with self.stage.doing(by) as services:
                    services.limiting.failed(Purpose.CAMPAIGN_CODE, PHONE)
                    services.limiting.admit(Purpose.CAMPAIGN_CODE, PHONE)
            self.stage.clock.forward((1 - wrong) * 2 * DAY)
        with self.stage.doing("campaign card", cold=True) as services:
            services.finding_campaigns.expected(services.finding_campaigns.by_code(str(campaign.code)).id)
