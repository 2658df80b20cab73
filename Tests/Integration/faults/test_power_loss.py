"""The power fails: the server ends, its disk forgets what was not synced, and the server starts again."""

import random
from pathlib import Path

import pytest
from system_fault import SystemFault
from form import either
from ledger import Ledger
from load import has_passed, under_load
from power import PowerSupply, need_a_disk_of_our_own
from program import Server, until
from webhooks import PhoneSystem

CRASHES = either(8, 200)
# Of a store that loses, a few are enough.
CONTROLS = either(3, 20)
SEED = 5


@pytest.fixture
def power(tmp_path: Path):
    need_a_disk_of_our_own()
    power = PowerSupply(tmp_path)
    yield power
    power.turn_off()


def prepared(power: PowerSupply, server: Server) -> PhoneSystem:
    """A store with a phone system in it, all of it on the disk."""
    power.turn_on(0, "--whole")
    server.start()
    phones = PhoneSystem.added(server.sign_in("admin"), "office")
    assert server.stop() == 0
    power.cut()
    return phones


def crashes(times: int, power: PowerSupply, server: Server, ledger: Ledger, *options: str) -> tuple[int, int]:
    """Under load without power, again and again; how many acknowledged events were lost, and bytes forgotten."""
    phones, chance, noted = prepared(power, server), random.Random(SEED), Ledger()
    lost = forgotten = 0
    for number in range(times + 1):
        is_last = number == times
        # One time in two the disk has kept nothing of what was not synced, else any part of it.
        whole = ["--whole"] if chance.random() < 0.5 else []
        power.turn_on(chance.randrange(1 << 30), *whole, *([] if is_last else options))
        server.start()
        lost += len(noted.lost(server))
        ledger.add(noted)
        if not is_last:
            noted = Ledger()
            with under_load(phones, noted, insists=False):
                until(lambda noted=noted: len(noted) > 0, 30, "something is acknowledged")
                until(has_passed(chance.uniform(0, 0.7)))
                server.kill()
            forgotten += power.cut()
    assert server.stop() == 0
    power.cut()
    return lost, forgotten


def test_f22_r3_power_loss(program, power, ledger, record_property):
    """The server is killed under load, and its disk forgets all that was not synced, or any sectors of it.

    Expected: no acknowledged event is lost, and SQLite finds the store whole.
    Control: the same server with SQLite's `synchronous=NORMAL`, hidden from its check at start, loses events.
    """
    server = Server(program, power.mount / "data")
    lost, forgotten = crashes(CRASHES, power, server, ledger)
    record_property("crashes", CRASHES)
    record_property("acknowledged", len(ledger))
    record_property("bytes forgotten", forgotten)
    record_property("lost", lost)
    assert lost == 0
    assert forgotten > 0, "there was nothing to forget"
    ledger.check_file(power.backing / "data")


def test_control_of_f22_r3_without_the_sync_of_each_commit(
    program, power, system: SystemFault, ledger, record_property
):
    server = system.server(program, power.mount / "data", WEAK_SYNC="2")
    lost, _ = crashes(CONTROLS, power, server, ledger)
    record_property("control", f"synchronous=NORMAL: {lost} of {len(ledger)} lost in {CONTROLS} crashes")
    assert lost > 0


def test_control_of_f22_r3_on_a_disk_that_lies(program, power, ledger, record_property):
    server = Server(program, power.mount / "data")
    lost, _ = crashes(1, power, server, ledger, "--lies")
    record_property("control", f"a disk that lies: {lost} of {len(ledger)} lost in 1 crash")
    assert lost > 0
