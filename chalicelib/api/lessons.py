"""The route of lessons."""

from __future__ import annotations

from chalicelib.api.endpoint import Call, Endpoint, Who, endpoint
from chalicelib.api.schemas import CheckOptionOut, LessonOut, LessonsOut, LessonsQuery
from chalicelib.content.texts import Locale
from chalicelib.content.topics import Lesson
from chalicelib.kernel.errors import NotFoundError
from chalicelib.wiring import Services


@endpoint("GET", "/v1/topics/{topic}/lessons", who=Who.ANYONE, query=LessonsQuery, reply=LessonsOut, statuses=(200, 404))
def read_lessons(services: Services, call: Call) -> LessonsOut:
    """Read the lessons of a topic, each with an example and a self-check that the reader corrects alone.

    They are those of the current release. Corrections name the topic of each challenge.
    """
    release = services.ports.releases.get(services.ports.releases.current())
    index, locale = release.topic_index.get(call.path["topic"]), call.query.locale
    if index is None:
        raise NotFoundError("topic-not-found", "There is no such topic.")
    topic = release.topic(index)
    return LessonsOut(
        topic=topic.id,
        title=topic.title.in_(locale),
        competence=topic.competence,
        lessons=[_shown(lesson, locale) for lesson in release.lessons_of(index)],
    )


def _shown(lesson: Lesson, locale: Locale) -> LessonOut:
    return LessonOut(
        id=lesson.id,
        title=lesson.title.in_(locale),
        minutes=lesson.minutes,
        text=lesson.text.in_(locale),
        example=lesson.example.in_(locale),
        question=lesson.check.question.in_(locale),
        options=[CheckOptionOut(id=one.id, text=one.in_(locale), right=one.right) for one in lesson.check.options],
        explanation=lesson.check.explanation.in_(locale),
    )


ENDPOINTS: tuple[Endpoint, ...] = (read_lessons,)
