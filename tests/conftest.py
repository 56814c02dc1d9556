"""What several test modules use: a cache of their own, small data sets on disk, a browser."""

import gc
import os
import signal

import grammarless  # noqa: F401 - before nbformat
import one_core

os.environ.update(one_core.SETTINGS | dict(os.environ))  # for what the tests start, too

import numpy as np
import pandas as pd
import pytest
import soundfile
from hypothesis import settings
from threadpoolctl import threadpool_limits

import helpers  # noqa: F401 - before Keras, as in a chapter: it changes what comes with Keras

# A slow case is a matter of the machine's load; what a case may take is tested in test_fuzz.
settings.register_profile("book", max_examples=60, deadline=None)
settings.register_profile("fuzz", max_examples=10_000, deadline=None)
settings.load_profile("book")

# A shell lets what it starts in the background ignore Ctrl+C, and whatever that starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish():
    """Search no more for what is unused among what was loaded: it stays."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """Tests neither use nor fill the reader's cache, and start from the bundled clips."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("BOOK_CACHE", str(folder))
    monkeypatch.delenv("BOOK_DATA", raising=False)
    monkeypatch.delenv("BOOK_PRERENDER", raising=False)
    return folder


@pytest.fixture
def two_threads():
    """Let a matrix product be split between two threads, as it is on a reader's machine."""
    with threadpool_limits(2, user_api="blas"):
        yield


@pytest.fixture(scope="module")
def switches():
    """What else the browser of a module is told, a list of words of its command line."""
    return []


@pytest.fixture(scope="module")
def browser(switches):
    """Give a browser without a network."""
    import browsing  # most tests need none

    try:
        with browsing.browser(*switches) as opened:
            yield opened
    except browsing.NoBrowserError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def data_set(tmp_path):
    """Make a folder in FSDKaggle2018's layout: `data_set(rows)` with a dictionary for each clip.

    A row may say `seconds` (default 2.5) and any column of the CSV.
    """

    def make(rows: list[dict]) -> str:
        sounds, meta = tmp_path / "Tiny.audio_train", tmp_path / "Tiny.meta"
        sounds.mkdir()
        meta.mkdir()
        rng = np.random.default_rng(0)
        table = []
        for i, row in enumerate(rows):
            row = {"fname": f"{i:04d}.wav", "label": "Cello", "seconds": 2.5} | row
            wave = 0.1 * rng.standard_normal(round(row.pop("seconds") * 22_050))
            soundfile.write(sounds / row["fname"], wave, 22_050)
            table.append(row)
        pd.DataFrame(table).to_csv(meta / "train_post_competition.csv", index=False)
        return str(tmp_path)

    return make
