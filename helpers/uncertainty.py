"""How sure a figure is: spread, differences in pairs, intervals (chapters scores and leakage).

Whatever stands after "±" in the book, and every "ahead", "behind" or "no difference", is computed
here. Sources: Student (1908) for differences in pairs; Wilson (1927) for the interval of a share;
Korn and Graubard (1998), "Confidence intervals for proportions with small expected number of
positive counts estimated from survey data", for shares of groups of unequal sizes.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from helpers.errors import InputError

AHEAD, BEHIND, NOT_SHOWN = "ahead", "behind", "not shown"

_CAUTION = 2
"""As many groups are taken to be all alike inside, beside those measured. Without them an interval
from few groups is too short wherever these happen to agree; with two of them it holds."""


def spread(values: ArrayLike) -> np.ndarray:
    """The standard deviation over the first axis, as an estimate from a sample: over n - 1.

    NaN where there is a single value, which has no spread.

    >>> from helpers import uncertainty
    >>> float(uncertainty.spread([1.0, 2.0, 3.0]))
    1.0
    """
    values = np.asarray(values, float)
    if len(values) < 2:
        return np.full(values.shape[1:], np.nan)
    return values.std(axis=0, ddof=1)


@dataclass(frozen=True)
class Paired:
    """What pairs say of one thing against another."""

    differences: np.ndarray
    """(n,): the one minus the other, of each pair, or of each group of pairs."""
    mean: float
    error: float
    """The standard error of the mean; of pairs, their spread over the root of n."""
    low: float
    high: float
    """The interval of the mean difference, by Student's t."""

    @property
    def verdict(self) -> str:
        """Is the one "ahead", "behind", or is a difference "not shown"?

        It is shown where all pairs have the same sign, and the interval leaves out 0. What is not
        shown may still be there.
        """
        if (self.differences > 0).all() and self.low > 0:
            return AHEAD
        if (self.differences < 0).all() and self.high < 0:
            return BEHIND
        return NOT_SHOWN


def paired(
    one: ArrayLike, other: ArrayLike, groups: ArrayLike | None = None, level: float = 0.95
) -> Paired:
    """Compare figures (n,) that belong together one by one: of the same folds, seeds or clips.

    The interval takes the pairs for independent. Folds are not quite: they share most of their
    training clips, and the interval is too short. Nadeau and Bengio (2003), "Inference for the
    generalization error", put 1/n + (test clips / training clips) in place of 1/n under the root,
    which makes that of three folds 1.6 times as long; it is not done here, and how often the
    verdict is wrong without it is measured by `helpers.experiments.scores`. Seeds that shuffle the
    same clips know the luck of the training, not that of the clips. Clips of a session are not
    independent either: `groups` (n,) names their sessions, which then count, each by its number of
    clips. Raises InputError for fewer than two pairs or groups, or where the shapes differ.

    >>> found = paired([0.80, 0.71, 0.90], [0.75, 0.68, 0.82])
    >>> print(f"{found.mean:.3f}, {found.low:.3f} to {found.high:.3f}: {found.verdict}")
    0.053, -0.009 to 0.116: not shown
    """
    one, other = np.asarray(one, float), np.asarray(other, float)
    groups = np.arange(len(one)) if groups is None else np.asarray(groups)
    _, group = np.unique(groups, return_inverse=True)
    size = np.bincount(group)
    n = len(size)
    if one.shape != other.shape or one.shape != groups.shape or n < 2 or not 0 < level < 1:
        raise InputError(
            f"figures of the shapes {one.shape} and {other.shape} and a level of {level} do not "
            f"give an interval: give two lists of one length, two pairs or groups at least, and a "
            "level between 0 and 1"
        )
    differences = np.bincount(group, one - other) / size
    weight = size / size.sum()
    mean = weight @ differences
    error = np.sqrt((weight**2 @ (differences - mean) ** 2) * n / (n - 1))
    reach = stats.t.ppf((1 + level) / 2, n - 1) * error
    return Paired(differences, *map(float, (mean, error, mean - reach, mean + reach)))


class Interval(NamedTuple):
    """Where an accuracy lies, as far as so many groups tell."""

    low: float
    high: float
    groups: int


