"""Second instances, stops, and running out of what the system gives a process."""

import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from form import either
from ledger import Ledger
from load import EXTENSION, has_passed, under_load
from memory_limit import MemoryLimit
from program import Client, Server, session_token, until
from webhooks import PhoneSystem

STOPS = either(3, 50)
# Descriptors that the server may have, and connections of strangers.
DESCRIPTORS = 160
STRANGERS = 400
# It asks again after a second.
REFUSED = 5
# Seconds, and more than the five after which libdispatch ends a thread that has nothing to do.
RESTS = 6
PASSWORD = "correct horse"
# Ten times the mean of a busy hour, in events a second, and 200 windows.
TENFOLD = 50
AGENTS, WINDOWS = 25, 8
MEMORY = 256 << 20


def prepared(server: Server) -> PhoneSystem:
    return PhoneSystem.added(server.start().sign_in("admin"), "office")


def test_f28_second_instance(program, tmp_path, ledger: Ledger, record_property):
    """A second server is started on the data folder of one that works under load. (PostgreSQL: R19.)

    Expected: the second ends at once and names the first; the first goes on, and nothing is lost.
    Control: on a folder of its own the second starts.
    """
    server = Server(program, tmp_path / "data")
    second = Server(program, tmp_path / "data")
    with under_load(prepared(server), ledger) as load:
        began = time.monotonic()
        second.spawn()
        status = second.process.wait(30)
        record_property("second ended after s", f"{time.monotonic() - began:.2f}")
        so_far = len(ledger)
        until(lambda: len(ledger) > so_far, 30, "the first goes on")
    assert status == 1
    assert str(server.process.pid) in server.log.read_text().splitlines()[-1]
    assert load.refused == load.unanswered == 0
    record_property("acknowledged", len(ledger))
    record_property("lost", len(ledger.lost(server)))
    ledger.check(server)
    assert server.stop() == 0
    own = Server(program, tmp_path / "own").start()
    record_property("control", "on a folder of its own it starts")
    assert own.stop() == 0


def test_f29_stop_under_load(program, tmp_path, ledger: Ledger, record_property):
    """The server is told to stop (SIGTERM) under load, and started again.

    Expected: it ends by itself with status 0, and no acknowledged event is lost.
    Control: that of F21, which a server in front that answers too early fails in a stop too.
    """
    server = Server(program, tmp_path / "data")
    phones, longest = prepared(server), 0.0
    for _ in range(STOPS):
        noted = Ledger()
        with under_load(phones, noted, insists=False):
            until(lambda noted=noted: len(noted) > 50, 60, "a load")
            began = time.monotonic()
            assert server.stop() == 0
            longest = max(longest, time.monotonic() - began)
        noted.check(server.start())
        ledger.add(noted)
    record_property("stops", STOPS)
    record_property("longest until its end, s", f"{longest:.1f}")
    record_property("acknowledged", len(ledger))
    record_property("lost", len(ledger.lost(server)))
    assert server.stop() == 0
    ledger.check_file(server.folder)


def strangers(server: Server, number: int) -> list[socket.socket]:
    """Connections that say nothing. Those that the server cannot take wait in the system's queue."""
    connections = []
    for _ in range(number):
        connections.append(connection := socket.socket())
        connection.setblocking(False)
        connection.connect_ex(("127.0.0.1", server.port))
    return connections


def out_of_descriptors(program, folder, system, ledger: Ledger, record_property) -> Server:
    limit = ["sh", "-c", f'ulimit -n {DESCRIPTORS} && exec "$@"', "sh"]
    server = Server(program, folder / "data", under=limit)
    phones = prepared(server)
    inside = server.sign_in("ada")
    assert inside.get("desk").status_code == 200
    with under_load(phones, ledger):
        until(lambda: len(ledger) > 20, 30, "a load")
        crowd = strangers(server, STRANGERS)
        so_far = len(ledger)
        until(lambda: len(ledger) > so_far + 100, 60, "who is connected is served")
        assert inside.get("desk").status_code == 200
        served = is_served(server, within=2)
        record_property("descriptors", DESCRIPTORS)
        record_property("connections", STRANGERS)
        for connection in crowd:
            connection.close()
        until(lambda: is_served(server, within=10), 30, "who comes later is served")
    record_property("control", f"a new connection meanwhile: {'served' if served else 'not served'}")
    assert not served, "there were enough descriptors"
    return server


def out_of_threads(program, folder, system, ledger: Ledger, record_property) -> Server:
    """First at its start; then while it works, under load and after a rest; then so that its reserve does not help."""
    server = system.server(program, folder / "data")
    system.most_threads = 1
    server.spawn()
    assert server.process.wait(10) == 1
    said = re.search(r"gives this process 1 more threads, and CallMatch needs (\d+)", server.log.read_text())
    system.most_threads, system.refused = int(said[1]), 0
    phones = prepared(server)
    inside, admin, link = server.sign_in("ada"), server.sign_in("admin"), server.link("cleo")
    record_property("control", f"with {said[1]} threads it starts, and takes who signs in")
    assert readiness(server) == (200, "ready")
    with under_load(phones, ledger) as load:
        until(lambda: len(ledger) > 20, 30, "a load")
        all_of_them = system.most_threads = system.threads
        until(lambda: readiness(server) == (503, "out of threads"), 30, "it is noticed")
        record_property("threads given back", all_of_them - system.threads)
        takes_nobody_new(server, admin, link)
        goes_on(inside, ledger, {"new": PASSWORD})
    # libdispatch ends a thread after five seconds without work.
    until(has_passed(RESTS), RESTS + 5)
    with under_load(phones, ledger):
        goes_on(inside, ledger, {"new": PASSWORD, "current": PASSWORD})
        takes_nobody_new(server, admin, link)
        record_property("threads refused", without_its_reserve(system, inside, ledger))
        until(lambda: readiness(server) == (200, "ready"), 30, "it is ready")
    assert load.refused == 0
    assert session_token(link)
    return server


