"""Routes about the service itself: health, framework, and its own documentation."""

from __future__ import annotations

from chalicelib.api.endpoint import Call, Endpoint, Who, endpoint
from chalicelib.api.schemas import FrameworkAreaOut, FrameworkCompetenceOut, FrameworkOut, FrameworkTopicOut, HealthOut
from chalicelib.content.framework import Competence
from chalicelib.content.releases import Release
from chalicelib.content.texts import LOCALES, Locale, Text
from chalicelib.wiring import Services


@endpoint("GET", "/v1/health", who=Who.ANYONE, reply=HealthOut)
def read_health(services: Services, call: Call) -> HealthOut:
    """Tell that the service answers, and with which content.

    It reads the pointer to the current release and the release: 503 when either is out of reach.
    """
    del call
    release = services.ports.releases.get(services.ports.releases.current())
    return HealthOut(status="ok", release=release.id, challenges=len(release))


@endpoint("GET", "/v1/framework", who=Who.ANYONE, reply=FrameworkOut)
def read_framework(services: Services, call: Call) -> FrameworkOut:
    """Read the framework: areas, competences, topics, and the levels that are open.

    DigComp references are Palier's own mapping.
    """
    del call
    release = services.ports.releases.get(services.ports.releases.current())
    framework = release.framework
    return FrameworkOut(
        id=framework.id,
        title=_both(framework.title),
        version=framework.version,
        source=framework.source,
        mapping_note=_both(framework.mapping_note),
        release=release.id,
        areas=[
            FrameworkAreaOut(
                id=area.id, title=_both(area.title), competences=[_competence(release, one) for one in area.competences]
            )
            for area in framework.areas
        ],
    )


def _competence(release: Release, competence: Competence) -> FrameworkCompetenceOut:
    return FrameworkCompetenceOut(
        id=competence.id,
        title=_both(competence.title),
        digcomp=list(competence.digcomp),
        digcomp_partly=list(competence.digcomp_partly),
        top_level=release.top_levels[competence.id],
        topics=[
            FrameworkTopicOut(id=topic.id, title=_both(topic.title), levels=[skill.level for skill in topic.skills])
            for topic in (release.topic(index) for index, head in enumerate(release.topics) if head.competence == competence.id)
        ],
    )


def _both(text: Text) -> dict[Locale, str]:
    return {locale: text.in_(locale) for locale in LOCALES}


ENDPOINTS: tuple[Endpoint, ...] = (read_health, read_framework)
