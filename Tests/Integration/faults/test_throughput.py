"""More events than a busy hour has, and more calls than a year."""

import json
import sqlite3
import time

import pytest
from form import either
from ledger import Ledger
from load import has_passed, under_load
from program import Server, until
from webhooks import PhoneSystem, ReportedCall

# Events a second, for how many seconds, and how many of them in one message.
SUSTAINED = (300, either(10, 1800), 1)
BURST = (2000, either(5, 10), 10)
MANY_CALLS = either(20_000, 1_000_000)
LINES = 32


def prepared(server: Server) -> PhoneSystem:
    return PhoneSystem.added(server.start().sign_in("admin"), "office")


@pytest.mark.parametrize("rate, seconds, together", [SUSTAINED, BURST], ids=["sustained", "burst"])
def test_r20_load(program, tmp_path, ledger: Ledger, record_property, rate: int, seconds: int, together: int):
    """300 events a second for half an hour, and 2,000 a second for ten seconds, ten in a message.

    Expected: no acknowledged event is lost; what is refused is refused with Retry-After.
    Control: that of F21.
    """
    server = Server(program, tmp_path / "data")
    with under_load(prepared(server), ledger, rate=rate, lines=LINES, together=together) as load:
        until(has_passed(seconds), seconds + 60)
    record_property(f"at {rate}/s: events/s", f"{len(ledger) / seconds:.0f}")
    for name, part in (("p50", 0.5), ("p99", 0.99)):
        record_property(f"at {rate}/s: {name} ms", f"{load.percentile(part):.1f}")
    record_property(f"at {rate}/s: refused", load.refused)
    record_property("acknowledged", len(ledger))
    assert load.rude == 0
    # Half an hour's calls are many to count.
    audit = server.run("audit", timeout=1800)
    assert audit.returncode == 0 and " 0 unexplained" in audit.stdout, audit.stdout + audit.stderr
    assert server.stop() == 0
    record_property("in the store", ledger.check_file(server.folder))


def multiply(folder, times: int) -> None:
    """So many more calls like the one that is there."""
    with sqlite3.connect(folder / "callmatch.sqlite") as store:
        columns = [row[1] for row in store.execute("pragma table_info(call)")]
        ((value,),) = store.execute("select value from call")
        own = {
            "id": "id || '-' || n",
            "value": "value || '-' || n",
            "json": f"replace(json, {json.dumps(value)!r}, json_quote(value || '-' || n))",
        }
        chosen = ", ".join(own.get(name, name) for name in columns)
        store.execute(
            f"""
            with recursive number(n) as
                (select 1 union all select n + 1 from number where n < {times})
            insert into call ({", ".join(columns)}) select {chosen} from call, number
            """
        )


def test_r24_restart_with_many_calls(program, tmp_path, ledger: Ledger, record_property):
    """The server is killed under load with a million calls in its store, and started again (short: 20,000 calls).

    Expected: it is ready, and has every acknowledged event. How long that took is a figure, not a limit.
    Control: that of F21.
    """
    server = Server(program, tmp_path / "data")
    phones = prepared(server)
    call = ReportedCall(phones, "+4917655506001", extension="1900")
    for after, kind in enumerate(("offered", "answered", "ended")):
        call.report(kind, after)
    assert server.stop() == 0
    multiply(server.folder, MANY_CALLS)
    server.start()
    with under_load(phones, ledger, insists=False):
        until(lambda: len(ledger) > 300, 60, "a load")
        server.kill()
    began = time.monotonic()
    server.start()
    record_property("calls", MANY_CALLS)
    record_property("ready after s", f"{time.monotonic() - began:.2f}")
    record_property("acknowledged", len(ledger))
    lost = ledger.lost(server)
    record_property("lost", len(lost))
    assert not lost
    assert server.stop() == 0
    with sqlite3.connect(server.folder / "callmatch.sqlite") as store:
        assert store.execute("select count(*) from call").fetchone()[0] > MANY_CALLS
