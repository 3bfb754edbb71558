"""File tasks: each person works on a variant of their own, the same on every read, another at each new assessment."""

from __future__ import annotations

import io
import zipfile
from random import Random

import pytest

from chalicelib.assessments.answering import Submission
from chalicelib.assessments.course import Course
from chalicelib.assessments.model import Start
from chalicelib.assessments.starting import Wish
from chalicelib.content.authoring.building import address_of
from chalicelib.content.authoring.declared import declared_answers
from chalicelib.content.authoring.generators.drawing import VARIANTS, Drawn, Generator, MadeFile, with_variants
from chalicelib.content.authoring.generators.writing.formats import zip_of
from chalicelib.content.authoring.packing import PackedTopic, pack_release
from chalicelib.content.challenges import FileTaskChallenge, NumberAnswer, in_variant, variants_of
from chalicelib.content.grading import grade
from chalicelib.content.grading.verdicts import Grade
from chalicelib.content.releases import Use, read_challenge
from chalicelib.content.rules import Rules
from chalicelib.content.shown import as_shown, filled, shown
from chalicelib.content.texts import LOCALES
from chalicelib.content.topics import Skill, Topic
from tests.content_of_tests import real_release, text
from tests.domain.content_builders import Document, both, document
from tests.worlds import World, memory_world, play_on

PERSON = "p1"


def draw(chance: Random, question: str) -> Drawn:
    """A number to copy from a text file."""
    number = chance.randrange(10**6)
    values = {locale: {"hint": f"{number} {locale}", "answer": str(number)} for locale in LOCALES}
    expected = NumberAnswer(kind="number", value=number, refuse_values=(number + 1,))
    return Drawn(expected, values, lambda locale: MadeFile(f"note-{locale}.txt", f"{question} {number}".encode()))


GENERATOR = Generator(frozenset({"copy"}), draw)


def a_task(challenge_id: str = "alpha-1a") -> FileTaskChallenge:
    """A file task with all its variants."""
    source: Document = {**document("number", challenge_id), "kind": "file-task", "generator": "notes", "question": "copy"}
    for field in ("value", "refuse_values"):
        del source[field]
    source |= {"prompt": both(f"{challenge_id} {{{{hint}}}}"), "solution": both("C'est {{answer}}.")}
    task = read_challenge(source)
    assert isinstance(task, FileTaskChallenge)
    return with_variants(GENERATOR, task, lambda drawn, locale: address_of(drawn.make_file(locale)))


@pytest.fixture
def tasks() -> World:
    """A service whose every challenge is a file task, ten at each of two levels."""
    topics = []
    for number in range(10):
        name = f"t{number}"
        skills = tuple(Skill(level=level, title=text("Skill"), hint=text("Hint")) for level in (1, 2))
        challenges = [(a_task(f"{name}-{level}a"), Use.PRACTICE) for level in (1, 2)]
        topics.append(PackedTopic(Topic(id=name, competence="1.1", title=text(name), skills=skills), challenges))
    return memory_world(pack_release(real_release().framework, Rules(), topics))


def test_a_seed_makes_the_same_variant_for_ever_and_another_seed_another() -> None:
    first, again = a_task(), a_task()
    assert first == again
    assert variants_of(first) == VARIANTS == 20
    assert len({variant.expected.model_dump_json() for variant in first.variants}) == VARIANTS
    assert len({variant.fr.file for variant in first.variants}) == VARIANTS


def test_a_variant_is_shown_filled_and_graded_by_its_own_answer() -> None:
    task = a_task()
    one, other = in_variant(task, 3), in_variant(task, 4)
    (right,), (wrong,) = declared_answers(one, "fr")
    assert grade(one, right, "fr") == Grade("correct", "same-number")
    assert grade(one, wrong, "fr") == Grade("incorrect", "declared-wrong")
    assert not grade(other, right, "fr").right
    view = shown(one, "en", lambda ids, _: ids)
    assert view.prompt == f"alpha-1a {right} en"
    assert view.attachment is not None
    assert view.attachment.name == "note-en.txt"
    assert filled(one, one.solution, "fr") == f"C'est {right}."
    assert as_shown(task, view.attachment.path) == one
    with pytest.raises(ValueError, match="no such file"):
        as_shown(task, "/v1/files/x/other.txt")


