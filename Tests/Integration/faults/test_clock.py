"""The wall clock of the server jumps while calls go on."""

import json
import re
import time

import pytest
from ledger import exported
from program import Server, until
from webhooks import PhoneSystem, ReportedCall, signed_headers

KNOWN_NUMBER = "+493023125042"
SILENT_NUMBER = "+4917655507001"
HOUR, DAY = 3600, 86_400
JUMPS = {"-1h": -HOUR, "+10d": 10 * DAY}


def send_at(phones: PhoneSystem, moment: float, event: dict):
    """From a sender whose clock says `moment`."""
    body = json.dumps(event).encode()
    return phones.post(body, signed_headers(phones.secret, body, phones.message_id(), str(int(moment))))


def refusal_told(server: Server, phones: PhoneSystem) -> str:
    sources = server.sign_in("admin").json("admin/sources")["sources"]
    return next(each["text"] for each in sources if each["name"] == phones.name)


def silent_call_ends(server: Server, phones: PhoneSystem, now: float) -> None:
    """A call whose end nobody reports, from a sender with the server's own clock: a timer must close it."""
    call = ReportedCall(phones, SILENT_NUMBER, extension="1900")
    call.began = now - 30
    for kind, after in (("offered", 0), ("declined", 10)):
        assert send_at(phones, now, call.event(kind, after)).status_code == 200
    until(lambda: (call.id, "ended") in exported(server, SILENT_NUMBER), 30, "a timer closes what is silent")


@pytest.mark.parametrize("by", JUMPS)
def test_f26_r17_clock_jumps(program, tmp_path, system, record_property, by):
    """The wall clock of the server goes back an hour, or on by ten days, in a call, and is put right later.

    Expected: durations are right and never negative, timers go on, an event whose clock differs is refused, and
    the administrator is told so.
    Control: without the jump the same event is taken.
    """
    server = system.server(program, tmp_path / "data").start()
    phones = PhoneSystem.added(server.sign_in("admin"), "office")
    call = ReportedCall(phones, KNOWN_NUMBER)
    call.report("offered")
    call.report("answered", after=1)
    system.clock = JUMPS[by]
    now = time.time() + JUMPS[by]
    held = call.event("held", after=10)
    assert send_at(phones, time.time(), held).status_code == 401
    differs = re.search(r"clock differs by (-?\d+) seconds", refusal_told(server, phones))
    assert abs(int(differs[1]) + JUMPS[by]) <= 2
    silent_call_ends(server, phones, now)
    talking = [each["talkSeconds"] for each in server.sign_in("ada").desk()["calls"]]
    record_property(f"{by}: talk seconds shown meanwhile", ", ".join(f"{seconds:.0f}" for seconds in talking))
    assert all(seconds >= 0 for seconds in talking)
    system.clock = 0
    assert send_at(phones, time.time(), held).status_code == 200
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
