"""Our own signed events, from the outside: what is taken, once, and in which order it may come."""

import itertools
import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from program import Client, Server
from webhooks import PhoneSystem, ReportedCall, signed_headers

KNOWN_NUMBER = "+493023125042"  # Ada Lovelace's, and nobody else's


def number_of(test: int) -> str:
    """A number of a test's own, so that its calls can be exported."""
    return f"+4917655501{test:02}"


def calls_of(server: Server, number: str) -> list[dict]:
    return server.export(number)["calls"]


def test_a_call_from_its_ring_to_its_log(server: Server, ada: Client, phones, counted):
    call = ReportedCall(phones, KNOWN_NUMBER)
    call.report("offered")
    shown = ada.call_where(lambda shown: shown["system"] == phones.name)
    assert (shown["state"], shown["title"]) == ("ringing", "Ada Lovelace")
    assert (shown["match"]["outcome"], shown["can"]) == ("single", [])
    call.report("answered", after=2)
    log = ada.call_where(lambda shown: shown["state"] == "talking" and "log" in shown)["log"]
    edit = {"version": log["version"], "notes": "Called about the roaster."}
    assert ada.patch(f"calls/{shown['id']}/log", edit).json() == {"version": log["version"] + 1}
    call.report("ended", after=62, cause="completed")
    ended = ada.call_where(lambda shown: shown["state"] == "wrapUp")
    assert (ended["log"]["seconds"], ended["talkSeconds"]) == (60, 60)
    assert ada.post(f"calls/{shown['id']}/done").status_code == 204
    desk = ada.desk_where(lambda desk: desk["recent"] and desk["recent"][0]["log"] == "filed")
    assert desk["calls"] == []
    details = ada.json(f"calls/{shown['id']}")["call"]
    activity = ada.json("records/" + details["log"]["crmUrl"].removeprefix("/crm/"))
    assert activity["activity"]["notes"] == "Called about the roaster."
    assert counted() == {"calls": 1, "delivered": 1}


def send_apart(phones: PhoneSystem, event: dict, message: str) -> tuple[int, str]:
    """On a connection of its own, as a sender with many workers does."""
    own = PhoneSystem(phones.address, phones.secret)
    answer = own.send(event, message=message)
    return answer.status_code, answer.json()["status"]


def test_one_event_under_a_hundred_names_is_one_event(server: Server, phones, counted):
    """A sender that names each attempt anew: nothing is counted twice."""
    call = ReportedCall(phones, number_of(2))
    event = call.event("offered")
    with ThreadPoolExecutor(20) as threads:
        names = [phones.message_id() for _ in range(100)]
        sent = [threads.submit(send_apart, phones, event, name) for name in names]
    assert {task.result() for task in sent} == {(200, "accepted")}
    assert counted() == {"calls": 1, "live": 1}
    (kept,) = calls_of(server, number_of(2))
    assert len(kept["call"]["facts"]) == 1
    call.report("ended")


def test_every_order_of_the_same_events_is_the_same_call(server: Server, phones, counted):
    """24 orders of four events, each with its last one repeated."""
    story = [("offered", 0), ("answered", 3), ("held", 10), ("ended", 20)]
    orders = list(itertools.permutations(story))
    began = time.time() - 60
    for order in orders:
        call = ReportedCall(phones, number_of(3))
        call.began = began
        for kind, after in [*order, order[-1]]:
            call.report(kind, after)
    calls = calls_of(server, number_of(3))
    assert len(calls) == len(orders)
    assert len({told_apart(kept["call"]) for kept in calls}) == 1
    assert counted()["calls"] == len(orders)


def told_apart(call: dict) -> str:
    """A call without what is its own in any case."""
    text = json.dumps(call, sort_keys=True)
    return text.replace(call["id"]["value"], "ID")


def test_an_extension_that_nobody_has_is_kept_and_shown(admin: Client, server: Server, phones):
    call = ReportedCall(phones, number_of(6), extension="1999")
    call.report("offered")
    call.report("answered", after=1)
    call.report("ended", after=9)
    found = admin.json("admin/people/unknown-extensions")["extensions"]
    shown = [line for line in found if line["extension"] == "1999" and line["system"] == phones.name]
    assert [line["events"] for line in shown] == [2]
    (kept,) = calls_of(server, number_of(6))
    assert [leg["extension"] for leg in kept["call"]["legs"]] == ["1999"]