def test_the_same_variant_is_read_again_however_often_and_by_any_process(tasks: World) -> None:
    progress, _ = tasks.services.starting.start(PERSON, Wish("1.1", "fr"))
    for _ in range(3):
        assert tasks.another_process().reading.current(progress.assessment_id, PERSON) == progress


def shown_files(world: World, person: str, scope: str = "1.1") -> dict[str, str]:
    """The file that this person is shown for each challenge of a whole assessment."""
    progress, _ = world.services.starting.start(person, Wish(scope, "fr"))
    course = world.services.desk.courses.of(_start(world, progress.assessment_id))
    play_on(world, person, progress, right=False)
    files = {}
    for challenge_id, ordinal in world.release.ordinals.items():
        challenge = course.challenge(ordinal)
        assert isinstance(challenge, FileTaskChallenge)
        files[challenge_id] = challenge.variants[0].fr.file
    return files


def _start(world: World, assessment_id: str) -> Start:
    tail = world.services.ports.log.tail(assessment_id)
    assert tail is not None
    return tail.start


def test_a_new_assessment_gives_another_variant_of_every_task(tasks: World) -> None:
    seen = [shown_files(tasks, PERSON)]
    for _ in range(4):
        tasks.clock.forward(5 * 24 * 3600)
        seen.append(shown_files(tasks, PERSON))
    for challenge_id in tasks.release.challenge_ids:
        assert len({files[challenge_id] for files in seen}) == len(seen)


def test_an_assessment_of_another_scope_gives_another_variant_too(tasks: World) -> None:
    narrow = shown_files(tasks, PERSON, "1.1")
    tasks.clock.forward(5 * 24 * 3600)
    wide = shown_files(tasks, PERSON, "crcn")
    assert all(narrow[challenge_id] != wide[challenge_id] for challenge_id in narrow)


def test_neighbours_rarely_have_the_same_variant(tasks: World) -> None:
    mine, theirs = shown_files(tasks, PERSON), shown_files(tasks, "p2")
    assert sum(mine[challenge_id] == theirs[challenge_id] for challenge_id in mine) < len(mine) / 3


def test_only_the_answer_of_ones_own_variant_is_right_and_the_correction_tells_it(tasks: World) -> None:
    progress, _ = tasks.services.starting.start(PERSON, Wish("1.1", "fr"))
    waiting = progress.next
    assert waiting is not None
    assert waiting.phase == "served"
    ordinal = tasks.release.ordinals[waiting.challenge.id]
    course = Course(_start(tasks, progress.assessment_id), tasks.release, tasks.services.desk.courses.secrets)
    mine = course.challenge(ordinal)
    whole = tasks.release.challenge(ordinal)
    (right,), _ = declared_answers(mine, "fr")
    (other,), _ = declared_answers(in_variant(whole, course.variant(whole) + 1), "fr")
    tasks.services.answering.answer(progress.assessment_id, PERSON, Submission(1, waiting.challenge.id, other))
    tasks.services.ending.finish(progress.assessment_id, PERSON)
    (told,) = tasks.services.reading.corrections(progress.assessment_id, PERSON, 0)
    assert (told.outcome, told.right_answers, told.solution) == ("incorrect", (right,), f"C'est {right}.")
    assert told.challenge == waiting.challenge


def test_the_address_of_a_zip_does_not_depend_on_its_compression() -> None:
    stored = zip_of([("mimetype", b"x" * 500)])
    deflated = zip_of([("other", b"x" * 500)])
    assert len(stored) > len(deflated)
    loose = _recompressed(deflated)
    assert loose != deflated
    assert address_of(MadeFile("a.zip", loose)) == address_of(MadeFile("a.zip", deflated))
    assert address_of(MadeFile("a.zip", stored)) != address_of(MadeFile("a.zip", deflated))


def _recompressed(content: bytes) -> bytes:
    """The same zip, its files stored as they are."""

    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for entry in source.infolist():
            target.writestr(zipfile.ZipInfo(entry.filename, entry.date_time), source.read(entry))
    return buffer.getvalue()
