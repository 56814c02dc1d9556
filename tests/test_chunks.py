"""Chunks of exactly two seconds."""

import numpy as np
import pandas as pd
import pytest

from helpers import audio, chunks, dataset
from helpers.errors import InputError


@pytest.fixture
def clips(data_set):
    seconds = [2.0, 2.5, 4.0, 5.2, 3.0]
    rows = [
        {"label": label, "session": f"{label}-1", "seconds": s}
        for label, s in zip(dataset.CLASSES, seconds, strict=True)
    ]
    return dataset.load(data_set(rows))


def test_drawn_chunks_are_where_they_say(clips):
    cuts = chunks.draw(clips, 40, seed=1)
    assert cuts.waves.shape == (40, 44_100)
    assert cuts.waves.dtype == np.float32
    for i in range(40):
        clip = clips.loc[cuts.clip[i]]
        at = round(cuts.start[i] * audio.SR)
        np.testing.assert_array_equal(cuts.waves[i], audio.read(clip.path)[at : at + 44_100])
        assert cuts.classes[cuts.label[i]] == clip.label
        assert cuts.session[i] == clip.session


def test_the_seed_decides(clips):
    first, again, other = (chunks.draw(clips, 30, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first.waves, again.waves)
    assert not np.array_equal(first.start, other.start)


def test_a_clip_of_exactly_two_seconds_yields_its_one_chunk(clips):
    cuts = chunks.draw(clips.iloc[[0]], 5, seed=0)
    assert clips.seconds.iloc[0] == 2.0
    assert len(cuts) == 5
    assert set(cuts.start) == {0}
    assert len(chunks.windows(clips.iloc[[0]])) == 1


def test_draws_are_uniform_over_clips_and_starts(clips):
    cuts = chunks.draw(clips, 2000, seed=0)
    counts = pd.Series(cuts.clip).value_counts()
    assert counts.min() > 320
    assert counts.max() < 480
    starts = cuts.start[cuts.clip == clips.index[2]]  # room for 2 s of starts
    assert np.histogram(starts, 4, (0, 2))[0].min() > 60


def test_the_last_possible_start_is_drawn(data_set):
    rows = [{"session": "s", "seconds": 2.0 + 3 / 22_050}]
    clips = dataset.load(data_set(rows), classes=["Cello"])
    starts = np.round(chunks.draw(clips, 200, seed=0).start * audio.SR)
    assert set(starts) == {0, 1, 2, 3}


def test_windows_cover_every_clip(clips):
    cuts = chunks.windows(clips, hop=1.0)
    assert pd.Series(cuts.clip).value_counts()[clips.index].tolist() == [1, 1, 3, 4, 2]
    assert cuts.start[cuts.clip == clips.index[3]].tolist() == [0, 1, 2, 3]
    one = np.flatnonzero(cuts.clip == clips.index[3])[2]
    wave = audio.read(clips.path.iloc[3])
    np.testing.assert_array_equal(cuts.waves[one], wave[44_100 : 2 * 44_100])


def test_indexing_takes_rows_of_everything(clips):
    cuts = chunks.draw(clips, 10, seed=0)
    some = cuts[cuts.label == cuts.label[0]]
    assert len(some) == (cuts.label == cuts.label[0]).sum() == len(some.waves) == len(some.start)
    assert some.classes == cuts.classes


def test_a_short_clip_is_named(data_set):
    clips = dataset.load(data_set([{"session": "s", "seconds": 1.5}]), classes=["Cello"])
    with pytest.raises(InputError, match=r"0000\.wav: lasts 1\.50 s.*drop_shorter"):
        chunks.draw(clips, 1, seed=0)


def test_nothing_to_draw(clips):
    with pytest.raises(InputError, match="n is 0"):
        chunks.draw(clips, 0, seed=0)
    with pytest.raises(InputError, match="no clips"):
        chunks.draw(clips.iloc[:0], 1, seed=0)
    with pytest.raises(InputError, match="no clips"):
        chunks.windows(clips.iloc[:0])
    with pytest.raises(InputError, match="hop"):
        chunks.windows(clips, hop=0)
