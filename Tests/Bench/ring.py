#!/usr/bin/env python3
"""From the INVITE at a real telephone to the frame on the agent's stream, with a real Asterisk on the same cores.

A telephone company calls two agents in turn, 1 and 25 calls a second; their phones ring until the panel shows the
call, then decline, and the dialplan's rule takes the caller. The comparison is a page that asks every second.
"""

import json
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import requests

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "Integration"), str(TESTS / "Asterisk")]

from pbx import Asterisk  # noqa: E402
from program import Server, until  # noqa: E402

SECONDS = int(os.environ.get("CALLMATCH_BENCH_SECONDS", "20"))
# Not Ben: the company's rule sends what he declines on to Cleo.
AGENTS = {"ada": "1001", "cleo": "1003"}
# The call that nobody shows within this is reported as never shown.
GIVEN_UP = 10
POLLING = 1000.0


class Bench:
    def __init__(self, server: Server, pbx: Asterisk):
        self.server = server
        self.rung: dict[str, tuple[float, object]] = {}
        self.shown: dict[str, float] = {}
        self.lock = threading.Lock()
        self.trunk = pbx.trunk()
        for name, extension in AGENTS.items():
            phone = pbx.phone(extension)
            phone.on_call = self.rings
            threading.Thread(target=self.watch, args=(name,), daemon=True).start()

    def rings(self, call) -> None:
        """At the phone: the moment when the INVITE has come."""
        now = time.perf_counter()
        number = call.offer["from"].split("sip:")[1].split("@")[0]
        call.ring()
        with self.lock:
            self.rung[number] = (now, call)

    def watch(self, agent: str) -> None:
        """A window: whatever it shows is noted once."""
        headers = {"Authorization": f"Bearer {self.server.sign_in(agent).token}", "X-CallMatch": "1"}
        address = f"{self.server.address}/api/v1/desk/stream"
        with requests.get(address, headers=headers, stream=True, timeout=(5, 60)) as stream:
            for line in stream.iter_lines(chunk_size=None):
                if not line.startswith(b"data: {"):
                    continue
                now = time.perf_counter()
                for call in json.loads(line.removeprefix(b"data: "))["calls"]:
                    self.seen(call["number"]["presented"], now)

    def seen(self, number: str, now: float) -> None:
        with self.lock:
            known = self.rung.get(number)
            if number in self.shown or known is None:
                return
            self.shown[number] = now
        known[1].decline()

    def load(self, rate: int) -> list[float]:
        """Milliseconds from INVITE to frame of every call, the first two seconds left out."""
        self.rung, self.shown = {}, {}
        lines, pause = list(AGENTS.values()), threading.Event()
        began, count = time.perf_counter(), rate * SECONDS
        warm_up = {f"+49301{rate:02}{number:06}" for number in range(2 * rate)}
        for number in range(count):
            pause.wait(max(0, began + number / rate - time.perf_counter()))
            caller = f"<sip:+49301{rate:02}{number:06}@127.0.0.2>"
            self.trunk.dial(lines[number % len(lines)], caller)
            # Whoever was sent to the announcement hangs up.
            for call in self.trunk.calls[-200:]:
                if call.state == "talking":
                    call.state = "ended"
                    call.dialog.begin("BYE")
        deadline = time.perf_counter() + GIVEN_UP
        while len(self.shown) < count and time.perf_counter() < deadline:
            pause.wait(0.05)
        print(f"{len(self.shown)} of {count} calls shown at {rate}/s", file=sys.stderr)
        return [
            max(0.0, (at - self.rung[number][0]) * 1000)
            for number, at in self.shown.items()
            if number not in warm_up
        ]


def show(times: list[float], part: float, rate: int) -> None:
    ours = statistics.quantiles(times, n=100)[round(part * 100) - 1]
    other = POLLING * part
    print(
        json.dumps(
            {
                "name": f"INVITE at the phone to frame, {rate} calls/s, p{round(part * 100)}",
                "unit": "ms",
                "ours": round(ours, 2),
                "other": other,
                "ratio": round(other / ours, 2),
                "n": len(times),
                "notes": "Asterisk 16, telephones and streams on the same cores; other: a page that asks "
                "every second; goal: p99 100 ms at 25 calls/s",
            }
        ),
        flush=True,
    )


def main() -> None:
    pbx = Asterisk("16", ring_seconds=20)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        settings = Path(folder) / "callmatch.yaml"
        settings.write_text(pbx.settings())
        server = Server(os.environ["CALLMATCH_BINARY"], Path(folder) / "data", "--config", str(settings))
        try:
            pbx.start()
            server.start()
            admin = server.sign_in("admin")
            until(lambda: "green" in {each["state"] for each in admin.json("admin/sources")["sources"]})
            bench = Bench(server, pbx)
            for rate in (1, 25):
                times = bench.load(rate)
                for part in (0.5, 0.99):
                    show(times, part, rate)
        finally:
            server.stop()
            pbx.remove()


if __name__ == "__main__":
    main()
