"""What a process frees goes back to the system."""

import ctypes
import subprocess
import sys
import textwrap

import pytest

from helpers import memory

PROGRAM = """
    import re
    from pathlib import Path
    import numpy as np
    from helpers import memory

    def held():
        told = Path("/proc/self/status").read_text()
        return int(re.search(r"VmRSS:\\s*(\\d+)", told)[1]) / 1000

    def half_freed(count, megabytes):
        arrays = [np.ones(int(megabytes * 1e6) // 8) for _ in range(count)]
        full = held()
        del arrays[::2]  # what is left stands between the gaps
        return arrays, full
"""


def said(program: str) -> float:
    whole = textwrap.dedent(PROGRAM) + textwrap.dedent(program)
    done = subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


needs_gnu = pytest.mark.skipif(memory._c_library() is None, reason="only GNU's C library can")


@needs_gnu
def test_a_large_array_goes_back_as_it_is_freed():
    """Once one of this size was freed, the C library would keep the next for later."""
    freed = """
        np.ones(20_000_000 // 8)
        arrays, full = half_freed(20, megabytes=5)
        print(full - held())
    """
    assert said(freed) > 40


@needs_gnu
def test_small_ones_go_back_when_that_is_asked_for():
    given_back = """
        arrays, full = half_freed(1000, megabytes=0.1)
        memory.give_back()
        print(full - held())
    """
    assert said(given_back) > 40


def test_there_is_nothing_to_be_asked_on_other_systems(monkeypatch):
    def none(name):
        raise TypeError("Windows has no library without a name")

    monkeypatch.setattr(ctypes, "CDLL", none)
    assert memory._c_library() is None
    memory.give_back()
