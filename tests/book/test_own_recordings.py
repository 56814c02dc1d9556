"""The chapters run on a reader's own recordings, in the layout that README.md describes.

Those that do, that is, which ask for the clips that are chosen: the others never see them.
"""

from __future__ import annotations

from collections.abc import Iterator

import execute
import nbformat
import numpy as np
import pytest
import soundfile
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from helpers import dataset, sound

CLIPS, SESSIONS = 5, 3  # of each class: as few as README.md asks for


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Five recordings of each class, of 2 to 4 s, with no more columns than needed."""
    folder = tmp_path_factory.mktemp("own") / "my-recordings"
    sounds, meta = folder / "my.audio_train", folder / "my.meta"
    sounds.mkdir(parents=True)
    meta.mkdir()
    rng = np.random.default_rng(0)
    rows = ["fname,label,session"]
    for label in dataset.CLASSES:
        for i in range(CLIPS):
            name = f"{label}-{i}.wav"
            tone = sound.tone(rng.random(9), f0=rng.uniform(100, 400), seconds=2 + i / 2)
            soundfile.write(sounds / name, tone + rng.normal(0, 1e-3, len(tone)), 22_050)
            rows.append(f"{name},{label},{label}-{i % SESSIONS}")
    (meta / "train_post_competition.csv").write_text("\n".join(rows) + "\n")
    return folder


@pytest.fixture(scope="module")
def kernel() -> Iterator[KernelManager]:
    """A kernel for one chapter after the other: to start it and load TensorFlow takes 5 s."""
    manager = KernelManager()
    manager.start_kernel()
    yield manager
    manager.shutdown_kernel(now=True)


BEGINNING = """%reset_selective -f ^[a-zA-Z]
import os
os.chdir({folder!r})
os.environ |= {settings!r}
os.environ.pop("BOOK_PRERENDER", None)
"""

ASKING = [page for page in execute.chapters() if "dataset.load()" in page.read_text("utf-8")]


@pytest.mark.parametrize("path", [pytest.param(page, id=page.stem) for page in ASKING])
def test_chapter_runs(path, folder, kernel, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    # An empty working folder, in which a chapter must find its data, and nothing made before.
    settings = {"BOOK_DATA": str(folder), "BOOK_CACHE": str(tmp_path / "cache")}
    beginning = BEGINNING.format(folder=str(tmp_path), settings=settings)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(beginning))
    NotebookClient(notebook, km=kernel, timeout=300).execute()


def test_all_of_the_course_but_its_first_chapter_asks_for_the_clips_that_are_chosen():
    """Or a chapter that asks for them in other words would not be run."""
    assert {page.stem for page in ASKING} == set(execute.course()) - {"sound"}
