"""A program that takes up a server's connections, in a process of its own, so that only the server is slower for others.

    python crowding.py slow ADDRESS COUNT TOKEN      requests whose head never ends, so many at any time
    python crowding.py streams ADDRESS COUNT TOKEN   streams of one agent, one after the other; nobody reads them

It says in JSON what came of the first COUNT, goes on until its input ends, and closes everything.
"""

import collections
import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

# Each slow request has a letter more after so many seconds, by turns.
PAUSE, TURNS = 0.5, 100
# Seconds.
CONNECTS_WITHIN = 0.5
ANSWERS_WITHIN = 30
HEAD = "GET /api/v1/desk{} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n"


class Crowd:
    def __init__(self, address: str, count: int, token: str):
        parts = urlsplit(address)
        self.place, self.count, self.token = (parts.hostname, parts.port), count, token
        self.open: list[socket.socket] = []
        # Of slow requests, once they are made.
        self.most = self.least = 0

    def connect(self) -> bool:
        """False when the queue of those who wait to be let in is full."""
        try:
            self.open.append(socket.create_connection(self.place, CONNECTS_WITHIN))
        except OSError:
            return False
        return True

    def begin_slowly(self) -> bool:
        """One more request whose head has begun."""
        if not self.connect():
            return False
        with contextlib.suppress(OSError):
            self.open[-1].sendall(HEAD.format("", self.token).encode() + b"X-Slow: ")
        return True

    def slow(self) -> dict:
        while len(self.open) < self.count and self.begin_slowly():
            pass
        self.most = self.least = len(self.open)
        return {"open": self.most}

    def drip(self) -> None:
        """One more letter of those whose turn it is; where the server has ended one, another is begun."""
        share = len(self.open) // TURNS + 1
        turn, self.open = self.open[:share], self.open[share:]
        for one in turn:
            try:
                one.send(b"a")
                self.open.append(one)
            except OSError:
                one.close()
        # No more at once than come by turns: those who wait to be let in fill a queue.
        for _ in range(share):
            if len(self.open) >= self.most or not self.begin_slowly():
                break
        self.least = min(self.least, len(self.open))

    def streams(self) -> dict:
        """How many were answered with each status. Those that are refused are closed."""
        found = collections.Counter()
        for _ in range(self.count):
            if not self.connect():
                found["not let in"] += 1
                continue
            one = self.open[-1]
            one.settimeout(ANSWERS_WITHIN)
            one.sendall(HEAD.format("/stream", self.token).encode() + b"\r\n")
            status = one.recv(12)[9:].decode()
            found[status] += 1
            if status != "200":
                self.open.pop().close()
        return found


def say(words: dict) -> None:
    print(json.dumps(words), flush=True)


def main(kind: str, address: str, count: str, token: str) -> None:
    crowd = Crowd(address, int(count), token)
    say(getattr(crowd, kind)())
    while not select.select([sys.stdin], [], [], PAUSE / TURNS)[0]:
        if kind == "slow":
            crowd.drip()
    say({"least": crowd.least})


class Crowding:
    """The program, while it runs."""

    def __init__(self, process: subprocess.Popen):
        self._process = process
        # What came of it, once it has made all that it makes; and in the end.
        self.made: dict = {}
        self.ended: dict = {}
        self.is_made = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def end(self) -> None:
        self._process.stdin.close()
        self.ended = json.loads(self._process.stdout.readline() or "{}")
        self._process.wait(60)

    def _listen(self) -> None:
        if line := self._process.stdout.readline():
            self.made = json.loads(line)
        self.is_made.set()


@contextlib.contextmanager
def crowding(kind: str, address: str, count: int, token: str) -> Iterator[Crowding]:
    command = [sys.executable, __file__, kind, address, str(count), token]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
    )
    crowd = Crowding(process)
    try:
        yield crowd
    finally:
        if not crowd.is_made.wait(60):
            process.kill()
        crowd.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
