"""Bringing the stack up and down: the plan, the ports, and children that die, hang or refuse to end."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infrastructure.local.__main__ import main, parse
from infrastructure.local.children import Child, Children, StackError, StopRequestedError
from infrastructure.local.forwarding import FORWARDED_AT_ONCE
from infrastructure.local.plan import Provision, Run, StackOptions, Start, child_environment, stack_plan
from infrastructure.local.ports import PortBusyError, check_ports, free_ports
from infrastructure.local.supervisor import execute

SLEEP = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
PARENT = f"""
import subprocess, sys
process = subprocess.Popen([sys.executable, "-c", {SLEEP!r}])
print(process.pid, flush=True)
process.wait()
"""


def child(folder: Path, name: str, code: str) -> Child:
    return Child(name, (sys.executable, "-c", code), folder, folder / f"{name}.log")


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" if Path("/proc").exists() else True


def await_log(one: Child) -> str:
    deadline = time.monotonic() + 10
    while not (one.log.exists() and one.log.read_text().endswith("\n")):
        assert time.monotonic() < deadline, f"{one.name} wrote nothing"
        time.sleep(0.02)
    return one.log.read_text().strip()


@pytest.fixture
def children() -> Iterator[Children]:
    group = Children(threading.Event())
    yield group
    group.stop(0)


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_the_plan_brings_up_the_emulator_then_the_content_then_the_service_and_stops_the_other_way_round() -> None:
    plan = stack_plan(StackOptions(port=8123, stack_port=4777, workers=3, sweep_seconds=7))
    assert [type(step) for step in plan] == [Start, Provision, Run, Start, Start, Start]
    started = [step.child.name for step in plan if isinstance(step, Start)]
    assert started[::-1] == ["The function answer", "The function api", "The pump", "MiniStack"]
    assert [step.ready_url for step in plan if isinstance(step, Start)] == [
        "http://127.0.0.1:4777/_ministack/health",
        None,
        None,
        "http://127.0.0.1:8123/v1/health",
    ]


def test_the_function_api_leaves_the_processor_to_the_others_and_hides_behind_answer() -> None:
    options = StackOptions(port=8123, workers=3)
    named = {step.child.name: step.child for step in stack_plan(options) if isinstance(step, Start)}
    assert [one.name for one in named.values() if one.gives_way] == ["The function api"]
    api, answer = named["The function api"].command, named["The function answer"].command
    assert (api[api.index("--uds") + 1], "--port" in api) == (str(options.api_socket), False)
    assert api[api.index("--blocking-threads") + 1] == "1"
    assert (api[api.index("--workers") + 1], answer[answer.index("--workers") + 1]) == ("1", "3")
    assert answer[answer.index("--host") + 1] == "127.0.0.1"
    assert int(answer[answer.index("--blocking-threads") + 1]) == FORWARDED_AT_ONCE + 1


def test_two_stacks_of_one_folder_never_share_the_function_api() -> None:
    assert StackOptions(port=8123).api_socket != StackOptions(port=8124).api_socket


@pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="this system has no policy of processes that give way")
def test_a_child_that_gives_way_is_idle_in_the_session_of_the_others_and_in_a_group_of_its_own(
    tmp_path: Path, children: Children
) -> None:
    patient = children.start(replace(child(tmp_path, "patient", SLEEP), gives_way=True), os.environ)
    usual = children.start(child(tmp_path, "usual", SLEEP), os.environ)
    assert (os.sched_getscheduler(patient), os.sched_getscheduler(usual)) == (os.SCHED_IDLE, os.SCHED_OTHER)
    assert os.getsid(patient) == os.getsid(usual) == os.getsid(0)
    assert len({os.getpgid(patient), os.getpgid(usual), os.getpgid(0)}) == 3


def test_the_emulator_listens_on_the_loopback_address_only_and_never_meets_docker() -> None:
    first = stack_plan(StackOptions())[0]
    assert isinstance(first, Start)
    assert first.child.environment["BIND_HOST"] == "127.0.0.1"
    assert first.child.environment["DOCKER_HOST"].endswith("no-docker")


def test_planning_starts_and_writes_nothing(tmp_path: Path) -> None:
    stack_plan(StackOptions(state=tmp_path / "state"))
    assert list(tmp_path.iterdir()) == []


def test_children_get_dummy_credentials_and_neither_profiles_nor_proxies() -> None:
    given = child_environment(
        {"PATH": "/bin", "AWS_PROFILE": "production", "AWS_SECRET_ACCESS_KEY": "real", "HTTP_PROXY": "http://proxy"}
    )
    assert given["PATH"] == "/bin"
    assert given["AWS_SECRET_ACCESS_KEY"] == "test"
    assert not {"AWS_PROFILE", "HTTP_PROXY"} & set(given)


def test_a_busy_port_is_told_in_one_sentence_with_code_two(busy_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", str(busy_port)], threading.Event()) == 2
    told = capsys.readouterr().err
    assert told == f"Port {busy_port} (the service) is already in use: choose another with --port or PORT=…\n"


def test_one_port_cannot_serve_two_purposes() -> None:
    (port,) = free_ports(1)
    with pytest.raises(PortBusyError, match="--stack-port or STACK_PORT"):
        check_ports(StackOptions(port=port, stack_port=port).wanted_ports)


def test_options_come_from_the_command_line_then_the_environment_then_the_defaults() -> None:
    options = parse(["--port", "8001"], {"PORT": "8002", "WORKERS": "4"})
    assert (options.port, options.workers, options.stack_port, options.sweep_seconds) == (8001, 4, 4566, 20)


@pytest.mark.parametrize("given", [["--port", "0"], ["--port", "x"], ["--workers", "0"], ["--stack-port", "70000"]])
def test_a_senseless_option_ends_with_code_two(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(given, {})
    assert ended.value.code == 2
    assert given[0] in capsys.readouterr().err


def test_when_a_child_dies_the_others_are_stopped_and_it_is_named(tmp_path: Path, children: Children) -> None:
    sleeper = children.start(child(tmp_path, "sleeper", SLEEP), os.environ)
    children.start(child(tmp_path, "victim", "print('out of luck'); raise SystemExit(3)"), os.environ)
    with pytest.raises(StackError, match=r"victim stopped \(exit code 3\)[\s\S]*out of luck"):
        children.watch()
    children.stop()
    assert not runs(sleeper)


def test_a_child_that_dies_while_another_is_awaited_is_named_at_once(tmp_path: Path, children: Children) -> None:
    (port,) = free_ports(1)
    waiting = child(tmp_path, "waiting", SLEEP)
    plan = (Start(child(tmp_path, "victim", "raise SystemExit(4)")), Start(waiting, f"http://127.0.0.1:{port}/", 30))
    with pytest.raises(StackError, match=r"victim stopped \(exit code 4\)"):
        execute(plan, children, os.environ, print)


def test_a_child_that_never_answers_is_given_up(tmp_path: Path, children: Children) -> None:
    (port,) = free_ports(1)
    plan = (Start(child(tmp_path, "mute", SLEEP), f"http://127.0.0.1:{port}/", 0.2),)
    with pytest.raises(StackError, match="mute is not ready"):
        execute(plan, children, os.environ, print)


def test_a_run_tells_its_last_line_and_its_failure_stops_the_start(tmp_path: Path, children: Children) -> None:
    told: list[str] = []
    publish = Run(child(tmp_path, "publish", "print('first'); print('release 1 published')"))
    failing = Run(child(tmp_path, "failing", "raise SystemExit('no such folder')"))
    with pytest.raises(StackError, match=r"failing failed \(exit code 1\)[\s\S]*no such folder"):
        execute((publish, failing), children, os.environ, told.append)
    assert told == ["release 1 published"]


def test_a_missing_program_is_told_with_the_way_to_install_it(tmp_path: Path, children: Children) -> None:
    missing = Child("MiniStack", (str(tmp_path / "nothing"),), tmp_path, tmp_path / "log")
    with pytest.raises(StackError, match=r"MiniStack is not installed.*make setup"):
        children.start(missing, os.environ)


def test_a_stop_asked_while_starting_ends_the_start(tmp_path: Path, children: Children) -> None:
    children.stop_requested.set()
    with pytest.raises(StopRequestedError):
        execute((Run(child(tmp_path, "long", SLEEP)),), children, os.environ, print)


def test_a_stop_asked_while_running_ends_the_watch(tmp_path: Path, children: Children) -> None:
    children.start(child(tmp_path, "sleeper", SLEEP), os.environ)
    children.stop_requested.set()
    children.watch()


def test_a_child_that_ignores_the_stop_is_killed_in_the_end(tmp_path: Path, children: Children) -> None:
    stubborn = child(tmp_path, "stubborn", STUBBORN)
    pid = children.start(stubborn, os.environ)
    await_log(stubborn)
    children.stop(0.3)
    assert not runs(pid)


def test_what_a_child_leaves_behind_is_ended_with_it(tmp_path: Path, children: Children) -> None:
    parent = child(tmp_path, "parent", PARENT)
    children.start(parent, os.environ)
    grandchild = int(await_log(parent))
    children.stop(2)
    deadline = time.monotonic() + 5
    while runs(grandchild) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not runs(grandchild)
