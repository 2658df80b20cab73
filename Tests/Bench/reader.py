#!/usr/bin/env python3
"""How long the phone system's events lie unread while the store hangs for ten seconds and 25 calls a second go on.

The comparison is a reader that waits for the store: it leaves them for as long as the store hangs.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "Integration"), str(TESTS / "Asterisk")]

from crowd import CALLS, FROZEN, RATE, SlowDisk, calls_during_a_hang  # noqa: E402
from pbx import Asterisk  # noqa: E402
from program import Server, until  # noqa: E402
from unread import Unread  # noqa: E402


def main() -> None:
    pbx = Asterisk("16", ring_seconds=20)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        settings, disk = Path(folder) / "callmatch.yaml", SlowDisk(Path(folder))
        settings.write_text(pbx.settings())
        under = ["env", *(f"{name}={value}" for name, value in disk.environment.items())]
        program, data = os.environ["CALLMATCH_BINARY"], Path(folder) / "data"
        server = Server(program, data, "--config", str(settings), under=under)
        try:
            pbx.start()
            server.start()
            admin = server.sign_in("admin")
            until(lambda: "green" in {each["state"] for each in admin.json("admin/sources")["sources"]})
            unread = Unread(pbx.ami)
            trunk = calls_during_a_hang(pbx, disk)
            lay = unread.longest()
            late = sum((call.heard_after or 99) > 0.5 for call in trunk.calls)
        finally:
            server.stop()
            pbx.remove()
    ours, other = max(lay["unread"], 0.1), (FROZEN[1] - FROZEN[0]) * 1000
    print(
        json.dumps(
            {
                "name": f"longest time that events lay unread, store hanging, {RATE} calls/s",
                "unit": "ms",
                "ours": ours,
                "other": other,
                "ratio": round(other / ours, 1),
                "n": CALLS,
                "notes": f"looked at {lay['looks']} times, at most {lay['away']} ms apart; {late} calls had to "
                "send their INVITE again; other: a reader that waits for the store; goal: 50 ms",
            }
        )
    )


if __name__ == "__main__":
    main()
