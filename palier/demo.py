"""`palier demo`: play one adaptive assessment in the terminal, as a virtual person, against the running service."""

from __future__ import annotations

import random
import secrets
import time
from typing import Annotated, Any

import typer
from rich.markdown import Markdown
from rich.panel import Panel
from rich.table import Table

from chalicelib.assessments.course import Course
from chalicelib.content.right_answers import right_answers
from chalicelib.content.texts import Locale
from chalicelib.profiles.folding import Profile
from chalicelib.wiring import Services
from load_tests.client import ApiClient
from load_tests.virtual_person import VirtualPerson, play
from palier.console import stdout
from palier.stage import reached_or_own, within_reach

PROFILE_SECONDS = 30.0


def demo(
    scope: Annotated[str, typer.Option(help="A competence (1.1), an area (1) or the whole framework (crcn).")] = "1",
    ability: Annotated[float, typer.Option(help="The virtual person's ability θ; level ℓ is complete at (ℓ − 4)·0.8.")] = -1.2,
    locale: Annotated[Locale, typer.Option(help="Language of the challenges.")] = "en",
    seed: Annotated[int, typer.Option(help="Seed of the virtual person's luck.")] = 1,
) -> None:
    """Play one assessment: each challenge, the answer, the estimate with its error, why it stopped, the profile."""
    if not within_reach():
        stdout.print("No stack runs: starting one for this demonstration.")
    with reached_or_own(workers=1) as stage:
        services = stage.services
        release = services.ports.releases.get(services.ports.releases.current())
        person_id = f"demo-{secrets.token_hex(6)}"
        person = VirtualPerson(release, ability, random.Random(seed), locale)
        stdout.print(f"A virtual person of ability θ = {ability:+.2f} takes a placement of {scope} on {stage.api_url}.\n")
        with ApiClient(stage.api_url, services.issuer.issue(person_id, 3600)) as client:
            played = play(client, person, scope, watch=lambda progress, answer: _show(services, progress, answer))
            for error in played.errors:
                stdout.print(f"[red]{error}[/red]")
            if played.errors:
                raise typer.Exit(1)
            _show_last_estimate(services, played.assessment_id)
            stdout.print(f"\nIt stopped after {len(played.acknowledged)} answers: [bold]{played.stop_reason}[/bold].\n")
            _show_profile(_profile(services, person_id, played.assessment_id), release.rules.training.prior_sd)
        stdout.print(f"The same log in clear: .venv/bin/palier log show {played.assessment_id}")


def _show(services: Services, progress: dict[str, Any], answer: Any) -> None:
    """The estimate after the answers so far, then the challenge, the options, and the answer given to it."""
    if progress["answers"]:
        _show_last_estimate(services, progress["assessment_id"])
    tail = services.ports.log.tail(progress["assessment_id"])
    assert tail is not None
    course = services.desk.courses.of(tail.start)
    shown = progress["next"]["challenge"]
    ordinal = course.release.ordinals[shown["id"]]
    level, topic = course.release.level_of(ordinal), course.release.topic_of(ordinal)
    text = shown["prompt"] + "".join(f"\n- **{option['id']}** {option['text']}" for option in shown.get("options") or ())
    for one in shown["inputs"]:
        text += f"\n- **{one['id']}** {one['label']} " + " / ".join(f"**{o['id']}** {o['text']}" for o in one["options"])
    if shown["attachment"]:
        text += f"\n\nFile: `{shown['attachment']['name']}`"
    title = (
        f"{progress['next']['step']}. {shown['id']} · {topic.competence} {topic.title.in_(course.start.locale)} · level {level}"
    )
    stdout.print(Panel(Markdown(text), title=title, title_align="left"))
    key = ", ".join(right_answers(course.challenge(ordinal), course.start.locale)[:3])
    stdout.print(f"   answer: [bold]{'(skip)' if answer is None else answer}[/bold]   key: {key}", highlight=False)


def _show_last_estimate(services: Services, assessment_id: str) -> None:
    tail = services.ports.log.tail(assessment_id)
    assert tail is not None
    course, answers = services.desk.courses.of(tail.start), tail.last.state.answers
    outcome = answers[-1].outcome.name.lower().replace("_", "-")
    stdout.print(f"   {outcome} → {_estimated(course, answers)}\n", highlight=False)


def _estimated(course: Course, answers: Any) -> str:
    now = course.estimate(answers)
    topic = course.release.topic_of(answers[-1].ordinal)
    index = course.release.competence_index[topic.competence]
    unknown = int(now.unknown(course.task).sum())
    mean, se = float(now.ability.mean[index]), float(now.ability.sd[index])
    return f"θ({topic.competence}) = {mean:+.2f} ± {se:.2f}, {unknown} skills still unknown"


def _profile(services: Services, person_id: str, assessment_id: str) -> Profile:
    """The profile once the worker has folded the assessment in."""
    deadline = time.monotonic() + PROFILE_SECONDS
    while time.monotonic() < deadline:
        profile = services.profiles.profile(person_id)
        if assessment_id in profile.assessments:
            return profile
        time.sleep(0.1)
    stdout.print("[red]The profile was not updated in time: is the queue pump running?[/red]")
    raise typer.Exit(1)


def _show_profile(profile: Profile, prior_sd: float) -> None:
    table = Table("Competence", "Points", "Level", "of open", "θ ± se", title=f"Profile: {profile.points:g} points")
    for one in profile.competences:
        if one.standard_error < prior_sd:
            estimate = f"{one.ability:+.2f} ± {one.standard_error:.2f}"
            table.add_row(one.competence, f"{one.points:g}", str(one.level), str(one.top_level), estimate)
    stdout.print(table)
