"""Checks for the exercises (chapter today)."""

from collections.abc import Callable

import numpy as np

from helpers.exercises.checking import NotYet, ask, checker


@checker
def refusal(answer: Callable[[np.ndarray, np.ndarray, float], tuple[float, float]]) -> str:
    """The highest threshold that keeps a share of the known, and the share of strangers under it.

    >>> from helpers import exercises
    >>> exercises.refusal(lambda known, strangers, kept: (kept, 0.5))
    Not yet. With 8 known clips, of which 75 % are to pass, 5 reach your threshold of 0.75.
    """
    rng = np.random.default_rng(7)
    for n, kept in ((8, 0.75), (20, 0.9), (40, 0.95)):
        known, strangers = rng.random(n) ** 0.4, rng.random(11)
        strangers[0] = np.sort(known)[round(n * (1 - kept))]  # as sure as the threshold
        told = ask(answer, known.copy(), strangers.copy(), kept)
        threshold, refused = (float(each) for each in told)
        passing = (known >= threshold).sum()
        asked = f"With {n} known clips, of which {100 * kept:.0f} % are to pass"
        if passing < round(n * kept):
            raise NotYet(f"{asked}, {passing} reach your threshold of {threshold:.2f}.")
        highest = np.sort(known)[round(n * (1 - kept))]
        if threshold < highest - 1e-9:
            raise NotYet(
                f"{asked}, your threshold of {threshold:.2f} keeps {passing}; it can be higher."
            )
        if np.isclose(refused, (strangers >= threshold).mean()):
            raise NotYet("That is the share of strangers that pass; return those refused.")
        if np.isclose(refused, (strangers <= threshold).mean()):
            raise NotYet("Who reaches the threshold passes: a stranger just at it is not refused.")
        expected = (strangers < threshold).mean()
        if not np.isclose(refused, expected):
            raise NotYet(
                f"Under your threshold of {threshold:.2f} are {expected:.2f} of the strangers; "
                f"you say {refused:.2f}."
            )
    return "The threshold came from the known alone; strangers only say what it is worth."


@checker
def area_by_pairs(answer: Callable[[np.ndarray, np.ndarray], float]) -> str:
    """The area under the ROC curve, as the share of pairs in which the known clip is surer.

    >>> from helpers import exercises
    >>> exercises.area_by_pairs(lambda known, strangers: (known > strangers.max()).mean())
    Not yet. For known clips of 0.9 and 0.4 and strangers of 0.6, 0.2 and 0.1 it is 5 of 6
    pairs; you say 0.50.
    """
    rng = np.random.default_rng(9)
    cases = [(np.array([0.9, 0.4]), np.array([0.6, 0.2, 0.1]))]
    cases += [(rng.random(6).round(1), rng.random(9).round(1)) for _ in range(4)]
    for number, (known, strangers) in enumerate(cases):
        given = float(ask(answer, known.copy(), strangers.copy()))
        surer = (known[:, None] > strangers).mean()
        level = (known[:, None] == strangers).mean()
        if np.isclose(given, surer + level / 2):
            continue
        if number == 0:
            raise NotYet(
                "For known clips of 0.9 and 0.4 and strangers of 0.6, 0.2 and 0.1 it is 5 of 6 "
                f"pairs; you say {given:.2f}."
            )
        if np.isclose(given, surer) or np.isclose(given, surer + level):
            raise NotYet("Some pairs are equally sure: each counts one half.")
        raise NotYet(f"For {known} and {strangers} it is {surer + level / 2:.3f}, not {given:.3f}.")
    return "No curve was drawn: the area is a count of pairs."
