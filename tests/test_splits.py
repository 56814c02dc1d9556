"""Three parts that share nothing the protocol keeps apart."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedGroupKFold

from helpers import dataset, splits
from helpers.chunks import Chunks
from helpers.errors import InputError

PROTOCOLS = {
    "chunk": (splits.by_chunk, lambda cuts: np.arange(len(cuts))),
    "clip": (splits.by_clip, lambda cuts: cuts.clip),
    "session": (splits.by_session, lambda cuts: cuts.session),
}


def made_of(sessions: list[list[list[int]]], apart: bool = True) -> Chunks:
    """Chunks from a nested list: classes of sessions of clips, each the number of its chunks.

    A session belongs to one class, or, where not `apart`, to all classes that reach so far.
    """
    label, session, clip = [], [], []
    for c, of_class in enumerate(sessions):
        for s, of_session in enumerate(of_class):
            for k, number in enumerate(of_session):
                label += [c] * number
                session += [f"{c}-{s}" if apart else str(s)] * number
                clip += [f"{c}-{s}-{k}.wav"] * number
    n = len(label)
    names = tuple("abcdefgh"[: len(sessions)])
    return Chunks(np.zeros((n, 1), np.float32), np.array(label), np.array(clip), np.array(session),
                  np.zeros(n), names)  # fmt: skip


clips_of_a_session = st.lists(st.integers(1, 4), min_size=1, max_size=6)
sessions_of_a_class = st.lists(clips_of_a_session, min_size=5, max_size=9)
data = st.builds(made_of, st.lists(sessions_of_a_class, min_size=2, max_size=4), st.booleans())


@pytest.mark.parametrize("protocol", PROTOCOLS)
@settings(max_examples=40, deadline=None)
@given(cuts=data, seed=st.integers(0, 5), fold=st.integers(0, 4))
def test_nothing_is_shared(protocol, cuts, seed, fold):
    split_by, kept_together = PROTOCOLS[protocol]
    try:
        split = split_by(cuts, seed=seed, fold=fold)
    except InputError as error:  # very unequal groups may leave a part without a class
        assert "differ too much" in str(error) or "are left for training" in str(error)
        return
    parts = [split.train, split.validation, split.test]
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(len(cuts)))
    groups = [set(kept_together(cuts)[part]) for part in parts]
    assert not groups[0] & groups[1] and not groups[0] & groups[2] and not groups[1] & groups[2]
    for part in parts:
        assert set(cuts.label[part]) == set(range(len(cuts.classes)))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_folds_test_every_row_once_and_seeds_differ(protocol):
    cuts = made_of([[[3, 2], [1, 4], [2], [2, 2], [5], [1, 1, 1]]] * 3)
    split_by, _ = PROTOCOLS[protocol]
    tests = [split_by(cuts, seed=0, fold=fold).test for fold in range(5)]
    np.testing.assert_array_equal(np.sort(np.concatenate(tests)), np.arange(len(cuts)))
    first, again = (split_by(cuts, seed=0) for _ in range(2))
    np.testing.assert_array_equal(first.train, again.train)
    others = [split_by(cuts, seed=seed).test.tolist() for seed in range(1, 6)]
    assert any(other != first.test.tolist() for other in others)


def test_shares_are_the_slides_and_classes_are_balanced():
    cuts = made_of([[[1] * 100] * 5] * 3)
    split = splits.by_clip(cuts, seed=0)
    sizes = np.array([len(split.train), len(split.validation), len(split.test)])
    np.testing.assert_allclose(sizes / len(cuts), [0.64, 0.16, 0.20], atol=0.01)
    assert np.ptp(np.bincount(cuts.label[split.test])) <= 1


def test_a_clips_table_is_split_like_chunks():
    cuts = made_of([[[1] * 6] * 5] * 2)
    label = pd.Categorical.from_codes(cuts.label, categories=list(cuts.classes))
    table = pd.DataFrame({"label": label, "session": cuts.session}, index=cuts.clip)
    for split_by in (splits.by_clip, splits.by_session):
        of_table, of_chunks = split_by(table, seed=3), split_by(cuts, seed=3)
        np.testing.assert_array_equal(of_table.test, of_chunks.test)
        np.testing.assert_array_equal(of_table.validation, of_chunks.validation)


def test_three_sessions_make_three_folds():
    cuts = made_of([[[1] * 18, [1] * 11, [1]], [[1] * 10] * 3])
    for fold in range(3):
        split = splits.by_session(cuts, seed=0, fold=fold, folds=3)
        assert all(set(cuts.label[part]) == {0, 1} for part in vars(split).values())


def test_too_few_groups_are_counted_by_name():
    cuts = made_of([[[1] * 9, [1] * 9], [[2]] * 9])
    with pytest.raises(InputError, match="a has 2 sessions, too few for 5 folds"):
        splits.by_session(cuts, seed=0)
    with pytest.raises(InputError, match="folds is 2"):
        splits.by_clip(cuts, seed=0, folds=2)
    with pytest.raises(InputError, match="fold is 5"):
        splits.by_clip(cuts, seed=0, fold=5)


@pytest.mark.parametrize("protocol", ["clip", "session"])
def test_parts_are_draws_to_learn_from_and_every_window_to_score(data_set, protocol):
    labels = [label for label in dataset.CLASSES for _ in range(6)]
    rows = [{"label": label, "session": f"s{i}", "seconds": 4.2} for i, label in enumerate(labels)]
    clips = dataset.load(data_set(rows))
    train, validation, test = splits.parts(clips, 100, protocol, seed=1, folds=3)
    kept_apart = [set(part.clip) for part in (train, validation, test)]
    assert sum(map(len, kept_apart)) == len(set.union(*kept_apart))
    assert len(train) == round(100 * (30 - len(kept_apart[1]) - len(kept_apart[2])) / 30)
    for part in (validation, test):
        assert sorted(part.start[part.clip == part.clip[0]]) == [0, 1, 2]


def test_parts_by_chunk_divide_the_draws(data_set):
    clips = dataset.load(data_set([{"label": label, "session": "s"} for label in dataset.CLASSES]))
    parts = splits.parts(clips, 200, "chunk", seed=0)
    assert [len(part) for part in parts] == [128, 32, 40]
    assert set(parts[0].clip) == set(parts[2].clip)


def test_no_fold_is_empty_where_there_are_groups_enough():
    # Five sessions of two classes: scikit-learn's own folds are four.
    counts = [[2, 1], [9, 0], [0, 6], [5, 0], [0, 3]]
    label = np.repeat([0, 1] * 5, np.ravel(counts))
    group = np.repeat(np.repeat(np.arange(5), 2), np.ravel(counts))
    for seed in range(5):
        folds = splits.deal(label, group, 5, seed)
        assert [len(set(group[new])) for _, new in folds] == [1] * 5
        for known, new in folds:
            assert not set(group[known]) & set(group[new])
            assert sorted([*known, *new]) == list(range(len(label)))


def test_sessions_are_dealt_alike_under_any_scikit_learn():
    # Before 1.7, its own shuffling took the counts of one group for those of another.
    sizes = np.arange(1, 13)
    group, label = np.repeat(sizes, sizes), np.repeat(sizes % 2, sizes)
    for seed in range(3):
        dealt = [new for _, new in splits.deal(label, group, 3, seed)]
        assert [np.bincount(label[new]).tolist() for new in dealt] == [[14, 12]] * 3
        locked = StratifiedGroupKFold(3, shuffle=True, random_state=seed).split(label, label, group)
        for new, (_, theirs) in zip(dealt, locked, strict=True):
            np.testing.assert_array_equal(new, theirs)


layouts = st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=5, max_size=8)


@settings(max_examples=60, deadline=None)
@given(layouts, st.integers(0, 3))
def test_any_layout_of_sessions_is_dealt_or_refused(layout, seed):
    label = np.repeat(np.arange(3 * len(layout)) % 3, np.ravel(layout))
    session = np.repeat(np.arange(3 * len(layout)) // 3, np.ravel(layout)).astype(str)
    names = pd.Categorical.from_codes(label, categories=list("abc"))
    table = pd.DataFrame({"label": names, "session": session}, index=np.arange(len(label)))
    tested = []
    for fold in range(5):
        try:
            split = splits.by_session(table, seed, fold)
        except InputError:
            continue
        tested.append(split.test)
        assert len(split.test) and len(split.train) and len(split.validation)
    if len(tested) == 5:
        assert sorted(np.concatenate(tested)) == list(range(len(label)))


def test_sources_that_share_a_session_are_one():
    rows = [
        ("a", "library:1.wav"),
        ("b", "library:2.wav"),
        ("b", "other:2.wav"),
        ("c", "other:3.wav"),
        ("a-b", "third:1.wav"),
        ("d", None),
        ("d", None),
        ("third", None),
    ]
    clips = pd.DataFrame(rows, columns=["session", "source"])
    assert splits.sources(clips).tolist() == [0, 0, 0, 0, 1, 2, 2, 3]
    assert splits.sources(clips[["session"]]).tolist() == [0, 1, 1, 2, 3, 4, 4, 5]
