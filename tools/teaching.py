"""Read the files of teaching/, from which the question bank and the slides are made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import execute
import yaml

from helpers.errors import InputError

FOLDER = execute.ROOT / "teaching"


def parsed(file: Path) -> Any:
    """Return what a YAML file says. Raise InputError with its line where it is no YAML."""
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        message = f"{file.name}, line {line}: {error.problem}; quote words that hold a colon"
        raise InputError(message) from error
