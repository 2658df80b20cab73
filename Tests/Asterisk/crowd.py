"""Many customers call, and every agent declines, while the store of the server hangs for a while."""

import shutil
import subprocess
import threading
import time
from pathlib import Path

RATE = 25  # calls a second
SECONDS = 14
FROZEN = (2, 12)
CALLS = RATE * SECONDS
SLOW_SYNC = Path(__file__).resolve().parents[1] / "Bench/slow_sync.c"


class SlowDisk:
    """What a server must have in its environment so that its syncs hang while a file is there."""

    def __init__(self, folder: Path):
        library, self._freeze = folder / "slow_sync.so", folder / "freeze"
        compiler = shutil.which("clang") or "cc"
        command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(SLOW_SYNC), "-ldl"]
        subprocess.run(command, check=True)
        self.environment = {"LD_PRELOAD": str(library), "CALLMATCH_FREEZE": str(self._freeze)}

    def hang(self, is_hanging: bool) -> None:
        if is_hanging:
            self._freeze.touch()
        else:
            self._freeze.unlink(missing_ok=True)


def calls_during_a_hang(asterisk, disk: SlowDisk):
    """Everybody has called; gives the telephone company, whose calls may not all be over."""
    for each in ("1001", "1002", "1003"):
        asterisk.phone(each).on_call = lambda call: (call.ring(), call.decline())
    trunk, pause = asterisk.trunk(), threading.Event()
    began = time.monotonic()
    for number in range(CALLS):
        pause.wait(max(0, began + number / RATE - time.monotonic()))
        second = time.monotonic() - began
        disk.hang(FROZEN[0] <= second < FROZEN[1])
        trunk.dial(f"100{number % 3 + 1}", f"<sip:+49302555{number:04}@127.0.0.2>")
        leave_announcements(trunk)
    disk.hang(False)
    return trunk


def leave_announcements(trunk) -> int:
    """Whoever was sent to the announcement hangs up. How many calls are not over."""
    left = [call for call in trunk.calls if call.state != "ended"]
    for call in left:
        if call.state == "talking":
            call.state = "ended"
            call.dialog.begin("BYE")
    return len(left)
