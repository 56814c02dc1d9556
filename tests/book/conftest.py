"""What the tests of the published book share."""

from __future__ import annotations

import sys
from pathlib import Path

# The tools of the book are scripts beside it, not a package.
BOOK = Path(__file__).resolve().parents[2] / "book"
sys.path[:0] = [str(BOOK), str(BOOK / "_ext")]
