"""The API pages have every public function and class, once, and their links lead somewhere."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re

import execute
import pytest
import reference
from built import places, soup

import helpers
from helpers import cnn, leakage, models

MODULES = [
    module.name
    for module in pkgutil.walk_packages(helpers.__path__, "helpers.")
    if not module.name.startswith("helpers.grading.hidden.")  # they offer nothing
]
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in execute.BOOK.glob("api-*.md")}


def test_every_module_is_described_on_one_page_and_listed_in_the_overview():
    described = re.findall(r"automodule:: (\S+)", "".join(PAGES.values()))
    assert sorted(described) == MODULES
    overview = (execute.BOOK / "api.md").read_text(encoding="utf-8")
    assert re.findall(r"^   (helpers\.\S+)", overview, re.MULTILINE) == [
        module
        for page in re.findall(r"\((api-\w+)\.md\)", overview)
        for module in re.findall(r"automodule:: (\S+)", PAGES[page])
    ]


@pytest.mark.parametrize("page", PAGES)
def test_everything_public_is_there(page):
    for module in re.findall(r"automodule:: (\S+)", PAGES[page]):
        for name, thing in vars(importlib.import_module(module)).items():
            own = getattr(thing, "__module__", None) == module and not name.startswith("_")
            if own and name != "main" and (inspect.isroutine(thing) or isinstance(thing, type)):
                assert f"{module}.{name}" in places(f"{page}.html"), f"{module}.{name}"


def test_docstrings_lead_to_chapters_and_to_each_other():
    page = soup("api-models.html")
    links = {link["href"] for link in page.find(id="module-helpers.cnn").select("a[href]")}
    assert {"cnn.html", "#helpers.cutmix.on_the_fly", "#helpers.cnn.build"} <= links
    example = page.find(id="module-helpers.classify").find("pre")
    assert "which-instrument FILE..." in example.text
    assert "<factory>" not in page.text


def test_what_docstrings_quote_is_found_by_its_name():
    assert reference.named("build", "helpers.cnn", cnn.Classifier) == "helpers.cnn.build"
    assert reference.named("cutmix.mix", "helpers.cnn", cnn.fit) == "helpers.cutmix.mix"
    assert reference.named("helpers.classify", "helpers.models", models) == "helpers.classify"
    imported = reference.named("NotYet", "helpers.grading.cases", cnn.fit)
    assert imported == "helpers.exercises.checking.NotYet"
    assert reference.named("no_such.thing", "helpers.cnn", cnn.fit) is None
    assert reference.named("python -m x", "helpers.cnn", cnn.fit) is None


def test_a_parameter_or_a_record_is_not_taken_for_code_of_the_same_name():
    assert reference.named("fit", "helpers.cnn", lambda fit: fit) is None
    assert reference.named("fit", "helpers.cnn", lambda: None) == "helpers.cnn.fit"
    assert inspect.ismodule(leakage.dataset)
    assert reference.named("dataset", "helpers.leakage", leakage.nearest) is None
