"""Ask the built page about every clip of a data set, and record whether Python says the same.

python tools/agree.py --data FOLDER       demo, fsdkaggle2018 or a folder; needs the site
"""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path

import browsing
import numpy as np
from playwright.sync_api import Page
from tqdm import tqdm

from helpers import classify, dataset, features, light, models, reproduce, results
from helpers.experiments import runs

CHAPTER = "listening.html"
QUESTION = "Does the page say what Python says?"


def site_listener() -> tuple[light.Classifier, float]:
    """Return the files that the site serves, as Python runs them, and the model's threshold."""
    folder = browsing.SITE / "listen" / "model"
    classifier, card = models.load("listener")
    mfcc, network = ((folder / f"{name}.tflite").read_bytes() for name in ("mfcc", "network"))
    settings = features.settings_of(classifier)
    return light.Classifier(mfcc, network, classifier.classes, settings), card["threshold"]


def by_page(page: Page, file: str | Path) -> dict:
    """Give the page a file, and return its result once it is done."""
    page.set_input_files("[data-listen] [data-part=file]", file)
    page.wait_for_selector("[data-listen][data-state=done]", timeout=60_000)
    return page.evaluate(
        """() => {
            const { result } = document.querySelector('[data-listen]');
            const probabilities = result.windows.map((window) => window.probabilities);
            return { verdict: result.verdict, milliseconds: result.milliseconds, probabilities };
        }"""
    )


def main() -> None:
    """Compare clip by clip, and write the record."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="demo")
    parser.add_argument("--profile", default="quick", choices=runs.PROFILES, help="for the record")
    chosen = parser.parse_args()
    data = chosen.data
    clips, (_, about) = dataset.load(data), reproduce.data_of(data)
    about["used"] = len(clips)  # the short ones, too
    model, threshold = site_listener()
    begin = time.perf_counter()
    same, apart, spent = [], [], []
    with browsing.browser() as opened, browsing.server() as address:
        page = opened.new_page()
        page.goto(address + CHAPTER)
        page.wait_for_selector("[data-listen][data-state=idle]")
        for path in tqdm(clips.path, "clips"):
            in_python = classify.recording(path, model, threshold=threshold)
            heard = by_page(page, path)
            same.append(heard["verdict"] == in_python.verdict)
            apart.append(np.abs(np.array(heard["probabilities"]) - in_python.probabilities).max())
            spent.append(heard["milliseconds"])
    figures = {
        "clips": len(clips),
        "same verdict": sum(same),
        "largest difference": float(max(apart)),
        "usual difference": float(np.median(apart)),
        "milliseconds": float(np.median([ms for ms in spent if ms is not None])),
    }
    run = {
        "compared": {"browser": f"Chromium {opened.version}"},
        "repeated": {},
        "figures": figures,
        "seconds": round(time.perf_counter() - begin, 2),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    print(figures)
    print(results.write("page", QUESTION, about, chosen.profile, [run], "tools/agree.py"))


if __name__ == "__main__":
    main()
