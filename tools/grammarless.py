"""Imported before nbformat, it saves each start .8 s: a grammar that jsonschema would compile.

The grammar is that of addresses in any script, and no schema of a notebook asks for one.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # as if not installed
