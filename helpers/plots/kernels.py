"""Pictures of how a kernel slides, how it is learned, and how slopes go back (chapter cnn)."""

from collections.abc import Mapping, Sequence

import matplotlib.patches
import numpy as np

from helpers.plots import axis
from helpers.plots.page import HUES, INK, picture

_LIGHT, _DARK = "#f4f4f4", "#101010"  # inks on the colours of a map, which both themes share


def numbers(axes, grid: np.ndarray, title: str, limit: float, places: int) -> None:
    """A small grid of (frames, coefficients), its numbers in it, lying as the images do."""
    axes.imshow(grid.T, vmin=-limit, vmax=limit, aspect="equal")
    for (row, column), number in np.ndenumerate(grid):
        ink = _DARK if number > limit / 3 else _LIGHT
        shown = np.round(number, places) + 0.0  # -0.0 becomes 0.0
        axes.text(row, column, f"{shown:g}", ha="center", va="center", fontsize=8, color=ink)
    axes.set_title(title, fontsize=9, loc="center")
    axes.set(xticks=[], yticks=[])


@picture(3.6)
def sliding(figure, image: np.ndarray, kernel: np.ndarray, frame: int, coefficient: int) -> str:
    """A kernel (rows, columns) over an image (frames, coefficients): the box that begins
    at `frame` and `coefficient`, its products with the kernel and their sum, and all sums.

    >>> import numpy as np
    >>> from helpers import plots
    >>> image = np.repeat([0.0, 0.0, 1.0, 1.0], 3).reshape(4, 3)
    >>> plots.sliding(image, np.array([[-1], [1]]), 1, 0)
    A box of 2 frames by 1 coefficients over an image, from frame 1 and coefficient 0. Its
    numbers times the kernel's add up to 1.0; the sums of all places lie from 0.0 to 1.0.
    """
    size = kernel.shape
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(image), size)
    sums = np.einsum("ijkl,kl->ij", windows, kernel)
    under = windows[frame, coefficient]
    total = sums[frame, coefficient]
    end, xlabel = axis.of_frames(image)
    step = end / len(image)

    grid = figure.add_gridspec(3, 3, height_ratios=[1.3, 2, 1.1])
    above, below = figure.add_subplot(grid[0, :]), figure.add_subplot(grid[2, :])
    above.imshow(np.asarray(image).T, extent=(0, end, -0.5, image.shape[1] - 0.5))
    above.set_title("the image, and the box on it", fontsize=9)
    below.imshow(sums.T, extent=(0, len(sums) * step, -0.5, sums.shape[1] - 0.5))
    below.set_title("the sum at each place", fontsize=9)
    for axes, wide, high in ((above, size[0], size[1]), (below, 1, 1)):
        corner = (frame * step, coefficient - 0.5)
        window = matplotlib.patches.Rectangle(
            corner, wide * step, high, fill=False, linewidth=2, edgecolor=HUES[1]
        )
        axes.add_patch(window)
        axes.set(xlim=(0, end), ylabel="coefficient")
    below.set_xlabel(xlabel)

    products = under * kernel
    titles = ("in the box", "× kernel", f"= products, sum {total:.1f}")
    for column, (grid_of, title) in enumerate(zip((under, kernel, products), titles, strict=True)):
        limit = max(np.abs(grid_of).max(), 1e-9)
        numbers(figure.add_subplot(grid[1, column]), grid_of, title, limit, 1)
    return (
        f"A box of {size[0]} frames by {size[1]} coefficients over an image, from frame {frame} "
        f"and coefficient {coefficient}. Its numbers times the kernel's add up to {total:.1f}; the "
        f"sums of all places lie from {sums.min():.1f} to {sums.max():.1f}."
    )


@picture(2.4)
def learned(
    figure, kernel: np.ndarray, answers: np.ndarray, target: np.ndarray, seconds: float, title: str
) -> str:
    """A kernel (rows, columns) beside its answers (n,) over `seconds`, and what they should be.

    >>> import numpy as np
    >>> from helpers import plots
    >>> plots.learned(np.eye(2), np.array([0, 0.5, 0]), np.array([0, 1, 0]), 1.0, "step 3")
    step 3: the kernel's numbers lie from 0.0 to 1.0. Where 1 is asked for, the mean answer is
    0.50; elsewhere answers lie from 0.00 to 0.00.
    """
    left, right = figure.subplots(1, 2, width_ratios=[1, 3])
    numbers(left, kernel, "the kernel", max(np.abs(kernel).max(), 0.1), 2)
    time = np.linspace(0, seconds, len(answers))
    right.fill_between(time, target, step="mid", color=HUES[1], alpha=0.35, lw=0, label="asked for")
    right.plot(time, answers, color=HUES[0], label="answered")
    right.set(xlabel="time (s)", xlim=(0, seconds), ylim=(-0.45, 1.1), title=title)
    figure.legend(loc="outside upper center", ncols=2)
    wanted, others = answers[target > 0], answers[target == 0]
    return (
        f"{title}: the kernel's numbers lie from {kernel.min():.1f} to {kernel.max():.1f}. Where 1 "
        f"is asked for, the mean answer is {wanted.mean():.2f}; elsewhere answers lie from "
        f"{others.min():.2f} to {others.max():.2f}."
    )


@picture(2.0)
def chain(
    figure, values: Mapping[str, float], weights: Sequence[str], slopes: Mapping[str, float]
) -> str:
    """Numbers computed one from the other, and below each how steeply the last one depends on it.

    `values` are in the order of the computation; `weights` stand on the arrows between them.
    `slopes` has those of both, by name.

    >>> from helpers import plots
    >>> plots.chain({"x": 2, "loss": 4}, ["w = 1"], {"x": 4, "w = 1": 8})
    From left to right the numbers x = 2, loss = 4, with w = 1 on the arrows. From right to left
    the slopes: w = 1: 8, x: 4.
    """
    axes = figure.subplots()
    axes.set(xlim=(-0.5, len(values) - 0.5), ylim=(-1.15, 0.75))
    axes.set_axis_off()
    for place, (name, value) in enumerate(values.items()):
        box = {"boxstyle": "round,pad=0.4", "fc": "none", "ec": INK}
        axes.text(place, 0, f"{name}\n{value:g}", ha="center", va="center", bbox=box)
        if name in slopes:
            axes.text(place, -0.75, f"{slopes[name]:g}", ha="center", color=HUES[1])
    for place, weight in enumerate(weights):
        to = {"arrowstyle": "->", "color": INK}
        axes.annotate("", (place + 0.76, 0), (place + 0.24, 0), arrowprops=to)
        axes.text(place + 0.5, 0.4, weight.replace(", ", "\n"), ha="center", fontsize=9)
        of_weight = [f"{slopes[w]:g}" for w in weight.split(", ") if w in slopes]
        axes.text(place + 0.5, -0.45, "\n".join(of_weight), ha="center", va="top", color=HUES[1])
    back = {"arrowstyle": "->", "color": HUES[1]}
    axes.annotate("", (0, -1.08), (len(values) - 1, -1.08), arrowprops=back)
    return (
        f"From left to right the numbers {', '.join(f'{n} = {v:g}' for n, v in values.items())}, "
        f"with {', '.join(weights)} on the arrows. From right to left the slopes: "
        f"{', '.join(f'{name}: {slope:g}' for name, slope in reversed([*slopes.items()]))}."
    )
