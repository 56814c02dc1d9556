"""Pictures of clips and chunks (chapter dataset)."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers import audio, chunks, splits
from helpers.plots.page import HUES, INK, looks, picture, words
from helpers.plots.sound import wave_on


@picture(2.5)
def all_counts(figure, numbers: pd.Series, chosen: Sequence[str]) -> str:
    """The number of clips of every class as a column, the chosen classes in another colour.

    >>> import pandas as pd
    >>> from helpers import plots
    >>> plots.all_counts(pd.Series({"Cello": 30, "Flute": 30, "Oboe": 9}), ["Cello", "Oboe"])
    Clips of 3 classes as columns: 2 classes reach 30, the smallest has 9. The 2 chosen classes
    stand out in colour.
    """
    axes = figure.subplots()
    hue = [HUES[1] if label in chosen else HUES[0] for label in numbers.index]
    axes.bar(range(len(numbers)), numbers, color=hue)
    axes.set(xlabel="classes, most frequent first", ylabel="clips", xticks=[])
    most = (numbers == numbers.max()).sum()
    return (
        f"Clips of {len(numbers)} classes as columns: {most} classes reach {numbers.max()}, the "
        f"smallest has {numbers.min()}. The {len(chosen)} chosen classes stand out in colour."
    )


@picture(3.2)
def durations(figure, clips: pd.DataFrame, limit: float) -> str:
    """How long the clips of each class last, as histograms with the limit marked.

    >>> from helpers import dataset, plots
    >>> clips = dataset.load("demo", ["Cello"])
    >>> plots.durations(clips, limit=2.0).alt.split(":")[0]
    'Histograms of clip lengths with a line at 2 s'
    """
    grid = figure.subplots(
        clips.label.cat.categories.size, 1, sharex=True, sharey=True, squeeze=False
    )
    rows = grid[:, 0]
    bins = np.geomspace(min(0.25, clips.seconds.min()), max(32, clips.seconds.max()), 29)
    told = []
    hues, _ = looks()
    classes = clips.groupby("label", observed=False)
    for axes, (label, group), hue in zip(rows, classes, hues, strict=False):
        axes.hist(group.seconds, bins, color=hue)
        axes.axvline(limit, color=INK, linewidth=1, linestyle="--")
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
    """A clip's whole wave, and where in it a chunk of 2 s lies.

    >>> import numpy as np
    >>> from helpers import plots
    >>> plots.chunk_in_clip(np.zeros(3 * 22_050), 0.5, "silence")
    Waveform of silence, 3.0 s long; the chunk lies from 0.5 to 2.5 s.
    """
    axes = figure.subplots()
    wave_on(axes, wave, audio.SR, HUES[0])
    axes.axvspan(start, start + chunks.SECONDS, color=HUES[1], alpha=0.3, linewidth=0)
    axes.set(title=title, xlabel="time (s)", ylabel="amplitude", xlim=(0, len(wave) / audio.SR))
    return (
        f"Waveform of {title}, {len(wave) / audio.SR:.1f} s long; the chunk lies from "
        f"{start:.1f} to {start + chunks.SECONDS:.1f} s."
    )


_PARTS = {"train": ("training", "s"), "validation": ("validation", "^"), "test": ("test", "D")}
"""The parts of a split: their names and markers."""


@picture(3.8)
def kept_apart(
    figure,
    cuts: chunks.Chunks,
    divided: Mapping[str, splits.Split],
    label: str,
    sessions: int = 6,
) -> str:
    """Where the chunks of the first sessions of a class go, by each way of splitting: a panel each,
    with a column for each clip, the clips of a session side by side.

    >>> from helpers import chunks, dataset, plots, splits
    >>> cuts = chunks.draw(dataset.drop_shorter(dataset.load("demo"), 2.0), 100, seed=0)
    >>> drawn = plots.kept_apart(cuts, {"clip": splits.by_clip(cuts, seed=0)}, "Cello")
    >>> "Split by clip: 0 clips and " in drawn.alt
    True
    """
    panels = figure.subplots(len(divided), 1, sharex=True, sharey=True, squeeze=False).ravel()
    of_class = np.flatnonzero(cuts.label == cuts.classes.index(label))
    table = pd.DataFrame(
        {"clip": cuts.clip[of_class], "session": cuts.session[of_class]}, index=of_class
    ).sort_values(["session", "clip"], kind="stable")
    table = table[table.session.isin(table.session.unique()[:sessions])]
    first = table.drop_duplicates("clip")
    gaps = (first.session != first.session.shift()).cumsum()
    x = pd.Series(np.arange(len(first)) + gaps.to_numpy(), index=first["clip"])
    column, row = x[table["clip"]].to_numpy(), table.groupby("clip").cumcount().to_numpy()
    told = []
    for axes, (name, split) in zip(panels, divided.items(), strict=True):
        part = pd.Series("", index=table.index)
        for hue, (field, (word, marker)) in zip(HUES, _PARTS.items(), strict=False):
            there = table.index.isin(getattr(split, field))
            part[there] = word
            look = {"color": hue, "marker": marker, "ls": "", "ms": 4}
            axes.plot(column[there], row[there], **look, label=word)
        for _, of_session in x.groupby(first.session.to_numpy()):
            axes.plot([of_session.min() - 0.3, of_session.max() + 0.3], [-0.9, -0.9], color=INK)
        axes.set(title=f"by {name}", yticks=[], xticks=[], ylim=(-1.4, row.max() + 0.6))
        torn = {of: (part.groupby(table[of]).nunique() > 1).sum() for of in ("clip", "session")}
        told.append(
            f"Split by {name}: {torn['clip']} clips and {torn['session']} sessions lie in several "
            "parts"
        )
    panels[-1].set_xlabel("clips; a line joins those of a session")
    panels[0].set_ylabel("chunks")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return (
        f"The {len(table)} chunks of {words(label)} as squares, triangles and diamonds: training, "
        f"validation and test part; a column is a clip. {'. '.join(told)}."
    )
