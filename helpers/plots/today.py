"""Pictures of log-mel images, of what pairs say, and of strangers (chapter today)."""

from collections.abc import Mapping

import matplotlib
import numpy as np
from sklearn.metrics import roc_auc_score, roc_curve

from helpers import features
from helpers.plots import axis
from helpers.plots.page import HUES, INK, below, looks, picture
from helpers.uncertainty import Paired

_HZ = (500, 2000, 8000)


@picture(3.5)
def mel_images(figure, images: Mapping[str, np.ndarray], settings: features.Settings) -> str:
    """Four images (frames, mel bands) in dB on one scale, over time and frequency.

    >>> import numpy as np
    >>> from helpers import plots, today
    >>> flat = {f"{n} coefficients": np.full((84, 128), -n) for n in (13, 20, 40, 128)}
    >>> plots.mel_images(flat, today.SETTINGS).alt.split(";")[0]
    'Four images over time and frequency on one scale: 13 coefficients from -13 to -13 dB'
    """
    panels = figure.subplots(2, 2, sharex=True, sharey=True)
    low = min(image.min() for image in images.values())
    high = max(image.max() for image in images.values())
    told = []
    for axes, (name, image) in zip(panels.flat, images.items(), strict=True):
        end, xlabel = axis.of_frames(image, settings)
        extent = (0, end, -0.5, settings.n_mels - 0.5)
        drawn = axes.imshow(np.asarray(image).T, extent=extent, vmin=low, vmax=high)
        axes.set_title(name)
        told.append(f"{name} from {image.min():.0f} to {image.max():.0f} dB")
    for axes in panels[:, 0]:
        _in_hertz(axes, settings)
    for axes in panels[1]:
        axes.set_xlabel(xlabel)
    figure.colorbar(drawn, ax=panels, label="dB", pad=0.01)
    return f"Four images over time and frequency on one scale: {'; '.join(told)}."


@picture(3.1)
def heat_over_bands(
    figure, levels: np.ndarray, heat: np.ndarray, settings: features.Settings, title: str
) -> str:
    """Mel bands in dB in grey under a heat map, both (frames, bands).

    The brighter and less grey a place, the hotter it is; the hottest place is always bright.

    >>> import numpy as np
    >>> from helpers import plots, today
    >>> heat = np.zeros((84, 128))
    >>> heat[40, 63] = 1
    >>> plots.heat_over_bands(0 * heat, heat, today.SETTINGS, "a note")
    Heat map of “a note” over its mel bands: hottest at 0.93 s near 1960 Hz.
    """
    axes = figure.subplots()
    highest = heat.max()
    shares = heat / (highest or 1)
    grey = np.clip(1 + (levels - levels.max()) / settings.top_db, 0, 1) / 2
    hot = matplotlib.colormaps["inferno"](0.3 + 0.7 * shares)[..., :3]
    blend = (1 - shares[..., None]) * grey[..., None] + shares[..., None] * hot
    end, xlabel = axis.of_frames(levels, settings)
    axes.imshow(blend.swapaxes(0, 1), extent=(0, end, -0.5, settings.n_mels - 0.5))
    _in_hertz(axes, settings)
    axes.set(title=title, xlabel=xlabel)
    if not highest:
        return f"The heat map of “{title}” is empty: nothing speaks for this class."
    frame, band = np.unravel_index(heat.argmax(), heat.shape)
    at, hertz = settings.seconds(float(frame)), _middles(settings)[band]
    return f"Heat map of “{title}” over its mel bands: hottest at {at:.2f} s near {hertz:.0f} Hz."


def _middles(settings: features.Settings) -> np.ndarray:
    return features.mel_filters(settings).argmax(axis=1) * settings.sr / settings.n_fft


def _in_hertz(axes, settings: features.Settings) -> None:
    axes.set_yticks(np.interp(_HZ, _middles(settings), np.arange(settings.n_mels)), _HZ)
    axes.set_ylabel("frequency (Hz)")


