"""Records as dots with their pairs, and as tables: one, of a kind, or all (every chapter)."""

import html
import itertools
import math
from collections.abc import Container, Sequence

from matplotlib.ticker import EngFormatter, LogLocator, NullLocator

from helpers import results
from helpers.plots.page import (
    HUES,
    INK,
    Html,
    address,
    below,
    fold,
    joined,
    picture,
    row,
    stack,
    table,
)

_LONG = 20  # letters of a row's name, beyond which two panels fit beside it and not three
_WIDE = (18, 16, 12)  # letters below a panel, of one, two or three abreast
_DECADE = 10  # a range of figures for which a logarithmic axis shows more
_LIBRARIES = ("numpy", "scikit-learn", "librosa", "keras", "tensorflow", "jax")


def records(found: Sequence[dict], *figures: str) -> Html:
    """Figures of records, by default all: dots, two records abreast; tables folded.

    Of no records it says so.

    >>> from helpers import plots, results
    >>> found = results.every("difficulty")
    >>> plots.records(found, "accuracy of chunks").count("<table") == len(found)
    True
    """
    if not found:
        return Html("<p>Not run yet.</p>", "Not run yet.")
    drawn = row(*(_of_all(record, found, *figures) for record in found))
    return stack(drawn, numbers(found, *figures))


def numbers(found: Sequence[dict], *figures: str) -> Html:
    """Figures of records, by default all, as tables in one fold: for below a picture of them.

    >>> from helpers import plots, results
    >>> plots.numbers(results.every("ladder"), "clip_accuracy").alt.splitlines()[0]
    'In numbers, and how it was made'
    """
    tables = (_table(record, *figures) for record in found)
    return fold("In numbers, and how it was made", *tables)


def dots(record: dict, *figures: str) -> Html:
    """Figures of a record, by default all numbers: a row a condition, a dot a run, a bar the mean.

    Runs of the same fold or seed are joined, so that the eye can follow each pair.

    >>> from helpers import plots, results
    >>> plots.dots(results.load("difficulty", "demo"), "accuracy of chunks").alt.split(":")[0]
    'On 325 bundled clips, accuracy of chunks'
    """
    return _of_all(record, [record], *figures)


def _of_all(record: dict, found: Sequence[dict], *figures: str) -> Html:
    """The dots of one of several records, whose axes are of the same kind in all of them."""
    names = results.numbers(record, *figures)
    decades = {name for name in names if all(_over_decades(other, name) for other in found)}
    rows = _labels([result["compared"] for result in record["results"]])
    abreast = min(len(names), 2 if max(map(len, rows)) > _LONG else 3)
    bands = -(-len(names) // abreast)
    lines = max(below(_label(name, decades), _WIDE[abreast - 1]).count("\n") for name in names)
    height = 0.4 + bands * (0.6 + 0.17 * lines + 0.22 * len(rows))
    return picture(height)(_dots)(record, names, rows, (bands, abreast), decades)


def reading(record: dict, name: str) -> Html:
    """The dots of one figure of a record, with words at them that say how to read such a picture.

    The record compares two conditions or more, each with runs on the same folds or seeds.

    >>> from helpers import plots, results
    >>> plots.reading(results.load("difficulty", "demo"), "accuracy of chunks").alt.split(".")[0]
    'A row is what is compared, a dot one run'
    """
    rows = _labels([result["compared"] for result in record["results"]])
    return picture(1.9 + 0.3 * len(rows))(_labelled)(record, name, rows)


def _labelled(figure, record: dict, name: str, rows: Sequence[str]) -> str:
    told = _dots(figure, record, [name], rows, (1, 1), set())
    (axes,) = figure.axes
    last = len(rows) - 1
    first, second = (
        [run["figures"][name] for run in record["runs"] if run["compared"] == result["compared"]]
        for result in record["results"][:2]
    )
    mean = record["results"][last]["figures"][name]["mean"]
    for words, at, place in (
        ("a line: runs on the same clips", ((first[0] + second[0]) / 2, 0.5), (0.05, -0.95)),
        ("a dot: one run", (max(first), 0), (0.62, -0.95)),
        ("a bar: the mean of the row", (mean, last + 0.15), (0.3, last + 1)),
    ):
        arrow = {"arrowstyle": "->", "color": INK, "lw": 0.8}
        words_at = {"textcoords": axes.get_yaxis_transform(), "va": "center"}
        axes.annotate(words, at, place, arrowprops=arrow, **words_at)
    axes.set(ylim=(last + 1.4, -1.4), ylabel="what is compared")
    return (
        "A row is what is compared, a dot one run. A line joins runs on the same clips, a bar is "
        f"the mean of its row. {told}"
    )


def _over_decades(record: dict, name: str) -> bool:
    means = [of["figures"][name]["mean"] for of in record["results"] if name in of["figures"]]
    return bool(means) and 0 < min(means) < max(means) / _DECADE and max(means) > 1  # no share


def _dots(
    figure,
    record: dict,
    names: Sequence[str],
    rows: Sequence[str],
    grid: tuple[int, int],
    decades: Container[str],
) -> str:
    conditions = [result["compared"] for result in record["results"]]
    panels = figure.subplots(*grid, sharey=True, squeeze=False).ravel()
    place = [conditions.index(run["compared"]) for run in record["runs"]]
    told = []
    for axes, name in zip(panels, names, strict=False):
        joined(axes, record["runs"], place, name, color=HUES[0])
        means = [result["figures"][name]["mean"] for result in record["results"]]
        axes.plot(means, range(len(rows)), "|", color=INK, ms=12)
        if name in decades:
            axes.set_xscale("log")
            few = max(means) < min(means) * _DECADE**1.5
            axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if few else (1,)))
            axes.xaxis.set_major_formatter("{x:g}")  # its own writes powers of ten as TeX
            axes.xaxis.set_minor_locator(NullLocator())
        else:
            axes.locator_params(axis="x", nbins=4 - grid[1])
            if max(means) < 0.001:
                axes.xaxis.set_major_formatter("{x:g}")  # its own writes the power beside the axis
        if max(means) >= 1000:
            axes.xaxis.set_major_formatter(EngFormatter(sep=""))
        axes.margins(x=0.1)
        axes.grid(axis="x", color=INK, alpha=0.2, linewidth=0.6)
        axes.set_xlabel(below(_label(name, decades), _WIDE[grid[1] - 1]))
        each = (f"{r} {results.spread(m, math.nan)}" for r, m in zip(rows, means, strict=True))
        told.append(f"{_words(name)}: {', '.join(each)}")
    for axes in panels[len(names) :]:
        axes.set_visible(False)
    panels[0].set_yticks(range(len(rows)), rows)
    panels[0].set_ylim(len(rows) - 0.5, -0.5)
    figure.suptitle(results.title(record))
    return f"On {results.title(record)}, {'; '.join(told)}."


