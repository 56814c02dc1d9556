"""Pictures of waves, spectra and overtones (chapter sound)."""

from collections.abc import Mapping, Sequence

import numpy as np

from helpers import audio, sound
from helpers.plots.page import HUES, INK, looks, picture, words


def wave_on(axes, wave: np.ndarray, sr: int, color: str) -> None:
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
    """A wave of shape (n,) against time in seconds.

    >>> import numpy as np
    >>> from helpers import plots
    >>> wave = np.array([0.5, -1, 0.25, 0])
    >>> plots.waveform(wave, "four samples", sr=2)
    Waveform: four samples. 2 seconds, peak amplitude 1.00.
    >>> from matplotlib.figure import Figure
    >>> upper, lower = Figure().subplots(2)
    >>> plots.waveform(wave, "on axes of your own", sr=2, ax=upper) is upper
    True
    """
    axes = figure.subplots()
    wave_on(axes, wave, sr, HUES[0])
    axes.set(title=title, xlabel="time (s)", ylabel="amplitude", xlim=(0, len(wave) / sr))
    return (
        f"Waveform: {title}. {len(wave) / sr:.3g} seconds, peak amplitude {np.abs(wave).max():.2f}."
    )


@picture(3.8)
def periods(figure, waves: Mapping[str, np.ndarray], f0: float) -> str:
    """Four periods of each labelled note, one under the other on the same time axis.

    >>> from helpers import plots, sound
    >>> notes = {"Cello": sound.tone([1, 0.5, 0.3]), "Clarinet": sound.tone([1, 0, 0.3])}
    >>> plots.periods(notes, f0=220)
    Four periods of the same note on cello, clarinet. Lines every 4.55 ms: each shape repeats at
    every line, and no two shapes are alike.
    """
    rows = figure.subplots(len(waves), 1, sharex=True)
    span = round(4 / f0 * audio.SR)
    hues, _ = looks()
    for axes, (label, wave), hue in zip(rows, waves.items(), hues, strict=False):
        at = audio.SR // 2  # where each sounds steadily
        at += int(np.argmax(wave[at : at + span // 4]))  # begin at a peak: same phase in each row
        piece = wave[at : at + span + 1]
        axes.plot(1000 * np.arange(len(piece)) / audio.SR, piece, color=hue)
        axes.set(title=words(label), yticks=[])
        for k in range(5):
            axes.axvline(1000 * k / f0, color=INK, linewidth=0.6, alpha=0.5)
    rows[-1].set(xlabel="time (ms)", xlim=(0, 4000 / f0))
    return (
        f"Four periods of the same note on {', '.join(map(words, waves))}. Lines every "
        f"{1000 / f0:.2f} ms: each shape repeats at every line, and no two shapes are alike."
    )


@picture(2.4)
def spectrum(figure, wave: np.ndarray, title: str, f0: float = sound.A3, top: float = 3000) -> str:
    """The amplitude of each frequency up to `top` Hz, multiples of `f0` marked below.

    >>> from helpers import plots, sound
    >>> plots.spectrum(sound.tone([1, 0.5, 0, 0.3]), "a built note")
    Spectrum: a built note. Peaks above a tenth of the strongest stand at 1, 2, 4 times 220 Hz.
    """
    axes = figure.subplots()
    frequency, amplitude = sound.spectrum(wave)
    shown = frequency <= top
    axes.plot(frequency[shown], amplitude[shown] / amplitude.max(), linewidth=1.3)
    multiples = np.arange(f0, top, f0)
    axes.plot(multiples, np.full(len(multiples), -0.05), "^", color=INK, markersize=4)
    axes.set(title=title, xlabel="frequency (Hz)", ylabel="amplitude", xlim=(0, top))
    strong = [k for k, a in enumerate(sound.partials(wave, f0), 1) if a > 0.1 and k * f0 < top]
    return (
        f"Spectrum: {title}. Peaks above a tenth of the strongest stand at "
        f"{', '.join(map(str, strong))} times {f0:.0f} Hz."
    )


@picture(4.2)
def recipes(figure, partials: Mapping[str, np.ndarray]) -> str:
    """The partials of several notes as bars, one row a note, in dB below the strongest.

    >>> from helpers import plots
    >>> plots.recipes({"Cello": [1, 0.5, 0.1], "Clarinet": [0.98, 0.01, 1]})
    Levels in dB of partials 1 to 3 of the same note. cello 0, -6, -20; clarinet 0, -40, 0.
    """
    rows = figure.subplots(len(partials), 1, sharex=True, sharey=True)
    told = []
    hues, _ = looks()
    for axes, (label, levels), hue in zip(rows, partials.items(), hues, strict=False):
        db = 20 * np.log10(np.maximum(levels, 1e-3))
        numbers = np.arange(1, len(db) + 1)
        axes.bar(numbers, db + 60, bottom=-60, color=hue, width=0.7)
        axes.set(title=words(label), ylim=(-60, 3), yticks=[-60, -30, 0])
        told.append(f"{words(label)} {', '.join(str(round(level)) for level in db)}")
    rows[-1].set(xlabel="partial (1 is the fundamental)", xticks=numbers)
    rows[len(rows) // 2].set_ylabel("level (dB)")
    return f"Levels in dB of partials 1 to {len(db)} of the same note. {'; '.join(told)}."


@picture(2.8)
def envelopes(figure, waves: Mapping[str, np.ndarray], seconds: float = 1.0) -> str:
    """How loud each note is over its first `seconds`.

    >>> from helpers import plots, sound
    >>> plots.envelopes({"A_built_note": sound.tone([1, 0.5])}, seconds=0.5)
    Loudness over the first 0.5 s of each note: a built note reaches half its loudest after 10
    ms.
    """
    axes = figure.subplots()
    told = []
    for (label, wave), hue, dash in zip(waves.items(), *looks(), strict=False):
        level = sound.envelope(wave)[: round(seconds / sound.STEP)]
        axes.plot(np.arange(len(level)) * sound.STEP, level, color=hue, ls=dash, label=words(label))
        told.append(
            f"{words(label)} reaches half its loudest after "
            f"{1000 * sound.STEP * np.argmax(level > 0.5):.0f} ms"
        )
    axes.set(xlabel="time (s)", ylabel="loudness (1 is the loudest)", xlim=(0, seconds))
    figure.legend(loc="outside upper center", ncols=2)
    return f"Loudness over the first {seconds:g} s of each note: {'; '.join(told)}."


@picture(2.6)
def timbre(figure, amplitudes: Sequence[float], wave: np.ndarray, f0: float = sound.A3) -> str:
    """A built note: its partials as bars beside two periods of its wave.

    >>> from helpers import plots, sound
    >>> amplitudes = [1, 0, 0.5]
    >>> plots.timbre(amplitudes, sound.tone(amplitudes))
    Partials that sound: 1, 3. Beside them, two periods of the wave.
    """
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
    """The notes that each instrument plays, as bars from its lowest to its highest frequency.

    >>> from helpers import plots
    >>> plots.ranges({"Cello": (65, 880), "Double_bass": (41, 262)})
    Ranges of notes: cello 65 to 880 Hz; double bass 41 to 262 Hz. All of them hold 220 Hz.
    """
    axes = figure.subplots()
    told = []
    for row, (label, (low, high)) in enumerate(semitones.items()):
        axes.barh(row, high - low, left=low, color=HUES[row % len(HUES)], height=0.6)
        told.append(f"{words(label)} {low:.0f} to {high:.0f} Hz")
    axes.axvline(sound.A3, color=INK, linewidth=1)
    axes.set(title="the line: 220 Hz", xscale="log", xlim=(35, 2200))
    axes.set_xticks([50, 100, 200, 400, 800], [50, 100, 200, 400, 800])
    axes.set_yticks(range(len(semitones)), [words(label) for label in semitones])
    axes.set(xlabel="frequency of the fundamental (Hz)", ylim=(len(semitones) - 0.4, -0.6))
    axes.minorticks_off()
    return f"Ranges of notes: {'; '.join(told)}. All of them hold 220 Hz."
