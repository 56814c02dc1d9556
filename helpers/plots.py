"""Pictures and players for the notebooks: each is HTML that carries its own alternative text.

Pictures are inline SVG. Their text and axes take the page's text colour, so that one picture
suits a light page, a dark page and print; the other colours have enough contrast on both.
"""

import base64
import functools
import html
import io
import itertools
import os
import re
from collections.abc import Callable, Mapping, Sequence

import matplotlib
import matplotlib.patches
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers import audio, chunks, features, results, sound

_INK = "#010203"  # becomes the page's text colour
HUES = ("#4083c9", "#cc6230", "#2f9a63", "#a86bbb", "#a5832a")
"""One for each of five classes; line styles differ as well."""
DASHES = ("-", (0, (5, 2)), (0, (5, 2, 1, 2)), (0, (1, 1.5)), (0, (3, 1, 1, 1, 1, 1)))

_FIT = "width:100%;max-width:34rem;height:auto"

_STYLE = {
    "axes.edgecolor": _INK,
    "axes.facecolor": "none",
    "axes.labelcolor": _INK,
    "axes.prop_cycle": matplotlib.cycler(color=HUES),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": _INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "figure.facecolor": "none",
    "font.family": "sans-serif",
    "font.size": 11,
    "image.aspect": "auto",
    "image.cmap": "viridis",
    "image.interpolation": "none",
    "image.origin": "lower",
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "which-instrument",
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}


class Html(str):
    """A piece of a page; a notebook shows it, and prints `alt` where it can show no HTML."""

    alt: str

    def __new__(cls, text: str, alt: str) -> "Html":
        self = super().__new__(cls, text)
        self.alt = alt
        return self

    def __repr__(self) -> str:
        return self.alt

    def _repr_html_(self) -> str:
        return str(self)


def stack(*pieces: Html) -> Html:
    """Pieces one under the other, as one."""
    return Html("".join(pieces), " ".join(piece.alt for piece in pieces))


def words(name: str) -> str:
    """A class name as prose: Acoustic_guitar becomes acoustic guitar."""
    return name.replace("_", " ").lower()


def player(wave: np.ndarray, label: str, sr: int = audio.SR) -> Html:
    """A labelled player for a wave of shape (n,) at `sr` Hz."""
    data = base64.b64encode(audio.mp3(wave, sr)).decode()
    name = html.escape(label, quote=True)
    return Html(
        f'<figure class="sound" style="margin:0.4rem 0"><figcaption>{name}</figcaption>'
        f'<audio controls preload="metadata" aria-label="{name}" '
        f'src="data:audio/mpeg;base64,{data}"></audio></figure>',
        f"Player: {label}.",
    )


def players(waves: Mapping[str, np.ndarray], sr: int = audio.SR) -> Html:
    """A player for each labelled wave, side by side where there is room."""
    row = stack(*(player(wave, label, sr) for label, wave in waves.items()))
    return Html(f'<div style="display:flex;flex-wrap:wrap;gap:0 1.5rem">{row}</div>', row.alt)


def table(rows: pd.DataFrame, caption: str) -> Html:
    """A table with a caption; the index is left out."""
    body = rows.to_html(index=False, border=0, classes="table", justify="left")
    body = body.replace("<thead>", f"<caption>{html.escape(caption)}</caption><thead>")
    return Html(
        f'<div class="table-wrapper" tabindex="0">{body}</div>',
        f"{caption}\n{rows.to_string(index=False)}",
    )


def records(found: Sequence[dict], *figures: str) -> Html:
    """Figures of records, by default all, as tables, each with where they come from."""
    return stack(
        *(table(results.table(record, *figures), results.source(record)) for record in found)
    )


