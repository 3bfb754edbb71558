"""A QTI 3.0 player that is not ours opens what we export, and gives right answers 1 and wrong ones 0.

Installed by `make qti-player`; driven in Chromium with mouse and keyboard by `qti_player/drive.mjs`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chalicelib.content.authoring.checks.walking import challenges_in
from chalicelib.content.authoring.declared import declared_answers
from chalicelib.content.authoring.exchange.archive import read_archive
from chalicelib.content.authoring.exchange.qti_export import export_qti
from chalicelib.content.authoring.exchange.qti_render import refuse_inexpressible
from chalicelib.content.authoring.exchange.results import RefusedError
from chalicelib.content.challenges import Answer, BlanksChallenge, Challenge
from chalicelib.content.releases import read_challenge
from chalicelib.content.texts import Locale
from tests.content_of_tests import real_sources
from tests.domain.exchange.samples import EXPRESSIBLE, a_bank, saved

pytestmark = pytest.mark.long

PLAYER = Path(__file__).parent / "qti_player"
BUNDLE = PLAYER / "node_modules" / "@citolab" / "qti-components" / "cdn" / "index.js"
SECONDS = 180
"""For all scenes, on a slow machine."""

BANK = real_sources()


class Scene(NamedTuple):
    """One answer to one item."""

    folder: str
    challenge: Challenge
    locale: Locale
    answer: Answer
    right: bool

    @property
    def label(self) -> str:
        return f"{self.challenge.id}-{self.locale}-{'right' if self.right else 'wrong'}"

    def told(self) -> dict[str, Any]:
        """What the driver is asked."""
        item = f"{self.folder}/items/{self.challenge.id}-{self.locale}.xml"
        return {"item": item, "steps": steps_of(self.challenge, self.answer)}


def steps_of(challenge: Challenge, answer: Answer) -> list[dict[str, Any]]:
    """What a person does to give this answer."""
    if isinstance(challenge, BlanksChallenge):
        rows = zip(challenge.inputs, answer, strict=True)
        return [{"match": [[f"input-{one.id}", f"option-{option}"] for one, option in rows if option]}]
    if challenge.kind == "order":
        return [{"place": list(answer)}]
    if challenge.kind in ("choice", "choices"):
        return [{"click": letter} for letter in answer]
    return [{"type": answer}]


def can_go(challenge: Challenge) -> bool:
    try:
        refuse_inexpressible(challenge)
    except RefusedError:
        return False
    return all(declared_answers(challenge, "fr"))


def of_the_bank() -> list[Challenge]:
    """A challenge of every kind, with a picture where there is one."""
    sent = sorted((one for _, _, one in challenges_in(BANK) if can_go(one)), key=lambda one: one.image is None)
    return [next(one for one in sent if one.kind == kind) for kind in sorted({one.kind for one in sent})]


def scenes() -> list[Scene]:
    listed: list[tuple[str, Challenge, Locale]] = [("ours", read_challenge(one), "fr") for one in EXPRESSIBLE]
    listed += [("bank", one, "en" if place % 2 else "fr") for place, one in enumerate(of_the_bank())]
    made = []
    for folder, challenge, locale in listed:
        right, wrong = declared_answers(challenge, locale)
        beyond: list[Answer] = ["99"] if challenge.kind == "number" else []
        made.append(Scene(folder, challenge, locale, right[0], right=True))
        made.append(Scene(folder, challenge, locale, (*wrong, *beyond)[0], right=False))
    return made


SCENES = scenes()


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """Nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of the player and the files of the packages, on a free port of 127.0.0.1."""
    site = tmp_path_factory.mktemp("site")
    topics = {scene.challenge.id.rpartition("-")[0] for scene in SCENES if scene.folder == "bank"}
    for folder, exported in (("ours", export_qti(a_bank(*EXPRESSIBLE))), ("bank", export_qti(BANK, topics))):
        for name, content in read_archive(saved(site, exported.content, "package.zip")).items():
            path = site / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    shutil.copy(PLAYER / "page.html", site)
    shutil.copy(BUNDLE, site / "player.js")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/page.html"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def node_and_chromium() -> tuple[str, str]:
    """Both programs; skips, with the reason, where something is missing."""
    node, chromium = shutil.which("node"), shutil.which("chromium")
    if node is None:
        pytest.skip("Node is not installed")
    if not BUNDLE.exists():
        pytest.skip("the player is not installed: `make qti-player`")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    return node, chromium


@pytest.fixture(scope="module")
def played(node_and_chromium: tuple[str, str], address: str) -> dict[str, Any]:
    """What the player says of every scene."""
    node, chromium = node_and_chromium
    done = subprocess.run(
        [node, str(PLAYER / "drive.mjs"), address, chromium],
        input=json.dumps([scene.told() for scene in SCENES]),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip((scene.label for scene in SCENES), json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.label)
def test_the_player_scores_as_we_do(played: dict[str, Any], scene: Scene) -> None:
    result = played[scene.label]
    assert result["errors"] == []
    assert (float(result["score"]), result["response"] == "") == (1.0 if scene.right else 0.0, False)
    assert result["language"] == scene.locale


@pytest.mark.parametrize("scene", [scene for scene in SCENES if scene.right], ids=lambda scene: scene.label)
def test_the_player_knows_the_correct_response(played: dict[str, Any], scene: Scene) -> None:
    result = played[scene.label]
    correct = result["correct"]
    assert (sorted(correct) if isinstance(correct, list) else correct) == (
        sorted(result["response"]) if isinstance(result["response"], list) else result["response"]
    )


@pytest.mark.parametrize("scene", [scene for scene in SCENES if scene.right], ids=lambda scene: scene.label)
def test_a_candidate_sees_the_picture_and_never_the_solution(played: dict[str, Any], scene: Scene) -> None:
    result = played[scene.label]
    image = scene.challenge.image
    assert result["pictures"] == ([] if image is None else [[image.alt.in_(scene.locale), True]])
    assert scene.challenge.solution.in_(scene.locale)[:30] not in result["seen"]
