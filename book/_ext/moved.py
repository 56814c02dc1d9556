"""Chapters lay under names with numbers once: what links there still arrives."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx

MOVED = {
    "01-sound": "sound",
    "02-dataset": "dataset",
    "03-mfcc": "mfcc",
    "04-cnn": "cnn",
    "05-cutmix": "cutmix",
    "06-tuning": "tuning",
    "07-pruning": "pruning",
    "08-comparison": "comparison",
    "09-gradcam": "gradcam",
    "10-ablation": "ablation",
    "11-leakage": "leakage",
    "12-listening": "listening",
    "13-many-machines": "many-machines",
}
"""The pages of the book that were renamed, and their names now."""

PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Moved</title>'
    '<script>location.replace("{now}" + location.hash)</script>'  # a section, or a clip
    '<noscript><meta http-equiv="refresh" content="0; url={now}"></noscript>'
    '<link rel="canonical" href="{now}"></head>'
    '<body><p>This page is now at <a href="{now}">{now}</a>.</p></body></html>\n'
)


def redirect(app: Sphinx, error: Exception | None) -> None:
    """Leave a page at each old address that leads to the new one."""
    if error is None and app.builder.name == "html":
        for before, now in MOVED.items():
            text = PAGE.format(now=f"{now}.html")
            Path(app.outdir, f"{before}.html").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("build-finished", redirect)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
