"""Chunks of exactly two seconds."""

import numpy as np
import pandas as pd
import pytest
import soundfile

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


@pytest.fixture
def fading(data_set):
    """A clip whose sound ends after 3 of its 8 s, one that sounds throughout, and two more."""
    rows = [
        {"label": label, "session": f"{label}-{i % 2}", "seconds": 8.0}
        for i, label in enumerate(["Cello"] * 3 + ["Clarinet"] * 3)
    ]
    clips = dataset.load(data_set(rows), classes=["Cello", "Clarinet"])
    wave = audio.read(clips.path.iloc[0])
    wave[3 * audio.SR :] *= 1e-3
    soundfile.write(clips.path.iloc[0], wave, audio.SR)
    return clips


def test_nearly_silent_chunks_move_to_where_their_clip_sounds_and_no_others(fading):
    cuts = chunks.draw(fading, 200, seed=0)
    moved = chunks.sounding(cuts, fading, seed=0)
    late = (cuts.clip == fading.index[0]) & (cuts.start > 3)
    assert late.any()
    np.testing.assert_array_equal(moved.start != cuts.start, late)
    loudest = audio.level(audio.read(fading.path.iloc[0])[: chunks.SAMPLES])
    assert (audio.level(moved.waves[late]) > loudest - chunks.WITHIN_DB - 0.5).all()
    assert (moved.start[late] < 3).all() and len(set(moved.start[late])) > 5
    for name in ("clip", "label", "session"):
        np.testing.assert_array_equal(getattr(moved, name), getattr(cuts, name))
    i = np.flatnonzero(late)[0]
    at = round(moved.start[i] * audio.SR)
    wave = audio.read(fading.path.iloc[0])
    np.testing.assert_array_equal(moved.waves[i], wave[at : at + chunks.SAMPLES])
    again = chunks.sounding(cuts, fading, seed=0)
    np.testing.assert_array_equal(moved.start, again.start)


def test_examples_are_clear_and_come_class_by_class_from_unlike_sessions(fading):
    clear = chunks.examples(fading, each=2)
    assert clear.label.tolist() == [0, 0, 1, 1]
    assert len(set(clear.clip)) == 4 and len(set(clear.session)) == 4
    assert audio.level(clear.waves).min() > -40
    with pytest.raises(InputError, match=r"Cello has 3 clips.*4 examples"):
        chunks.examples(fading, each=4)


def test_the_examples_of_the_bundled_clips_can_be_heard_throughout():
    clips = dataset.drop_shorter(dataset.load("demo"), seconds=2.0)
    clear = chunks.examples(clips, each=4)
    assert clear.label.tolist() == sorted([0, 1, 2, 3, 4] * 4)
    parts = audio.level(clear.waves[:, :44_000].reshape(20, 8, -1))
    assert audio.level(clear.waves).min() > -32 and parts.min() > -45
