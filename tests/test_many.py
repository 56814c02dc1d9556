"""Beyond one machine: a search shared by processes, one of them killed; features by Dask."""

import os
import signal
import socket
import subprocess
import sys
import textwrap

import numpy as np
import pandas as pd
import pytest
from test_tuning import made, same, searched

SEARCH = """
import os, sys, time
sys.path[:0] = [{tests!r}]
from helpers import tuning
from test_tuning import searched

name = os.environ["KERASTUNER_TUNER_ID"]
wait = time.sleep
if name == "chief":  # it looks every 20 s whether all have ended
    time.sleep = lambda seconds: wait(min(seconds, 0.2))
train = tuning._Trainer.train

def slowly(self, hp, *others):
    print("begins", hp.values, flush=True)
    wait({seconds}.get(name, 0))
    return train(self, hp, *others)

tuning._Trainer.train = slowly
table = searched({method!r}, budget=6, epochs=1)
print("ends", flush=True)
if name == "chief":
    table.to_pickle({table!r})
else:
    assert table is None
"""


@pytest.fixture
def cluster(tmp_path):
    """Start processes of one search by name: `cluster(method, seconds)` returns how.

    A worker takes as many seconds for a trial as `seconds` says. Processes keep caches apart.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    processes = []

    def begin(method, **seconds):
        script = tmp_path / "search.py"
        table = str(tmp_path / "table")
        script.write_text(SEARCH.format(tests=os.path.dirname(__file__), **locals()))

        def start(name):
            own = {
                "KERASTUNER_TUNER_ID": name,
                "KERASTUNER_ORACLE_IP": "127.0.0.1",
                "KERASTUNER_ORACLE_PORT": str(port),
                "BOOK_CACHE": str(tmp_path / name),
            }
            process = subprocess.Popen(
                [sys.executable, script], env=os.environ | own, stdout=subprocess.PIPE, text=True
            )
            processes.append(process)
            return process

        return start

    yield begin
    for process in processes:
        process.kill()
        process.wait()


def told(process, word) -> str:
    """The next line of a process that begins with a word."""
    for line in process.stdout:
        if line.startswith(word):
            return line
    raise AssertionError(f"it ended without saying {word!r}")


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """The trials in the order of their parameters: who ends first is luck."""
    names = ["dense1_units", "learning_rate"]
    return table.drop(columns="spent").sort_values(names, ignore_index=True)


def test_a_search_outlives_a_killed_worker(cluster, tmp_path):
    start = cluster("random", one=600)
    chief, one, two = (start(name) for name in ("chief", "one", "two"))
    begun = told(one, "begins")
    one.send_signal(signal.SIGKILL)
    assert one.wait() == -signal.SIGKILL
    told(two, "ends")  # having trained all others
    assert two.wait() == 0
    assert chief.poll() is None  # Keras Tuner takes the lost trial for running, and waits

    again = cluster("random")("one")
    assert told(again, "begins") == begun
    assert again.wait() == chief.wait() == 0
    table = pd.read_pickle(tmp_path / "table")
    assert len(table) == 6
    assert same(in_order(table), in_order(searched(budget=6, epochs=1)))
