"""A full disk: refused in words, nothing is half done, and the server goes on when there is room again."""

import errno
import os
import time
from pathlib import Path

import pytest
from program import Client, Server, until
from webhooks import PhoneSystem, ReportedCall

# A disk of its own for the data folder, in a namespace of its own: nobody else sees it or fills up.
ROOM = "48m"
OWN_DISK = 'mount -t tmpfs -o size=$0,mode=700 tmpfs "$1" && shift && exec "$@"'


@pytest.fixture
def cramped(program: str, tmp_path: Path):
    """A server whose data folder is on a small disk."""
    folder = tmp_path / "data"
    folder.mkdir()
    under = ["unshare", "--mount", "--map-root-user", "sh", "-c", OWN_DISK, ROOM, str(folder)]
    server = Server(program, folder, under=under).start()
    yield server
    server.stop()


def fill(disk: Path) -> Path:
    """A file that takes all the room there is."""
    ballast = disk / "ballast"
    file = os.open(ballast, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        for size in (1 << 20, 1 << 12, 1):
            block = b"\0" * size
            while True:
                try:
                    os.write(file, block)
                except OSError as full:
                    assert full.errno == errno.ENOSPC
                    break
    finally:
        os.close(file)
    return ballast


def send_until_refused(phones: PhoneSystem) -> tuple[list, list]:
    """New calls until three have been refused, or more were taken than a full disk had room for."""
    taken, refused = [], []
    for number in range(400):
        call = ReportedCall(phones, f"+49176555{10_000 + number}", extension="1002")
        answer = phones.send(call.event("offered"))
        (taken if answer.status_code == 200 else refused).append((call, answer))
        if len(refused) == 3:
            break
    return taken, refused


def test_f23_r13_disk_full(cramped: Server, record_property):
    """The disk of the store is filled to the last byte while calls come in; later there is room again.

    Expected: 503 with Retry-After, /ready says no, what is there is seen; it goes on by itself, nothing is lost.
    Control: the same calls on the same disk with room are all taken.
    """
    admin, ada = cramped.sign_in("admin"), cramped.sign_in("ada")
    phones = PhoneSystem.added(admin, "office")
    before = ReportedCall(phones, "+4917655509001")
    before.report("offered")
    shown = ada.call_where(lambda call: call["number"]["e164"] == "+4917655509001")

    ballast = fill(cramped.files)
    taken, refused = send_until_refused(phones)
    # Nobody is told that it was taken, the sender learns when to try again, and is told no more.
    for _, answer in refused:
        assert answer.status_code == 503, answer.text
        assert answer.json()["title"] == "The store cannot take this now"
        assert "Nothing was changed" in answer.json()["detail"]
        assert int(answer.headers["Retry-After"]) >= 1
    assert len(refused) == 3, "the disk was not full"
    slowest = max(answer.elapsed.total_seconds() for _, answer in refused)
    record_property("refused within ms", f"{slowest * 1000:.0f}")
    # What is there can still be seen, and the administrator is told what is wrong.
    assert ada.get("desk").status_code == 200
    assert ada.get(f"calls/{shown['id']}").status_code == 200
    until(lambda: is_refused_and_said(cramped, admin, phones, taken), 30, "it is said that the disk is full")

    began = time.monotonic()
    ballast.unlink()
    until(lambda: cramped.nobody().request("GET", "/ready").status_code == 200, 15, "goes on")
    record_property("goes on after s", f"{time.monotonic() - began:.1f}")
    for call, _ in refused:
        call.report("offered")
    before.report("ended", after=3)
    for call, _ in [*taken, *refused]:
        call.report("ended", after=4)
    counts = cramped.audit()
    lost = 1 + len(taken) + len(refused) - counts["calls"]
    record_property("calls lost", lost)
    assert lost == 0
    assert (counts["live"], counts["unexplained"]) == (0, 0)
    record_property("acknowledged", 2 * counts["calls"])
    assert admin.json("admin/health")["store"]["writable"]


def is_refused_and_said(server: Server, admin: Client, phones: PhoneSystem, taken: list) -> bool:
    """Asked right after a refusal: the log that is written anew has room for a few calls more now and then."""
    call = ReportedCall(phones, f"+49176555{20_000 + len(taken)}", extension="1002")
    answer = phones.send(call.event("offered"))
    if answer.status_code == 200:
        taken.append((call, answer))
        return False
    health = admin.json("admin/health")["store"]
    status = server.nobody().request("GET", "/ready").status_code
    found = next(part for part in server.operate("doctor") if part["part"] == "store")
    return (
        (health["writable"], status, found["state"]) == (False, 503, "red")
        and "full" in health["text"]
        and "full" in found["text"]
    )


def test_control_of_f23_r13_with_room(cramped: Server, record_property):
    taken, refused = send_until_refused(PhoneSystem.added(cramped.sign_in("admin"), "office"))
    record_property("control", f"with room {len(taken)} taken, {len(refused)} refused")
    assert (len(taken), refused) == (400, [])


def test_a_new_store_on_a_full_disk_says_so(program: str, tmp_path: Path):
    folder = tmp_path / "data"
    folder.mkdir()
    under = ["unshare", "--mount", "--map-root-user", "sh", "-c", OWN_DISK, "64k", str(folder)]
    server = Server(program, folder, under=under)
    server.spawn()
    assert server.process.wait(30) == 1
    said = server.log.read_text().splitlines()[-1]
    assert "full" in said and str(folder) in said, said
