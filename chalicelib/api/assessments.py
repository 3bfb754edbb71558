"""Routes of assessments."""

from __future__ import annotations

from chalicelib.api.anonymous import Pass, pass_for, somebody_new
from chalicelib.api.endpoint import Call, Endpoint, Reply, Who, endpoint
from chalicelib.api.schemas import AnswerIn, CorrectionsOut, CorrectionsQuery, StartedOut, StartIn, StepIn
from chalicelib.assessments.answering import Submission
from chalicelib.assessments.explanation_views import Explanation
from chalicelib.assessments.reading import Results
from chalicelib.assessments.starting import Wish
from chalicelib.assessments.views import Progress
from chalicelib.wiring import Services


@endpoint(
    "POST",
    "/v1/assessments",
    who=Who.MAYBE,
    body=StartIn,
    reply=StartedOut,
    statuses=(200, 201, 409),
    idempotency_key=True,
)
def start_assessment(services: Services, call: Call) -> Reply:
    """Start a placement, or go on with the one that is open.

    With a person's token, what they already showed is reused and only the rest is asked; 200 gives back the assessment
    that is open at this scope. Without a token, somebody new starts, and the reply carries a token for this assessment.
    An `Idempotency-Key` (20 to 128 letters, digits, `-` or `_`, drawn at random) makes such a start safe to repeat.
    """
    body: StartIn = call.body
    wish = Wish(body.scope, body.locale, tuple(sorted(set(body.needs))), body.device, body.length)
    if call.principal is not None:
        call.principal.may_use_account()
        progress, new = services.starting.start(call.principal.person_id, wish)
        return _started(progress, new)
    person_id = somebody_new(services, call.idempotency_key)
    progress, new = services.starting_once.start(person_id, wish)
    return _started(progress, new, pass_for(services, person_id, progress.assessment_id))


def _started(progress: Progress, new: bool, opened: Pass | None = None) -> Reply:
    started = StartedOut(assessment=progress, token=opened and opened.token, token_expires_at=opened and opened.expires_at)
    return Reply(started, 201 if new else 200, assessment_id=progress.assessment_id)


@endpoint("GET", "/v1/assessments/{assessment_id}", who=Who.ASSESSMENT, reply=Progress, statuses=(200, 404))
def read_assessment(services: Services, call: Call) -> Progress:
    """Read where an assessment stands.

    It only reads: the same challenge and the same deadline, however often it is asked.
    """
    return services.reading.current(call.assessment_id, call.person_id)


@endpoint(
    "POST",
    "/v1/assessments/{assessment_id}/begin",
    who=Who.ASSESSMENT,
    body=StepIn,
    reply=Progress,
    statuses=(200, 404, 409),
)
def begin_challenge(services: Services, call: Call) -> Progress:
    """Open the challenge that was announced.

    After a checkpoint, and before a challenge with a time limit or that needs the person's focus. The time runs from the
    first call; asking again changes nothing.
    """
    return services.answering.begin(call.assessment_id, call.person_id, call.body.step)


@endpoint(
    "POST",
    "/v1/assessments/{assessment_id}/answers",
    who=Who.ASSESSMENT,
    body=AnswerIn,
    reply=Progress,
    statuses=(200, 404, 409),
)
def answer_challenge(services: Services, call: Call) -> Progress:
    """Answer the challenge of a step; the reply carries the next one.

    The reply never tells whether the answer was right: the corrections do, at the next checkpoint.
    """
    body: AnswerIn = call.body
    submission = Submission(body.step, body.challenge, body.answer)
    return services.answering.answer(call.assessment_id, call.person_id, submission)


@endpoint(
    "POST",
    "/v1/assessments/{assessment_id}/focus-losses",
    who=Who.ASSESSMENT,
    body=StepIn,
    reply=Progress,
    statuses=(200, 404, 409),
)
def report_focus_loss(services: Services, call: Call) -> Progress:
    """Tell that the person left the page of the challenge of this step.

    Recorded once per challenge. In a placement it costs nothing.
    """
    return services.answering.lose_focus(call.assessment_id, call.person_id, call.body.step)


@endpoint("POST", "/v1/assessments/{assessment_id}/finish", who=Who.ASSESSMENT, reply=Progress, statuses=(200, 404, 409))
def finish_assessment(services: Services, call: Call) -> Progress:
    """End the assessment now; what was answered counts.

    Asking again changes nothing.
    """
    return services.ending.finish(call.assessment_id, call.person_id)


@endpoint(
    "GET",
    "/v1/assessments/{assessment_id}/corrections",
    who=Who.ASSESSMENT,
    query=CorrectionsQuery,
    reply=CorrectionsOut,
    statuses=(200, 404),
)
def read_corrections(services: Services, call: Call) -> CorrectionsOut:
    """Read what was right, why, and where to learn it.

    Up to the last checkpoint, or to the end once the assessment is finished.
    """
    corrections = services.reading.corrections(call.assessment_id, call.person_id, call.query.after)
    return CorrectionsOut(corrections=corrections)


@endpoint("GET", "/v1/assessments/{assessment_id}/results", who=Who.ASSESSMENT, reply=Results, statuses=(200, 404, 409))
def read_results(services: Services, call: Call) -> Results:
    """Read the results of a finished assessment.

    Points, level, ability and its standard error for each competence; the highest level shown and the lowest missed for
    each topic.
    """
    return services.reading.results(call.assessment_id, call.person_id)


@endpoint(
    "GET",
    "/v1/assessments/{assessment_id}/explanation",
    who=Who.ASSESSMENT,
    reply=Explanation,
    statuses=(200, 404),
)
def read_explanation(services: Services, call: Call) -> Explanation:
    """Read why an assessment went as it did, in the person's language.

    How the result is computed and how to have people review it; then, for each step, the level asked, the person's own answer, its
    outcome, how the estimated level moved and why this challenge was asked. Never the challenge nor its solution. Up to the last
    checkpoint, or to the end once the assessment is finished.
    """
    return services.explaining.explanation(call.assessment_id, call.person_id)


ENDPOINTS: tuple[Endpoint, ...] = (
    start_assessment,
    read_assessment,
    begin_challenge,
    answer_challenge,
    report_focus_loss,
    finish_assessment,
    read_corrections,
    read_results,
    read_explanation,
)
