"""Checks for the exercises: each says what is right, or what to look at (every chapter).

A checker never gives the solution away, and never raises: a mistake of yours is an answer too.
"""

import functools
import math
from collections.abc import Callable

import numpy as np

from helpers import chunks, features


class _NotYet(Exception):
    """What is wrong with an answer, in words for its author."""


def _checker(check: Callable[[Callable], str]) -> Callable[[Callable], None]:
    @functools.wraps(check)
    def printed(answer: Callable) -> None:
        try:
            print("Right.", check(answer))
        except _NotYet as problem:
            print("Not yet.", problem)
        except Exception as error:  # of comparing what was given with what was asked for
            print(f"Not yet. What you return is not of the kind asked for ({error}).")

    return printed


def _ask(answer: Callable, *arguments):
    """What the reader's function returns; its own errors become a hint."""
    try:
        given = answer(*arguments)
    except Exception as error:
        raise _NotYet(f"Your function stopped with {type(error).__name__}: {error}.") from error
    if given is None:
        raise _NotYet("Your function returns nothing. Replace the ... and return the result.")
    return given


@_checker
def audible_partials(answer: Callable[[float, float], int]) -> str:
    """Chapter 1: how many partials of a note at f0 Hz lie below half the sampling rate."""
    for f0, sr, expected in ((220, 22_050, 50), (1000, 22_050, 11), (6000, 22_050, 1)):
        given = _ask(answer, f0, sr)
        if given != expected:
            more = "more" if given < expected else "fewer"
            raise _NotYet(
                f"For f0 = {f0} Hz and sr = {sr} Hz you say {given}, but there are {more}. "
                "The fundamental is partial 1, and the limit is sr / 2."
            )
    if _ask(answer, 2205, 22_050) != 4:
        raise _NotYet(
            "For f0 = 2205 Hz partial 5 lies exactly at sr / 2, where samples cannot carry it. "
            "Count only those below."
        )
    return "A low note keeps many partials, a high one few: at 6 kHz only the fundamental is left."


@_checker
def hollow_recipe(answer: Callable[[int], np.ndarray]) -> str:
    """Chapter 1: amplitudes of n partials, odd ones 1 / k and even ones silent."""
    given = np.asarray(_ask(answer, 7), float)
    if given.shape != (7,):
        raise _NotYet(f"For n = 7 return 7 numbers; yours has the shape {given.shape}.")
    if np.any(given[1::2] != 0):
        raise _NotYet(
            "Some even partial still sounds. Partial k stands at position k - 1, so the even ones "
            "are at positions 1, 3 and 5."
        )
    if not np.allclose(given[::2], [1, 1 / 3, 1 / 5, 1 / 7]):
        raise _NotYet(f"The odd partials should be 1, 1/3, 1/5, 1/7; yours are {given[::2]}.")
    if len(_ask(answer, 4)) != 4:
        raise _NotYet("For n = 4 return 4 numbers.")
    return "With ever more partials this wave becomes a square."


@_checker
def random_start(answer: Callable[[int, np.random.Generator], int]) -> str:
    """Chapter 2: a uniform start, in samples, for a 2 s chunk in a clip of `samples`."""
    rng = np.random.default_rng(0)
    if _ask(answer, chunks.SAMPLES, rng) != 0:
        raise _NotYet("A clip of exactly 44,100 samples has one possible start: 0.")
    starts = np.array([int(_ask(answer, chunks.SAMPLES + 9, rng)) for _ in range(500)])
    if starts.min() < 0 or starts.max() > 9:
        raise _NotYet(
            f"In a clip of 44,109 samples you start at {starts[np.abs(starts - 4.5).argmax()]}, "
            "and the chunk leaves the clip. Starts 0 to 9 fit."
        )
    missing = sorted(set(range(10)) - set(starts.tolist()))
    if missing:
        raise _NotYet(
            f"In 500 draws from a clip of 44,109 samples you never start at {missing[-1]}. "
            "Starts 0 to 9 all fit: mind whether the end of a range is included."
        )
    counts = np.bincount(starts, minlength=10)
    if counts.max() > 100:
        raise _NotYet(f"Start {counts.argmax()} comes too often; all should be equally likely.")
    return "All starts are equally likely, and a clip of exactly 2 s keeps its one chunk."