def readiness(server: Server) -> tuple[int, str]:
    answer = server.nobody().request("GET", "/ready")
    return answer.status_code, answer.json()["status"]


def goes_on(inside: Client, ledger: Ledger, password: dict) -> None:
    """Calls are taken, desks are shown, and there is a thread for what needs one of its own."""
    so_far = len(ledger)
    assert inside.post("session/password", password).status_code == 204
    assert inside.get("desk").status_code == 200
    until(lambda: len(ledger) > so_far + 100, 60, "calls are taken")


def takes_nobody_new(server: Server, admin: Client, link: str) -> None:
    """A sign-in and an import are told to come again, and the doctor says why."""
    sign_in = server.nobody().post("session", {"name": "admin", "password": "not this one"})
    assert (sign_in.status_code, sign_in.headers["Retry-After"]) == (503, "5")
    assert server.nobody().request("GET", link.removeprefix(server.address)).status_code == 503
    assert admin.post("imports", {"name": "a.csv", "text": "First Name,Phone"}).status_code == 503
    assert admin.request("GET", "/metrics").text.count("\ncallmatch_threads_short 1\n") == 1
    threads = [each for each in server.operate("doctor") if each["part"] == "threads"]
    assert [each["state"] for each in threads] == ["red"]
    assert "ulimit -u" in threads[0]["text"]


def without_its_reserve(system, inside: Client, ledger: Ledger) -> int:
    """How many threads are refused until it is given some: others have taken those of the reserve."""
    system.most_threads, system.refused = system.threads, 0
    with ThreadPoolExecutor(1) as agent:
        wrong = {"new": PASSWORD, "current": "not this one"}
        answer = agent.submit(lambda: inside.post("session/password", wrong).status_code)
        until(lambda: system.refused >= REFUSED, 60, "it is refused a thread, second after second")
        system.most_threads = 0
        so_far = len(ledger)
        until(lambda: len(ledger) > so_far + 100, 60, "it goes on once there are threads")
        assert answer.result() == 422
    return system.refused


@pytest.mark.parametrize("what", [out_of_descriptors, out_of_threads], ids=lambda what: what.__name__)
def test_f27_out_of(program, tmp_path, system, ledger: Ledger, record_property, what):
    """More connections come than the server has file descriptors for, while it works; it is given no more threads.

    Expected: who is connected is served, who is not waits; nothing is lost, and afterwards new ones are taken. Without
    threads it does not start, and says why. While it works, calls and who is signed in go on, sign-ins and imports are
    refused, and it says why; where its reserve is taken too, it may stand still until it is given a thread.
    Control: while the connections are there, a new one is not served; with as many threads as it needs it starts, and
    takes who signs in.
    """
    server = what(program, tmp_path, system, ledger, record_property)
    assert server.process.poll() is None
    record_property("acknowledged", len(ledger))
    record_property("lost", len(ledger.lost(server)))
    ledger.check(server)
    assert server.stop() == 0


def is_served(server: Server, within: float) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", server.port), within) as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            return connection.recv(12) == b"HTTP/1.1 200"
    except OSError:
        return False


def windows(server: Server) -> list[socket.socket]:
    """The desks of many agents, that nobody reads for longer than the system's buffers last."""
    admin, open_ones = server.sign_in("admin"), []
    for number in range(AGENTS):
        # The load rings at the first of them.
        about = {"id": f"agent{number}", "extensions": [EXTENSION if number == 0 else str(7000 + number)]}
        assert admin.post("admin/people", about).status_code == 201
        token = server.sign_in(about["id"]).token
        head = f"GET /api/v1/desk/stream HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n"
        for _ in range(WINDOWS):
            open_ones.append(connection := socket.create_connection(("127.0.0.1", server.port), 10))
            connection.sendall(head.encode())
            assert connection.recv(12) == b"HTTP/1.1 200"
    return open_ones


def test_r12_memory(program, tmp_path, ledger: Ledger, record_property):
    """Ten times the load of a busy hour with 200 windows open, in a control group that has 256 MiB.

    Expected: nothing is killed for want of memory, and nothing is lost.
    Control: a program that takes more than that is ended.
    """
    with MemoryLimit(MEMORY) as limit:
        server = Server(program, tmp_path / "data", under=limit.under)
        phones = prepared(server)
        open_ones = windows(server)
        with under_load(phones, ledger, rate=TENFOLD, lines=16) as load:
            seconds = either(10, 600)
            until(has_passed(seconds), seconds + 60)
        peak, killed = server.peak_memory(), limit.kills()
        for window in open_ones:
            window.close()
        record_property("seconds", seconds)
        record_property("events/s", f"{len(load.answers) / seconds:.0f}")
        record_property("resident at most MiB", peak >> 20)
        record_property("group at most MiB", limit.peak() >> 20)
        record_property("refused", load.refused)
        record_property("killed", killed)
        record_property("lost", len(ledger.lost(server)))
        assert killed == 0
        assert load.rude == 0
        ledger.check(server)
        assert server.stop() == 0


def test_control_of_r12_more_than_there_is(record_property):
    with MemoryLimit(MEMORY) as limit:
        takes_more = [sys.executable, "-c", f"bytearray({MEMORY + (64 << 20)})"]
        status = subprocess.run([*limit.under, *takes_more]).returncode
        record_property("control", f"a program that takes more was ended {limit.kills()} time(s)")
        assert (status, limit.kills()) == (-signal.SIGKILL, 1)
