"""How long what has arrived lies unread in a socket: seen from outside, in the kernel's own table.

A process of its own looks every millisecond, so that nothing else that a test does makes it look away.
"""

import json
import selectors
import subprocess
import sys
import time

LOOKS_EVERY = 0.001  # seconds
CONNECTED = "01"


class Unread:
    """Watches the connections of this machine to a local port, from now on."""

    def __init__(self, port: int):
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def longest(self) -> dict[str, float]:
        """In milliseconds: the longest time that something lay there unread, and the longest time without a look."""
        found, _ = self._process.communicate()
        return json.loads(found)


def waiting(port: str) -> bool:
    """Whether something lies unread in a connection to this port (four hex digits)."""
    with open("/proc/net/tcp") as table:
        for row in table:
            fields = row.split()
            if fields[2].endswith(port) and fields[3] == CONNECTED and not fields[4].endswith(":00000000"):
                return True
    return False


def watch(port: int) -> dict[str, float]:
    """Until standard input is closed."""
    ends = selectors.DefaultSelector()
    ends.register(sys.stdin, selectors.EVENT_READ)
    name, since = f":{port:04X}", None
    longest = away = 0.0
    looks, last = 0, time.monotonic()
    while not ends.select(LOOKS_EVERY):
        is_waiting, now = waiting(name), time.monotonic()
        away, looks, last = max(away, now - last), looks + 1, now
        if is_waiting:
            since = since or now
            longest = max(longest, now - since)
        else:
            since = None
    return {"unread": round(longest * 1000, 1), "away": round(away * 1000, 1), "looks": looks}


if __name__ == "__main__":
    print(json.dumps(watch(int(sys.argv[1]))))
