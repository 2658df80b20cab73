"""A store that hangs while calls go on: the phone system must not feel it, and no call may be lost."""

from connection import condition, connected, until
from crowd import CALLS, FROZEN, SlowDisk, calls_during_a_hang, leave_announcements
from unread import Unread

# After so long without any answer a telephone sends its INVITE again (RFC 3261, T1).
ASKS_AGAIN_AFTER = 0.5


def test_a_store_that_hangs_for_ten_seconds(own, tmp_path):
    disk = SlowDisk(tmp_path)
    asterisk, server = own(environment=disk.environment)
    admin = connected(server)
    unread = Unread(asterisk.ami)
    trunk = calls_during_a_hang(asterisk, disk)
    until(lambda: leave_announcements(trunk) == 0, within=40, what="every caller has left")
    lay = unread.longest()
    # A reader that waited for the store would have left it for all that time; script/bench reader has the figure.
    hang = (FROZEN[1] - FROZEN[0]) * 1000
    assert lay["looks"] > hang / 20, f"nobody looked: {lay}"
    assert lay["unread"] < hang / 10, f"the socket was not read: {lay}"
    late = [call for call in trunk.calls if (call.heard_after or 99) > ASKS_AGAIN_AFTER]
    assert len(late) <= len(trunk.calls) / 100, f"{len(late)} of {len(trunk.calls)} had to ask again"
    counts = until(
        lambda: (found := server.audit())["live"] == 0 and found["calls"] == CALLS and found,
        within=60,
        what="every call is in the store, and over",
    )
    assert counts["unexplained"] == 0, counts
    assert condition(admin)["state"] == "green"
    # A call that Ben declines goes on to Cleo.
    assert rings(server) == CALLS + sum(number % 3 == 1 for number in range(CALLS))


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
