"""Pictures of what a network looks at (chapter gradcam)."""

from collections.abc import Sequence

import matplotlib
import numpy as np

from helpers import features
from helpers.plots import axis
from helpers.plots.kernels import numbers
from helpers.plots.page import picture


@picture(1.8)
def adds_up(figure, maps: np.ndarray, weights: Sequence[float]) -> str:
    """How Grad-CAM adds up: maps (K, frames, rows), each times its weight, their sum, the heat.

    >>> import numpy as np
    >>> from helpers import plots
    >>> plots.adds_up(np.array([[[2, 0]], [[0, 4]]]), [0.5, -0.25])
    Map 1 times 0.5 plus map 2 times -0.25: the sums lie from -1.00 to 1.00. Where they are below
    0 the heat is 0; elsewhere it is the sum.
    """
    total = np.tensordot(weights, maps, axes=1)
    told = [f"map {k} times {weight:.2g}" for k, weight in enumerate(weights, 1)]
    titles = [f"{'+ ' * (k > 1)}{weight:.2g} × map {k}" for k, weight in enumerate(weights, 1)]
    drawn = (*maps, total, np.maximum(total, 0))
    panels = figure.subplots(1, len(drawn))
    for axes, grid, title in zip(
        panels, drawn, (*titles, "= their sum", "ReLU: heat"), strict=True
    ):
        printed = grid[::-1].T  # drawn as NumPy prints it: the first frame is the highest row
        numbers(axes, printed, title, np.abs(grid).max(), 2)
    return (
        f"{' plus '.join(told).capitalize()}: the sums lie from {total.min():.2f} to "
        f"{total.max():.2f}. Where they are below 0 the heat is 0; elsewhere it is the sum."
    )


@picture(2.2)
def heat(figure, image: np.ndarray, heat: np.ndarray, title: str) -> str:
    """A scaled MFCC image in grey under its heat map, both (frames, coefficients).

    The brighter and less grey a place, the hotter it is; the hottest place is always bright.
    InputError where the two say that they were made differently.

    >>> from helpers import dataset, features, plots
    >>> image = features.mfcc(dataset.note("Cello")[:44_100])
    >>> plots.heat(image, heat=0 * image, title="a note")
    The heat map of “a note” is empty: nothing speaks for this class.
    """
    settings = features.agreed(heat, image)
    end, xlabel = axis.of_frames(image, settings)
    image, heat = np.asarray(image), np.asarray(heat)
    n = image.shape[1]
    axes = figure.subplots()
    highest = heat.max()
    shares = (heat / highest if highest > 0 else heat)[..., None]
    grey = np.clip((image[..., None] + 6) / 12, 0, 1)
    hot = matplotlib.colormaps["inferno"](shares[..., 0])[..., :3]
    blend = (1 - shares) * grey + shares * hot
    axes.imshow(blend.swapaxes(0, 1), extent=(0, end, -0.5, n - 0.5))
    axes.set(title=title, xlabel=xlabel, ylabel="coefficient")
    if highest == 0:
        return f"The heat map of “{title}” is empty: nothing speaks for this class."
    frame, coefficient = np.unravel_index(heat.argmax(), heat.shape)
    most = int(heat.sum(axis=0).argmax())
    hottest = f"{settings.seconds(float(frame)):.2f} s" if settings else f"frame {frame}"
    return (
        f"Heat map of “{title}” over its MFCC image: hottest at {hottest} in c{coefficient}; over "
        f"all frames c{most} has the most heat."
    )


@picture(2.7)
def matrix(figure, products: np.ndarray, title: str) -> str:
    """A square matrix of inner products between coefficients, c0 at the top left.

    >>> import numpy as np
    >>> from helpers import plots
    >>> plots.matrix(np.array([[9, 1, 2], [1, 4, 0], [2, 0, 4]]), "products")
    products: a 3 by 3 matrix, largest on the diagonal at c0; of two different coefficients c0
    and c2 have the largest product.
    """
    axes = figure.subplots()
    drawn = axes.imshow(products, origin="upper", aspect="equal")
    figure.colorbar(drawn, pad=0.02)
    n = len(products)
    axes.set(title=title, xlabel="coefficient", ylabel="coefficient")
    axes.set_xticks(range(0, n, 2))
    axes.set_yticks(range(0, n, 2))
    apart = products - np.diag(np.diag(products))
    i, j = np.unravel_index(apart.argmax(), apart.shape)
    return (
        f"{title}: a {n} by {n} matrix, largest on the diagonal at c{np.diag(products).argmax()}; "
        f"of two different coefficients c{min(i, j)} and c{max(i, j)} have the largest product."
    )


@picture(2.4)
def bands_of_heat(figure, means: np.ndarray, names: list[str]) -> str:
    """The mean heat of each coefficient, a row for each class: means (K, coefficients).

    >>> import numpy as np
    >>> from helpers import plots
    >>> plots.bands_of_heat(np.array([[1, 3, 0], [2, 0, 0]]), ["cello", "clarinet"])
    Mean heat by coefficient, a row for each instrument. Hottest: cello c1, clarinet c0.
    """
    axes = figure.subplots()
    drawn = axes.imshow(means, origin="upper")
    figure.colorbar(drawn, pad=0.02)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="coefficient", xticks=range(means.shape[1]))
    told = ", ".join(f"{name} c{row.argmax()}" for name, row in zip(names, means, strict=True))
    return f"Mean heat by coefficient, a row for each instrument. Hottest: {told}."
