"""A chapter opened in JupyterLab or Notebook, as a reader has it."""

from __future__ import annotations

import time
from pathlib import Path

import nbformat
import recording
import requests
from playwright.sync_api import Browser, Locator

ADDRESS = {"lab": "lab/tree/{}?reset&token=", "notebook": "notebooks/{}?token="}
"""Addresses of a notebook; Lab would open what was open before as well."""

TOKEN = "a-reader"
"""What the server asks for; with it, a request need not come from a page."""

LONG = 900_000
"""Milliseconds that all cells of a chapter may take on a busy machine."""

SLOW = 180_000
"""Milliseconds that a page, or a click, may take on a busy machine."""

WIDGET = "application/vnd.jupyter.widget-view+json"

# What a reader would take for broken, by cell.
TROUBLE = r"""
async cells => {
  const troubles = [];
  for (const [i, cell] of cells.entries()) {
    cell.scrollIntoView();
    await new Promise(drawn => setTimeout(drawn, 50));
    const found = [];
    const outputs = [...cell.querySelectorAll('.jp-OutputArea-output')];
    for (const output of outputs) {
        const kind = output.dataset.mimeType || '';
        if (/stderr|error/.test(kind)) found.push(kind + ': ' + output.textContent);
        const said = /Javascript Error.*|Error displaying widget.*|Loading widget.*/.exec(
            output.textContent);
        if (said) found.push(said[0]);
        if (kind.includes('widget-view') && !output.querySelector('.jupyter-widgets'))
            found.push('a widget that is not drawn');
        for (const caption of output.querySelectorAll('caption')) {
            const {width, height} = caption.getBoundingClientRect();
            const em = parseFloat(getComputedStyle(caption).fontSize);
            if (height > 3 * em && width < 20 * em)
                found.push('a caption squeezed to its table: ' + caption.textContent);
        }
        for (const picture of output.querySelectorAll('img, svg, audio')) {
            if (picture.parentElement.closest('svg') || !picture.checkVisibility()) continue;
            const box = picture.getBoundingClientRect();
            if (!box.width || !box.height || picture.naturalWidth === 0)
                found.push('a picture without size: ' + picture.outerHTML.slice(0, 200));
        }
    }
    troubles.push(...found.map(each => `cell ${i}: ${each.slice(0, 600)}`));
  }
  return troubles;
}
"""


class Opened:
    """A notebook in a front end; closing it ends its kernel."""

    def __init__(self, browser: Browser, server: str, front_end: str, path: Path) -> None:
        self.server, self.path = server, path
        self.page = browser.new_page(viewport={"width": 1280, "height": 900})
        self.page.set_default_timeout(SLOW)
        self.console: list[str] = []
        self.page.on("console", lambda said: self._hear(said.type, said.text, said.location["url"]))
        self.page.on("pageerror", lambda error: self._hear("error", str(error)))
        self.page.goto(server + ADDRESS[front_end].format(path.name) + TOKEN)
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        self._until(lambda: self.kernel() is not None, "the kernel did not start")

    def _hear(self, kind: str, text: str, url: str = "") -> None:
        # Notebook 7.6 is refused fonts of its own.
        if kind == "error" and not url.endswith((".woff", ".woff2")):
            self.console.append(f"{text} {url}".replace(self.path.name, ""))

    def close(self) -> None:
        self.page.close()
        for session in self._sessions():
            self._ask("delete", f"api/sessions/{session['id']}")

    def _ask(self, method: str, what: str) -> requests.Response:
        known = {"Authorization": f"token {TOKEN}"}
        answer = requests.request(method, self.server + what, headers=known, timeout=60)
        answer.raise_for_status()
        return answer

    def _sessions(self) -> list[dict]:
        every = self._ask("get", "api/sessions").json()
        return [session for session in every if session["path"] == self.path.name]

    def kernel(self) -> dict | None:
        """What the server says of the notebook's kernel."""
        return next((session["kernel"] for session in self._sessions()), None)

    def most_memory(self) -> int:
        """The most memory that the kernel has held, in MB; 0 where the system does not say."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if self.kernel()["id"] in (process / "cmdline").read_text():
                    return recording.most_memory(int(process.name))
            except OSError:  # it has ended, or is another's
                continue
        return 0

    def _until(self, holds, otherwise: str, timeout: int = SLOW) -> None:
        end = time.monotonic() + timeout / 1000
        while not holds():
            assert time.monotonic() < end, otherwise
            self.page.wait_for_timeout(500)  # so that the browser's events are heard

    def menu(self, name: str, entry: str) -> None:
        """Choose an entry of a menu."""
        self.page.get_by_role("menuitem", name=name, exact=True).first.click()
        self.page.get_by_role("menuitem", name=entry).first.click()

    def saved(self) -> nbformat.NotebookNode:
        """Save the notebook, and read what is on disk then."""
        before = self.path.stat().st_mtime_ns
        self.menu("File", "Save Notebook")  # keys would go to whatever has the focus
        self._until(lambda: self._whole(before), "it was not saved")
        return nbformat.read(self.path, as_version=4)

    def _whole(self, before: int) -> bool:
        """Whether the file has changed and is no longer being written."""
        if self.path.stat().st_mtime_ns == before:
            return False
        try:
            nbformat.read(self.path, as_version=4)
        except nbformat.reader.NotJSONError:
            return False
        return True

    def cell(self, index: int) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def run_all(self) -> nbformat.NotebookNode:
        """Run all cells by the menu, and return the notebook with what they put out."""
        self.menu("Run", "Run All Cells")

        def ended() -> bool:
            # The page draws cells, and their numbers, only where it is scrolled to.
            if self.kernel()["execution_state"] != "idle":
                return False
            code = [cell for cell in self.saved().cells if cell.cell_type == "code"]
            failed = any(out.output_type == "error" for cell in code for out in cell.outputs)
            return failed or all(cell.execution_count for cell in code)

        self._until(ended, "the cells did not run to the last", LONG)
        return self.saved()

    def troubles(self) -> list[str]:
        """What a reader who scrolls through the notebook would take for broken."""
        return self.page.locator(".jp-Notebook .jp-Cell").evaluate_all(TROUBLE)

    def answer(self, index: int, code: str) -> str:
        """Type code over that of a cell, run it by keys, and return what is then below it."""
        cell = self.cell(index)
        prompt = cell.locator(".jp-InputArea-prompt").first
        before = prompt.text_content()
        cell.locator(".cm-content").first.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Shift+Enter")
        self._until(
            lambda: prompt.text_content() not in (before, "[*]:", "[ ]:"),
            f"cell {index} did not run",
        )
        self._until(lambda: self.kernel()["execution_state"] == "idle", "the kernel is busy")
        return cell.locator(".jp-OutputArea").first.inner_text()

    def explorers(self) -> list[Locator]:
        """The outputs that have controls."""
        has = self.page.locator(".widget-dropdown, .widget-hslider")
        return (
            self.page.locator(f'.jp-OutputArea-output[data-mime-type="{WIDGET}"]')
            .filter(has=has)
            .all()
        )

    def moves(self, explorer: Locator, act, what: str) -> None:
        """Act on an explorer's control, and see that another picture is drawn in its place."""
        seen = (
            "each => [...each.querySelectorAll('.widget-html-content')]"
            ".filter(one => one.checkVisibility()).map(one => one.innerHTML).join()"
        )
        before = explorer.evaluate(seen)
        act()
        self._until(
            lambda: explorer.evaluate(seen) not in (before, ""),
            f"{what} does not move the explorer",
        )