@_checker
def never_drawn(answer: Callable[[int, int], float]) -> str:
    """Chapter 2: the expected share of clips that n uniform draws never touch."""
    for clips, draws in ((2, 1), (10, 5), (300, 600)):
        given = float(_ask(answer, clips, draws))
        expected = (1 - 1 / clips) ** draws
        if not np.isclose(given, expected, atol=1e-3):
            raise _NotYet(
                f"For {clips} clips and {draws} draws you say {given:.3f}. One draw misses a clip "
                f"with probability 1 - 1/{clips}; {draws} draws must all miss it."
            )
    return "With two draws a clip, one clip in seven is never heard."


@_checker
def frame_count(answer: Callable[[int, int, int], int]) -> str:
    """Chapter 3: frames of `win` samples every `hop` in so many samples, the last one padded."""
    cases = ((44_100, 400, 160), (400, 400, 160), (401, 400, 160), (560, 400, 160), (100, 400, 160))
    for samples, win, hop in cases:
        expected = features.Settings(win_length=win, hop_length=hop).n_frames(samples)
        given = _ask(answer, samples, win, hop)
        if given != expected:
            raise _NotYet(
                f"{samples} samples, frames of {win} every {hop}: you say {given}. One frame "
                "covers the start; then count the hops that are begun, the last one rounded up."
            )
    return "44,100 samples give 275 frames: one, and 274 more."


@_checker
def decibels_of_each(answer: Callable[[np.ndarray], np.ndarray]) -> str:
    """Chapter 3: power (N, frames, bands) in dB, floored 80 dB under the loudest of each chunk."""
    loud = np.logspace(-12, 0, 24).reshape(4, 6)
    power = np.stack([loud, loud * 1e-6])
    given = np.asarray(_ask(answer, power.copy()))
    if given.shape != power.shape:
        raise _NotYet(f"The result should keep the shape {power.shape}; yours is {given.shape}.")
    expected = features.decibels(power)
    if np.allclose(given, expected, atol=1e-6):
        return "A quiet chunk keeps its detail beside a loud one."
    if np.allclose(given[0], expected[0], atol=1e-6):
        raise _NotYet(
            "The loud chunk is right, the quiet one is not: your floor is 80 dB under the loudest "
            "of the whole batch. Take the maximum over the last two axes, with keepdims=True."
        )
    if np.allclose(given, 10 * np.log10(np.maximum(power, 1e-10)), atol=1e-6):
        raise _NotYet("The dB are right, the floor is missing: nothing lies 80 dB under the peak.")
    raise _NotYet("Decibels of a power are 10 * log10(power), with power raised to at least 1e-10.")


@_checker
def conv_parameters(answer: Callable[[int, int, int], int]) -> str:
    """Chapter 4: parameters of a convolution of `filters` square kernels over `channels`."""
    for kernel, channels, filters in ((1, 1, 40), (5, 40, 32), (1, 32, 16), (3, 3, 8)):
        expected = kernel * kernel * channels * filters + filters
        given = _ask(answer, kernel, channels, filters)
        asked = f"{filters} kernels of side {kernel} over {channels} channels"
        if given == expected - filters:
            raise _NotYet(f"For {asked} you say {given}: each filter has a bias as well.")
        if given == kernel * channels * filters + filters and kernel > 1:
            raise _NotYet(f"For {asked} you say {given}: a kernel is a square, not a row.")
        if given != expected:
            raise _NotYet(
                f"For {asked} you say {given}. One filter has a weight for each place of its "
                "kernel and each channel, and one bias."
            )
    return "The second layer has 32,032 parameters; the image's size does not matter."


@_checker
def macro_recall(answer: Callable[[np.ndarray], float]) -> str:
    """Chapter 4: the mean over the classes of the share found, from a confusion matrix."""
    matrix = np.array([[8, 2, 0], [1, 3, 0], [3, 3, 0]])
    given = float(_ask(answer, matrix.copy()))
    diagonal = np.diag(matrix)
    if np.isclose(given, (diagonal / matrix.sum(axis=1)).mean()):
        return "Each class counts alike, however few chunks it has."
    if np.isclose(given, diagonal.sum() / matrix.sum()):
        raise _NotYet("That is the accuracy: it counts each chunk alike, not each class.")
    with np.errstate(invalid="ignore"):
        if np.isclose(given, np.nan_to_num(diagonal / matrix.sum(axis=0)).mean()):
            raise _NotYet("That is precision: you divided by columns. Recall divides by rows.")
    raise _NotYet(
        f"For the matrix {matrix.tolist()} you say {given:.3f}. Divide each number on the diagonal "
        "by the sum of its row, and take the mean."
    )


