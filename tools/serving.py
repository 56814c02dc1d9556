"""A server on this machine, for as long as it is needed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer


@contextmanager
def serving(server: BaseServer) -> Iterator[None]:
    """Let a server answer while this is entered, in a thread of its own; then close it."""
    # So often it looks whether it is to end; by default, each end would take half a second.
    look = {"poll_interval": 0.05}
    threading.Thread(target=server.serve_forever, kwargs=look, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
