"""F40: senders that are slow, many, long or ambiguous."""

import contextlib
import http.client
import json
import resource
import select
import socket
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from crowding import crowding
from form import either
from program import Client, Server, until
from system_fault import SystemFault
from webhooks import PhoneSystem, ReportedCall, signed_headers

NUMBER = "+4917655506401"
SOCKETS = 2000
MOST_CONNECTIONS = 1024
STREAM = "/api/v1/desk/stream"
WINDOWS = 8
STREAMS = either(500, 10_000)
MOST_MIB = 256
# Events at once, and how many may wait.
EVENTS, WAITING = 1000, 768
# How often a colleague asks in a window, and windows that are observed.
ASKED = 300
OBSERVED = either(1, 9)


@pytest.fixture(autouse=True)
def descriptors() -> Iterator[None]:
    """So many sockets need more of them than a shell gives."""
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, SOCKETS + 500), most))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (usual, most))


def memory(server: Server) -> int:
    """What the server has in memory now, in MiB."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) >> 10


@dataclass
class Colleague:
    """An agent who asks for a picture again and again, on one connection."""

    agent: Client
    # Waits of quiet times, and of those in which the server is crowded: (median, 99 of 100) of each window, in ms.
    quiet: list[tuple[float, float]] = field(default_factory=list)
    crowded: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self):
        self._connection = http.client.HTTPConnection(urlsplit(self.agent.address).netloc, timeout=20)
        self._headers = {"Authorization": f"Bearer {self.agent.token}"}
        self._ask()

    def _ask(self) -> float:
        began = time.perf_counter()
        self._connection.request("GET", "/api/v1/desk", headers=self._headers)
        answer = self._connection.getresponse()
        answer.read()
        assert answer.status == 200
        return 1000 * (time.perf_counter() - began)

    def window(self) -> tuple[float, float]:
        waits = sorted(self._ask() for _ in range(ASKED))
        return statistics.median(waits), waits[ASKED * 99 // 100]

    def rests(self) -> None:
        self.quiet += [self.window() for _ in range(OBSERVED)]

    def told(self, kind: str, record_property) -> None:
        """How many times as long it waited while the server was crowded: the median of the windows."""
        median, most = (
            statistics.median(each[place] for each in self.crowded)
            / statistics.median(each[place] for each in self.quiet)
            for place in (0, 1)
        )
        record_property(f"{kind}: others wait, times as long", f"{median:.2f}")
        record_property(f"{kind}: 99 of 100, times as long", f"{most:.2f}")
        # In the short form other tests run beside this one.
        assert median < 10 and most < either(100, 2), (self.quiet, self.crowded)


def slow_connections(server: Server, ada: Client, ben: Client, phones, record_property) -> None:
    """2,000 requests whose head never ends. Who is there is served as before; who comes waits for a while."""
    colleague = Colleague(ada)
    colleague.rests()
    with crowding("slow", server.address, SOCKETS, ben.token) as crowd:
        assert crowd.is_made.wait(60) and crowd.made["open"] > MOST_CONNECTIONS, crowd.made
        colleague.crowded += [colleague.window() for _ in range(OBSERVED)]
        most = memory(server)
        # A phone system that connects anew for each event, at the end of the queue.
        began = time.monotonic()
        call = ReportedCall(PhoneSystem(phones.address, phones.secret), NUMBER)
        call.report("offered")
        waited = time.monotonic() - began
        assert [each["state"] for each in ada.desk()["calls"]] == ["ringing"]
        call.report("ended", after=1)
    colleague.rests()
    assert most < MOST_MIB
    least = crowd.ended["least"]
    assert least > MOST_CONNECTIONS, "the crowd has shrunk"
    for name, value in {"slow connections at least": least, "slow: MiB": most}.items():
        record_property(name, value)
    record_property("slow: a new connection waits s", f"{waited:.0f}")
    colleague.told("slow", record_property)


def streams_without_end(server: Server, ada: Client, ben: Client, phones, record_property) -> None:
    """One agent opens thousands of streams: eight are given, the others are refused with a time; a colleague gets one."""
    colleague = Colleague(ada)
    colleague.rests()
    with crowding("streams", server.address, STREAMS, ben.token) as crowd:
        while not crowd.is_made.is_set():
            colleague.crowded.append(colleague.window())
        assert crowd.made == {"200": WINDOWS, "429": STREAMS - WINDOWS}
        with ben.request("GET", STREAM, stream=True) as refused:
            assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
        assert ada.desk_where(lambda desk: desk["agent"]["id"] == "ada")
        most = memory(server)
    until(lambda: ben.request("GET", STREAM, stream=True).status_code == 200, what="there is room again")
    colleague.rests()
    assert most < MOST_MIB
    record_property("streams asked for", STREAMS)
    record_property("streams: MiB", most)
    colleague.told("streams", record_property)


def long_bodies(server: Server, ada: Client, ben: Client, phones, record_property) -> None:
    """65 KiB and 10 MB are refused (413); 64 KiB are taken."""
    for length, status in ((64 * 1024, 200), (65 * 1024, 413), (10 << 20, 413)):
        call = ReportedCall(phones, NUMBER)
        event = {**call.event("offered"), "filling": ""}
        event["filling"] = "x" * (length - len(json.dumps(event)))
        body = json.dumps(event).encode()
        answer = phones.post(body, signed_headers(phones.secret, body, phones.message_id()))
        assert (len(body), answer.status_code) == (length, status)
        if status == 200:
            call.report("ended", after=1)


def deep_json(server: Server, ada: Client, ben: Client, phones, record_property) -> None:
    """10,000 levels are refused (400), from a phone system and from an agent; 8 levels are taken."""
    for depth, statuses in ((8, (200, 204)), (10_000, (400, 400))):
        for opening, closing in (('{"a":', "}"), ("[", "]")):
            deep = opening * depth + "1" + closing * depth
            call = ReportedCall(phones, NUMBER)
            body = f'{json.dumps(call.event("offered"))[:-1]}, "more": {deep}}}'.encode()
            told = phones.post(body, signed_headers(phones.secret, body, phones.message_id()))
            about = {"headers": {"Content-Type": "application/json"}, "data": f'{{"sound": true, "more": {deep}}}'}
            changed = ada.request("PATCH", "/api/v1/agent", **about)
            assert (told.status_code, changed.status_code) == statuses, (depth, opening)
            if told.status_code == 200:
                call.report("ended", after=1)


SECOND = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
# What stands in the head and behind it → what it is answered.
ENDS = [
    (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND, b"400"),
    (b"Content-Length: 1\r\nContent-Length: 2\r\n\r\na" + SECOND, b"400"),
    (b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"200"),
    (b"Content-Length: 1\r\n\r\na", b"200"),
]


def two_ends(server: Server, ada: Client, ben: Client, phones, record_property) -> None:
    """`Transfer-Encoding` with `Content-Length`: refused, and what stands behind it is no request."""
    for rest, status in ENDS:
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            connection.sendall(b"GET /ready HTTP/1.1\r\nHost: a\r\n" + rest)
            connection.shutdown(socket.SHUT_WR)
            said = b""
            with contextlib.suppress(ConnectionResetError):
                while part := connection.recv(4096):
                    said += part
        answers = [line.split(b" ")[1] for line in said.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
        # A connection that is closed without a word is a refusal, too.
        assert answers == [status] or (answers, status) == ([], b"400"), said


FAULTS = [slow_connections, streams_without_end, long_bodies, deep_json, two_ends]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_f40_limits(server: Server, ada: Client, ben: Client, phones, record_property, fault):
    """2,000 connections whose request never ends; 10,000 streams (short: 500); bodies of 65 KiB and 10 MB; JSON of 10,000
    levels; requests with two ends.

    Expected: that one request is refused with 400, 413 or 429, or its connection is ended; others are served.
    Control: what is just inside of each limit is taken; a colleague, and who comes after, is served meanwhile.
    """
    fault(server, ada, ben, phones, record_property)
    assert server.nobody().request("GET", "/ready").status_code == 200
    assert memory(server) < MOST_MIB


def sent(
    server: Server, phones: PhoneSystem, count: int, opened: contextlib.ExitStack
) -> list[tuple[socket.socket, dict]]:
    """So many events, each on a connection of its own: (connection, event)."""
    found = []
    for number in range(count):
        call = ReportedCall(phones, NUMBER, extension="1900", id=f"waiting-{number}")
        event = call.event("offered")
        body = json.dumps(event).encode()
        about = {**signed_headers(phones.secret, body, phones.message_id()), "Host": "a", "Content-Length": len(body)}
        head = "".join(f"{name}: {value}\r\n" for name, value in about.items())
        one = opened.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=20))
        one.sendall(f"POST {urlsplit(phones.address).path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        found.append((one, event))
    return found


def answered(connections: list[tuple[socket.socket, dict]]) -> set[socket.socket]:
    """Those with something to read."""
    looks = select.poll()
    for one, _ in connections:
        looks.register(one, select.POLLIN)
    found = {number for number, _ in looks.poll(0)}
    return {one for one, _ in connections if one.fileno() in found}


def test_r12_a_full_queue(program, tmp_path, system: SystemFault, record_property):
    """The disk stands still while 1,000 events come in, each on a connection of its own.

    Expected: so many wait as there is room for, the others are refused with 503 and a time, at once; /health is served,
    and an agent who has not been heard of for a while. Once the disk goes on, all that waited are acknowledged and kept,
    and no other one.
    Control: none is refused before.
    """
    server = system.server(program, tmp_path / "data").start()
    phones, ada = PhoneSystem.added(server.sign_in("admin"), "office"), server.sign_in("ada")
    ReportedCall(phones, NUMBER, extension="1900", id="waiting-before").report("offered")
    record_property("control", "before it one is taken")
    # After so long the use of a session is written down.
    system.clock = 100
    system.fail_sync(1, silently=True)
    with contextlib.ExitStack() as opened:
        connections = sent(server, phones, EVENTS, opened)
        system.wait_until_held()
        until(lambda: len(answered(connections)) >= EVENTS - WAITING, 30, "who finds no place is refused")
        at_once = answered(connections)
        assert ada.get("desk").status_code == 200
        assert server.nobody().request("GET", "/health").status_code == 200
        system.release()
        kept = {"waiting-before"}
        for one, event in connections:
            answer = http.client.HTTPResponse(one)
            answer.begin()
            assert answer.status == (503 if one in at_once else 200)
            assert answer.status == 200 or int(answer.headers["Retry-After"]) > 0
            if answer.status == 200:
                kept.add(event["call"])
    assert {call["call"]["id"]["value"] for call in server.export(NUMBER)["calls"]} == kept
    assert len(kept) == WAITING + 1
    record_property("events", EVENTS)
    record_property("acknowledged", len(kept) - 1)
    record_property("refused", EVENTS - len(kept) + 1)
    assert server.stop() == 0