@_checker
def kept_share(answer: Callable[[tuple, tuple], float]) -> str:
    """Chapter 5: lambda of a patch (top, bottom, left, right), its ends excluded."""
    cases = (((0, 10, 0, 10), (10, 10)), ((0, 0, 0, 0), (275, 13)), ((10, 110, 3, 8), (275, 13)))
    for patch, shape in cases:
        given = float(_ask(answer, patch, shape))
        top, bottom, left, right = patch
        pasted = (bottom - top) * (right - left) / (shape[0] * shape[1])
        if np.isclose(given, 1 - pasted):
            continue
        if np.isclose(given, pasted):
            raise _NotYet(f"For {patch} you give the share that is pasted; lambda is what stays.")
        if np.isclose(given, 1 - (bottom - top + 1) * (right - left + 1) / (shape[0] * shape[1])):
            raise _NotYet(f"For {patch} you count one row and one column too many: ends excluded.")
        raise _NotYet(
            f"For {patch} in an image of {shape[0]} x {shape[1]} you say {given:.4f}. The patch "
            f"covers {bottom - top} frames and {right - left} coefficients."
        )
    return "This is the lambda that labels need: taken from the patch, not from the draw."


@_checker
def paste(answer: Callable[[np.ndarray, np.ndarray, tuple], np.ndarray]) -> str:
    """Chapter 5: an image with the patch of another in it, both left as they were."""
    one, other = np.zeros((6, 4)), np.arange(1.0, 25.0).reshape(6, 4)
    patch = (1, 4, 2, 4)
    first, second = one.copy(), other.copy()
    given = np.asarray(_ask(answer, first, second, patch))
    if first.any() or not np.array_equal(second, other):
        raise _NotYet("Your function changes an image it was given. Start from a copy.")
    if given.shape != one.shape:
        raise _NotYet(f"Return an image of the shape {one.shape}; yours is {given.shape}.")
    expected = one.copy()
    expected[1:4, 2:4] = other[1:4, 2:4]
    if np.array_equal(given, expected):
        return "The patch comes from the same place of the other image: time and coefficient stay."
    if np.array_equal(given == 0, expected == 0):
        raise _NotYet("The patch is in its place, but shows another part of the other image.")
    raise _NotYet(
        f"For the patch {patch}, frames 1 to 3 and coefficients 2 and 3 come from the other image, "
        f"{int((expected != 0).sum())} values; yours has {int((given != 0).sum())} of them."
    )


@_checker
def space_size(answer: Callable[[dict], int]) -> str:
    """Chapter 6: how many networks a search space holds."""
    for space in ({"units": (8, 16, 32)}, {"a": (1, 2), "b": (1, 2, 3), "c": (5, 6, 7, 8)}):
        sizes = [len(values) for values in space.values()]
        given = _ask(answer, space)
        if given == sum(sizes) != math.prod(sizes):
            raise _NotYet(
                f"For parameters of {', '.join(map(str, sizes))} values you add. Every value of "
                "one goes with every value of the others."
            )
        if given != math.prod(sizes):
            raise _NotYet(
                f"Parameters of {', '.join(map(str, sizes))} values: you say {given}. How many "
                "values has the first, and how many of the next go with each?"
            )
    return "Each parameter multiplies, which is why ten of them are a million networks."


@_checker
def best_after_each(answer: Callable[[list], list]) -> str:
    """Chapter 6: the best score so far after each trial; nan is a failure and counts as 0."""
    for scores in ([0.3, 0.2, 0.5, 0.4], [math.nan, 0.2, math.nan, 0.1]):
        given = np.asarray(_ask(answer, list(scores)), float)
        if given.shape != (len(scores),):
            raise _NotYet(f"For {len(scores)} scores return as many; yours is {given.shape}.")
        if np.isnan(given).any():
            raise _NotYet(f"For {scores} a failed trial, nan, becomes your best. Count it as 0.")
        if not np.allclose(given, np.maximum.accumulate(np.nan_to_num(scores))):
            raise _NotYet(
                f"For {scores} you return {given.tolist()}. After each trial the best so far is "
                "the larger of its score and the best before."
            )
    return "It never falls: more budget can only find better scores, which is not better networks."


