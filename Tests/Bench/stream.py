#!/usr/bin/env python3
"""From a ring to its frame on every open stream, and the memory that takes.

25 agents with 8 windows each follow their desks while a phone system reports 50 events a second, each
signed, each answered after its synced commit. A window is a connection that reads as a browser does. The
comparison is a desk that asks every second, as a page without a stream would: half a second in the middle.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "Integration"))
from program import Server
from webhooks import PhoneSystem, iso, signed_headers

AGENTS = 25
WINDOWS = 8
EVENTS_A_SECOND = 50
SECONDS = int(os.environ.get("CALLMATCH_BENCH_SECONDS", "30"))
WARM_UP = 2  # seconds that do not count
POLLING = 1000.0  # ms between two questions of a page without a stream


@dataclass
class Ring:
    """One ring on its way: when it was sent, when it was acknowledged, when each window had it."""

    sent: float
    acknowledged: float = 0
    shown: list[float] = field(default_factory=list)


class Bench:
    def __init__(self, server: Server):
        self.server = server
        self.rings: dict[bytes, Ring] = {}
        # By agent, the rings that not every window has shown yet.
        self.awaited: dict[int, set[bytes]] = {agent: set() for agent in range(AGENTS)}
        self.frames = 0
        self.memory = 0.0

    def prepare(self) -> None:
        admin = self.server.sign_in("admin")
        self.phones = PhoneSystem.added(admin, "bench")
        self.tokens = []
        for agent in range(AGENTS):
            about = {"id": f"bench{agent}", "extensions": [str(7000 + agent)]}
            assert admin.post("admin/people", about).status_code == 201
            self.tokens.append(self.server.sign_in(f"bench{agent}").token)

    async def run(self) -> None:
        windows = [
            asyncio.create_task(self.window(agent))
            for agent in range(AGENTS)
            for _ in range(WINDOWS)
        ]
        while self.frames < AGENTS * WINDOWS:
            await asyncio.sleep(0.05)
        await self.load()
        deadline = time.perf_counter() + 5
        while any(self.awaited.values()) and time.perf_counter() < deadline:
            await asyncio.sleep(0.05)
        self.memory = resident(self.server.process.pid)
        for window in windows:
            window.cancel()
        await asyncio.gather(*windows, return_exceptions=True)

    # A window ---------------------------------------------------------------------------------

    async def window(self, agent: int) -> None:
        reader, writer = await self.connect()
        writer.write(
            f"GET /api/v1/desk/stream HTTP/1.1\r\nHost: bench\r\nX-CallMatch: 1\r\n"
            f"Authorization: Bearer {self.tokens[agent]}\r\n\r\n".encode()
        )
        seen: set[bytes] = set()
        frame = b""
        while data := await reader.read(1 << 18):
            frame += data
            if not frame.endswith(b"\n\n\r\n"):
                continue
            now = time.perf_counter()
            self.frames += 1
            for mark in [mark for mark in self.awaited[agent] if mark not in seen]:
                if mark in frame:
                    seen.add(mark)
                    ring = self.rings[mark]
                    ring.shown.append(now)
                    if len(ring.shown) == WINDOWS:
                        self.awaited[agent].discard(mark)
            frame = b""
        writer.close()

    # The phone system -------------------------------------------------------------------------

    async def load(self) -> None:
        """A ring and the end of an earlier one in turn; whoever is late does not slow the others."""
        began = time.perf_counter()
        lines = [await self.connect() for _ in range(8)]
        free: asyncio.Queue = asyncio.Queue()
        for line in lines:
            free.put_nowait(line)
        sending = set()
        for number in range(SECONDS * EVENTS_A_SECOND):
            await asyncio.sleep(max(0, began + number / EVENTS_A_SECOND - time.perf_counter()))
            line = await free.get()
            task = asyncio.create_task(self.send(number, line, free))
            sending.add(task)
            task.add_done_callback(sending.discard)
        await asyncio.gather(*sending)

    async def send(self, number: int, line, free: asyncio.Queue) -> None:
        # A call ends when its agent's next one has begun.
        call, is_end = divmod(number, 2)
        if is_end:
            call = max(0, call - AGENTS)
        agent, name = call % AGENTS, f"mark-{call:06}-"
        event = {
            "call": name,
            "direction": "inbound",
            "queue": name,
            "from": {"number": f"+4915{20_000_000 + call}"},
            "to": {"number": "+493023125000"},
            "at": iso(time.time()),
        }
        if is_end:
            event |= {"event": "ended", "cause": "notAnswered"}
        else:
            event |= {"event": "offered", "extension": str(7000 + agent)}
            self.rings[name.encode()] = Ring(time.perf_counter())
            self.awaited[agent].add(name.encode())
        await self.post(line, json.dumps(event).encode(), f"bench-{number}")
        if not is_end:
            self.rings[name.encode()].acknowledged = time.perf_counter()
        free.put_nowait(line)

    async def post(self, line, body: bytes, message: str) -> None:
        reader, writer = line
        headers = signed_headers(self.phones.secret, body, message)
        head = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
        path = f"/api/v1/events/{self.phones.name}"
        request = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Length: {len(body)}\r\n{head}\r\n"
        writer.write(request.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200"), answer
        length = int(answer.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)

    def connect(self):
        return asyncio.open_connection("127.0.0.1", int(self.server.address.rsplit(":", 1)[1]))

    # What came of it --------------------------------------------------------------------------

    def figures(self) -> list[dict]:
        first = min(ring.sent for ring in self.rings.values()) + WARM_UP
        counted = [ring for ring in self.rings.values() if ring.sent >= first]
        lost = sum(WINDOWS - len(ring.shown) for ring in self.rings.values())
        assert lost == 0, f"{lost} rings were never shown"
        after_answer = sorted(
            max(0, shown - ring.acknowledged) * 1000 for ring in counted for shown in ring.shown
        )
        after_sending = sorted(
            (shown - ring.sent) * 1000 for ring in counted for shown in ring.shown
        )
        about = (
            f"{AGENTS * WINDOWS} open streams, {EVENTS_A_SECOND} events/s for {SECONDS} s, client on "
            "the same cores; other: a page that asks every second"
        )
        figures = []
        for what, times, goal in (
            ("event accepted to frame", after_answer, "goal: p99 50 ms"),
            ("event sent to frame", after_sending, "with the commit and the answer in it"),
        ):
            for part in (0.5, 0.99):
                ours = percentile(times, part)
                figures.append(
                    {
                        "name": f"{what}, p{part * 100:.0f}",
                        "unit": "ms",
                        "ours": round(ours, 2),
                        "other": POLLING * part,
                        "ratio": round(POLLING * part / max(ours, 0.01), 2),
                        "n": len(times),
                        "notes": f"{about}; {goal}",
                    }
                )
        return figures


def percentile(ordered: list[float], part: float) -> float:
    return ordered[max(0, int(len(ordered) * part + 0.999999) - 1)]


def resident(process: int) -> float:
    """MiB of memory that a process holds now."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def main() -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        server = Server(os.environ["CALLMATCH_BINARY"], Path(folder) / "data").start()
        try:
            bench = Bench(server)
            bench.prepare()
            idle = resident(server.process.pid)
            asyncio.run(bench.run())
            for figure in bench.figures():
                print(json.dumps(figure))
            memory = {
                "name": "resident memory under this load",
                "unit": "MiB",
                "ours": round(bench.memory, 1),
                "other": round(idle, 1),
                "ratio": round(idle / bench.memory, 2),
                "n": 1,
                "notes": f"{AGENTS * WINDOWS} streams open, after the load; other: the process before it; "
                "goal: 256 MiB",
            }
            print(json.dumps(memory))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