def picture(height: float) -> Callable:
    """Make a function that draws on a figure and returns its alternative text return `Html`.

    The figure is 5 inches wide and `height` high.
    """

    def decorate(draw: Callable[..., str]) -> Callable[..., Html]:
        @functools.wraps(draw)
        def drawn(*arguments, **options) -> Html:
            with matplotlib.rc_context(_STYLE):
                figure = Figure(figsize=(5, height), layout="constrained")
                alt = draw(figure, *arguments, **options)
                buffer = io.StringIO()
                figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
            return _inline(buffer.getvalue(), alt)

        return drawn

    return decorate


def _inline(svg: str, alt: str) -> Html:
    """A file of matplotlib's as SVG that stands in a page: small, named, in the page's colour."""
    view = re.search(r'viewBox="([^"]+)"', svg).group(1)
    svg = svg[svg.index(">", svg.index("<svg")) + 1 :]
    svg = re.sub(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<[^>]*>", lambda tag: re.sub(r"(\d\.\d\d)\d+", r"\1", tag[0]), svg)
    svg = re.sub(r"\s*\n\s*", "\n", svg)
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'role="img" aria-label="{html.escape(alt, quote=True)}" viewBox="{view}" '
        f'style="{_FIT};stroke-linejoin:round">'
    )
    return Html(f'<figure class="drawn">{head}{svg.replace(_INK, "currentColor")}</figure>', alt)


def _looks() -> tuple:
    """Colours and line styles, again from the first where there are more than five classes."""
    return itertools.cycle(HUES), itertools.cycle(DASHES)


# Chapter 1: sound and overtones


def _wave_on(axes, wave: np.ndarray, sr: int, color: str) -> None:
    """A wave against time; a long one as the band between its lowest and highest samples."""
    bins = 300
    if len(wave) <= 4 * bins:
        axes.plot(np.arange(len(wave)) / sr, wave, color=color, linewidth=1.3)
        return
    edges = np.linspace(0, len(wave), bins + 1).astype(int)[:-1]
    low, high = np.minimum.reduceat(wave, edges), np.maximum.reduceat(wave, edges)
    axes.fill_between(edges / sr, low, high, color=color, linewidth=0.4)


@picture(2.0)
def waveform(figure, wave: np.ndarray, title: str, sr: int = audio.SR) -> str:
    """A wave of shape (n,) against time in seconds."""
    axes = figure.subplots()
    _wave_on(axes, wave, sr, HUES[0])
    axes.set(title=title, xlabel="time (s)", ylabel="amplitude", xlim=(0, len(wave) / sr))
    return (
        f"Waveform: {title}. {len(wave) / sr:.3g} seconds, peak amplitude {np.abs(wave).max():.2f}."
    )


