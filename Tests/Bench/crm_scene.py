"""A server with an org of our own making (Tests/Salesforce) as its CRM, for the benchmarks."""

import contextlib
import json
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import requests

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Integration"))

from connected_org import OrgProcess, connected, connection, hire  # noqa: E402
from program import Client, Server  # noqa: E402
from webhooks import ReportedCall  # noqa: E402

PROGRAM = os.environ["CALLMATCH_BINARY"]
PEOPLE = int(os.environ.get("CALLMATCH_PEOPLE", "200000"))
NUMBERS = int(os.environ.get("CALLMATCH_NUMBERS", "1000000"))
LOADS_WITHIN = 1800
# Seconds between two looks at how the load goes: they cost, too.
LOOKS_EVERY = 0.25
# No bulk jobs.
NEVER = 100_000_000
RINGS, RINGS_A_SECOND, AGENTS = 300, 5, 5
# The ring that nobody shows within this is an error.
GIVEN_UP = 15
QUESTIONS, CALLS = 50, 50
# What a real org takes for an answer.
LATENCY = 0.2
ADA = "ada@callmatch.example"
SAME_CORES = (
    f"the org, a fake in Python, and clients on the same {os.cpu_count()} cores, which others use, too (load average "
    f"{os.getloadavg()[0]:.1f} at the start)"
)


def figure(name: str, unit: str, ours: float, other: float, n: int, notes: str, more: bool = False) -> None:
    """`more` where more is better."""
    ratio = ours / max(other, 0.01) if more else other / max(ours, 0.01)
    numbers = {"ours": round(ours, 2), "other": round(other, 2), "ratio": round(ratio, 2), "n": n}
    print(json.dumps({"name": name, "unit": unit, **numbers, "notes": notes}), flush=True)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def percentile(times: list[float], part: float) -> float:
    ordered = sorted(times)
    return ordered[max(0, int(len(ordered) * part + 0.999999) - 1)]


@contextlib.contextmanager
def org_of(people: int) -> Iterator[OrgProcess]:
    with OrgProcess() as org:
        if people:
            org.load_contacts(count=people, accounts=min(1000, people), leads=people // 4)
        yield org
        mistakes = org.info()["mistakes"]
        assert mistakes == [], mistakes


@contextlib.contextmanager
def server_with(org: OrgProcess, **settings) -> Iterator[Server]:
    """Not started yet."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        server = connected(PROGRAM, Path(folder) / "server", org, **{"every": 3600, **settings})
        try:
            yield server
        finally:
            server.stop()


# The first load -------------------------------------------------------------------------------


@dataclass
class Load:
    seconds: float
    # MiB at most, of the server.
    peak: int
    # Seconds of processor time.
    ours: float
    orgs: float


def load(server: Server, org: OrgProcess) -> tuple[Load, Client]:
    """Starts it; until all people are in."""
    spent, began = processor_seconds(org._process.pid), time.monotonic()
    admin = hire(server.start(), "admin", "1000")
    pause = threading.Event()
    while (crm := connection(admin))["state"] != "green" or crm["loading"]:
        assert time.monotonic() - began < LOADS_WITHIN, f"the load does not end: {crm}"
        pause.wait(LOOKS_EVERY)
    seconds, process = time.monotonic() - began, server.process.pid
    status = Path(f"/proc/{process}/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) >> 10
    done = Load(seconds, peak, processor_seconds(process), processor_seconds(org._process.pid) - spent)
    say(f"{crm['people']} people in: {done}")
    return done, admin


def processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass
class Ring:
    name: str
    call: ReportedCall
    sent: float = 0
    # When the first frame with the call was there, and when the first with the name.
    shown: float = 0
    named: float = 0


@dataclass
class Window:
    """An agent's: notes every call of the desk as soon as it is shown."""

    agent: Client
    notice: Callable[[dict, float], None]
    is_open: threading.Event = field(default_factory=threading.Event)
    is_over: bool = False

    def open(self) -> "Window":
        threading.Thread(target=self._watch, daemon=True).start()
        assert self.is_open.wait(GIVEN_UP), "the stream does not begin"
        return self

    def _watch(self) -> None:
        address = f"{self.agent.address}/api/v1/desk/stream"
        with (
            contextlib.suppress(requests.RequestException),
            requests.get(address, headers=self.agent.headers, stream=True, timeout=(5, 60)) as stream,
        ):
            for line in stream.iter_lines(chunk_size=None):
                if self.is_over:
                    return
                if not line.startswith(b"data: {"):
                    continue
                now = time.perf_counter()
                for call in json.loads(line.removeprefix(b"data: "))["calls"]:
                    self.notice(call, now)
                self.is_open.set()


def e164(written: str) -> str:
    """A German number as people write it (Tests/Salesforce/sample.py)."""
    digits = re.sub(r"[^+\d]", "", written.replace("(0)", ""))
    return "+49" + re.sub(r"^(\+49|0049|0)", "", digits)


def known_numbers(org: OrgProcess, count: int) -> list[tuple[str, str, str]]:
    """Number, name and id of so many contacts from all over the org, each with a number of its own."""
    contacts = org.columns(kind="Contact", names=["Phone", "MobilePhone", "Name", "Id", "AccountId"])
    # Those of the sample organisation share numbers, and are the first.
    rows = [row for row in contacts[100:] if row[0]]
    some = rows[:: len(rows) // count][:count]
    # A mobile where there is one.
    return [(e164(mobile or phone), name, record) for phone, mobile, name, record, _ in some]
