"""The wall clock of the server jumps while calls go on."""

import re
import time
from datetime import datetime

import pytest
from ledger import exported
from program import Server, until
from webhooks import PhoneSystem, ReportedCall

KNOWN_NUMBER = "+493023125042"
SILENT_NUMBER = "+4917655507001"
HOUR, DAY = 3600, 86_400
# A second, and what is rounded to milliseconds.
TOLERANCE = 1.002
JUMPS = {"-1h": -HOUR, "+10d": 10 * DAY}
# Ten seconds before the hour that comes twice in Berlin, and before the one that does not come.
CHANGES = {"to winter time": "2026-10-25T00:59:50+00:00", "to summer time": "2027-03-28T00:59:50+00:00"}


def refusal_told(server: Server, phones: PhoneSystem) -> str:
    sources = server.sign_in("admin").json("admin/sources")["sources"]
    return next(each["text"] for each in sources if each["name"] == phones.name)


def silent_call_ends(server: Server, phones: PhoneSystem) -> None:
    """A call whose end nobody reports, from a sender with the server's own clock: a timer must close it."""
    call = ReportedCall(phones, SILENT_NUMBER, extension="1900")
    call.began += phones.ahead - 30
    for kind, after in (("offered", 0), ("declined", 10)):
        call.report(kind, after)
    until(lambda: (call.id, "ended") in exported(server, SILENT_NUMBER), 30, "a timer closes what is silent")


def moment_of(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def check_desk(server: Server, answered: float) -> float:
    """The one known caller is shown as talking since then, however it is counted. The largest error, in seconds."""
    earliest = time.time() - answered
    desk = server.sign_in("ada").desk()
    latest = time.time() - answered
    (shown,) = [each for each in desk["calls"] if each["number"]["e164"] == KNOWN_NUMBER]
    assert shown["state"] == "talking"
    counted = [shown["talkSeconds"], moment_of(desk["now"]) - moment_of(shown["answeredAt"])]
    error = max(max(earliest - each, each - latest, 0) for each in counted)
    assert min(counted) >= 0 and error <= TOLERANCE, (counted, earliest, latest)
    return error


@pytest.mark.parametrize("by", JUMPS)
def test_f26_r17_clock_jumps(program, tmp_path, system, record_property, by):
    """The wall clock of the server goes back an hour, or on by ten days, in a call, and is put right later.

    Expected: the call stays on the desk, durations are right there and in the log and never negative, timers go on,
    an event whose clock differs is refused, and the administrator is told so.
    Control: without the jump the same event is taken.
    """
    server = system.server(program, tmp_path / "data").start()
    phones = PhoneSystem.added(server.sign_in("admin"), "office")
    call = ReportedCall(phones, KNOWN_NUMBER)
    call.report("offered")
    call.report("answered", after=1)
    until(lambda: time.time() > call.began + 1, 5, "it was answered by all clocks")
    system.clock = JUMPS[by]
    held = call.event("held", after=10)
    assert phones.send(held).status_code == 401
    differs = re.search(r"clock differs by (-?\d+) seconds", refusal_told(server, phones))
    assert abs(int(differs[1]) + JUMPS[by]) <= 2
    phones.ahead = JUMPS[by]
    silent_call_ends(server, phones)
    record_property(f"{by}: the desk is wrong by s at most", f"{check_desk(server, call.began + 1):.2f}")
    system.clock = phones.ahead = 0
    check_desk(server, call.began + 1)
    assert phones.send(held).status_code == 200
    record_property("control", "without the jump it is taken")
    call.report("retrieved", after=20)
    call.report("ended", after=61)
    record_property(f"{by}: talk seconds in the log", check_duration(server))
    counts = server.audit()
    assert (counts["live"], counts["unexplained"]) == (0, 0), counts
    assert server.stop() == 0


def check_duration(server: Server) -> int:
    """A minute of talking, as the phone system's own times say."""
    (kept,) = server.export(KNOWN_NUMBER)["calls"]
    (log,) = kept["logs"]
    assert log["seconds"] == 60
    return log["seconds"]


@pytest.mark.parametrize("change", CHANGES)
def test_r17_the_hour_changes_in_a_call(program, tmp_path, system, record_property, change):
    """The local time of the server changes by an hour in a call; at the same moment there is a leap second.

    Expected: a minute of talking is a minute, within the second, while it is shown and in the log.
    Control: that of F26, where the clock itself is set.
    """
    changes = moment_of(CHANGES[change])
    system.clock = ahead = int(changes - 5 - time.time())
    server = system.server(program, tmp_path / "data", TZ="Europe/Berlin").start()
    phones = PhoneSystem.added(server.sign_in("admin"), "office")
    phones.ahead = ahead
    call = ReportedCall(phones, KNOWN_NUMBER)
    call.began = changes - 50
    for kind, after in (("offered", 0), ("answered", 5)):
        call.report(kind, after)
    answered = changes - 45 - ahead
    until(lambda: time.time() + ahead > changes, 30, "the hour changes")
    system.clock -= 1
    record_property(f"{change}: the desk is wrong by s at most", f"{check_desk(server, answered):.2f}")
    call.report("ended", after=65)
    record_property(f"{change}: talk seconds in the log", check_duration(server))
    assert server.stop() == 0


def test_a_sign_in_link_is_worth_nothing_after_ten_minutes(program, tmp_path, system):
    """Control: after nine it opens."""
    server = system.server(program, tmp_path / "data").start()
    links = [server.link("ada").rsplit("/", 1)[1] for _ in range(2)]
    answers = []
    for minutes, link in zip((9, 11), links, strict=True):
        system.clock = minutes * 60
        answers.append(server.nobody().post("session", {"link": link, "token": True}).status_code)
    assert answers == [200, 401]
    assert server.stop() == 0
