"""F40: senders that are slow, many, long or ambiguous."""

import contextlib
import json
import resource
import socket
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from program import Client, Server, until
from webhooks import PhoneSystem, ReportedCall, signed_headers

NUMBER = "+4917655506401"
SOCKETS = 2000
MOST_CONNECTIONS = 1024
STREAM = "/api/v1/desk/stream"
WINDOWS = 8
MOST_MIB = 256
ASKED = 60


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


def waits(agent: Client) -> list[float]:
    """How long an agent waits for a picture, again and again on one connection, in ms."""
    found = []
    for _ in range(ASKED):
        began = time.perf_counter()
        assert agent.get("desk").status_code == 200
        found.append(1000 * (time.perf_counter() - began))
    return sorted(found)


def half_open(server: Server, count: int, streams: contextlib.ExitStack) -> list[socket.socket]:
    """Connections whose request never ends."""
    made = []
    for _ in range(count):
        try:
            one = socket.create_connection(("127.0.0.1", server.port), timeout=0.5)
        except OSError:
            # The queue of those who wait to be let in is full.
            break
        streams.callback(one.close)
        one.setblocking(False)
        with contextlib.suppress(OSError):
            one.send(b"GET /api/v1/desk HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        made.append(one)
    return made


def drip(sockets: list[socket.socket]) -> None:
    """One more letter of each."""
    for one in sockets:
        with contextlib.suppress(OSError):
            one.send(b"a")


def slow_connections(server: Server, ada: Client, ben: Client, phones, record_property) -> None:
    """2,000 requests whose head never ends. Who is there is served as before; who comes waits for 10 s at most."""
    before = waits(ada)
    with contextlib.ExitStack() as streams:
        sockets = half_open(server, SOCKETS, streams)
        assert len(sockets) > MOST_CONNECTIONS
        drip(sockets)
        during = waits(ada)
        most = memory(server)
        # A phone system that connects anew for each event, at the end of the queue.
        began = time.monotonic()
        call = ReportedCall(PhoneSystem(phones.address, phones.secret), NUMBER)
        call.report("offered")
        waited = time.monotonic() - began
        assert [each["state"] for each in ada.desk()["calls"]] == ["ringing"]
        call.report("ended", after=1)
    assert most < MOST_MIB
    ratio = statistics.median(during) / statistics.median(before)
    assert ratio < 10
    figures = {"slow connections": len(sockets), "others' median, times as long": f"{ratio:.2f}", "MiB": most}
    for name, value in {**figures, "a new connection waits s": f"{waited:.0f}"}.items():
        record_property(name, value)


def streams_without_end(server: Server, ada: Client, ben: Client, phones, record_property) -> None:
    """One agent opens 100 streams: eight are given, the others are refused with a time; a colleague gets one."""
    with contextlib.ExitStack() as open_streams:
        statuses = []
        for _ in range(100):
            stream = open_streams.enter_context(ada.request("GET", STREAM, stream=True))
            statuses.append(stream.status_code)
        assert statuses == [200] * WINDOWS + [429] * (100 - WINDOWS)
        assert int(stream.headers["Retry-After"]) > 0
        assert ben.desk_where(lambda desk: desk["agent"]["id"] == "ben")
    until(lambda: ada.request("GET", STREAM, stream=True).status_code == 200, what="there is room again")


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
    """2,000 connections whose request never ends; streams without end; bodies of 65 KiB and 10 MB; JSON of 10,000
    levels; requests with two ends.

    Expected: that one request is refused with 400, 413 or 429, or its connection is ended; others are served.
    Control: what is just inside of each limit is taken; a colleague, and who comes after, is served meanwhile.
    """
    fault(server, ada, ben, phones, record_property)
    assert server.nobody().request("GET", "/ready").status_code == 200
    assert memory(server) < MOST_MIB
