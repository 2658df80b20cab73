"""The server is killed before the n-th write to its store, for every n: without chance, unlike test_kills.py."""

import signal

import pytest
from form import either
from hasty import HastyProxy
from ledger import Ledger
from load import under_load
from program import Server, until
from webhooks import PhoneSystem

# Before which write or sync the server is killed, counted from its first event, and from its start.
WORKING = either(range(1, 300, 37), range(1, 301))
STARTING = either(range(1, 301, 4), range(1, 301))


def prepared(server: Server) -> PhoneSystem:
    return PhoneSystem.added(server.start().sign_in("admin"), "office")


def killed_under_load(server: Server, system, phones: PhoneSystem, number: int) -> Ledger:
    noted = Ledger()
    system.kill_at = system.calls + number
    with under_load(phones, noted, insists=False) as load:
        until(lambda: load.has_ended, 60, f"write {number} is the last")
    assert server.process.wait(10) == -signal.SIGKILL
    system.kill_at = 0
    return noted


def test_f21_r1_kill_at_any_call(program, tmp_path, system, ledger, record_property):
    """The server is killed before the 1st, 2nd, … 300th write or sync of its store, at work and at its start.

    Expected: after each of them it starts, and no acknowledged event is lost.
    Control: a server in front that answers before the commit loses events when the server is killed.
    """
    server = system.server(program, tmp_path / "data")
    phones = prepared(server)
    for number in WORKING:
        noted = killed_under_load(server, system, phones, number)
        server.start()
        noted.check(server)
        ledger.add(noted)
    starts = killed_while_starting(server, system)
    record_property("kills under load", len(WORKING))
    record_property("kills at start", starts)
    record_property("acknowledged", len(ledger))
    record_property("lost", len(ledger.lost(server.start())))
    ledger.check(server)
    assert server.stop() == 0
    ledger.check_file(server.folder)


def killed_while_starting(server: Server, system) -> int:
    """With a log that the last kill left behind. Ends when a start needs no more writes than that."""
    server.kill()
    for times, number in enumerate(STARTING):
        system.kill_at = system.calls + number
        server.spawn()
        until(lambda: server.process.poll() is not None or is_ready(server), 60, "it starts, or not")
        was_killed = server.process.poll() == -signal.SIGKILL
        system.kill_at = 0
        server.kill()
        if not was_killed:
            return times
    return len(STARTING)


def is_ready(server: Server) -> bool:
    try:
        return server.nobody().request("GET", "/ready").status_code == 200
    except OSError:
        return False


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_control_of_f21_r1_f29_answers_before_the_commit(program, tmp_path, ledger, record_property, end):
    server = Server(program, tmp_path / "data")
    proxy = HastyProxy(prepared(server))
    with under_load(proxy.phones, ledger):
        until(lambda: len(ledger) > 100, 30, "the proxy has answered")
        getattr(server, end)()
    proxy.close()
    lost = len(ledger.lost(server.start()))
    record_property("control", f"answered before the commit, then {end}: {lost} of {len(ledger)} lost")
    assert server.stop() == 0
    assert lost > 0
