"""Progress bars: tqdm's in a terminal, the browser's own in a notebook (every chapter).

In a notebook a bar of tqdm's is text on stderr, and leaves an empty pink box behind. This one is
shown while it moves and leaves nothing.
"""

import html
import sys
from typing import Any

from tqdm import tqdm

_places: dict[int, Any] = {}
_cell = None


def bar(*args, **kwargs) -> tqdm:
    """A bar with tqdm's arguments: of an iterable, or moved by its `update`.

    >>> from helpers import progress
    >>> list(progress.bar([1, 2], "counting", disable=True))
    [1, 2]
    """
    return (_InPage if _in_notebook() else tqdm)(*args, **kwargs)


def _in_notebook() -> bool:
    """Whether what runs now is a cell of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None


def _place(number: int):
    """Where the cell that runs shows a bar inside so many others: one place for all, in turn."""
    from IPython import get_ipython
    from IPython.display import DisplayHandle

    global _cell
    # Each request to run a cell has a name of its own.
    cell = get_ipython().kernel.get_parent("shell")["header"].get("msg_id")
    if cell != _cell:
        _cell = cell
        _places.clear()
    if number not in _places:
        _places[number] = DisplayHandle()
        _places[number].display({"text/html": ""}, raw=True)
    return _places[number]


class _InPage(tqdm):
    """A bar in a notebook's page."""

    def __init__(self, *args, **kwargs):
        kwargs["gui"] = True  # tqdm's word for a bar that writes no text
        self.place = None
        super().__init__(*args, **kwargs)

    def display(self, *_, **__) -> None:
        """Show how far it is."""
        if self.disable or self.last_print_t < self.start_t + self.delay:
            return
        if self.place is None:
            self.place = _place(abs(self.pos))
        form = {"bar_format": "{desc}: {n_fmt} of {total_fmt}{postfix}"}
        said = html.escape(self.format_meter(**self.format_dict | form))
        ends = f'max="{self.total}" value="{self.n}"' if self.total else ""
        shown = f'<progress {ends} aria-label="{said}"></progress> <small>{said}</small>'
        self.place.update({"text/html": shown}, raw=True)

    def clear(self, *_, **__) -> None:
        """Nothing has to make room for text."""

    def close(self) -> None:
        """Take it away."""
        if self.place is not None:
            self.place.update({}, raw=True)
            self.place = None
        super().close()
