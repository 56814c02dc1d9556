"""Copy the project's address from pyproject.toml to the places that must quote it literally."""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
# The ways in which the address is quoted: the repository, Binder, Colab and the published site.
FORMS = ("github.com/{}/{}", "/gh/{}/{}", "/github/{}/{}", "{}.github.io/{}")


def quoting() -> list[Path]:
    """Return the files that quote the address."""
    files = [ROOT / "README.md", ROOT / "CITATION.cff", ROOT / "book" / "_config.yml"]
    files += [ROOT / "helpers" / "plots" / "page.py", ROOT / "helpers" / "models.py"]
    files += sorted((ROOT / "data" / "models").glob("*.md"))
    return files + sorted(f for kind in ("*.md", "*.ipynb") for f in (ROOT / "book").glob(kind))


def chosen() -> str:
    """Return the address that stands in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"]


def published() -> str:
    """Return the address of the published site."""
    owner, name = chosen().split("/")[-2:]
    return f"https://{owner}.github.io/{name}"


def quoted() -> str:
    """Return the address that stands in book/_config.yml."""
    config = yaml.safe_load((ROOT / "book" / "_config.yml").read_text(encoding="utf-8"))
    return config["repository"]["url"]


def main() -> None:
    """Replace the address quoted by the one chosen, everywhere."""
    old, new = (address.split("/")[-2:] for address in (quoted(), chosen()))
    for file in quoting():
        text = file.read_text(encoding="utf-8")
        for form in FORMS:
            text = text.replace(form.format(*old), form.format(*new))
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