@_checker
def threshold_of(answer: Callable[[np.ndarray, float], float]) -> str:
    """Chapter 7: the magnitude from which on weights stay, so that a share `sparsity` goes."""
    weights = np.random.default_rng(0).normal(size=(4, 5)).round(3)
    for sparsity in (0.5, 0.25, 0.8):
        given = float(_ask(answer, weights.copy(), sparsity))
        left, wanted = (np.abs(weights) >= given).sum(), round(weights.size * (1 - sparsity))
        asked = f"At a sparsity of {sparsity} you say {given:.3f}."
        if left == wanted:
            continue
        if (weights >= given).sum() == wanted:
            raise _NotYet(f"{asked} Far below zero is far from zero too: take magnitudes.")
        if left == wanted + 1:
            raise _NotYet(f"{asked} That is the largest weight that goes, and it would stay.")
        raise _NotYet(f"{asked} Then {left} of {weights.size} weights stay; it should be {wanted}.")
    return "Each layer has a threshold of its own; one for all would empty layers of small weights."


@_checker
def reached_at(answer: Callable[[float, float, float, float], float]) -> str:
    """Chapter 7: the step at which the polynomial schedule has come to a sparsity."""
    cases = ((0.65, 0.5, 0.8, 100), (0.4, 0.0, 0.8, 2000), (0.5, 0.5, 0.8, 10), (0.8, 0.5, 0.8, 10))
    for sparsity, first, last, end in cases:
        given = float(_ask(answer, sparsity, first, last, end))
        gone = (sparsity - first) / (last - first)
        share = 1 - (1 - gone) ** (1 / 3)
        asked = f"To {sparsity}, from {first} to {last} in {end} steps, you say {given:.4g}."
        if np.isclose(given, end * share, atol=1e-6):
            continue
        if np.isclose(given, share):
            raise _NotYet(f"{asked} That is the share of the steps; return the step.")
        if np.isclose(given, end * gone):
            raise _NotYet(f"{asked} So it would be on a straight line; this one rises faster.")
        raise _NotYet(f"{asked} Solve s(t) for (1 - t / T) first, and take the cube root.")
    return "Half of the way is gone after a fifth of the steps."


@_checker
def improvement(answer: Callable[[float, float], tuple[float, float]]) -> str:
    """Chapter 8: from an old accuracy to a new one, in points and in percent of the old."""
    for old, new in ((0.5, 0.6), (0.8, 0.9), (0.9, 0.72)):
        given = np.asarray(_ask(answer, old, new), float)
        if given.shape != (2,):
            raise _NotYet("Return two numbers: the points, and the percent of the old accuracy.")
        points, percent = given
        asked = f"From {old} to {new} you say {points:.3g} points and {percent:.3g} %."
        if np.allclose([points, percent], [new - old, (new - old) / old]):
            raise _NotYet(f"{asked} Both are to be in hundredths: .1 is 10 points.")
        if not np.isclose(points, 100 * (new - old)):
            raise _NotYet(f"{asked} Points are the difference of the two, times 100.")
        if np.isclose(percent, 100 * (new - old) / new):
            raise _NotYet(f"{asked} You divide by the new accuracy; an improvement is on the old.")
        if not np.isclose(percent, 100 * (new - old) / old):
            raise _NotYet(f"{asked} Percent of the old: the difference, over the old, times 100.")
    return "The same step is more percent where one began lower. A claim has to say which it means."


