"""R22: a window whose stream is cut anywhere, again and again, misses nothing and shows nothing twice.

CALLMATCH_FAULTS  `long` cuts 1,000 times, anything else 40 times
CALLMATCH_SEED    where exactly; printed, so that a run can be repeated
"""

import contextlib
import json
import os
import random
import socket
import struct
import threading
import time
from http.client import HTTPConnection, HTTPException

import pytest
from program import Client, Server, until
from webhooks import ReportedCall

IS_LONG = os.environ.get("CALLMATCH_FAULTS") == "long"
CUTS = 1000 if IS_LONG else 40
SEED = int(os.environ.get("CALLMATCH_SEED", time.time_ns() % 1_000_000))
NUMBER = "+49176555070"
# A connection that is cut is reset, as by a network that goes away.
AT_ONCE = struct.pack("ii", 1, 0)

Picture = tuple[int, dict]


class Window(threading.Thread):
    """A panel's stream on a bad network: cut after any number of bytes, and asked for anew where it was cut."""

    def __init__(self, agent: Client, port: int, chance: random.Random):
        super().__init__(daemon=True)
        self.pictures: list[Picture] = []
        self.cuts = 0
        # Of those the ones in the middle of a picture.
        self.torn = 0
        self.fault: Exception | None = None
        self._wire: socket.socket | None = None
        self._agent = agent
        self._port = port
        self._chance = chance
        self._is_over = threading.Event()
        # About the length of a picture, in bytes; pictures grow with the calls.
        self._length = len(agent.get("desk").content)

    def run(self) -> None:
        try:
            while not self._is_over.is_set():
                self._connect()
        except Exception as fault:
            self.fault = fault

    def end(self) -> None:
        self._is_over.set()
        # It may be waiting for the next picture.
        with contextlib.suppress(OSError):
            self._wire.shutdown(socket.SHUT_RDWR)
        self.join(30)
        assert self.fault is None, self.fault

    def _connect(self) -> None:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=20)
        headers = {"Authorization": f"Bearer {self._agent.token}"}
        if self.pictures:
            headers["Last-Event-ID"] = str(self.pictures[-1][0])
        connection.request("GET", "/api/v1/desk/stream", headers=headers)
        self._wire = wire = connection.sock
        answer = connection.getresponse()
        if answer.status == 200:
            self._read(answer, self._chance.randrange(1, 3 * self._length))
            with contextlib.suppress(OSError):
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        else:
            # The windows before are not seen to be closed yet.
            assert answer.status == 429, answer.status
        answer.close()
        wire.close()
        connection.close()

    def _read(self, answer, left: int) -> None:
        rest = b""
        while left > 0 and not self._is_over.is_set():
            try:
                part = answer.read1(left)
            except (OSError, HTTPException):
                break
            left -= len(part)
            *frames, rest = (rest + part).split(b"\n\n")
            for frame in frames:
                fields = dict(line.split(": ", 1) for line in frame.decode().split("\n"))
                if "data" in fields:
                    self.pictures.append((int(fields["id"]), json.loads(fields["data"])))
        self.cuts += 1
        self.torn += bool(rest)
        self._length = max(self._length, 2 * len(rest))


def wrong_with(pictures: list[Picture], calls: list[str]) -> list[str]:
    """What a window missed or showed twice, of calls that rang one after the other."""
    found = []
    ids = [id for id, _ in pictures]
    if ids != sorted(set(ids)):
        found.append("a picture came twice, or an older one after a newer one")
    gone: set[str] = set()
    live: set[str] = set()
    seen: set[str] = set()
    for _, desk in pictures:
        now = {call["id"] for call in desk["calls"]}
        found += [f"{call} is shown again" for call in now & gone]
        gone |= live - now
        live = now
        seen |= now | {call["id"] for call in desk["recent"]}
    return found + [f"{call} is missing" for call in calls if call not in seen]


def test_r22_a_stream_cut_anywhere(server: Server, ada: Client, phones, record_property):
    """A window's stream is cut at random bytes while calls ring and end, and resumed where it was cut.

    Expected: each call is shown, none is shown again, no picture comes twice or after a newer one.
    Control: many cuts are in the middle of a picture; histories with a fault in them are found wanting.
    """
    chance = random.Random(SEED)
    window = Window(ada, server.port, chance)
    window.start()
    calls = []
    while window.cuts < CUTS or len(calls) < 20:
        assert window.fault is None, window.fault
        call = ReportedCall(phones, f"{NUMBER}{len(calls) % 100:02}")
        call.report("offered")
        (ring,) = ada.desk()["calls"]
        calls.append(ring["id"])
        if chance.random() < 0.5:
            until(lambda ring=ring: is_live(window, ring["id"]), what=f"{ring['id']} is shown, seed {SEED}")
        call.report("ended", after=1)
        if chance.random() < 0.5:
            until(lambda ring=ring: not is_live(window, ring["id"]), what=f"{ring['id']} is gone, seed {SEED}")
    last = calls[-1]
    until(lambda: window.pictures[-1][1]["recent"][0]["id"] == last, what=f"the last is seen, seed {SEED}")
    window.end()
    assert wrong_with(window.pictures, calls) == [], f"seed {SEED}"
    assert window.torn > CUTS / 4
    figures = {"cuts": window.cuts, "within a picture": window.torn, "calls": len(calls), "seed": SEED}
    for name, value in {**figures, "pictures": len(window.pictures), "missed": 0, "shown twice": 0}.items():
        record_property(name, value)


def is_live(window: Window, call: str) -> bool:
    pictures = window.pictures
    return bool(pictures) and call in [each["id"] for each in pictures[-1][1]["calls"]]


def picture(id: int, calls: list[str], recent: list[str] | None = None) -> Picture:
    return id, {"calls": [{"id": call} for call in calls], "recent": [{"id": call} for call in recent or []]}


@pytest.mark.parametrize(
    ("pictures", "is_fine"),
    [
        ([picture(1, ["a"]), picture(2, [], ["a"]), picture(3, ["b"], ["a"])], True),
        ([picture(1, ["a"]), picture(3, [], ["b", "a"])], True),
        ([picture(1, ["a"]), picture(1, ["a"]), picture(3, ["b"], ["a"])], False),
        ([picture(2, ["a"]), picture(1, [], ["a"]), picture(3, ["b"], ["a"])], False),
        ([picture(1, ["a"]), picture(2, [], ["a"]), picture(3, ["a", "b"])], False),
        ([picture(1, ["a"]), picture(2, [], ["a"])], False),
    ],
    ids=["in turn", "one only afterwards", "a picture twice", "an older picture", "a call again", "a call missed"],
)
def test_control_of_r22_what_is_missed_or_doubled(pictures: list[Picture], is_fine: bool):
    """The check itself, on histories with and without a fault.

    Expected: each fault is found, and nothing is found where there is none.
    """
    assert (wrong_with(pictures, ["a", "b"]) == []) == is_fine
