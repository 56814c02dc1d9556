"""The chapters run on a reader's own recordings, in the layout that README.md describes.

Those that do, that is, which ask for the clips that are chosen: the others never see them.
"""

from __future__ import annotations

import execute
import nbformat
import numpy as np
import pytest
import soundfile
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


ASKING = [page for page in execute.chapters() if "dataset.load()" in page.read_text("utf-8")]


@pytest.mark.parametrize("path", [pytest.param(page, id=page.stem) for page in ASKING])
def test_chapter_runs(path, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_DATA", str(folder))
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("BOOK_PRERENDER", raising=False)
    notebook = nbformat.read(path, as_version=4)
    # An empty working folder: a chapter must find its data from anywhere.
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=300, resources=resources).execute()


def test_all_of_the_course_but_its_first_chapter_asks_for_the_clips_that_are_chosen():
    """Or a chapter that asks for them in other words would not be run."""
    assert {page.stem for page in ASKING} == set(execute.course()) - {"sound"}
