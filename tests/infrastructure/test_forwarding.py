"""What is not `answer`'s is handed over to `api`: framed anew, in bounded number, and never in the way of an answer."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from chalicelib.api.gateway import CONTEXTS
from infrastructure.local.forwarding import Neighbour
from infrastructure.local.http_functions import is_answers, make_answer_gateway
from infrastructure.package.functions import ANSWER_ROUTES

REPLY = b"HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nX-Own: 1\r\nKeep-Alive: timeout=5\r\n\r\nok"
ANSWERS = "/v1/assessments/a/answers"


def received(connection: socket.socket) -> bytes:
    """A whole request: its head, and the two bytes of its body when it has one."""
    request = b""
    while b"\r\n\r\n" not in request or (b"content-length: 2\r\n" in request and not request.endswith(b"{}")):
        request += connection.recv(65_536)
    return request


@contextmanager
def listening(path: Path, reply: Callable[[bytes], bytes]) -> Iterator[list[bytes]]:
    """A server of one reply per connection on this socket; gives the requests it read."""
    requests: list[bytes] = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection, contextlib.suppress(BrokenPipeError):
                    requests.append(received(connection))
                    connection.sendall(reply(requests[-1]))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield requests
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


class Sent:
    """What the caller of a gateway got."""

    def __init__(self, application: Any, method: str, path: str, body: bytes = b"", **environ: str) -> None:
        started: list[Any] = []
        request = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
            **environ,
        }
        self.body = b"".join(application(request, lambda *given: started.extend(given)))
        self.status, self.headers = int(started[0][:3]), dict(started[1])


def handler(_event: dict[str, object], _context: object) -> object:
    return {"statusCode": 200, "headers": {}, "body": "own"}


def behind(path: Path, seconds: float = 5, at_once: int = 8) -> Any:
    return make_answer_gateway(handler, "eu-west-3", Neighbour(path, seconds, at_once))


def test_the_routes_of_a_person_answering_are_answers_and_all_others_are_apis() -> None:
    declared = [one for context in CONTEXTS for one in context]
    served = {one.name for one in declared if is_answers(one.method, one.path.replace("{", "").replace("}", ""))}
    assert served == ANSWER_ROUTES
    assert not is_answers("HEAD", "/v1/assessments")
    assert not is_answers("GET", "/v1/assessments/a/results")


def test_an_answer_is_served_here_and_the_rest_is_handed_over(tmp_path: Path) -> None:
    with listening(tmp_path / "s", lambda _: REPLY) as requests:
        own = Sent(behind(tmp_path / "s"), "POST", ANSWERS)
        other = Sent(behind(tmp_path / "s"), "GET", "/v1/me/profile")
    assert (own.status, own.body, own.headers["x-palier-function"]) == (200, b"own", "answer")
    assert (other.status, other.body, other.headers) == (201, b"ok", {"Content-Type": "text/plain", "X-Own": "1"})
    assert len(requests) == 1


def test_a_request_is_framed_anew_whatever_its_own_framing_said(tmp_path: Path) -> None:
    with listening(tmp_path / "s", lambda _: REPLY) as requests:
        Sent(
            behind(tmp_path / "s"),
            "POST",
            "/v1/caf\xc3\xa9 \r\nX-Smuggled: 1/finish",
            b"{}",
            QUERY_STRING='a=%20&b="\xc3\xa9"',
            CONTENT_TYPE="application/json",
            HTTP_HOST="here:8000",
            HTTP_AUTHORIZATION="Bearer t",
            HTTP_TRANSFER_ENCODING="chunked",
            HTTP_CONNECTION="keep-alive, X-Mine",
            HTTP_X_MINE="1",
        )
    lines = requests[0].decode("latin-1").split("\r\n")
    assert lines[0] == "POST /v1/caf%C3%A9%20%0D%0AX-Smuggled:%201/finish?a=%20&b=%22%C3%A9%22 HTTP/1.1"
    assert set(lines[1:]) == {
        "host: here:8000",
        "authorization: Bearer t",
        "content-type: application/json",
        "content-length: 2",
        "connection: close",
        "",
        "{}",
    }


@pytest.mark.parametrize("reply", [b"", REPLY[:-1], b"rubbish"], ids=["none", "cut short", "no HTTP"])
def test_a_broken_reply_is_a_refusal_and_never_half_of_one(tmp_path: Path, reply: bytes) -> None:
    with listening(tmp_path / "s", lambda _: reply):
        sent = Sent(behind(tmp_path / "s"), "GET", "/v1/health")
    assert (sent.status, json.loads(sent.body)["code"], sent.headers["retry-after"]) == (503, "api-unavailable", "1")


def test_nobody_listening_is_a_refusal(tmp_path: Path) -> None:
    assert Sent(behind(tmp_path / "s"), "GET", "/v1/health").status == 503


def test_a_body_that_cannot_be_read_is_refused_before_anything_is_handed_over(tmp_path: Path) -> None:
    application = behind(tmp_path / "s")
    assert Sent(application, "POST", "/v1/x", b"hel", CONTENT_LENGTH="5").status == 400
    assert Sent(application, "POST", "/v1/x", b"", CONTENT_LENGTH=str(2**30)).status == 413


def test_what_waits_for_a_hung_api_is_bounded_and_no_answer_waits_with_it(tmp_path: Path) -> None:
    hung, waiting = threading.Event(), threading.Semaphore(0)

    def hang(_request: bytes) -> bytes:
        waiting.release()
        hung.wait(10)
        return b""

    application = behind(tmp_path / "s", seconds=0.5, at_once=1)
    with listening(tmp_path / "s", hang), ThreadPoolExecutor(1) as pool:
        first = pool.submit(Sent, application, "GET", "/v1/health")
        assert waiting.acquire(timeout=5)
        assert Sent(application, "POST", ANSWERS).status == 200
        busy = Sent(application, "GET", "/v1/health")
        assert (busy.status, json.loads(busy.body)["code"]) == (503, "api-busy")
        late = first.result(5)
        hung.set()
    assert (late.status, json.loads(late.body)["code"]) == (504, "api-timeout")


def test_a_place_is_free_again_after_every_kind_of_reply(tmp_path: Path) -> None:
    application = behind(tmp_path / "s", at_once=1)
    assert {Sent(application, "GET", "/v1/health").status for _ in range(3)} == {503}
    with listening(tmp_path / "s", lambda _: REPLY):
        assert [Sent(application, "GET", "/v1/health").status for _ in range(3)] == [201] * 3


def test_one_process_handles_one_request_at_a_time_however_many_threads_it_has(tmp_path: Path) -> None:
    inside = threading.Lock()
    overlapped: list[bool] = []

    def alone(_event: dict[str, object], _context: object) -> object:
        overlapped.append(not inside.acquire(blocking=False))
        threading.Event().wait(0.002)
        inside.release()
        return {"statusCode": 200, "headers": {}, "body": ""}

    application = make_answer_gateway(alone, "eu-west-3", Neighbour(tmp_path / "s", 1))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: Sent(application, "POST", ANSWERS), range(40)))
    assert overlapped == [False] * 40
