"""The fault suite in its short form: nothing lost and nothing doubled; and a control that must find what it is told to break."""

from __future__ import annotations

from dataclasses import replace

import pytest

from load_tests.faults.invariants import Kind
from load_tests.faults.plan import Fault
from load_tests.faults.report import report_of
from load_tests.faults.run import run
from load_tests.faults.settings import Options, short
from load_tests.faults.weakening import Defence

pytestmark = [pytest.mark.stack, pytest.mark.long]
SEED = 1


def test_a_crowd_under_faults_loses_nothing_and_doubles_nothing(ministack_url: str) -> None:
    print(f"seed {SEED}")
    ran = run(short(Options(seed=SEED)), print, ministack_url)
    told = report_of(ran, f"make faults FAULTS='--short --seed {SEED}'")
    assert told.violations == ()
    assert told.holds
    assert told.figures["answers acknowledged"] > 25
    assert told.figures["contributions"] == told.figures["assessments"] >= 25
    kinds = {one.fault for one in ran.tally.done}
    assert kinds >= {Fault.LOST_REPLY, Fault.TRUNCATED, Fault.RESET, Fault.THROTTLE, Fault.SERVER_ERROR, Fault.UNAVAILABLE}
    assert kinds & {Fault.KILL_BEFORE, Fault.KILL_AFTER, Fault.KILL_ANY}


def test_without_the_condition_of_writes_the_suite_finds_answers_lost(ministack_url: str) -> None:
    options = replace(short(Options(seed=SEED)), assessments=12, two_tabs=1.0, poison=0, without=Defence.CONDITION)
    ran = run(options, print, ministack_url)
    assert Kind.LOST in {one.kind for one in ran.violations}
