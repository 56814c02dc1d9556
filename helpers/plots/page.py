"""The HTML of every picture, player and table, with its alternative text (every chapter).

Pictures are inline SVG. Their text and axes take the page's text colour, so that one picture
suits a light page, a dark page and print; the other colours have enough contrast on both.
"""

import base64
import functools
import html
import inspect
import io
import itertools
import os
import re
import sys
import textwrap
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler

from helpers import audio, dataset
from helpers.errors import InputError

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

PUBLISHED = "https://which-instrument.github.io/which-instrument"
"""Where the book is to be read; written by `make address`."""

INK = "#010203"  # becomes the page's text colour
HUES = ("#5e57d5", "#ea6d0e", "#26a388", "#ab81c8", "#945730")
"""One for each of five classes, told apart by colour-blind eyes too; line styles differ as well."""
DASHES = ("-", (0, (5, 2)), (0, (5, 2, 1, 2)), (0, (1, 1.5)), (0, (3, 1, 1, 1, 1, 1)))

LOUDEST = 0.85
"""The highest peak of what is played: MP3 adds to it, and above 1 a loudspeaker clips."""

FIT = "width:100%;max-width:30rem;height:auto"

_STYLE: "dict[RcKeyType, Any]" = {
    "axes.edgecolor": INK,
    "axes.facecolor": "none",
    "axes.labelcolor": INK,
    "axes.prop_cycle": cycler(color=HUES),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "figure.autolayout": False,
    "figure.constrained_layout.use": False,
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
    "text.color": INK,
    "text.parse_math": False,  # a $ in the name of a file is one
    "xtick.color": INK,
    "ytick.color": INK,
}


def address(page: str) -> str:
    """Where a page of the book is found by who sees the picture: on the site, or live.

    Colab shows a picture in a frame from which no other notebook can be reached.
    """
    if os.environ.get("BOOK_PRERENDER"):
        return f"{page}.html"
    if page == "data-card" or "google.colab" in sys.modules:
        return f"{PUBLISHED}/{page}.html"
    return f"{page}.ipynb"


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
    """Pieces one under the other, as one.

    >>> from helpers import plots
    >>> plots.stack(plots.Html("<p>1</p>", "One."), plots.Html("<p>2</p>", "Two."))
    One. Two.
    """
    return Html("".join(pieces), " ".join(piece.alt for piece in pieces))


def row(*pieces: Html) -> Html:
    """Pieces two abreast, or one under the other where there is no room.

    A picture is then about as wide as on a phone, and as easy to read.

    >>> from helpers import plots
    >>> plots.row(plots.Html("<p>1</p>", "One."), plots.Html("<p>2</p>", "Two."))
    One. Two.
    """
    columns = "repeat(auto-fit,minmax(min(20rem,100%),1fr))"
    style = f"display:grid;grid-template-columns:{columns};gap:0 0.75rem;align-items:start"
    cells = "".join(f"<div>{piece}</div>" for piece in pieces)
    return Html(f'<div style="{style}">{cells}</div>', stack(*pieces).alt)


def fold(summary: str, *pieces: Html) -> Html:
    """Pieces under a line that opens and closes them.

    >>> from helpers import plots
    >>> plots.fold("More", plots.Html("<p>1</p>", "One."))
    More
    One.
    """
    body = stack(*pieces)
    return Html(
        f"<details><summary>{html.escape(summary)}</summary>{body}</details>",
        f"{summary}\n{body.alt}",
    )


def words(name: str) -> str:
    """A class name as prose: Acoustic_guitar becomes acoustic guitar.

    >>> from helpers import plots
    >>> plots.words("Acoustic_guitar")
    'acoustic guitar'
    """
    return name.replace("_", " ").lower()


def hue(name: str) -> str:
    """The colour of one of the five classes, in prose or not, the same on every page.

    Other names get one of these colours, too, by their letters.

    >>> from helpers import plots
    >>> plots.hue("Cello") == plots.hue("cello") != plots.hue("clarinet")
    True
    """
    known = [words(label) for label in dataset.CLASSES]
    spoken = words(name)
    place = known.index(spoken) if spoken in known else zlib.crc32(spoken.encode())
    return HUES[place % len(HUES)]


