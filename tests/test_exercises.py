"""Each checker accepts what is right and names what is wrong."""

import math
import re

import numpy as np
import pytest

from helpers import augment, exercises


def _sums(image, kernel):
    return np.einsum(
        "ijkl,kl->ij", np.lib.stride_tricks.sliding_window_view(image, kernel.shape), kernel
    )


def _means(values, groups):
    return np.mean([values[groups == group].mean() for group in np.unique(groups)])


def _by_session(right, clip, session):
    names, place = np.unique(clip, return_index=True)
    of_clips = np.array([right[clip == name].mean() for name in names])
    return _means(of_clips, session[place])


def _slopes(images):
    longer = np.pad(images, ((0, 0), (1, 1), (0, 0)), mode="edge")
    return (longer[:, 2:] - longer[:, :-2]) / 2


def _cut_all(kernels, sparsity):
    threshold = np.quantile(np.abs(np.concatenate([one.ravel() for one in kernels])), sparsity)
    return [np.where(np.abs(one) < threshold, 0, one) for one in kernels]


def _in_place(kernels):
    kernels[0][:] = 0
    return kernels


def _nearest(known, labels, new, k, order=2):
    distances = np.linalg.norm(new[:, None] - known, ord=order, axis=-1)
    near = labels[np.argsort(distances, axis=1)[:, :k]]
    return np.array([np.bincount(row).argmax() for row in near])


def _paired(one, other, ddof, n):
    gap = np.subtract(one, other)
    return gap.mean(), gap.std(ddof=ddof) / n**0.5


def _pasted(image, other, patch, shift):
    top, bottom, left, right = patch
    image[top:bottom, left:right] = other[top + shift : bottom + shift, left:right]
    return image


def whole_groups(groups, share, rng):
    names, sizes = np.unique(groups, return_counts=True)
    order = rng.permutation(len(names))
    taken = order[np.cumsum(sizes[order]) <= share * len(groups) + sizes.max() / 2]
    return np.isin(groups, names[taken])


def _free(seconds, workers):
    free = [0] * workers
    for needed in seconds:
        free[free.index(min(free))] += needed
    return free


def _rounds(seconds, workers):
    return [seconds[i : i + workers] for i in range(0, len(seconds), workers)]


def _searched(space, score, trials, rng):
    tried = [{name: rng.choice(of).item() for name, of in space.items()} for _ in range(trials)]
    scores = np.nan_to_num([score(values) for values in tried])
    return tried[scores.argmax()], np.maximum.accumulate(scores).tolist()


def _tested(space, score, test, trials, rng):
    found, so_far = _searched(space, score, trials, rng)
    return found, so_far[-1], test(found)


def _window_starts(samples, rest=400):
    last = max(0, samples - 44_100)
    starts = list(range(0, last + 1, 22_050))
    return [*starts, last] if last - starts[-1] >= rest else starts


def _refused(known, strangers, kept, counted):
    threshold = max(t for t in known if (known >= t).mean() >= kept)
    return threshold, counted(strangers, threshold).mean()


def _refusal(known, strangers, kept):
    return _refused(known, strangers, kept, np.less)


def _surer(known, strangers, half):
    return (known[:, None] > strangers).mean() + half * (known[:, None] == strangers).mean()


