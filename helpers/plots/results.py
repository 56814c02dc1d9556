"""All records in one table, and a fold for each experiment (results page)."""

import html
import itertools
import os
from collections.abc import Sequence

from helpers import results
from helpers.plots.page import Html, fold, records, stack, table

_LIBRARIES = ("numpy", "scikit-learn", "librosa", "keras", "tensorflow", "jax")


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
    'Record bench_mfcc: medians'
    """
    made = record["provenance"]
    caption = (
        f"Record {record['experiment']}: medians of {record['repeats']} repeats, "
        f"{made['date'][:10]}, {results.cores(made)} of {made['processor']}."
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
    tables = (stack(records([record]), _made(record)) for record in found)
    return fold(f"{name}: {found[0]['question']}", shown, *tables)


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
    ending = ".md" if page == "data-card" else ".ipynb"
    if os.environ.get("BOOK_PRERENDER"):
        ending = ".html"
    return f'<a href="{page}{ending}">{page.replace("-", " ")}</a>'
