"""A sync of the store fails: what the disk has then is only known after opening the store again."""

import time

import pytest
from form import either
from ledger import Ledger
from load import Load
from program import Server, until
from webhooks import PhoneSystem

# Which sync fails, counted from the first event; in the long form also one that copies the log into the store.
FAILING = either((1, 2, 9), (*range(1, 41), *range(100, 520, 7)))
# Answers that were on their way when the sync began have come when so many others have.
ROUND_TRIPS = 20


def prepared(server: Server) -> PhoneSystem:
    return PhoneSystem.added(server.start().sign_in("admin"), "office")


def fail_a_sync(server: Server, system, load: Load, number: int, silently: bool = False) -> int:
    """Under load; how many events had been acknowledged when the sync failed."""
    system.fail_sync(number, silently)
    load.start()
    system.wait_until_held()
    for _ in range(ROUND_TRIPS):
        assert server.nobody().request("GET", "/health").status_code == 200
    before = len(load.answers)
    system.release()
    return before


@pytest.mark.parametrize("number", FAILING)
def test_f24_r14_sync_error(program, tmp_path, system, ledger: Ledger, record_property, number):
    """A sync of the store fails with EIO: the 1st, 2nd, … of a load, also one that copies the log into the store.

    Expected: no acknowledgement after it, no other sync, exit status 3; after a start nothing is lost.
    Control: a sync that only says it was done is noticed: acknowledgements go on.
    """
    server = system.server(program, tmp_path / "data")
    phones = prepared(server)
    load = Load(phones, ledger, insists=False)
    before = fail_a_sync(server, system, load, number)
    status = server.process.wait(30)
    took = time.monotonic() - system.failed_at / 1e9
    load.stop()
    record_property("failing syncs", 1)
    record_property("longest until its end, ms", f"{took * 1000:.0f}")
    record_property("acknowledged", len(ledger))
    record_property("acknowledged after it", len(load.answers) - before)
    record_property("syncs after it", system.syncs - system.reached)
    assert status == 3, server.log.read_text()[-2000:]
    assert len(load.answers) == before
    assert system.syncs == system.reached, "a sync was tried again"
    system.forget()
    ledger.check(server.start())
    assert server.stop() == 0
    ledger.check_file(server.folder)


def test_control_of_f24_r14_a_sync_that_lies(program, tmp_path, system, ledger: Ledger, record_property):
    server = system.server(program, tmp_path / "data")
    phones = prepared(server)
    load = Load(phones, ledger, insists=False)
    before = fail_a_sync(server, system, load, 2, silently=True)
    until(lambda: len(load.answers) > before, 30, "it goes on")
    load.stop()
    record_property("control", f"told that it was done: {len(load.answers) - before} acknowledged after it")
    assert system.syncs > system.reached
    assert server.stop() == 0


def test_r4_durability_is_asked_for(program, tmp_path, system, cluster, record_property):
    """SQLite does not take `synchronous=FULL`; PostgreSQL is set to `synchronous_commit=off`.

    Expected: the server does not start, and says why. (`fsync` and `full_page_writes`: PostgreSQLTests.)
    Control: with the same library and database, and the setting as it should be, it starts.
    """
    weak = system.server(program, tmp_path / "weak", WEAK_SYNC="1")
    weak.spawn()
    assert weak.process.wait(60) == 1
    assert "synchronous = 1" in weak.log.read_text()
    store = cluster.new_store()
    lax = Server(program, tmp_path / "lax", "--database", f"{store}%20-csynchronous_commit%3Doff")
    lax.spawn()
    assert lax.process.wait(60) == 1
    assert "synchronous_commit = off" in lax.log.read_text()
    record_property("refused", "SQLite, PostgreSQL")
    strict = Server(program, tmp_path / "strict", "--database", f"{store}%20-csynchronous_commit%3Don")
    for server in (system.server(program, tmp_path / "full"), strict):
        assert server.start().stop() == 0
    record_property("control", "with the setting it starts")