@picture(2.6)
def differences(figure, pairs: Mapping[str, Paired], xlabel: str) -> str:
    """Mean differences with their intervals, in points, see `uncertainty.paired`.

    Behind each name stands of how many groups the difference is positive, and of how many negative.

    >>> from helpers import plots, uncertainty
    >>> pairs = {"a network": uncertainty.paired([0.8, 0.7, 0.9], [0.7, 0.7, 0.8])}
    >>> plots.differences(pairs, "points against another")
    Points against another, mean with its interval: a network 6.7 from -7.7 to 21.0, 2 groups up
    and 0 down.
    """
    axes = figure.subplots()
    place = np.arange(len(pairs))
    signs = [((p.differences > 0).sum(), (p.differences < 0).sum()) for p in pairs.values()]
    mean, low, high = 100 * np.array([(p.mean, p.low, p.high) for p in pairs.values()]).T
    reach = np.array([mean - low, high - mean])
    axes.errorbar(mean, place, xerr=reach, fmt="o", color=HUES[0], capsize=4, ms=5)
    axes.axvline(0, color=INK, linewidth=1, linestyle="--")
    named = [f"{name} (+{up} -{down})" for name, (up, down) in zip(pairs, signs, strict=True)]
    axes.set_yticks(place, named)
    axes.set(ylim=(len(pairs) - 0.5, -0.5), xlabel=below(xlabel, 24))  # names may be long
    axes.grid(axis="x", color=INK, alpha=0.2, linewidth=0.6)
    told = (
        f"{name} {m:.1f} from {a:.1f} to {b:.1f}, {up} groups up and {down} down"
        for name, m, a, b, (up, down) in zip(pairs, mean, low, high, signs, strict=True)
    )
    return f"{xlabel[:1].upper()}{xlabel[1:]}, mean with its interval: {'; '.join(told)}."


@picture(3.0)
def roc(
    figure, confidences: Mapping[str, tuple[np.ndarray, np.ndarray]], kept: float = 0.95
) -> str:
    """ROC curves of the confidence: known clips that pass over strangers that pass.

    `confidences` has two arrays for each name: of the known, and of the strangers. The dashed line
    is where the share `kept` of the known passes.

    >>> import numpy as np
    >>> from helpers import plots
    >>> plots.roc({"a network": (np.array([0.9, 0.4]), np.array([0.5, 0.1]))})
    Known clips that pass over strangers that pass, for every threshold: area of a network 0.75.
    """
    axes = figure.subplots()
    told = []
    for (name, both), hue, dash in zip(confidences.items(), *looks(), strict=False):
        known = np.repeat([1, 0], [len(part) for part in both])
        of_strangers, of_known, _ = roc_curve(known, np.concatenate(both))
        area = roc_auc_score(known, np.concatenate(both))
        axes.plot(of_strangers, of_known, color=hue, ls=dash, label=f"{name}, area {area:.2f}")
        told.append(f"{name} {area:.2f}")
    axes.plot([0, 1], [0, 1], color=INK, linewidth=0.8, linestyle=":")
    axes.axhline(kept, color=INK, linewidth=0.8, linestyle="--")
    axes.set(xlabel="share of strangers that pass", ylabel="share of known that pass")
    axes.set(xlim=(0, 1), ylim=(0, 1.02))
    axes.legend(loc="lower right")
    return (
        "Known clips that pass over strangers that pass, for every threshold: area of "
        f"{', '.join(told)}."
    )


@picture(2.3)
def sureness(figure, known: np.ndarray, strangers: np.ndarray, threshold: float) -> str:
    """How sure a network is of known clips and of strangers, and a threshold.

    >>> import numpy as np
    >>> from helpers import plots
    >>> plots.sureness(np.array([0.9, 0.4]), np.array([0.5, 0.1]), threshold=0.45)
    Confidence of 2 known clips and 2 strangers. At a threshold of 0.45, 50 % of the known pass and
    50 % of the strangers.
    """
    axes = figure.subplots()
    passed = []
    looked = {"known": (known, "stepfilled", HUES[2]), "strangers": (strangers, "step", HUES[1])}
    for name, (sure, kind, hue) in looked.items():
        share = np.full(len(sure), 1 / len(sure))
        bins = np.linspace(0, 1, 21)
        axes.hist(sure, bins, weights=share, label=name, histtype=kind, color=hue, linewidth=1.8)
        passed.append((sure >= threshold).mean())
    axes.axvline(threshold, color=INK, linestyle="--")
    axes.set(xlabel="confidence", ylabel="share of clips", xlim=(0, 1))
    of_known, of_strangers = (f"{100 * share:.0f} %" for share in passed)
    title = f"pass: {of_known} of the known, {of_strangers} of the strangers"
    axes.set_title(title)
    figure.legend(loc="outside upper center", ncols=2)
    return (
        f"Confidence of {len(known)} known clips and {len(strangers)} strangers. At a threshold of "
        f"{threshold:.2f}, {of_known} of the known pass and {of_strangers} of the strangers."
    )
