"""Every module says its chapter, and everything public says what it does."""

import importlib
import inspect
import pkgutil
import re

import pytest

import helpers

MODULES = [module.name for module in pkgutil.walk_packages(helpers.__path__, "helpers.")]
CHAPTER = re.compile(r"\((chapters? [\w-]+(?:(?:, | and )[\w-]+)*|every chapter|results page)\)\.$")


def chapters(module: str) -> str | None:
    """What the first line of a module's docstring says in brackets at its end."""
    first = importlib.import_module(module).__doc__.splitlines()[0]
    found = CHAPTER.search(first)
    return found and found[1]


def public(module: str):
    """Yield the name of each public function, class and method of a module, and the thing."""
    for name, thing in vars(importlib.import_module(module)).items():
        own = getattr(thing, "__module__", None) == module
        if (
            name.startswith("_")
            or not own
            or not (inspect.isroutine(thing) or isinstance(thing, type))
        ):
            continue
        yield name, thing
        for part, method in vars(thing).items() if isinstance(thing, type) else ():
            if not part.startswith("_") and inspect.isroutine(method):
                yield f"{name}.{part}", method


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_its_chapter(module):
    assert chapters(module)


def test_the_package_lists_its_modules_with_the_same_chapters():
    listed = dict(re.findall(r"^    (\w+) .*\((chapter.*)\)$", helpers.__doc__, re.MULTILINE))
    around = helpers.__doc__.partition("Around the pipeline")[2]
    for module in MODULES:
        name = module.removeprefix("helpers.")
        if chapters(module).startswith("chapter") and "." not in name:
            assert listed.pop(name) == chapters(module), name
        elif "." not in name:
            assert re.search(rf"\b{name}\b", around), name
    assert not listed


@pytest.mark.parametrize("module", MODULES)
def test_everything_public_has_a_docstring(module):
    assert not [name for name, thing in public(module) if not inspect.getdoc(thing)]
