"""What is measured side by side is printed as ratios, and recorded in data/results/."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from helpers import chunks, reproduce, results
from helpers.experiments.runs import PROFILES

COUNT = {"quick": 1000, "paper": 6000}  # chunks

RUNS: dict[tuple[str, str], list[dict]] = {}


def pytest_addoption(parser):
    parser.addoption("--data", default="demo", help="demo, fsdkaggle2018 or a folder")
    parser.addoption("--profile", default="quick", choices=PROFILES)


@pytest.fixture(scope="session")
def clips(request):
    """The clips of 2 s and more."""
    return reproduce.data_of(request.config.getoption("--data"))[0]


@pytest.fixture(scope="session")
def waves(clips, request):
    """Chunks (N, 44100), as many as the profile says."""
    return chunks.draw(clips, COUNT[request.config.getoption("--profile")], seed=0).waves


def note(request, compared: dict, repeat: int, figures: dict, seconds: float) -> None:
    """Keep a measurement for the record that bears the name of the test's function."""
    run = {
        "compared": compared,
        "repeated": {"repeat": repeat},
        "figures": figures,
        "seconds": round(seconds, 3),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    experiment = request.function.__name__.removeprefix("test_")
    RUNS.setdefault((experiment, request.function.__doc__), []).append(run)


@pytest.fixture
def measured(benchmark, request):
    """Run something once by pytest-benchmark: `measured(compared, repeat, work, **figures)`.

    Repeats are the outer loop and ways the inner one, so that what else the machine does falls on
    all ways alike. Seconds of the processor are those of all cores.
    """

    def measure(compared: dict, repeat: int, work: Callable, per: int = 1, **figures) -> None:
        spent = []

        def timed():
            begin = time.process_time()
            work()
            spent.append(time.process_time() - begin)

        benchmark.group = request.function.__name__
        benchmark.pedantic(timed, rounds=1)
        seconds = benchmark.stats.stats.median
        times = {"milliseconds": 1000 * seconds / per, "of processor": 1000 * spent[-1] / per}
        note(request, compared, repeat, times | figures, seconds)

    return measure


@pytest.fixture
def in_a_process(request):
    """Run a program in a process of its own, as only so its peak of memory is known.

    Linux tells it.
    """

    def run(compared: dict, repeat: int, program: str, *arguments: str) -> None:
        begin = time.perf_counter()
        # Not by resource.getrusage, which begins at the peak of the process that started this one.
        ending = (
            "\nimport json, re\n"
            "peak = re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())\n"
            "print(json.dumps(figures | {'peak in GB': int(peak[1]) / 1e6}))"
        )
        command = [sys.executable, "-c", program + ending, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        figures = json.loads(done.stdout.splitlines()[-1])
        note(request, compared, repeat, figures, time.perf_counter() - begin)

    return run


def pytest_sessionfinish(session, exitstatus):
    if exitstatus:
        return
    data, profile = (session.config.getoption(name) for name in ("--data", "--profile"))
    about = reproduce.data_of(data)[1]
    for (experiment, question), runs in RUNS.items():
        file = results.write(experiment, question, about, profile, runs, "-m pytest bench")
        print(f"\n{question}")
        print(results.medians(results.load(experiment, about["name"], profile)).to_string())
        print(file)
