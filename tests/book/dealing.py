"""How the tests of the built book are dealt to the processes that run them."""

from __future__ import annotations

import re

from xdist.scheduler import LoadFileScheduling


class ByPage(LoadFileScheduling):
    """Gives a process a module at a time, but of the two longest a page or a chapter.

    All that is asked of a page stays together, since it is asked of what is open.
    """

    def _split_scope(self, nodeid: str) -> str:
        module, _, case = nodeid.partition("::")
        if module.endswith("test_own_recordings.py"):
            return nodeid
        # Where it is opened stands before or after its name, as the test is parametrized.
        opened = re.search(r"\[(?:(file|http)-)?([\w-]+\.html)(?:-(file|http))?\]", case)
        place = opened and (opened[1] or opened[3])
        return f"{module} {opened[2]} {place}" if opened and place else module