ANSWERS = {
    exercises.audible_partials: (
        lambda f0, sr: int(np.ceil(sr / 2 / f0)) - 1,
        [
            (lambda f0, sr: None, "returns nothing"),
            (lambda f0, sr: sr // f0, "there are fewer"),
            (lambda f0, sr: int(sr / 2 / f0) - 1, "there are more"),
            (lambda f0, sr: int(sr / 2 // f0), "exactly at sr / 2"),
            (lambda f0, sr: 1 / 0, "ZeroDivisionError"),
            (lambda f0, sr: "50", "not of the kind"),
            (lambda f0, sr: np.arange(3), "not of the kind"),
        ],
    ),
    exercises.hollow_recipe: (
        lambda n: np.where(np.arange(1, n + 1) % 2, 1 / np.arange(1, n + 1), 0),
        [
            (lambda n: None, "returns nothing"),
            (lambda n: "odd", "not of the kind"),
            (lambda n: np.ones(3), "return 7 numbers"),
            (lambda n: 1 / np.arange(1, n + 1), "even partial still sounds"),
            (lambda n: np.arange(n) % 2 == 0, "odd partials should be"),
            (lambda n: [1, 0, 1 / 3, 0, 1 / 5, 0, 1 / 7], "For n = 4"),
        ],
    ),
    exercises.random_start: (
        lambda samples, rng: rng.integers(samples - 44_100 + 1),
        [
            (lambda samples, rng: None, "returns nothing"),
            (lambda samples, rng: rng.integers(samples - 44_100), "stopped with ValueError"),
            (lambda samples, rng: rng.integers(max(1, samples - 44_100)), "never start at 9"),
            (lambda samples, rng: rng.integers(samples - 44_100 + 2), "one possible start|leaves"),
            (lambda samples, rng: (samples - 44_100) * int(rng.integers(2)), "never start at 8"),
            (
                lambda samples, rng: int(rng.random() ** 2 * (samples - 44_100 + 1)),
                "comes too often",
            ),
        ],
    ),
    exercises.never_drawn: (
        lambda clips, draws: (1 - 1 / clips) ** draws,
        [
            (lambda clips, draws: None, "returns nothing"),
            (lambda clips, draws: 1 - draws / clips, "must all miss"),
            (lambda clips, draws: 1 - 1 / clips, "must all miss"),
        ],
    ),
    exercises.frame_count: (
        lambda samples, win, hop: 1 + max(0, int(np.ceil((samples - win) / hop))),
        [
            (lambda samples, win, hop: None, "returns nothing"),
            (lambda samples, win, hop: samples // hop, "you say 275|you say 2"),
            (lambda samples, win, hop: 1 + (samples - win) // hop, "44100 samples.*you say 274"),
            (lambda samples, win, hop: 1 + -(-(samples - win) // hop), "100 samples"),
        ],
    ),
    exercises.deltas: (
        _slopes,
        [
            (lambda images: None, "returns nothing"),
            (lambda images: np.diff(images, axis=1), "Continue the images"),
            (lambda images: -_slopes(images), "signs are turned"),
            (lambda images: 2 * _slopes(images), "halve the difference"),
            (lambda images: np.gradient(images, axis=2), "time is the axis before"),
            (lambda images: np.gradient(images, axis=1), "first or the last"),
            (lambda images: images, "minus the one before"),
        ],
    ),
    exercises.conv_parameters: (
        lambda kernel, channels, filters: (kernel**2 * channels + 1) * filters,
        [
            (lambda kernel, channels, filters: None, "returns nothing"),
            (lambda kernel, channels, filters: kernel**2 * channels * filters, "a bias"),
            (lambda kernel, channels, filters: (kernel * channels + 1) * filters, "a square"),
            (lambda kernel, channels, filters: kernel**2 * filters + filters, "each channel"),
        ],
    ),
    exercises.convolution: (
        _sums,
        [
            (lambda image, kernel: None, "returns nothing"),
            (lambda image, kernel: np.zeros(image.shape), "that is padding"),
            (lambda image, kernel: _sums(image, kernel)[:-1, :-1], "last place in each direction"),
            (lambda image, kernel: np.ones(3), "It fits in at 5 x 3 places"),
            (
                lambda image, kernel: (
                    np.lib.stride_tricks.sliding_window_view(image, kernel.shape) * kernel
                ),
                "you return all products",
            ),
            (lambda image, kernel: _sums(image, kernel[::-1, ::-1]), "turn the kernel round"),
            (lambda image, kernel: np.maximum(_sums(image, kernel), 0), "That is ReLU"),
            (lambda image, kernel: _sums(image, kernel) / kernel.size, "means of the products"),
            (lambda image, kernel: _sums(image, 0 * kernel + 1), "Multiply it by the kernel"),
            (lambda image, kernel: _sums(image, kernel) + 1, "the first place should answer"),
        ],
    ),
    exercises.by_session: (
        _by_session,
        [
            (lambda right, clip, session: None, "returns nothing"),
            (lambda right, clip, session: right.mean(), "the share of windows"),
            (lambda right, clip, session: _means(right, clip), "the mean over clips"),
            (lambda right, clip, session: _means(right, session), "windows to sessions at once"),
            (lambda right, clip, session: 0.1, r"You say 0\.100"),
        ],
    ),
    exercises.macro_recall: (
        lambda matrix: np.mean(np.diag(matrix) / matrix.sum(axis=1)),
        [
            (lambda matrix: None, "returns nothing"),
            (lambda matrix: np.trace(matrix) / matrix.sum(), "That is the accuracy"),
            (lambda m: np.nan_to_num(np.diag(m) / m.sum(axis=0)).mean(), "That is precision"),
            (lambda matrix: 0.5, r"you say 0\.500"),
        ],
    ),
    exercises.kept_share: (
        lambda p, shape: 1 - (p[1] - p[0]) * (p[3] - p[2]) / (shape[0] * shape[1]),
        [
            (lambda p, shape: None, "returns nothing"),
            (lambda p, shape: (p[1] - p[0]) * (p[3] - p[2]) / (shape[0] * shape[1]), "is pasted"),
            (
                lambda p, shape: 1 - (p[1] - p[0] + 1) * (p[3] - p[2] + 1) / (shape[0] * shape[1]),
                "too many",
            ),
            (lambda p, shape: 1 - (p[1] - p[0]) / shape[0], "covers"),
        ],
    ),
    exercises.paste: (
        lambda one, other, p: _pasted(one.copy(), other, p, 0),
        [
            (lambda one, other, p: None, "returns nothing"),
            (lambda one, other, p: _pasted(one, other, p, 0), "Start from a copy"),
            (lambda one, other, p: one[1:], "of the shape"),
            (lambda one, other, p: _pasted(one.copy(), other, p, 1), "another part"),
            (lambda one, other, p: other.copy(), "6 values; yours has 24"),
        ],
    ),
    exercises.to_learn_from: (
        lambda waves, labels, rng: augment.with_noisy(waves, labels, rng, (0, 30)),
        [
            (lambda waves, labels, rng: None, "returns nothing"),
            (lambda waves, labels, rng: (waves, labels), "as it does without your waves"),
            (lambda waves, labels, rng: (waves, labels[1:]), "as many labels"),
            (lambda waves, labels, rng: (waves.__imul__(0.5), labels), "Add the noise to a copy"),
            (
                lambda waves, labels, rng: (augment.noise(waves, -12, rng), labels),
                r"Of clean notes|With noise",
            ),
        ],
    ),
    exercises.random_search: (
        _searched,
        [
            (lambda space, score, trials, rng: None, "returns nothing"),
            (lambda space, score, trials, rng: ({}, []), "called score 0 times"),
            (
                lambda space, score, trials, rng: _searched(
                    {"units": space["units"]}, score, trials, rng
                ),
                "give each name one of its values",
            ),
            (
                lambda space, score, trials, rng: _searched(
                    space, score, trials, np.random.default_rng(5)
                ),
                "Draw from rng",
            ),
            (
                lambda space, score, trials, rng: _searched(
                    {name: among[-1:] for name, among in space.items()}, score, trials, rng
                ),
                "kept a single value",
            ),
            (
                lambda *given: (dict.fromkeys(given[0]), _searched(*given)[1]),
                "not the trial with the best score",
            ),
            (
                lambda *given: (_searched(*given)[0], [math.nan] * 12),
                "no nan",
            ),
            (
                lambda *given: (_searched(*given)[0], [0.5] * 12),
                "larger of a trial's and the best before",
            ),
        ],
    ),
    exercises.tested_once: (
        _tested,
        [
            (lambda space, score, test, trials, rng: None, "returns nothing"),
            (lambda space, score, test, trials, rng: ({}, 0, 0), "called score 0 times"),
            (
                lambda space, score, test, trials, rng: _tested(
                    space, score, lambda values: max(test(values), test(values)), trials, rng
                ),
                "asked 2 times",
            ),
            (
                lambda space, score, test, trials, rng: _tested(
                    space, lambda values: (score(values), test(values))[0], test, trials, rng
                ),
                "goes on after the test",
            ),
            (
                lambda space, score, test, trials, rng: _tested(
                    space, lambda values: -np.nan_to_num(score(values)), test, trials, rng
                ),
                "not the trial with the best validation score",
            ),
            (
                lambda *given: (_tested(*given)[0], 0.5, 0.5),
                "in turn",
            ),
        ],
    ),
    exercises.grad_cam: (
        lambda maps, slopes: np.maximum(maps @ slopes.mean(axis=(0, 1)), 0),
        [
            (lambda maps, slopes: None, "returns nothing"),
            (lambda maps, slopes: maps, r"of the shape \(6, 4\)"),
            (lambda maps, slopes: maps @ slopes.mean(axis=(0, 1)), "against the class"),
            (lambda maps, slopes: np.maximum((maps * slopes).sum(axis=2), 0), "one weight"),
            (lambda maps, slopes: maps.sum(axis=2), "A weight for each"),
        ],
    ),
    exercises.hottest_window: (
        lambda heat, n: int(np.convolve(heat.sum(axis=1), np.ones(n), "valid").argmax()),
        [
            (lambda heat, n: None, "returns nothing"),
            (lambda heat, n: int(heat.sum(axis=1).argmax()), "hottest frame"),
            (lambda heat, n: 7, "You say frame 7"),
            (
                lambda heat, n: int(
                    np.convolve(heat.sum(axis=1)[:-1], np.ones(n), "valid").argmax()
                ),
                "the very end",
            ),
        ],
    ),
    exercises.flat_inputs: (
        lambda n, sides, padding: (
            n
            * np.prod(
                [side - (padding == "valid") * (sum(sides) - len(sides)) for side in (275, 13)]
            )
        ),
        [
            (lambda n, sides, padding: None, "returns nothing"),
            (lambda n, sides, padding: n * 275 * 13, "must fit in"),
            (lambda n, sides, padding: 275 * 13, "each filter makes one"),
            (lambda n, sides, padding: 5, "4 frames"),
        ],
    ),
    exercises.paired: (
        lambda one, other: _paired(one, other, 1, len(one)),
        [
            (lambda one, other: None, "returns nothing"),
            (lambda one, other: 0.05, "two numbers"),
            (lambda one, other: _paired(other, one, 1, 3), "sign is turned"),
            (lambda one, other: (1.0, 0.0), "mean difference is"),
            (lambda one, other: _paired(one, other, 1, 1), "root of their number"),
            (lambda one, other: _paired(one, other, 0, 3), "ddof=0"),
            (lambda one, other: (0.05, np.std(one)), "not from the runs"),
        ],
    ),
    exercises.by_magnitude: (
        _cut_all,
        [
            (lambda kernels, sparsity: None, "returns nothing"),
            (lambda kernels, sparsity: kernels[:1], "as many kernels"),
            (lambda kernels, sparsity: _in_place(kernels), "cut a copy"),
            (
                lambda kernels, sparsity: [_cut_all([one], sparsity)[0] for one in kernels],
                "one threshold for all",
            ),
            (lambda kernels, sparsity: _cut_all(kernels, sparsity / 2), "8 zeros of 32"),
            (
                lambda kernels, sparsity: [2 * one for one in _cut_all(kernels, sparsity)],
                "what stays has changed",
            ),
        ],
    ),
    exercises.reached_at: (
        lambda s, first, last, end: end * (1 - ((last - s) / (last - first)) ** (1 / 3)),
        [
            (lambda s, first, last, end: None, "returns nothing"),
            (
                lambda s, first, last, end: 1 - ((last - s) / (last - first)) ** (1 / 3),
                "return the step",
            ),
            (lambda s, first, last, end: end * (s - first) / (last - first), "straight line"),
            (lambda s, first, last, end: end / 3, "cube root"),
        ],
    ),
    exercises.nearest_vote: (
        _nearest,
        [
            (lambda known, labels, new, k: None, "returns nothing"),
            (lambda known, labels, new, k: labels, "each of the 9 new rows"),
            (lambda known, labels, new, k: _nearest(known, labels, new, k, order=1), "squares"),
            (lambda known, labels, new, k: labels[: len(new)], "nearest known row is"),
            (lambda known, labels, new, k: _nearest(known, labels, new, 1), "as with k = 1"),
            (lambda known, labels, new, k: _nearest(known, labels, new, 2 * k - 1), "Most of the"),
        ],
    ),
    exercises.standard_error: (
        lambda p, n: np.sqrt(p * (1 - p) / n),
        [
            (lambda p, n: None, "returns nothing"),
            (lambda p, n: p * (1 - p) / n, "is the variance"),
            (lambda p, n: np.sqrt(p * (1 - p)), "a single clip"),
            (lambda p, n: p / np.sqrt(n), "Begin with the spread"),
        ],
    ),
    exercises.kept_together: (
        whole_groups,
        [
            (lambda groups, share, rng: None, "returns nothing"),
            (lambda groups, share, rng: np.arange(5), "True or False for each of the 40 rows"),
            (lambda groups, share, rng: rng.random(len(groups)) < share, "rows on both sides"),
            (lambda groups, share, rng: np.zeros(len(groups), bool), "got 0% of the rows"),
            (lambda groups, share, rng: np.isin(groups, np.unique(groups)[:4]), "same groups"),
        ],
    ),
    exercises.uploaded_beside: (
        lambda test, train, gap: np.abs(test[:, None] - train).min(axis=1) <= gap,
        [
            (lambda test, train, gap: True, "one answer for each"),
            (
                lambda test, train, gap: np.abs(test[:, None] - train).min(axis=1) < gap,
                "test id 90 .* 10 away, above; with a gap of 10 the answer is True",
            ),
            (
                lambda test, train, gap: (
                    ((d := train - test[:, None]) >= 0).any(axis=1)
                    & (np.where(d >= 0, d, 999).min(axis=1) <= gap)
                ),
                "test id 301 .* 1 away, below",
            ),
            (
                lambda test, train, gap: np.abs(test[:, None] - train).min(axis=1) <= 2 * gap,
                "test id 111 .* 11 away, below; with a gap of 10 the answer is False",
            ),
        ],
    ),
    exercises.window_starts: (
        _window_starts,
        [
            (lambda samples: None, "returns nothing"),
            (lambda samples: 0, "not of the kind"),
            (lambda samples: list(range(0, samples - 44_099, 22_050)), "shorter than a window"),
            (lambda samples: list(range(0, samples, 22_050)), "exactly one window"),
            (lambda samples: _window_starts(samples, rest=1), "399 samples are left"),
            (lambda samples: _window_starts(samples, rest=401), "400 samples are left"),
            (
                lambda samples: [min(s, 66_150) for s in _window_starts(samples)],
                "ends with the recording",
            ),
        ],
    ),
    exercises.speaks_for: (
        lambda x, w1, b1, w2, k: np.maximum(((w1 * (x @ w1 + b1 > 0)) @ w2)[:, k] * x, 0),
        [
            (lambda x, w1, b1, w2, k: None, "returns nothing"),
            (lambda x, w1, b1, w2, k: w1, "one number for each of the 4"),
            (
                lambda x, w1, b1, w2, k: ((w1 * (x @ w1 + b1 > 0)) @ w2)[:, k] * x,
                "speaks against",
            ),
            (lambda x, w1, b1, w2, k: np.maximum((w1 @ w2)[:, k] * x, 0), "closed for this x"),
            (
                lambda x, w1, b1, w2, k: np.maximum(((w1 * (x @ w1 > 0)) @ w2)[:, k] * x, 0),
                "depends on its bias",
            ),
            (
                lambda x, w1, b1, w2, k: np.maximum(((w1 * (x @ w1 + b1 > 0)) @ w2)[:, k], 0),
                "These are the slopes",
            ),
            (lambda x, w1, b1, w2, k: np.zeros(4), "the heat should be"),
        ],
    ),
    exercises.refusal: (
        _refusal,
        [
            (lambda known, strangers, kept: None, "returns nothing"),
            (lambda known, strangers, kept: 0.5, "not of the kind"),
            (lambda known, strangers, kept: (known.max(), 0.9), "1 reach your threshold"),
            (lambda known, strangers, kept: (known.min(), 0.1), "it can be higher"),
            (lambda known, strangers, kept: _refusal(known, strangers, 1 - kept), "reach your"),
            (
                lambda known, strangers, kept: _refused(known, strangers, kept, np.greater_equal),
                "strangers that pass",
            ),
            (
                lambda known, strangers, kept: _refused(known, strangers, kept, np.less_equal),
                "just at it is not refused",
            ),
            (
                lambda known, strangers, kept: (_refusal(known, strangers, kept)[0], 7.0),
                "you say 7.00",
            ),
        ],
    ),
    exercises.area_by_pairs: (
        lambda known, strangers: _surer(known, strangers, 0.5),
        [
            (lambda known, strangers: None, "returns nothing"),
            (lambda known, strangers: np.mean(known) - np.mean(strangers), "5 of 6 pairs"),
            (lambda known, strangers: _surer(known, strangers, 0), "one half"),
            (lambda known, strangers: _surer(known, strangers, 1), "one half"),
            (lambda known, strangers: 5 / 6, "it is .*, not 0.833"),
        ],
    ),
    exercises.amdahl: (
        lambda workers, share: 1 / (share + (1 - share) / workers),
        [
            (lambda workers, share: None, "returns nothing"),
            (lambda workers, share: workers, "only the rest is divided by 10"),
            (lambda workers, share: share + (1 - share) / workers, "the time that is left"),
            (lambda workers, share: 1 / (1 - share + share / workers), "cannot be divided"),
            (lambda workers, share: workers * (1 - share), "do not add up"),
            (lambda workers, share: [workers, share], "not of the kind"),
        ],
    ),
    exercises.search_ends: (
        lambda seconds, workers: max(_free(seconds, workers)),
        [
            (lambda seconds, workers: None, "returns nothing"),
            (lambda seconds, workers: sum(seconds) / workers, "cut a trial in pieces"),
            (lambda seconds, workers: min(_free(seconds, workers)), "not the last"),
            (lambda seconds, workers: max(_free(sorted(seconds)[::-1], workers)), "Keep the order"),
            (lambda seconds, workers: sum(map(max, _rounds(seconds, workers))), "nobody waits"),
            (lambda seconds, workers: sum(seconds), "free first"),
            (lambda seconds, workers: "soon", "not of the kind"),
        ],
    ),
}


def test_every_checker_is_tried():
    checkers = {c for c in vars(exercises).values() if hasattr(c, "__wrapped__")}
    assert checkers == set(ANSWERS)


@pytest.mark.parametrize("checker", ANSWERS, ids=lambda checker: checker.__name__)
def test_the_right_answer_is_right(checker, capsys):
    checker(ANSWERS[checker][0])
    assert capsys.readouterr().out.startswith("Right.")


def test_a_right_answer_may_change_its_argument_or_return_a_whole_float(capsys):
    def in_place(images):
        images[:] = _slopes(images)
        return images

    exercises.deltas(in_place)
    exercises.random_start(lambda samples, rng: np.floor(rng.random() * (samples - 44_099)))
    assert capsys.readouterr().out.count("Right.") == 2


@pytest.mark.parametrize(
    ("checker", "answer", "says"),
    [(c, answer, says) for c, (_, wrong) in ANSWERS.items() for answer, says in wrong],
)
def test_a_wrong_answer_gets_a_hint(checker, answer, says, capsys):
    checker(answer)
    out = capsys.readouterr().out
    assert out.startswith("Not yet.")
    assert re.search(says, out), out