def interval(right: np.ndarray, groups: np.ndarray, level: float = 0.95) -> Interval:
    """Where the accuracy lies, as far as these test chunks or clips tell.

    `right` (N,) says which were named rightly, or how often of several times, 0 to 1. `groups`
    (N,) names what each belongs to: what was kept apart, clips or sessions. With each chunk a
    group of its own the interval is far too narrow. See `of_groups` for the method. Raises
    InputError where shapes disagree and for a single group.

    >>> low, high, groups = interval(np.array([1, 1, 0, 1]), np.arange(4))
    >>> print(f"{low:.2f} to {high:.2f}, as far as {groups} clips tell")
    0.16 to 0.98, as far as 4 clips tell
    """
    right = np.asarray(right, float)
    if right.ndim != 1 or len(right) != len(groups):
        raise InputError(
            f"answers of the shape {right.shape} with {len(groups)} groups do not give an "
            "interval: give a group for each answer"
        )
    names, group = np.unique(groups, return_inverse=True)
    low, high = of_groups(np.bincount(group, right), np.bincount(group), level)
    return Interval(float(low), float(high), len(names))


def of_groups(
    right: np.ndarray, sizes: np.ndarray, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """The interval of a share from groups: `right` of each group's `sizes`, both (..., groups).

    Wilson's interval with two changes. It counts as many independent answers as the groups are
    worth: as many as there are answers where the groups differ no more than by luck, and only as
    many as there are groups where each is all right or all wrong. And it takes Student's t for
    groups - 1 degrees of freedom in place of the normal distribution. Where every group is a
    single answer only t is left. Of intervals for 95 % at least 92 % hold the true value, with 10
    clips or more and with 6 sessions or more; from few groups mostly more, for they are careful.
    Raises InputError for fewer than two groups and for more right answers than there are answers.
    """
    right, sizes = np.asarray(right, float), np.asarray(sizes, float)
    g = right.shape[-1] if right.ndim else 0
    if right.shape != sizes.shape or g < 2 or not 0 < level < 1:
        raise InputError(
            f"{g} groups and a level of {level} do not give an interval: it takes two groups at "
            "least, each with its size, and a level between 0 and 1"
        )
    if (sizes <= 0).any() or (right < 0).any() or (right > sizes).any():
        raise InputError(
            "in each group between none and all of its answers are right, of 1 or more"
        )
    n = sizes.sum(axis=-1)
    p = right.sum(axis=-1) / n
    weight = sizes / n[..., None]
    worth = 1 / (weight**2).sum(axis=-1)  # as many groups of equal size
    variance = (weight**2 * (right / sizes - p[..., None]) ** 2).sum(axis=-1) * g / (g - 1)
    of_one = p * (1 - p)  # 0 where the groups cannot show how much they differ
    alike = np.divide(variance * worth, of_one, out=np.ones_like(p), where=of_one > 0)
    alike = np.clip(alike, worth / n, 1)
    alike = (alike * (g - 1) + _CAUTION) / (g - 1 + _CAUTION)
    counted = worth / alike
    t = stats.t.ppf((1 + level) / 2, g - 1)
    middle = p + t**2 / (2 * counted)
    reach = t * np.sqrt(of_one / counted + t**2 / (4 * counted**2))
    low, high = ((middle + side * reach) / (1 + t**2 / counted) for side in (-1, 1))
    return np.clip(low, 0, 1), np.clip(high, 0, 1)


def clips_needed(difference: float, disagreement: float) -> int:
    """How many test clips show that one model is better than another?

    `difference` is how much more clips the one names rightly, `disagreement` the share of clips on
    which only one of the two is right. With so many clips, a difference of this size comes out
    significant at 5 % with a probability of 80 %. Source: McNemar's test in its normal
    approximation. Raises InputError where there is no such pair of models.

    >>> from helpers import uncertainty
    >>> uncertainty.clips_needed(difference=0.05, disagreement=0.15)
    469
    """
    if not 0 < difference <= disagreement <= 1:
        raise InputError(
            f"difference {difference} and disagreement {disagreement}: the difference lies above 0 "
            "and is no larger than the disagreement"
        )
    z = stats.norm.ppf(0.975), stats.norm.ppf(0.8)
    spread = np.sqrt(disagreement), np.sqrt(disagreement - difference**2)
    return int(np.ceil((np.dot(z, spread) / difference) ** 2))
