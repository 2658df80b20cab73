"""How the connection to a phone system stands."""

import threading
import time
from collections.abc import Callable

from callmatch_server import API

# Short, so that a test of "nobody answers" ends.
RING_SECONDS = 8


def until(holds: Callable, within: float = 20, what: str = ""):
    """What `holds` gives as soon as it is true."""
    deadline, pause = time.monotonic() + within, threading.Event()
    while not (found := holds()):
        assert time.monotonic() < deadline, f"not within {within} s: {what or holds}"
        pause.wait(0.05)
    return found


def condition(admin: API, name: str = "office") -> dict:
    """How the connection stands, as *Connections* shows it."""
    sources = admin.get("admin/sources")["sources"]
    return next(source for source in sources if source["name"] == name)