def _labels(conditions: Sequence[dict]) -> list[str]:
    """A name for each condition, of what differs between them; a lone number with its key.

    >>> _labels([{"batch": 16, "way": "a"}, {"batch": 16, "way": "b"}]), _labels([{"batch": 16}])
    (['a', 'b'], ['batch 16'])
    """
    differ = [key for key in conditions[0] if len({str(of.get(key)) for of in conditions}) > 1]
    if not differ:
        alone = conditions[0].items()
        named = (value if isinstance(value, str) else f"{key} {value}" for key, value in alone)
        return [", ".join(named)] * len(conditions)
    return [", ".join(str(of.get(key, "")) for key in differ) for of in conditions]


def _label(name: str, decades: Container[str]) -> str:
    return _words(name) + ", logarithmic" * (name in decades)


def _words(name: str) -> str:
    return name.replace("_", " ")


def catalogue() -> Html:
    """What is recorded, a row for each record.

    >>> from helpers import plots
    >>> plots.catalogue().alt.splitlines()[1].split()
    ['experiment', 'data', 'runs', 'minutes', 'profile', 'date']
    """
    found = results.catalogue()
    found["minutes"] = (found.seconds / 60).map("{:.1f}".format)
    shown = ["experiment", "data", "runs", "minutes", "profile", "date"]
    hours = found.seconds.sum() / 3600
    return table(found[shown], f"{len(found)} records, {hours:.1f} hours of measuring")


def medians(record: dict) -> Html:
    """The median of each figure of a record, a row for each condition.

    >>> from helpers import plots, results
    >>> plots.medians(results.load("bench_mfcc", "demo")).alt.split(" of ")[0]
    'Record bench_mfcc, 325 bundled clips: medians'
    """
    made = record["provenance"]
    caption = (
        f"Record {record['experiment']}, {results.title(record)}: medians of {record['repeats']} "
        f"repeats, {made['date'][:10]}, {results.cores(made)} of {made['processor']}."
    )
    rows = results.medians(record)
    numbers = rows.select_dtypes("float")
    rows[numbers.columns] = numbers.map(lambda x: f"{x:,.0f}" if abs(x) >= 100 else f"{x:.3g}")
    return table(rows, caption)


def experiments() -> Html:
    """A fold for each experiment: its question, its pages, figures and how they were made.

    >>> from helpers import plots
    >>> "ladder: " in plots.experiments().alt
    True
    """
    grouped = itertools.groupby(results.recorded(), lambda record: record["experiment"])
    return stack(*(_fold(name, list(found)) for name, found in grouped))


def pages(name: str) -> tuple[str, ...]:
    """The pages of the book that show the records of a name, where any does.

    >>> from helpers import plots
    >>> plots.pages("ladder")
    ('pruning',)
    """
    from helpers.experiments import EXPERIMENTS  # with all that they compare: for one page alone

    if name in EXPERIMENTS:
        return EXPERIMENTS[name].pages
    return ("speed",) if name.startswith("bench_") else ("listening",)  # what the page heard


def _fold(name: str, found: Sequence[dict]) -> Html:
    links = " and ".join(map(_link, pages(name)))
    shown = Html(f"<p>Shown in {links}.</p>" if links else "", "")
    tables = (stack(_table(record), _made(record)) for record in found)
    return fold(f"{name}: {found[0]['question']}", shown, *tables)


def _table(record: dict, *figures: str) -> Html:
    return table(results.table(record, *figures), results.source(record))


def _made(record: dict) -> Html:
    """What is needed to make a record again, and on what it was made."""
    data, made = record["data"], record["provenance"]
    versions = made["versions"]
    facts = {
        "command": made["command"],
        "commit": made["commit"] + (", with changes" if made["modified"] else ""),
        "runs": f"{len(record['runs'])} in {record['seconds']:,.0f} s",
        "date": made["date"],
        "machine": f"{made['processor']}, {results.cores(made)}, {made['machine']}",
        "python": made["python"],
        "libraries": ", ".join(f"{n} {versions[n]}" for n in _LIBRARIES if n in versions),
        "data": f"{data['clips']} clips, SHA-256 {data['sha256'][:12]}...",
    }
    if "keras" in made:
        facts["Keras"] = "on {backend}, in {floatx}".format(**made["keras"])
    lines = "".join(f"<li>{name}: {html.escape(fact)}</li>" for name, fact in facts.items())
    alt = "\n".join(f"{name}: {fact}" for name, fact in facts.items())
    return Html(f'<ul style="overflow-wrap:anywhere">{lines}</ul>', alt)


def _link(page: str) -> str:
    return f'<a href="{address(page)}">{page.replace("-", " ")}</a>'
