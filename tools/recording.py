"""Keep what nbval runs: the outputs of each chapter, as a reader sees them, for the site.

nbval runs each cell and compares the outputs of cells tagged `nbval-check-output`. Of the
messages it receives, nbclient makes the notebook that JupyterLab would show, widgets included;
once every cell has passed it is written to book/_build/executed/ and put into the cache, so that a
run that is ended keeps the chapters that it had finished. On the default data, a chapter fails
whose kernel held more than it may.
"""

from __future__ import annotations

import copy
import os
import re
import time
from contextlib import suppress
from pathlib import Path

import execute
import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbval.plugin import IPyNbCell, IPyNbFile, coalesce_streams

# The stored outputs are those of the default run; others only have to run without an error.
COMPARED = (
    os.environ.get("BOOK_DATA", "demo") == "demo"
    and os.environ.get("BOOK_PROFILE", "quick") == "quick"
    and "BOOK_REFRESH" not in os.environ
)
# Megabytes that a chapter's kernel may hold of its own, where nothing is cached: pruning has 620 to
# 658, the others less. Binder has 2 GB, of which its server takes 130: so two may be open, and some
# 300 are left for the libraries that they share.
MOST = 775
# A notebook stores text alone, so text alone is compared.
NOT_COMPARED = ("stderr", "text/html", "text/latex", "text/markdown", "image/svg+xml")


def most_memory(process: int) -> int:
    """Return the most memory of its own that a running process has held, in MB.

    What it has of files, such as libraries, all processes share. How much of them counts depends
    on how the system keeps them: of TensorFlow's 100 MB more where they have just been written.
    """
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    most, files = (
        int(re.findall(rf"{name}:\s*(\d+) kB", status)[0]) for name in ("VmHWM", "RssFile")
    )
    return (most - files) * 1024 // 10**6


class Recording:
    """A chapter in the making: the outputs of the cells run so far."""

    def __init__(self, chapter: IPyNbFile) -> None:
        self.notebook = copy.deepcopy(chapter.nb)
        cells = enumerate(self.notebook.cells)
        self.code = [(index, cell) for index, cell in cells if cell.cell_type == "code"]
        self.client = NotebookClient(self.notebook, record_timing=False)
        self.client.kc = chapter.kernel.kc
        self.passed = 0
        self.started = time.monotonic()
        self.kernel = chapter.kernel.km.provisioner.pid
        self.path = execute.EXECUTED / chapter.path.name
        self.mark = execute.fingerprint(chapter.path)  # the chapter as it is executed
        self._receive, chapter.get_kernel_message = chapter.get_kernel_message, self.receive

    def begin(self, number: int) -> None:
        """Attribute the messages that follow to a code cell."""
        self.index, self.cell = self.code[number]
        self.cell.outputs = []
        self.client.clear_before_next_output = False

    def receive(self, timeout: float | None = None, stream: str = "iopub") -> dict:
        """Pass a kernel message on to nbval, having shown it to nbclient."""
        message = self._receive(timeout=timeout, stream=stream)
        with suppress(CellExecutionComplete):
            self.client.process_message(message, self.cell, self.index)
        return message

    def end(self) -> None:
        """Count the cell as passed; write the notebook when it was the last."""
        self.passed += 1
        self.cell.execution_count = self.passed
        # Where a progress bar was, nothing is left.
        outputs = [output for output in self.cell.outputs if output.get("data") != {}]
        self.cell.outputs = coalesce_streams(outputs)
        if self.passed == len(self.code):
            self.client.set_widgets_metadata()
            self.notebook.metadata.seconds = time.monotonic() - self.started
            self.notebook.metadata.megabytes = held = most_memory(self.kernel)
            if COMPARED and held > MOST:
                pytest.fail(f"the chapter took {held} MB, and may take {MOST}", pytrace=False)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(self.notebook, self.path)
            if "BOOK_REFRESH" not in os.environ:  # what is refreshed is another notebook then
                execute.store(execute.BOOK / self.path.name, self.mark)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let nbval compare notebooks that are stored without execution counts."""
    for item in items:
        if isinstance(item, IPyNbCell):
            item.cell.execution_count = 0
            item.options["check"] = item.options["check"] and COMPARED


@pytest.hookimpl(trylast=True)  # after nbval has started the kernel
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Give a chapter its recording, and end it at the first cell that fails."""
    if not isinstance(item, IPyNbCell):
        return
    chapter = item.parent
    if not hasattr(chapter, "recording"):
        chapter.recording = Recording(chapter)
        chapter.skip_compare += NOT_COMPARED
    if chapter.recording.passed < item.cell_num:
        pytest.skip("an earlier cell of this chapter failed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item):
    """Record a cell while it runs."""
    if not isinstance(item, IPyNbCell):
        return (yield)
    recording = item.parent.recording
    recording.begin(item.cell_num)
    result = yield
    recording.end()
    return result
