"""A store that hangs while calls go on: the phone system must not feel it, and no call may be lost."""

import shutil
import subprocess
import threading
import time
from pathlib import Path

from connection import condition, connected, until

RATE = 25
SECONDS = 14
FROZEN = (2, 12)
SLOW_SYNC = Path(__file__).resolve().parents[2] / "Bench/slow_sync.c"
# After so long without any answer a telephone sends its INVITE again (RFC 3261, T1).
ASKS_AGAIN_AFTER = 0.5


def test_a_store_that_hangs_for_ten_seconds(own, tmp_path):
    library, freeze = tmp_path / "slow_sync.so", tmp_path / "freeze"
    compiler = shutil.which("clang") or "cc"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(SLOW_SYNC), "-ldl"]
    subprocess.run(command, check=True)
    asterisk, server = own(
        environment={"LD_PRELOAD": str(library), "CALLMATCH_FREEZE": str(freeze)}
    )
    admin = connected(server)
    phones = [asterisk.phone(each) for each in ("1001", "1002", "1003")]
    for phone in phones:
        phone.on_call = lambda call: (call.ring(), call.decline())
    trunk, pause = asterisk.trunk(), threading.Event()
    began = time.monotonic()
    for number in range(RATE * SECONDS):
        pause.wait(max(0, began + number / RATE - time.monotonic()))
        second = time.monotonic() - began
        if FROZEN[0] <= second < FROZEN[1]:
            freeze.touch()
        else:
            freeze.unlink(missing_ok=True)
        trunk.dial(f"100{number % 3 + 1}", f"<sip:+49302555{number:04}@127.0.0.2>")
        leave_announcements(trunk)
    freeze.unlink(missing_ok=True)
    until(lambda: leave_announcements(trunk) == 0, within=40, what="every caller has left")
    late = [call for call in trunk.calls if (call.heard_after or 99) > ASKS_AGAIN_AFTER]
    assert len(late) <= len(trunk.calls) / 100, f"{len(late)} of {len(trunk.calls)} had to ask again"
    counts = until(
        lambda: (found := server.audit())["live"] == 0 and found["calls"] == RATE * SECONDS and found,
        within=60,
        what="every call is in the store, and over",
    )
    assert counts["unexplained"] == 0, counts
    assert condition(admin)["state"] == "green"
    # A call that Ben declines goes on to Cleo.
    forwarded = sum(number % 3 == 1 for number in range(RATE * SECONDS))
    assert rings(server) == RATE * SECONDS + forwarded


def leave_announcements(trunk) -> int:
    """Whoever was sent to the announcement hangs up. How many calls are not over."""
    left = [call for call in trunk.calls if call.state != "ended"]
    for call in left:
        if call.state == "talking":
            call.state = "ended"
            call.dialog.begin("BYE")
    return len(left)


def rings(server) -> int:
    """The calls that agents see among their recent ones, with the outcome that they had at the phone."""
    total = 0
    for name in ("ada", "ben", "cleo"):
        page, cursor = None, ""
        while page is None or cursor:
            page = server.api(name).get("recent", limit=100, **({"before": cursor} if cursor else {}))
            total += sum(call["outcome"] == "declined" for call in page["calls"])
            cursor = page.get("next") or ""
    return total