@_checker
def standard_error(answer: Callable[[float, int], float]) -> str:
    """Chapter 8: the standard error of an accuracy over n independent clips."""
    for accuracy, n in ((0.5, 100), (0.8, 64), (0.86, 300)):
        given = float(_ask(answer, accuracy, n))
        variance = accuracy * (1 - accuracy) / n
        asked = f"For an accuracy of {accuracy} over {n} clips you say {given:.4f}."
        if np.isclose(given, variance):
            raise _NotYet(f"{asked} That is the variance; its square root is missing.")
        if np.isclose(given, np.sqrt(variance * n)):
            raise _NotYet(f"{asked} That is the spread of a single clip; {n} clips are surer.")
        if not np.isclose(given, np.sqrt(variance)):
            raise _NotYet(
                f"{asked} Begin with the spread of a single clip, which is right or wrong, and "
                "divide by what n clips gain."
            )
    return "Half the error takes four times the clips."


@_checker
def grad_cam(answer: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> str:
    """Chapter 9: the heat map of a layer's maps and of the score's gradients by them."""
    rng = np.random.default_rng(0)
    maps, gradients = np.maximum(rng.normal(size=(6, 4, 3)), 0), rng.normal(size=(6, 4, 3))
    given = np.asarray(_ask(answer, maps.copy(), gradients.copy()), float)
    if given.shape != (6, 4):
        raise _NotYet(f"Return a map of the shape (6, 4); yours is {given.shape}.")
    weighted = (maps * gradients.mean(axis=(0, 1))).sum(axis=2)
    if np.allclose(given, np.maximum(weighted, 0)):
        return "Each map counts by its mean slope, and what speaks against the class is gone."
    if np.allclose(given, weighted):
        raise _NotYet("Some of your values are negative: they speak against the class.")
    if np.allclose(given, np.maximum((maps * gradients).sum(axis=2), 0)):
        raise _NotYet("You weigh every place by its own gradient; a map has one weight, the mean.")
    raise _NotYet("The values differ. A weight for each of the 3 filters, then the sum over them.")


@_checker
def hottest_window(answer: Callable[[np.ndarray, int], int]) -> str:
    """Chapter 9: the first frame of the window of `length` frames that has the most heat."""
    heat = np.zeros((12, 2))
    heat[1, 0], heat[6:9, 1] = 4, 2
    given = _ask(answer, heat.copy(), 3)
    if given == 6:
        if _ask(answer, np.eye(5)[::-1][:, :1], 2) != 3:
            raise _NotYet("Heat at the very end is missed: the last window begins at n - length.")
        return "The sum over a window counts, not the single hottest frame."
    if given == 1 or given == 0:
        raise _NotYet("You found the hottest frame; three frames together have more heat later on.")
    raise _NotYet(f"You say frame {given}. Add up the heat of frames i to i + length - 1.")


@_checker
def flat_inputs(answer: Callable[[int, tuple, str], int]) -> str:
    """Chapter 10: how many numbers reach the first dense layer from an image of 275 x 13."""
    cases = (
        ((16, (1, 5, 1), "same"), 16 * 275 * 13),
        ((16, (1, 5, 1), "valid"), 16 * 271 * 9),
        ((8, (3, 3), "valid"), 8 * 271 * 9),
    )
    for (filters, sides, padding), expected in cases:
        given = _ask(answer, filters, sides, padding)
        if given == expected:
            continue
        told = f"For {filters} filters, sides {sides} and padding {padding!r} you say {given}."
        if given == filters * 275 * 13:
            raise _NotYet(
                f"{told} With 'valid' a kernel must fit in: how much does each take away?"
            )
        if given * filters == expected:
            raise _NotYet(f"{told} That is one map; each filter makes one.")
        raise _NotYet(f"{told} A kernel of side 5 leaves 4 frames and 4 coefficients fewer.")
    return "With 'valid' padding the first dense layer of the book's network loses a third."


@_checker
def paired(answer: Callable[[list, list], tuple]) -> str:
    """Chapter 10: mean and standard error of the differences between two variants, run by run."""
    first, second = [0.80, 0.70, 0.90], [0.75, 0.68, 0.82]
    gap = np.array(first) - np.array(second)
    given = np.asarray(_ask(answer, first, second), float)
    if given.shape != (2,):
        raise _NotYet(f"Return two numbers, the mean and its standard error; yours is {given}.")
    mean, error = given
    if np.isclose(mean, -gap.mean()):
        raise _NotYet("The sign is turned: take the first minus the second.")
    if not np.isclose(mean, gap.mean()):
        raise _NotYet(f"The mean difference is {gap.mean():.3f}, yours {mean:.3f}.")
    if np.isclose(error, gap.std(ddof=1)):
        raise _NotYet("That is the spread of the differences; divide by the root of their number.")
    if np.isclose(error, gap.std() / np.sqrt(3)):
        raise _NotYet("The spread is computed with ddof=0; from three runs that is too small.")
    if not np.isclose(error, gap.std(ddof=1) / np.sqrt(3)):
        raise _NotYet("The standard error comes from the three differences, not from the runs.")
    return "Each run scatters by ten points, their differences by three: pairs see more."


@_checker
def kept_together(answer: Callable[[np.ndarray, float, np.random.Generator], np.ndarray]) -> str:
    """Chapter 11: which rows go to the test part, whole groups of them, about a share of all."""
    sizes = (1, 2, 3, 4, 6, 8, 2, 5, 3, 6)
    groups = np.repeat([f"session {i}" for i in range(10)], sizes)
    rng = np.random.default_rng(0)
    groups = rng.permutation(groups)
    for seed in range(5):
        given = np.asarray(_ask(answer, groups.copy(), 0.25, np.random.default_rng(seed)))
        if given.shape != groups.shape or given.dtype != bool:
            raise _NotYet(
                f"Return True or False for each of the {len(groups)} rows; "
                f"yours is {given.dtype} {given.shape}."
            )
        divided = set(groups[given]) & set(groups[~given])
        if divided:
            raise _NotYet(f"{min(divided)} has rows on both sides. Draw groups, not rows.")
        if not 0.1 <= given.mean() <= 0.45:
            raise _NotYet(
                f"The test part got {given.mean():.0%} of the rows, not about 25 %. "
                "Take groups in random order until it is full."
            )
    first, again = (
        np.asarray(_ask(answer, groups.copy(), 0.25, np.random.default_rng(seed)))
        for seed in (0, 3)
    )
    if (first == again).all():
        raise _NotYet("Two generators gave the same groups. Draw them with `rng`.")
    return "No group is divided, so nothing that a group shares can help in the test."


@_checker
def uploaded_beside(answer: Callable[[np.ndarray, np.ndarray, int], np.ndarray]) -> str:
    """Chapter 11: which of some test ids have a training id no further away than a gap."""
    train, test = np.array([100, 300, 200]), np.array([90, 111, 195, 301, 250])
    expected = np.array([True, False, True, True, False])
    given = np.asarray(_ask(answer, test.copy(), train.copy(), 10))
    if given.shape != test.shape:
        raise _NotYet(f"Return one answer for each of the 5 test ids; yours is {given.shape}.")
    for number, said, right in zip(test, given, expected, strict=True):
        if bool(said) == right:
            continue
        nearest = train[np.abs(train - number).argmin()]
        far = abs(int(nearest - number))
        raise _NotYet(
            f"For the test id {number} the nearest training id is {nearest}, {far} away, "
            f"{'above' if nearest > number else 'below'}; with a gap of 10 the answer is {right}."
        )
    return "Two clips uploaded in one go are seldom from two rooms."


@_checker
def window_starts(answer: Callable[[int], list[int]]) -> str:
    """Chapter 12: where the page's windows begin in a recording of so many samples."""
    size, hop = chunks.SAMPLES, chunks.SAMPLES // 2
    cases = {
        1000: ([0], "It is shorter than a window: one window, filled up with zeros."),
        size: ([0], "It is exactly one window."),
        size + hop: ([0, hop], "A second window fits exactly."),
        size + 399: ([0], "399 samples are left over, fewer than 400."),
        size + 400: ([0, 400], "400 samples are left over: one more window ends with them."),
        5 * hop + 7000: (
            [0, hop, 2 * hop, 3 * hop, 3 * hop + 7000],
            "The last window ends with the recording.",
        ),
    }
    for samples, (expected, hint) in cases.items():
        given = [int(start) for start in _ask(answer, samples)]
        if given != expected:
            raise _NotYet(f"For {samples:,} samples you return {given}. {hint}")
    return "All of a recording is heard, and none of it beyond its end."


@_checker
def speaks_for(answer: Callable[..., np.ndarray]) -> str:
    """Chapter 12: the heat of each input of a small ReLU network for one class."""
    rng = np.random.default_rng(4)
    for _ in range(5):
        x, w1, b1, w2 = (rng.normal(size=s) for s in ((4,), (4, 6), (6,), (6, 3)))
        k = int(rng.integers(3))
        opened = x @ w1 + b1 > 0
        slope = ((w1 * opened) @ w2)[:, k]
        given = np.asarray(_ask(answer, x, w1, b1, w2, k), float)
        if given.shape != x.shape:
            raise _NotYet(f"Return one number for each of the 4 inputs; yours is {given.shape}.")
        if np.allclose(given, np.maximum(slope * x, 0)):
            continue
        if np.allclose(given, slope * x):
            raise _NotYet("What speaks against the class is still there: make it 0.")
        if np.allclose(given, np.maximum((w1 @ w2)[:, k] * x, 0)):
            raise _NotYet("All units count in yours. Leave out those that are closed for this x.")
        if np.allclose(given, np.maximum(((w1 * (x @ w1 > 0)) @ w2)[:, k] * x, 0)):
            raise _NotYet("Whether a unit is open depends on its bias too.")
        if np.allclose(given, np.maximum(slope, 0)):
            raise _NotYet("These are the slopes. Multiply them by the inputs.")
        raise _NotYet(
            f"For class {k} the heat should be {np.maximum(slope * x, 0).round(2)}; "
            f"yours is {given.round(2)}."
        )
    return "No gradient had to be asked for: a forward pass knew which units were open."


@_checker
def amdahl(answer: Callable[[int, float], float]) -> str:
    """Chapter 13: the speed-up by so many workers where a share cannot be divided."""
    for workers, share in ((4, 0.0), (10, 0.1), (50, 0.02), (3, 1.0)):
        given = float(_ask(answer, workers, share))
        asked = f"With {workers} workers and a share of {share} you say {given:.3f}."
        left = share + (1 - share) / workers
        if np.isclose(given, 1 / left):
            continue
        if np.isclose(given, left):
            raise _NotYet(f"{asked} That is the time that is left; how many times as fast is it?")
        if np.isclose(given, 1 / ((1 - share) + share / workers)):
            raise _NotYet(f"{asked} You divide the share that cannot be divided.")
        if np.isclose(given, workers * (1 - share)):
            raise _NotYet(f"{asked} Speed-ups do not add up; times do. Begin with the time left.")
        raise _NotYet(
            f"{asked} One worker takes 1. Of that the share stays as it is, and only the rest is "
            f"divided by {workers}."
        )
    return "A tenth that cannot be divided allows ten times as fast, and never more."


@_checker
def search_ends(answer: Callable[[list, int], float]) -> str:
    """Chapter 13: when a search ends whose trials go, in order, to the worker that is free."""
    for seconds, workers in (([5, 5, 5, 5], 2), ([9, 2, 2, 2, 2], 2), ([3, 4, 2, 6, 1], 3)):
        given = float(_ask(answer, list(seconds), workers))
        asked = f"For trials of {seconds} s and {workers} workers you say {given:g} s."
        if np.isclose(given, _ends(seconds, workers)):
            continue
        rounds = [max(seconds[i : i + workers]) for i in range(0, len(seconds), workers)]
        if np.isclose(given, sum(rounds)):
            raise _NotYet(f"{asked} A worker that is free takes the next trial; nobody waits.")
        if np.isclose(given, sum(seconds) / workers):
            raise _NotYet(f"{asked} That would cut a trial in pieces for two workers.")
        if np.isclose(given, _ends(sorted(seconds, reverse=True), workers)):
            raise _NotYet(f"{asked} Keep the order: how long a trial takes shows only afterwards.")
        if np.isclose(given, min(_times(seconds, workers))):
            raise _NotYet(f"{asked} Then the first worker has nothing left to do, not the last.")
        raise _NotYet(
            f"{asked} Keep for each worker when it will be free, and give the next trial to the "
            "one that is free first."
        )
    return "The search ends with its slowest worker, and no trial can be shared."


def _times(seconds: list, workers: int) -> list:
    """When each worker has nothing left to do."""
    free = [0] * workers
    for needed in seconds:
        free[free.index(min(free))] += needed
    return free


def _ends(seconds: list, workers: int) -> float:
    return max(_times(seconds, workers))
