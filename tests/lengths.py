"""How long a chapter may be: its words, and its height on a wide screen."""

from __future__ import annotations

import re

FEWEST, MOST = 1500, 2500
"""Words of prose: without code, formulas, and the options of a quiz."""

HIGHEST = 12_000
"""Pixels of the text of a page that is 1,280 wide, as it opens, with all folds closed."""

FOLD = re.compile(r"<details>.*?</details>", re.DOTALL)
NO_PROSE = re.compile(
    r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]+\$|<[^>]*>|!\[[^\]]*\]\([^)]*\)|(?<=\])\([^)\s]*\)",
    re.DOTALL,
)
WORD = re.compile(r"[^\W_](?:[\w'.,/-]*\w)?")


def words(text: str) -> int:
    """Count the words of prose in Markdown.

    >>> words("Two words `and code` [here](address.md). <details>Not these.</details>")
    3
    """
    return len(WORD.findall(NO_PROSE.sub(" ", FOLD.sub(" ", text))))
