"""Beyond one machine: a search shared by processes, one of them killed; features by Dask."""

import atexit
import os
import signal
import socket
import subprocess
import sys
import time

import distributed
import joblib
import numpy as np
import pandas as pd
import pytest
from test_tuning import same, searched

from helpers import chunks, dataset, features, many
from helpers.errors import InputError

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


def test_features_by_a_dask_cluster_are_the_same(two_threads):
    clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS).iloc[::60]
    with (
        distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
        joblib.parallel_config(backend="dask"),
    ):
        cuts = chunks.windows(clips)
        images = features.mfcc(cuts.waves)
        done = client.run(lambda dask_worker: dask_worker.state.executed_count)
        drawn = chunks.draw(clips, 9, seed=0)
    assert len(done) == 2 and min(done.values()) > 0
    here = chunks.windows(clips)
    np.testing.assert_array_equal(cuts.waves, here.waves)
    np.testing.assert_array_equal(cuts.start, here.start)
    alone = [features.mfcc(wave) for wave in here.waves]
    np.testing.assert_array_equal(images, alone)
    np.testing.assert_array_equal(drawn.waves, chunks.draw(clips, 9, seed=0).waves)


def test_a_cluster_is_closed_only_when_its_processes_have_ended(tmp_path):
    def end_slowly(path):
        def wait():
            time.sleep(6)  # Dask itself would have killed it by then
            (path / str(os.getpid())).touch()

        atexit.register(wait)
        return os.getpid()

    cluster = distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None)
    with distributed.Client(cluster) as client:
        processes = client.run(end_slowly, tmp_path).values()
    many.close(cluster)
    assert {int(file.name) for file in tmp_path.iterdir()} == set(processes)


def test_amdahl():
    assert many.speedup(8, 0) == 8
    assert many.speedup(8, 1) == 1
    assert many.speedup(10, 0.1) == pytest.approx(1 / 0.19)
    assert many.speedup(10**9, 0.1) == pytest.approx(10)
    with pytest.raises(InputError, match="workers is 0"):
        many.speedup(0, 0.1)
    with pytest.raises(InputError, match=r"share is 1.2"):
        many.speedup(2, 1.2)


def rows(*given, **options) -> list[tuple]:
    return list(many.schedule(*given, **options).itertuples(index=False, name=None))


def test_a_free_worker_takes_the_next_trial():
    assert rows([4, 1, 2, 3], 2) == [
        (1, 1, 0, 4, True),
        (2, 2, 0, 1, True),
        (3, 2, 1, 3, True),
        (4, 2, 3, 6, True),
    ]
    assert rows([4, 1], 3) == [(1, 1, 0, 4, True), (2, 2, 0, 1, True)]


def test_a_worker_started_again_begins_its_trial_once_more():
    assert rows([4, 1, 2, 3], 2, killed=2, again=5) == [
        (1, 1, 0, 2, False),
        (1, 1, 5, 9, True),
        (2, 2, 0, 1, True),
        (3, 2, 1, 3, True),
        (4, 2, 3, 6, True),
    ]


def test_without_it_its_trial_stays_undone():
    table = many.schedule([4, 1, 2, 3], 2, killed=2)
    assert set(table.trial[table.done]) == {2, 3, 4}
    assert rows([4, 1], 1, killed=2) == [(1, 1, 0, 2, False)]
    assert rows([4, 1], 1, killed=5) == [(1, 1, 0, 4, True), (2, 1, 4, 5, True)]


def test_schedules_that_cannot_be():
    with pytest.raises(InputError, match="workers is 0"):
        many.schedule([1], 0)
    with pytest.raises(InputError, match="again at 1, before it was killed at 2"):
        many.schedule([1], 1, killed=2, again=1)