@picture(5.2)
def periods(figure, waves: Mapping[str, np.ndarray], f0: float, start: float = 0.5) -> str:
    """Four periods of each labelled note, one under the other on the same time axis."""
    rows = figure.subplots(len(waves), 1, sharex=True)
    span = round(4 / f0 * audio.SR)
    hues, _ = _looks()
    for axes, (label, wave), hue in zip(rows, waves.items(), hues, strict=False):
        at = round(start * audio.SR)
        at += int(np.argmax(wave[at : at + span // 4]))  # begin at a peak: same phase in each row
        piece = wave[at : at + span + 1]
        axes.plot(1000 * np.arange(len(piece)) / audio.SR, piece, color=hue)
        axes.set(title=words(label), yticks=[])
        for k in range(5):
            axes.axvline(1000 * k / f0, color=_INK, linewidth=0.6, alpha=0.5)
    rows[-1].set(xlabel="time (ms)", xlim=(0, 4000 / f0))
    return (
        f"Four periods of the same note on {', '.join(map(words, waves))}. Lines every "
        f"{1000 / f0:.2f} ms: each shape repeats at every line, and no two shapes are alike."
    )


@picture(2.4)
def spectrum(figure, wave: np.ndarray, title: str, f0: float = sound.A3, top: float = 3000) -> str:
    """The amplitude of each frequency up to `top` Hz, multiples of `f0` marked below."""
    axes = figure.subplots()
    frequency, amplitude = sound.spectrum(wave)
    shown = frequency <= top
    axes.plot(frequency[shown], amplitude[shown] / amplitude.max(), linewidth=1.3)
    multiples = np.arange(f0, top, f0)
    axes.plot(multiples, np.full(len(multiples), -0.05), "^", color=_INK, markersize=4)
    axes.set(title=title, xlabel="frequency (Hz)", ylabel="amplitude", xlim=(0, top))
    strong = [k for k, a in enumerate(sound.partials(wave, f0), 1) if a > 0.1 and k * f0 < top]
    return (
        f"Spectrum: {title}. Peaks above a tenth of the strongest stand at "
        f"{', '.join(map(str, strong))} times {f0:.0f} Hz."
    )


@picture(5.6)
def recipes(figure, partials: Mapping[str, np.ndarray]) -> str:
    """The partials of several notes as bars, one row a note, in dB below the strongest."""
    rows = figure.subplots(len(partials), 1, sharex=True, sharey=True)
    told = []
    hues, _ = _looks()
    for axes, (label, levels), hue in zip(rows, partials.items(), hues, strict=False):
        db = 20 * np.log10(np.maximum(levels, 1e-3))
        numbers = np.arange(1, len(db) + 1)
        axes.bar(numbers, db + 60, bottom=-60, color=hue, width=0.7)
        axes.set(title=words(label), ylim=(-60, 3), yticks=[-60, -30, 0])
        told.append(f"{words(label)} {', '.join(f'{level:.0f}' for level in db)}")
    rows[-1].set(xlabel="partial (1 is the fundamental)", xticks=numbers)
    rows[len(rows) // 2].set_ylabel("level (dB)")
    return f"Levels in dB of partials 1 to {len(db)} of the same note. {'; '.join(told)}."


@picture(3.4)
def envelopes(figure, waves: Mapping[str, np.ndarray], seconds: float = 1.0) -> str:
    """How loud each note is over its first `seconds`."""
    axes = figure.subplots()
    told = []
    for (label, wave), hue, dash in zip(waves.items(), *_looks(), strict=False):
        level = sound.envelope(wave)[: round(seconds * 100)]
        axes.plot(np.arange(len(level)) / 100, level, color=hue, ls=dash, label=words(label))
        told.append(
            f"{words(label)} reaches half its loudest after {np.argmax(level > 0.5) * 10} ms"
        )
    axes.set(xlabel="time (s)", ylabel="loudness (1 is the loudest)", xlim=(0, seconds))
    figure.legend(loc="outside upper center", ncols=2)
    return f"Loudness over the first {seconds:g} s of each note: {'; '.join(told)}."


@picture(2.6)
def timbre(figure, amplitudes: Sequence[float], wave: np.ndarray, f0: float = sound.A3) -> str:
    """A built note: its partials as bars beside two periods of its wave."""
    bars, line = figure.subplots(1, 2, width_ratios=[3, 2])
    numbers = np.arange(1, len(amplitudes) + 1)
    bars.bar(numbers, amplitudes, color=HUES[0])
    bars.set(title="recipe", xlabel="partial", ylabel="amplitude", ylim=(0, 1.05))
    span = round(2 / f0 * audio.SR)
    at = round(round(0.6 * f0) / f0 * audio.SR)  # a whole number of periods, after the attack
    piece = wave[at : at + span]
    line.plot(1000 * np.arange(span) / audio.SR, piece, color=HUES[1])
    line.set(title="two periods", xlabel="time (ms)", yticks=[])
    sounding = [str(k) for k, a in zip(numbers, amplitudes, strict=True) if a > 0.01]
    return f"Partials that sound: {', '.join(sounding)}. Beside them, two periods of the wave."


@picture(2.4)
def ranges(figure, semitones: Mapping[str, tuple[float, float]]) -> str:
    """The notes that each instrument plays, as bars from its lowest to its highest frequency."""
    axes = figure.subplots()
    told = []
    for row, (label, (low, high)) in enumerate(semitones.items()):
        axes.barh(row, high - low, left=low, color=HUES[row % len(HUES)], height=0.6)
        told.append(f"{words(label)} {low:.0f} to {high:.0f} Hz")
    axes.axvline(sound.A3, color=_INK, linewidth=1)
    axes.set(title="the line: 220 Hz", xscale="log", xlim=(35, 2200))
    axes.set_xticks([50, 100, 200, 400, 800], [50, 100, 200, 400, 800])
    axes.set_yticks(range(len(semitones)), [words(label) for label in semitones])
    axes.set(xlabel="frequency of the fundamental (Hz)", ylim=(len(semitones) - 0.4, -0.6))
    axes.minorticks_off()
    return f"Ranges of notes: {'; '.join(told)}. All of them hold 220 Hz."


_STAGES = (
    ("Sound", "overtones", "01-sound"),
    ("Data", "clips to chunks", "02-dataset"),
    ("MFCC", "275 × 13 images", "03-mfcc"),
    ("CNN", "train and score", "04-cnn"),
    ("CutMix", "mix images", "05-cutmix"),
    ("Tuning", "choose sizes", None),
    ("Pruning", "drop weights", None),
    ("Comparison", "ten models", None),
    ("Grad-CAM", "where it looks", None),
    ("Ablation", "remove layers", None),
    ("Leakage", "honest scores", None),
    ("In your browser", "the page listens", None),
    ("Many machines", "larger data", None),
)
"""Title, subtitle and page of each chapter in order; no page where it is not written yet."""


def road_map(here: str | None = None) -> Html:
    """The pipeline as a picture whose boxes lead to the chapters; the page `here` is lit."""
    suffix = ".html" if os.environ.get("BOOK_PRERENDER") else ".ipynb"
    drawn, told = [], []
    for i, (title, subtitle, page) in enumerate(_STAGES):
        row, column = divmod(i, 4)
        x, y = 2 + 122 * column, 2 + 72 * row
        lit = page is not None and page == here
        style = 'fill="#2f6299" color="#fff"' if lit else 'fill="none"'
        dash = "" if page else ' stroke-dasharray="4 3"'
        box = (
            f'<g {style}><rect x="{x}" y="{y}" width="108" height="54" rx="8" '
            f'stroke="currentColor"{dash}/><g fill="currentColor" text-anchor="middle">'
            f'<text x="{x + 54}" y="{y + 24}" font-size="13" font-weight="bold">{title}</text>'
            f'<text x="{x + 54}" y="{y + 42}" font-size="11">{subtitle}</text></g></g>'
        )
        if page:
            box = (
                f'<a href="{page}{suffix}" aria-label="Chapter {page[:2]}, {title}" '
                f'style="text-decoration:none">{box}</a>'
            )
        arrow = (
            f"M{x + 109} {y + 27} h11 m-4 -4 l4 4 l-4 4"
            if column < 3
            else f"M{x + 54} {y + 55} v6 H56 v9 m-4 -4 l4 4 l4 -4"
        )
        if i + 1 < len(_STAGES):
            box += f'<path d="{arrow}" fill="none" stroke="currentColor"/>'
        drawn.append(box)
        told.append(f"{i + 1} {title}: {subtitle}{' (you are here)' if lit else ''}")
    return Html(
        '<figure class="drawn"><nav aria-label="Road map of the book">'
        f'<svg viewBox="0 0 480 274" style="{_FIT}" font-family="sans-serif">{"".join(drawn)}</svg>'
        "</nav></figure>",
        f"Road map. {', '.join(told)}.",
    )


# Chapter 2: clips and chunks


@picture(2.8)
def all_counts(figure, numbers: pd.Series, chosen: Sequence[str]) -> str:
    """The number of clips of every class as a column, the chosen classes in another colour."""
    axes = figure.subplots()
    hue = [HUES[1] if label in chosen else HUES[0] for label in numbers.index]
    axes.bar(range(len(numbers)), numbers, color=hue)
    axes.set(xlabel="classes, most frequent first", ylabel="clips", xticks=[])
    most = (numbers == numbers.max()).sum()
    return (
        f"Clips of {len(numbers)} classes as columns: {most} classes reach {numbers.max()}, the "
        f"smallest has {numbers.min()}. The {len(chosen)} chosen classes stand out in colour."
    )


@picture(5.0)
def durations(figure, clips: pd.DataFrame, limit: float) -> str:
    """How long the clips of each class last, as histograms with the limit marked."""
    grid = figure.subplots(
        clips.label.cat.categories.size, 1, sharex=True, sharey=True, squeeze=False
    )
    rows = grid[:, 0]
    bins = np.geomspace(min(0.25, clips.seconds.min()), max(32, clips.seconds.max()), 29)
    told = []
    hues, _ = _looks()
    classes = clips.groupby("label", observed=False)
    for axes, (label, group), hue in zip(rows, classes, hues, strict=False):
        axes.hist(group.seconds, bins, color=hue)
        axes.axvline(limit, color=_INK, linewidth=1, linestyle="--")
        axes.set(title=words(label), xscale="log")
        told.append(
            f"{words(label)} median {group.seconds.median():.1f} s, "
            f"{(group.seconds < limit).sum()} under {limit:g} s"
        )
    rows[-1].set_xticks([0.5, 1, 2, 4, 8, 16, 32], ["0.5", "1", "2", "4", "8", "16", "32"])
    rows[-1].minorticks_off()
    rows[-1].set(xlabel="length of the clip (s)")
    rows[len(rows) // 2].set_ylabel("clips")
    return f"Histograms of clip lengths with a line at {limit:g} s: {'; '.join(told)}."


@picture(2.2)
def chunk_in_clip(figure, wave: np.ndarray, start: float, title: str) -> str:
    """A clip's whole wave, and where in it a chunk of 2 s lies."""
    axes = figure.subplots()
    _wave_on(axes, wave, audio.SR, HUES[0])
    axes.axvspan(start, start + chunks.SECONDS, color=HUES[1], alpha=0.3, linewidth=0)
    axes.set(title=title, xlabel="time (s)", ylabel="amplitude", xlim=(0, len(wave) / audio.SR))
    return (
        f"Waveform of {title}, {len(wave) / audio.SR:.1f} s long; the chunk lies from "
        f"{start:.1f} to {start + chunks.SECONDS:.1f} s."
    )


# Chapter 3: MFCC


@picture(2.4)
def lines(figure, x, curves: Mapping[str, np.ndarray], xlabel: str, ylabel: str, alt: str) -> str:
    """Labelled curves over the same `x`."""
    axes = figure.subplots()
    for (label, curve), hue, dash in zip(curves.items(), *_looks(), strict=False):
        axes.plot(x, curve, color=hue, linestyle=dash, linewidth=1.4, label=label)
    if len(curves) > 1:
        figure.legend(loc="outside upper center", ncols=len(curves))
    axes.set(xlabel=xlabel, ylabel=ylabel, xlim=(x[0], x[-1]))
    return alt


@picture(2.6)
def framing(figure, wave: np.ndarray, n: int = 4) -> str:
    """The first frames of a wave: where each begins and ends."""
    axes = figure.subplots()
    settings = features.Settings()
    end = settings.hop_length * (n - 1) + settings.win_length
    ms = 1000 / settings.sr
    axes.plot(np.arange(end) * ms, wave[:end] / np.abs(wave[:end]).max(), linewidth=1)
    rows = -1.4 - 0.45 * np.arange(n)
    axes.barh(
        rows,
        settings.win_length * ms,
        left=settings.hop_length * ms * np.arange(n),
        height=0.3,
        color=HUES[1],
    )
    axes.set_yticks(rows, [f"frame {k}" for k in range(n)])
    axes.set(xlabel="time (ms)", xlim=(0, end * ms))
    return (
        f"A wave over {end * ms:.0f} ms with bars for its first {n} frames below. Each bar is "
        f"{settings.win_length * ms:.1f} ms long and begins {settings.hop_length * ms:.2f} ms "
        "after the one before, so neighbours overlap by more than half."
    )


@picture(2.6)
def mel_filters(figure, filters: np.ndarray, sr: int = audio.SR) -> str:
    """The triangles that sum a spectrum into mel bands; every fifth is filled."""
    axes = figure.subplots()
    frequency = np.linspace(0, sr / 2, filters.shape[1])
    for i, triangle in enumerate(filters):
        axes.plot(frequency, triangle / filters.max(), color=HUES[i % 5], linewidth=1)
    axes.set(xlabel="frequency (Hz)", ylabel="weight", xlim=(0, sr / 2))
    peaks = frequency[filters.argmax(axis=1)]
    return (
        f"{len(filters)} triangles over frequency. The first peaks at {peaks[0]:.0f} Hz, half of "
        f"them under {np.median(peaks):.0f} Hz, the last at {peaks[-1]:.0f} Hz; they widen and "
        "flatten towards high frequencies."
    )


@picture(2.8)
def bands(figure, image: np.ndarray, ylabel: str, title: str, seconds: float = 2.0) -> str:
    """An image of (frames, rows) with time from left to right and rows upwards."""
    axes = figure.subplots()
    drawn = axes.imshow(image.T, extent=(0, seconds, -0.5, image.shape[1] - 0.5))
    axes.set(title=title, xlabel="time (s)", ylabel=ylabel)
    figure.colorbar(drawn, pad=0.01)
    loud = int(image.mean(axis=0).argmax())
    return (
        f"{title}: {image.shape[0]} frames by {image.shape[1]} rows, values {image.min():.0f} to "
        f"{image.max():.0f}, highest on average in row {loud}."
    )


@picture(3.2)
def mfcc(figure, image: np.ndarray, title: str, seconds: float = 2.0) -> str:
    """An MFCC image: coefficient 0 (the level) on a scale of its own, the others above it."""
    shape, level = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
    n = image.shape[1]
    extent = (0, seconds, 0.5, n - 0.5)
    drawn = shape.imshow(image[:, 1:].T, extent=extent)
    figure.colorbar(drawn, ax=shape, pad=0.01)
    shape.set(title=title, ylabel="coefficient")
    shape.set_yticks(range(1, n, max(1, n // 6)))
    line = np.linspace(0, seconds, len(image))
    level.plot(line, image[:, 0], linewidth=1.2)
    level.set(xlabel="time (s)", ylabel="c0", xlim=(0, seconds))
    means = image.mean(axis=0)
    strongest = 1 + int(np.abs(means[1:]).argmax())
    return (
        f"MFCC image of {title}: {len(image)} frames by {n} coefficients. c0, the level, averages "
        f"{means[0]:.0f}; the strongest other is c{strongest} with {means[strongest]:.0f}."
    )


@picture(3.6)
def waves_of_dct(figure, matrix: np.ndarray, n: int = 4) -> str:
    """The first `n` columns of a DCT matrix as curves over the mel bands."""
    rows = figure.subplots(n, 1, sharex=True, sharey=True)
    for k, axes in enumerate(rows):
        axes.plot(matrix[:, k], ".-", color=HUES[k % 5])
        axes.axhline(0, color=_INK, linewidth=0.6)
        axes.set(title=f"c{k}", yticks=[])
    rows[-1].set(xlabel="mel band")
    return (
        f"The cosines behind c0 to c{n - 1} over {len(matrix)} mel bands: c0 is flat, c1 falls "
        "once from low to high bands, each further one swings half a wave more."
    )


@picture(3.0)
def averages(figure, vectors: Mapping[str, np.ndarray]) -> str:
    """How far the averaged coefficients of each class lie from the mean of all; c0 is left out."""
    axes = figure.subplots()
    middle = np.mean(list(vectors.values()), axis=0)
    numbers = np.arange(1, len(middle))
    told = []
    for (label, vector), hue, dash in zip(vectors.items(), *_looks(), strict=False):
        apart = (vector - middle)[1:]
        axes.plot(numbers, apart, color=hue, ls=dash, marker=".", label=words(label))
        strongest = int(np.abs(apart).argmax())
        told.append(f"{words(label)} most in c{numbers[strongest]} ({apart[strongest]:+.0f})")
    axes.axhline(0, color=_INK, linewidth=0.6)
    axes.set(xlabel="coefficient", ylabel="from the mean of all", xticks=numbers)
    figure.legend(loc="outside upper center", ncols=2)
    return f"How far each class's mean coefficients lie from the mean of all: {'; '.join(told)}."


# Chapters 4 and 5: the network and CutMix


def _look(axes, image: np.ndarray, title: str, seconds: float = chunks.SECONDS) -> None:
    """An image of (frames, rows) in a small panel, time from left to right."""
    axes.imshow(image.T, extent=(0, seconds, -0.5, image.shape[1] - 0.5))
    axes.set_title(title, fontsize=9)
    axes.set(xticks=[], yticks=[])


@picture(3.4)
def feature_maps(figure, before: np.ndarray, maps: np.ndarray, layer: str) -> str:
    """A scaled MFCC image (frames, coefficients) above the first maps (frames, rows, filters)."""
    grid = figure.subplots(3, 2)
    _look(grid[0, 0], before, "the image, scaled")
    chosen = np.argsort(-maps.std(axis=(0, 1)))[:5]
    for axes, k in zip(grid.flat[1:], chosen, strict=False):
        _look(axes, maps[:, :, k], f"filter {k}")
    for axes in grid.flat[1 + len(chosen) :]:
        axes.set_axis_off()
    silent = (maps.max(axis=(0, 1)) == 0).sum()
    return (
        f"The image and what the {len(chosen)} liveliest of {maps.shape[2]} filters of {layer} "
        f"make of it; {silent} filters answer with zero everywhere."
    )


@picture(2.8)
def curves(figure, history: Mapping[str, Sequence[float]], title: str = "") -> str:
    """Loss and accuracy of the training and the validation part after each epoch."""
    panels = figure.subplots(1, 2)
    told = []
    for axes, name in zip(panels, ("loss", "accuracy"), strict=True):
        epochs = np.arange(1, len(history[name]) + 1)
        for key, part, hue, dash in zip(
            (name, f"val_{name}"), ("training", "validation"), *_looks(), strict=False
        ):
            axes.plot(epochs, history[key], color=hue, ls=dash, marker=".", label=part)
        axes.set(
            title=f"{name}{title and f', {title}'}",
            xlabel="epoch",
            xlim=(0.5, max(len(epochs), 2) + 0.5),
        )
        axes.xaxis.get_major_locator().set_params(integer=True)
        told.append(
            f"{name} after epoch {len(epochs)}: training {history[name][-1]:.2f}, "
            f"validation {history[f'val_{name}'][-1]:.2f}"
        )
    panels[1].set_ylim(0, 1.02)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return f"Curves over the epochs{title and f', {title}'}. {'; '.join(told)}."


@picture(4.2)
def confusion(figure, matrix: np.ndarray, classes: Sequence[str]) -> str:
    """A confusion matrix (K, K), rows the true class, each row as shares of its sum."""
    axes = figure.subplots()
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, vmin=0, vmax=1, origin="upper", aspect="equal")
    for row, column in np.ndindex(*shares.shape):
        share = shares[row, column]
        ink = "#101010" if share > 0.6 else "#f4f4f4"  # the colours behind are the same everywhere
        text = f"{share:.2f}"
        axes.text(column, row, text, ha="center", va="center", color=ink, fontsize=10)
    names = [words(label) for label in classes]
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="the classifier says", ylabel="it is")
    told = []
    for label, row in zip(classes, shares, strict=True):
        parts = [f"{words(classes[j])} {row[j]:.2f}" for j in np.argsort(-row)[:3] if row[j] > 0]
        told.append(f"{words(label)} is taken for {', '.join(parts)}")
    return f"Confusion matrix, shares of each row: {'; '.join(told)}."


@picture(3.0)
def reliability(figure, probabilities: np.ndarray, labels: np.ndarray) -> str:
    """Accuracy of predictions against their confidence, in tenths; on the line they agree."""
    axes = figure.subplots()
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    place = np.minimum((confidence * 10).astype(int), 9)
    told = []
    for k in np.unique(place):
        share = right[place == k].mean()
        axes.bar(k / 10 + 0.05, share, width=0.09, color=HUES[0])
        told.append(f"{k / 10:.1f} to {(k + 1) / 10:.1f}: {share:.2f} of {(place == k).sum()}")
    axes.plot([0, 1], [0, 1], color=_INK, linewidth=1, linestyle="--")
    axes.set(xlabel="confidence", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1))
    return f"Share of right answers by confidence, the line where both agree: {'; '.join(told)}."


@picture(3.2)
def timeline(figure, verdict) -> str:
    """The probabilities of a recording's windows over time; see `classify.recording`."""
    axes = figure.subplots()
    middle = verdict.start + chunks.SECONDS / 2
    lines = np.where(verdict.silent[:, None], np.nan, verdict.probabilities)
    for label, line, hue, dash in zip(verdict.classes, lines.T, *_looks(), strict=False):
        axes.plot(middle, line, color=hue, ls=dash, marker=".", label=words(label))
    end = max(verdict.seconds, chunks.SECONDS)
    axes.set(xlabel="time (s)", ylabel="probability", xlim=(0, end), ylim=(-0.02, 1.02))
    figure.legend(loc="outside upper center", ncols=2)
    said = words(verdict.verdict) if verdict.verdict else f"none of these ({verdict.reason})"
    axes.set_title(f"verdict: {said}")
    told = [
        f"{begin:.0f} to {end:.0f} s {f'{words(name)} {probability:.2f}' if name else 'silent'}"
        for begin, end, name, probability in verdict.timeline()
    ]
    return f"Probabilities over {verdict.seconds:.1f} s: {', '.join(told)}. Verdict: {said}."


@picture(3.0)
def cutmix(figure, image: np.ndarray, patch: np.ndarray, weights: Mapping[str, float]) -> str:
    """A mixed MFCC image, its patch framed, above the bar of its label; c0 is left out."""
    top, bottom, left, right = (int(end) for end in patch)
    picture, label = figure.subplots(2, 1, height_ratios=[4, 1])
    frames, n = image.shape
    seconds = chunks.SECONDS
    picture.imshow(image[:, 1:].T, extent=(0, seconds, 0.5, n - 0.5))
    low = max(left, 1)
    if bottom > top and right > low:
        box = matplotlib.patches.Rectangle(
            (top / frames * seconds, low - 0.5),
            (bottom - top) / frames * seconds,
            right - low,
            fill=False,
            edgecolor=HUES[1],
            linewidth=2.5,
        )
        picture.add_patch(box)
    picture.set(xlabel="time (s)", ylabel="coefficient")
    reached = 0.0
    told = []
    for (name, weight), hue in zip(weights.items(), HUES, strict=False):
        label.barh(0, weight, left=reached, color=hue, label=f"{name} {weight:.2f}")
        reached += weight
        told.append(f"{weight:.2f} {name}")
    label.set(xlim=(0, 1), yticks=[], xlabel="label")
    figure.legend(loc="outside upper center", ncols=2)
    return (
        f"An MFCC image with a pasted patch over frames {top} to {bottom} and coefficients {left} "
        f"to {right}. Label: {' and '.join(told)}."
    )
