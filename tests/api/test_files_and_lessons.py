"""Files that challenges show, and lessons: open to read, never more than what was published."""

from __future__ import annotations

import io
import zipfile

import pytest

from chalicelib.api.files import MEDIA_TYPES
from chalicelib.content.challenges import FileTaskChallenge
from chalicelib.content.releases import Release
from tests.api.http_client import Client, Request, assert_problem
from tests.api.scenes import Scene
from tests.content_of_tests import real_built
from tests.fakes.memory import MemoryFiles
from tests.worlds import World

PLAN = f"{'a' * 26}/plan.svg"


@pytest.fixture
def client(memory: World) -> Client:
    return Client(memory.services)


def an_archive() -> str:
    return next(address for address in real_built().files if address.endswith(".zip"))


def test_a_file_comes_as_its_bytes_with_its_name_and_type_to_keep_for_a_year(client: Client) -> None:
    reply = client.get(f"/v1/files/{an_archive()}")
    assert (reply.status, reply.encoded, reply.headers["content-type"]) == (200, True, "application/zip")
    assert zipfile.ZipFile(io.BytesIO(reply.content)).testzip() is None
    assert reply.content == real_built().files[an_archive()]
    assert reply.headers["content-disposition"] == f'attachment; filename="{an_archive().partition("/")[2]}"'
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("accept", [None, "application/json", "image/png", "*/*"])
def test_a_file_comes_whatever_the_browser_says_it_accepts(client: Client, accept: str | None) -> None:
    headers = {} if accept is None else {"accept": accept}
    reply = client.send(Request("GET", f"/v1/files/{an_archive()}", headers=headers))
    assert (reply.status, reply.content) == (200, real_built().files[an_archive()])


@pytest.mark.parametrize("ending", sorted(MEDIA_TYPES))
def test_pictures_are_shown_and_all_else_is_downloaded_and_nothing_may_run(scene: Scene, ending: str) -> None:
    address = f"{'a' * 26}/thing.{ending}"
    reply = scene.over(files=MemoryFiles({address: b"<script>alert(1)</script>"})).get(f"/v1/files/{address}")
    assert (reply.status, reply.headers["content-type"]) == (200, MEDIA_TYPES[ending])
    shown = "inline" if ending in ("png", "jpg", "svg") else "attachment"
    assert reply.headers["content-disposition"] == f'{shown}; filename="thing.{ending}"'
    assert reply.headers["x-content-type-options"] == "nosniff"
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy


@pytest.mark.parametrize(
    "address",
    [
        PLAN,
        f"{'a' * 25}/plan.svg",
        f"{'A' * 26}/plan.svg",
        f"{'a' * 26}/plan.exe",
        f"{'a' * 26}/plan",
        f"{'a' * 26}/.svg",
        f"{'a' * 26}/..svg",
        f"{'a' * 26}/plan.svg\n",
        f"{'a' * 26}/pl\u00e0n.svg",
        f"{'a' * 26}/{'x' * 90}.svg",
        f"{'a' * 26}/releases%2Fsecret.svg",
    ],
)
def test_what_is_no_published_file_is_not_found(client: Client, address: str) -> None:
    assert_problem(client.get(f"/v1/files/{address}"), 404, "file-not-found")


def test_a_release_is_no_file(scene: Scene) -> None:
    release = scene.world.release.id
    for path in (f"/v1/files/releases/{release}", f"/v1/files/{release}/..%2Freleases", f"/v1/files/../releases/{release}"):
        assert scene.client.get(path).status == 404


def test_a_store_of_files_that_is_down_is_said_and_can_be_asked_again(scene: Scene) -> None:
    told = scene.over(files=MemoryFiles(down=True)).get(f"/v1/files/{PLAN}")
    assert_problem(told, 503, "file-unavailable")


def test_every_file_of_the_release_has_a_type_that_is_served() -> None:
    assert {address.rpartition(".")[2] for address in real_built().files} <= set(MEDIA_TYPES)


def test_every_file_that_a_challenge_shows_is_published() -> None:
    built = real_built()
    release, shown = Release(built.id, built.packed), set()
    for ordinal in range(len(release)):
        challenge = release.challenge(ordinal)
        if challenge.image is not None:
            shown |= {challenge.image.fr, challenge.image.en}
        if isinstance(challenge, FileTaskChallenge):
            shown |= {texts.file for variant in challenge.variants for texts in (variant.fr, variant.en)}
    assert shown == set(built.files)


# --- lessons ---


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_every_topic_has_a_lesson_with_a_self_check_of_one_right_option(memory: World, client: Client, locale: str) -> None:
    for topic in memory.release.topics:
        reply = client.get(f"/v1/topics/{topic.id}/lessons", query=f"locale={locale}").json
        assert (reply["topic"], reply["competence"]) == (topic.id, topic.competence)
        assert reply["lessons"]
        for lesson in reply["lessons"]:
            assert sum(option["right"] for option in lesson["options"]) == 1
            assert len(lesson["text"].split()) > 150


def test_lessons_are_in_french_unless_asked_otherwise(memory: World, client: Client) -> None:
    path = f"/v1/topics/{memory.release.topics[0].id}/lessons"
    assert client.get(path).json == client.get(path, query="locale=fr").json != client.get(path, query="locale=en").json
    assert_problem(client.get(path, query="locale=de"), 422, "invalid-request")


@pytest.mark.parametrize("topic", ["nothing", "search-queries%00", "A", "1.1"])
def test_the_lessons_of_no_topic_are_not_found(client: Client, topic: str) -> None:
    assert_problem(client.get(f"/v1/topics/{topic}/lessons"), 404, "topic-not-found")
