"""How the connection to a phone system stands."""

import threading
import time
from collections.abc import Callable

from callmatch_server import API, Server

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


def connected(server: Server, *names: str) -> API:
    """An administrator, once the server is connected to its phone systems."""
    admin = server.api("admin")
    for name in names or ("office",):
        until(lambda name=name: condition(admin, name)["state"] == "green", what=f"{name} is connected")
    return admin
