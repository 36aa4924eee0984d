"""A process is known again whatever the clock does, and not taken for another of its number."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import psutil
import pytest

from tlcore.storage.processes import describe, this_process


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the kernel itself notes the time of a start")
@pytest.mark.parametrize("step", [-3600.0, -1.0, 1.0, 3600.0])
def test_a_step_of_the_clock_kills_nobody(step, monkeypatch):
    me = this_process()
    started = psutil.Process.create_time
    monkeypatch.setattr(psutil.Process, "create_time", lambda process: started(process) + step)
    assert me.is_alive and this_process() == me


def test_a_number_that_was_given_to_another_process_is_not_the_same():
    assert not replace(this_process(), born="some boot 1").is_alive


def test_one_that_has_ended_is_dead_also_before_its_parent_has_asked():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process = describe(child.pid)
    assert process.is_alive
    child.stdin.close()
    psutil.wait_procs([], timeout=0)
    while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
        pass
    assert not process.is_alive
    child.wait()
    assert not process.is_alive