def player(wave: np.ndarray, label: str, sr: int = audio.SR) -> Html:
    """A labelled player for a wave of shape (n,) at `sr` Hz.

    What is louder than `LOUDEST` is turned down to it, or it would be clipped when it is played.

    >>> import numpy as np
    >>> from helpers import plots
    >>> plots.player(np.zeros(2205), "a tenth of a second")
    Player: a tenth of a second.
    """
    wave = np.asarray(wave) * min(1, LOUDEST / max(np.abs(wave).max(initial=0), LOUDEST))
    data = base64.b64encode(audio.mp3(wave, sr)).decode()
    name = html.escape(label, quote=True)
    return Html(
        f'<figure class="sound" style="margin:0.4rem 0"><figcaption>{name}</figcaption>'
        f'<audio controls preload="metadata" aria-label="{name}" '
        f'src="data:audio/mpeg;base64,{data}"></audio></figure>',
        f"Player: {label}.",
    )


def players(waves: Mapping[str, np.ndarray], sr: int = audio.SR) -> Html:
    """A player for each labelled wave, side by side where there is room.

    >>> import numpy as np
    >>> from helpers import plots
    >>> plots.players({"one": np.zeros(2205), "another": np.zeros(2205)})
    Player: one. Player: another.
    """
    each = stack(*(player(wave, label, sr) for label, wave in waves.items()))
    return Html(f'<div style="display:flex;flex-wrap:wrap;gap:0 1.5rem">{each}</div>', each.alt)


def table(rows: pd.DataFrame, caption: str) -> Html:
    """A table with a caption; the index is left out.

    >>> import pandas as pd
    >>> from helpers import plots
    >>> plots.table(pd.DataFrame({"class": ["Cello"], "clips": [30]}), "Clips of a class")
    Clips of a class
    class  clips
    Cello     30
    """
    rows = rows.rename_axis(columns=None)  # pandas would write a name of the columns as one more
    body = rows.to_html(index=False, border=0, classes="table", justify="left")
    body = body.replace(" ± ", "\u00a0±\u00a0")  # a figure and its spread stay on one line
    # A caption is as wide as its table, which may be narrow; JupyterLab has no rule for that.
    said = f'<caption style="min-width:min(24em,75vw)">{html.escape(caption)}</caption>'
    body = body.replace("<thead>", f"{said}<thead>")
    return Html(
        f'<div class="table-wrapper" tabindex="0">{body}</div>',
        f"{caption}\n{rows.to_string(index=False)}",
    )


def picture(height: float) -> Callable:
    """Make a function that draws on a figure and returns its alternative text return `Html`.

    The figure is 5 inches wide and `height` high. Given the axes of a figure of your own as `ax`,
    the function draws on these and returns them. Raises InputError for what is no axes, and for
    the axes of a picture of several panels.
    """

    def decorate(draw: Callable[..., str]) -> Callable[..., Html | Axes]:
        @functools.wraps(draw)
        def drawn(*arguments, ax: Axes | None = None, **options) -> Html | Axes:
            with matplotlib.rc_context(_STYLE):
                if ax is not None:
                    draw(_Within(ax, draw.__name__), *arguments, **options)
                    return ax
                figure = Figure(figsize=(5, height), layout="constrained")
                alt = draw(figure, *arguments, **options)
                _lay_out(figure)
                buffer = io.StringIO()
                figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
            return _inline(buffer.getvalue(), alt)

        drawn.__signature__ = _outer(draw)  # type: ignore[attr-defined]  # inspect reads it
        return drawn

    return decorate


def _lay_out(figure: Figure) -> None:
    """Settle where all stands, and leave out numbers of one axes that would run into another's."""
    layout = figure.get_layout_engine()
    if layout is not None:
        layout.execute(figure)
        # Where one is left, matplotlib draws all for it once more before it draws for the file.
        figure.set_layout_engine(None)
    if len(figure.axes) > 1:
        _space(figure)


def _space(figure: Figure) -> None:
    """Leave out numbers along horizontal axes that would run into the one before, or next door."""
    bottoms: dict[float, list] = {}
    for axes in figure.axes:
        if axes.get_visible():
            bottoms.setdefault(round(axes.get_position().y0, 2), []).append(axes)
    for abreast in bottoms.values():
        labels = [
            (tick.label1.get_window_extent(), tick.label1)
            for axes in abreast
            for tick in axes.xaxis._update_ticks()  # those in sight; get_xticks has others, too
            if tick.label1.get_visible() and tick.label1.get_text()
        ]
        end = -np.inf
        for box, label in sorted(labels, key=lambda told: told[0].x0):
            label.set_visible(box.x0 > end)
            end = max(end, box.x1 + 3) if label.get_visible() else end