def test_nobody_in_the_group_answers(server: Server, ada, ben, phones, counted):
    """Three phones ring and nobody answers: one missed call."""
    call = ReportedCall(phones, KNOWN_NUMBER, queue="Sales")
    rings = [call.event("offered", extension=own) for own in ("1001", "1002", "1003")]
    phones.report(*rings)
    ada.call_where(lambda shown: shown["queue"] == "Sales" and shown["state"] == "ringing")
    call.report("ended", after=30, cause="callerCancelled")
    for client in (ada, ben):
        recent = client.desk_where(
            lambda desk: desk["recent"] and desk["recent"][0].get("log") == "filed"
        )["recent"][0]
        assert (recent["outcome"], recent["missed"]) == ("missed", True)
    (logs,) = [kept["logs"] for kept in calls_of(server, KNOWN_NUMBER) if is_of(kept, call)]
    assert [(log["outcome"], log.get("agent")) for log in logs] == [("missed", None)]
    assert counted() == {"calls": 1, "delivered": 1}


def is_of(kept: dict, call: ReportedCall) -> bool:
    return kept["call"]["id"]["value"] == call.id


def test_a_colleague_answers(server: Server, ada, ben, phones, counted):
    """Where somebody took the call nobody has missed it."""
    call = ReportedCall(phones, KNOWN_NUMBER, queue="Sales")
    phones.report(*[call.event("offered", extension=own) for own in ("1001", "1002", "1003")])
    call.report("answered", after=3, extension="1002")
    shown = ben.call_where(lambda shown: shown["state"] == "talking")
    recent = ada.desk_where(lambda desk: desk["recent"] and desk["recent"][0]["id"] == shown["id"])
    assert recent["recent"][0]["outcome"] == "answeredElsewhere"
    call.report("ended", after=10, cause="completed")
    ben.call_where(lambda shown: shown["state"] == "wrapUp")
    ben.post(f"calls/{shown['id']}/done")
    assert not recent["recent"][0]["missed"]
    assert shown["id"] not in [line["id"] for line in ada.json("recent", filter="missed")["calls"]]
    (logs,) = [kept["logs"] for kept in calls_of(server, KNOWN_NUMBER) if is_of(kept, call)]
    assert [(log["outcome"], log["agent"]) for log in logs] == [("answered", "ben")]
    ben.desk_where(lambda desk: desk["recent"][0]["log"] == "filed")
    assert counted() == {"calls": 1, "delivered": 1}


def test_an_unknown_event_is_counted_and_kept(server, admin: Client, phones, tmp_path, counted):
    tally = tally_of(admin, phones)
    parked = {"event": "parked", "call": "canary-parked", "slot": {"number": 71}}
    message = phones.message_id()
    assert phones.send(parked, message=message).json() == {"status": "accepted"}
    assert phones.send(parked, message=message).json() == {"status": "known"}
    assert counted() == {}
    assert tally_of(admin, phones)["unknown"] == tally["unknown"] + 1
    kept = kept_messages(server, tmp_path)
    assert [json.loads(body) for body in kept if "canary-parked" in body] == [parked]


def tally_of(admin: Client, phones: PhoneSystem) -> dict:
    sources = admin.json("admin/sources")["sources"]
    return next(source for source in sources if source["name"] == phones.name)


def kept_messages(server: Server, folder: Path) -> list[str]:
    """From a backup: nobody else opens the store of a running server."""
    backup = folder / "backup.sqlite"
    server.command("backup", str(backup))
    with sqlite3.connect(backup) as store:
        return [body for (body,) in store.execute("select body from kept_message")]


def test_an_unknown_event_beside_a_known_one(server: Server, admin: Client, phones, counted):
    tally = tally_of(admin, phones)
    call = ReportedCall(phones, number_of(9))
    phones.report(call.event("offered"), {"event": "dtmf", "digit": "5"}, call.event("ended", 3))
    assert counted() == {"calls": 1, "unlogged": 1}
    now = tally_of(admin, phones)
    assert (now["events"] - tally["events"], now["unknown"] - tally["unknown"]) == (2, 1)
    assert now["state"] == "green"


def test_a_body_may_have_64_kib_and_no_more(server: Server, phones, counted):
    call = ReportedCall(phones, number_of(10))
    for length, status in ((64 * 1024, 200), (64 * 1024 + 1, 413), (200 * 1024, 413)):
        event = {**call.event("offered"), "filling": ""}
        event["filling"] = "x" * (length - len(json.dumps(event)))
        body = json.dumps(event).encode()
        assert len(body) == length
        answer = phones.post(body, signed_headers(phones.secret, body, phones.message_id()))
        assert answer.status_code == status
    call.report("ended")
    assert counted()["calls"] == 1