def _outer(draw: Callable[..., str]) -> inspect.Signature:
    """How a picture is called: with `ax` by name, in place of the figure that it draws on."""
    (_, *given), last = inspect.signature(draw).parameters.values(), []
    if given[-1].kind is inspect.Parameter.VAR_KEYWORD:
        last = [given.pop()]
    ax = inspect.Parameter("ax", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Axes)
    return inspect.Signature([*given, ax, *last], return_annotation=Html)


class _Within:
    """What a picture takes for its figure when it is drawn on one axes of another figure."""

    def __init__(self, ax: Axes, name: str):
        if not isinstance(ax, Axes):
            raise InputError(f"ax is {ax!r}; give one axes, such as Figure().subplots() returns")
        self._ax, self._name = ax, name

    def subplots(self, *panels, **_) -> Axes:
        if panels:
            raise InputError(f"{self._name} draws several panels, not on one axes; leave out ax")
        return self._ax

    def legend(self, loc: str, ncols: int) -> None:
        self._ax.legend(ncols=ncols)  # `loc` is outside of a figure that is not the picture's

    def colorbar(self, drawn, **options) -> None:
        self._ax.figure.colorbar(drawn, ax=self._ax, **options)


def _inline(svg: str, alt: str) -> Html:
    """A file of matplotlib's as SVG that stands in a page: small, named, in the page's colour."""
    (view,) = re.findall(r'viewBox="([^"]+)"', svg)
    svg = svg[svg.index(">", svg.index("<svg")) + 1 :]
    svg = re.sub(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<[^>]*>", lambda tag: re.sub(r"(\d\.\d\d)\d+", r"\1", tag[0]), svg)
    svg = re.sub(r"\s*\n\s*", "\n", svg)
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'role="img" aria-label="{html.escape(alt, quote=True)}" viewBox="{view}" '
        f'style="{FIT};stroke-linejoin:round">'
    )
    return Html(f'<figure class="drawn">{head}{svg.replace(INK, "currentColor")}</figure>', alt)


def below(name: str, wide: int) -> str:
    """A name that stands below an axis, in lines of about one length if it is too wide for one."""
    lines = -(-len(name) // wide)
    return name if lines == 1 else textwrap.fill(name, len(name) // lines + 3)


def joined(axes, runs: Sequence[dict], rows: Iterable[float], name: str, **look) -> None:
    """Dots of a figure of runs, each at its row; those of the same fold or seed are joined."""
    alike: dict[str, list[tuple]] = {}
    for run, row in zip(runs, rows, strict=True):
        alike.setdefault(str(run["repeated"]), []).append((run["figures"][name], row))
    look = {"marker": "o", "ms": 3.5, "lw": 0.7, "alpha": 0.85} | look
    for same in alike.values():
        figures, heights = zip(*sorted(same, key=lambda dot: dot[1]), strict=True)
        axes.plot(figures, heights, **look)


def looks() -> tuple:
    """Colours and line styles for 25 curves, each pair of them once; then again from the first.

    The first five differ in both.
    """
    n = len(HUES)
    dashes = [DASHES[(i + i // n) % n] for i in range(n * n)]
    return itertools.cycle(HUES), itertools.cycle(dashes)


@picture(2.2)
def lines(
    figure,
    x,
    curves: Mapping[str, np.ndarray],
    xlabel: str,
    ylabel: str,
    alt: str,
    title: str = "",
) -> str:
    """Labelled curves over the same `x`.

    >>> from helpers import plots
    >>> curves = {"up": [0, 1], "down": [1, 0]}
    >>> plots.lines([0, 1], curves, "time (s)", "level", alt="Two lines cross.")
    Two lines cross.
    """
    axes = figure.subplots()
    for (label, curve), hue, dash in zip(curves.items(), *looks(), strict=False):
        axes.plot(x, curve, color=hue, linestyle=dash, linewidth=1.4, label=label)
    if len(curves) > 1:
        figure.legend(loc="outside upper center", ncols=len(curves))
    axes.set(xlabel=xlabel, ylabel=ylabel, xlim=(x[0], x[-1]), title=title)
    return alt
