"""F1 to F10: calls that are told twice, in the wrong order, by halves, without an end, or with odd ids."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from program import Client, Server, until
from webhooks import PhoneSystem, ReportedCall

LOVELACE = "+493023125042"  # Ada Lovelace's, and nobody else's
HOUR = 3600
YEAR = 365 * 24 * HOUR
numbers = itertools.count(1)


@pytest.fixture
def number() -> str:
    """A number of a test's own, so that its calls can be exported."""
    return f"+49176555060{next(numbers):02}"


def calls_of(server: Server, number: str) -> list[dict]:
    return server.export(number)["calls"]


def kept(server: Server, reported: ReportedCall, number: str) -> dict:
    """What is stored of a call."""
    calls = [each for each in calls_of(server, number) if each["call"]["id"]["value"] == reported.id]
    assert len(calls) == 1, f"{reported.id} is stored {len(calls)} times"
    return calls[0]


def shown(agent: Client, number: str) -> list[dict]:
    """The calls with this number on an agent's desk."""
    return [each for each in agent.desk()["calls"] if each.get("number", {}).get("e164") == number]


def done(agent: Client, number: str) -> None:
    """The agent is done with the calls of this number."""
    for each in shown(agent, number):
        assert agent.post(f"calls/{each['id']}/done").status_code == 204


def filed(agent: Client, call: str) -> None:
    """Until a call's log is in the CRM."""
    agent.desk_where(lambda desk: (call, "filed") in [(each["id"], each.get("log")) for each in desk["recent"]])


def at_once(phones: PhoneSystem, messages: list[tuple[dict, str]]) -> list[tuple[int, str]]:
    """Events under their message ids, each on a connection of its own: what each is answered."""

    def send(event: dict, message: str) -> tuple[int, str]:
        answer = PhoneSystem(phones.address, phones.secret).send(event, message=message)
        return answer.status_code, answer.json()["status"]

    with ThreadPoolExecutor(20) as threads:
        return list(threads.map(lambda each: send(*each), messages))


def test_f1_one_message_a_hundred_times(server: Server, phones, number, counted):
    """One signed message is sent 100 times at once.

    Expected: 100 answers of 200, one event, one call.
    Control: 20 other events of the call, under ids of their own, are all taken.
    """
    call = ReportedCall(phones, number)
    event, message = call.event("offered"), phones.message_id()
    answers = at_once(phones, [(event, message)] * 100)
    assert sorted(answers) == [(200, "accepted")] + [(200, "known")] * 99
    assert len(kept(server, call, number)["call"]["facts"]) == 1
    assert counted() == {"calls": 1, "live": 1}
    others = [(call.event("offered", after=second), phones.message_id()) for second in range(1, 21)]
    assert at_once(phones, others) == [(200, "accepted")] * 20
    assert len(kept(server, call, number)["call"]["facts"]) == 21
    call.report("ended", after=30)


def test_f2_the_end_before_the_ring(server: Server, ada: Client, phones, number, counted):
    """The hangup arrives before the start.

    Expected: the call is complete in the end, and no desk ever shows it.
    Control: in the right order it rings.
    """
    call = ReportedCall(phones, number, queue="Late")
    for kind, more in (("ended", {"after": 5, "cause": "callerCancelled"}), ("offered", {})):
        call.report(kind, **more)
        assert shown(ada, number) == []
    recent = ada.json("recent")["calls"][0]
    assert (recent["outcome"], recent["number"]["e164"]) == ("missed", number)
    told = kept(server, call, number)["call"]
    assert (told["queue"], told["state"], told["cause"]["raw"]) == ("Late", "ended", "callerCancelled")
    assert [leg["extension"] for leg in told["legs"]] == ["1001"]
    assert counted() == {"calls": 1, "unlogged": 1}
    again = ReportedCall(phones, number)
    again.report("offered")
    assert [each["state"] for each in shown(ada, number)] == ["ringing"]
    again.report("ended", after=5)


def test_f3_the_start_an_hour_after_the_end(server: Server, ada: Client, phones, counted):
    """The start, with who calls, arrives an hour after the hangup of a call that was answered.

    Expected: what was missing is there, the call stays ended, and its log is filed once.
    Control: before it, there is no number, no person and no log.
    """
    call = ReportedCall(phones, LOVELACE)
    call.began -= HOUR + 62
    for kind, after in (("answered", 2), ("ended", 62)):
        event = call.event(kind, after)
        phones.report({name: event[name] for name in ("call", "event", "at", "extension") if name in event})
    (talk,) = [each for each in ada.desk()["calls"] if each["system"] == phones.name]
    assert {"number", "person", "log"} & set(talk) == set()
    assert ada.post(f"calls/{talk['id']}/done").status_code == 204
    call.report("offered", queue="Hotline")
    filed(ada, talk["id"])
    assert shown(ada, LOVELACE) == []
    now = ada.json(f"calls/{talk['id']}")["call"]
    assert (now["state"], now["queue"], now["title"]) == ("ended", "Hotline", "Ada Lovelace")
    (log,) = kept(server, call, LOVELACE)["logs"]
    assert (log["stage"], log["version"], log["seconds"]) == ("delivered", 1, 60)
    assert counted() == {"calls": 1, "delivered": 1}


@pytest.mark.parametrize("tie", [False, True], ids=["a millisecond apart", "at the same moment"])
def test_f4_two_devices_answer(server: Server, ada: Client, ben: Client, phones, number, tie: bool):
    """Two phones answer at once, and the answers arrive in both orders.

    Expected: the earlier one has the call, of equals the lower id; for the other it was answered elsewhere.
    Control: who answers after the first one gave the call away has it, too.
    """
    for order in (("1001", "1002"), ("1002", "1001")):
        call = ReportedCall(phones, number)
        phones.report(*[call.event("offered", extension=phone) for phone in ("1001", "1002")])
        times = {"1001": 2, "1002": 2 if tie else 2.001}
        for phone in order:
            call.report("answered", times[phone], extension=phone)
        legs = {leg["extension"]: leg for leg in kept(server, call, number)["call"]["legs"]}
        assert [phone for phone, leg in legs.items() if leg.get("answeredAt")] == ["1001"]
        assert (legs["1001"]["state"], legs["1002"]["outcome"]) == ("talking", "answeredElsewhere")
        assert [each["state"] for each in shown(ada, number)] == ["talking"]
        assert shown(ben, number) == []
        call.report("ended", after=9)
        done(ada, number)
    call = ReportedCall(phones, number)
    for kind, after, phone in (("answered", 2, "1001"), ("ended", 5, "1001"), ("answered", 6, "1002")):
        call.report(kind, after, extension=phone)
    legs = kept(server, call, number)["call"]["legs"]
    assert [leg["extension"] for leg in legs if leg.get("answeredAt")] == ["1001", "1002"]
    call.report("ended", after=9)
    for agent in (ada, ben):
        done(agent, number)


def test_f5_an_update_without_fields(ada: Client, phones, number):
    """A later event lacks `to`, or says null for the number, the name and the queue.

    Expected: the values that were known stay.
    Control: a call that never had them has none.
    """
    call = ReportedCall(phones, number, queue="Service")
    call.report("offered", **{"from": {"number": number, "name": "GRACE"}})
    bare = {"call": call.id, "event": "answered", "at": call.event("answered", 1)["at"]}
    phones.report({**bare, "extension": "1001", "from": None, "queue": None})
    (talk,) = shown(ada, number)
    assert (talk["state"], talk["presentedName"], talk["queue"]) == ("talking", "GRACE", "Service")
    assert talk["dialled"]["e164"] == "+493023125000"
    call.report("ended", after=2)
    done(ada, number)
    other = ReportedCall(phones, number)
    phones.report({"call": other.id, "event": "offered", "at": bare["at"], "extension": "1001"})
    (ring,) = [each for each in ada.desk()["calls"] if each["system"] == phones.name]
    assert {"presentedName", "queue", "dialled", "number"} & set(ring) == set()
    other.report("ended", after=2)


def test_f6_a_hangup_that_never_comes(server: Server, ada: Client, phones, number, counted, program, tmp_path, system):
    """The only phone has stopped, and the hangup of the call never comes; a phone talks for six hours. (After a
    reconnect: F30.)

    Expected: the call is closed by itself, at the moment at which the phone stopped; after six hours as one whose end
    nobody saw.
    Control: a call whose phone talks, and which began as long ago, goes on, and so does one of five hours.
    """
    the_phone_stops(server, ada, phones, number, counted)
    six_hours_pass(system, system.server(program, tmp_path / "data"), number)


def the_phone_stops(server: Server, ada: Client, phones, number, counted) -> None:
    silent, talking = ReportedCall(phones, number), ReportedCall(phones, number)
    for call in (silent, talking):
        call.began -= HOUR
        call.report("offered")
        call.report("answered", after=1)
    silent.report("ended", after=60, extension="1001")

    def is_over() -> dict | None:
        call = kept(server, silent, number)["call"]
        return call if call["state"] == "ended" else None

    over = until(is_over, within=30, what="the call is closed")
    assert over["cause"]["raw"] == "end not reported"
    assert over["endedAt"] == over["legs"][0]["endedAt"]
    assert kept(server, talking, number)["call"]["state"] == "talking"
    assert (counted()["calls"], counted()["live"]) == (2, 1)
    talking.report("ended", after=61)
    done(ada, number)


def six_hours_pass(system, server: Server, number: str) -> None:
    """Of two calls that nobody ends, one six hours long and one five. The server is stopped meanwhile."""
    calls, phones = [], None
    for hours in (6, 5):
        system.clock = -hours * HOUR
        server.start()
        phones = phones or PhoneSystem.added(server.sign_in("admin"), "office")
        phones.ahead = system.clock
        calls.append(ReportedCall(phones, number))
        calls[-1].began += system.clock
        calls[-1].report("offered")
        calls[-1].report("answered", after=1)
        assert [kept(server, each, number)["call"]["state"] for each in calls] == ["talking"] * len(calls)
        assert server.stop() == 0
    system.clock = 0
    server.start()

    def states() -> list[str]:
        return [kept(server, each, number)["call"]["state"] for each in calls]

    until(lambda: states() == ["ended", "talking"], within=30, what="the older one is closed")
    over = kept(server, calls[0], number)["call"]
    assert over["cause"]["raw"] == "end not reported"
    assert over["facts"][-1]["isReconstructed"]
    assert server.audit()["unexplained"] == 0
    assert server.stop() == 0


MEMBERS = ["1001", *(str(phone) for phone in range(1900, 1939))]
# What happens after the ring at 1001, ten seconds apart.
STORIES = {
    "blind": "answered 1001, transferred 1001, offered 1002, answered 1002",
    "attended": "answered 1001, held 1001, offered 1002, answered 1002, transferred 1001",
    "failed": "answered 1001, held 1001, offered 1002, declined 1002, retrieved 1001",
    "circular": "answered 1001, transferred 1001, offered 1002, answered 1002, transferred 1002, offered 1001, "
    "answered 1001",
    "queue of 40": ", ".join(f"offered {phone}" for phone in MEMBERS) + ", answered 1001",
}


@pytest.mark.parametrize("kind", STORIES)
def test_f7_transfers_and_queues(server: Server, ada: Client, ben: Client, phones, counted, kind: str):
    """A blind, an attended, a failed and a circular transfer; a queue that rings 40 phones.

    Expected: one call with all phones in it, and one log for each agent who spoke. Nobody else has missed it.
    Control: the phone that talked last is the one that the story ends with, and no other one.
    """
    story = [tuple(step.split(" ")) for step in STORIES[kind].split(", ")]
    call = ReportedCall(phones, LOVELACE, queue=f"Story {kind}")
    call.report("offered")
    for second, (what, phone) in enumerate(story, start=1):
        call.report(what, after=10 * second, extension=phone)
    call.report("ended", after=1000, cause="completed")
    spoke = {phone for what, phone in story if what == "answered"}
    agents = {"1001": (ada, "ada"), "1002": (ben, "ben")}
    for phone in spoke:
        agent, _ = agents[phone]
        (talk,) = shown(agent, LOVELACE)
        done(agent, LOVELACE)
        filed(agent, talk["id"])
    told = kept(server, call, LOVELACE)
    legs = {leg["extension"]: leg for leg in told["call"]["legs"]}
    assert set(legs) == {phone for _, phone in story}
    logs = {(log["agent"], log["outcome"]) for log in told["logs"]}
    assert logs == {(agents[phone][1], "answered") for phone in spoke}
    others = {legs[phone]["outcome"] for phone in set(legs) - spoke}
    assert others <= ({"declined"} if kind == "failed" else {"answeredElsewhere"})
    assert counted() == {"calls": 1, "delivered": 1}
    ends = {phone: max(talk["end"] for talk in legs[phone]["talks"]) for phone in spoke}
    assert max(ends, key=ends.get) == [phone for what, phone in story if what in ("answered", "retrieved")][-1]


def test_f8_sign_in_during_the_call(server: Server, admin: Client, phones, counted):
    """A call is answered while its agent is not signed in, and the agent signs in before it ends.

    Expected: the desk shows the call as it stands; its log was there before.
    Control: a call that begins while the agent is there is not marked as one that was in progress.
    """
    made = {"id": "lena", "displayName": "Lena", "role": "agent", "extensions": ["1077"]}
    assert admin.post("admin/people", made).status_code == 201
    call = ReportedCall(phones, LOVELACE, extension="1077")
    call.began -= 30
    call.report("offered")
    call.report("answered", after=1)
    (log,) = kept(server, call, LOVELACE)["logs"]
    assert (log["agent"], log["stage"]) == ("lena", "draft")
    lena = server.sign_in("lena")
    (talk,) = lena.desk()["calls"]
    assert (talk["state"], talk["title"], talk["joinedInProgress"]) == ("talking", "Ada Lovelace", True)
    assert talk["log"]["id"] == log["id"]
    call.report("ended", after=29, cause="completed")
    done(lena, LOVELACE)
    filed(lena, talk["id"])
    later = ReportedCall(phones, LOVELACE, extension="1077")
    later.report("offered", after=60)
    assert [each["joinedInProgress"] for each in lena.desk()["calls"]] == [False]
    later.report("ended", after=61)
    until(lambda: counted() == {"calls": 2, "delivered": 2}, what="the missed call is filed, too")


IDS = ["Az-19", "az-19", "AZ-19", "☎️👩‍👩‍👧‍👦", "7" * 256, "Ünïcode", "Unicode", "0", "00", " 1", "a/b?c#d%"]
LONG_IDS = ["7" * 257, "x" * 300, "ä" * 129]


def test_f9_ids_of_every_kind(server: Server, ada: Client, admin: Client, phones, counted):
    """Calls whose ids are letters, emoji, 256 bytes, or differ only by case; ids of 257 bytes and more.

    Expected: each is a call of its own, with a key that no CRM takes for another's; longer ones: 400, counted.
    Control: the same id again is the same call.
    """
    calls = [ReportedCall(phones, LOVELACE, id=own) for own in [*IDS, IDS[0]]]
    for call in calls:
        call.report("offered")
        call.report("answered", after=1)
    told = [each for each in calls_of(server, LOVELACE) if each["call"]["id"]["system"] == phones.name]
    told = [each for each in told if each["call"]["id"]["value"] in IDS]
    assert sorted(each["call"]["id"]["value"] for each in told) == sorted(IDS)
    assert counted() == {"calls": len(IDS), "live": len(IDS)}
    keys = [log["key"] for each in told for log in each["logs"]]
    assert len({key.lower() for key in keys}) == len(IDS)
    assert all(len(key) <= 64 and key.replace("-", "").isalnum() and key == key.lower() for key in keys)

    def refused() -> int:
        sources = admin.json("admin/sources")["sources"]
        return next(source["refused"] for source in sources if source["name"] == phones.name)

    before = refused()
    for long in LONG_IDS:
        answer = phones.send({**calls[0].event("offered"), "call": long})
        assert (answer.status_code, answer.json()["field"]) == (400, "call")
    assert refused() == before + len(LONG_IDS)
    assert counted()["calls"] == len(IDS)
    for call in calls[:-1]:
        call.report("ended", after=2)
    done(ada, LOVELACE)


def test_f10_ids_again_after_a_year(server: Server, ada: Client, phones, counted):
    """A phone system was set up anew: a year later a call has the id of an old one.

    Expected: two calls and two records, with the day of each in its key.
    Control: the three events of each year are one call.
    """
    days = []
    for years in (1, 0):
        call = ReportedCall(phones, LOVELACE, id="reinstalled-1")
        call.began -= years * YEAR
        days.append(datetime.fromtimestamp(call.began, UTC).strftime("%Y%m%d"))
        call.report("offered")
        call.report("answered", after=1)
        call.report("ended", after=2)
        done(ada, LOVELACE)
    told = [each for each in calls_of(server, LOVELACE) if each["call"]["id"]["value"].startswith("reinstalled-1")]
    keys = sorted(log["key"] for each in told for log in each["logs"])
    assert len(told) == len(set(keys)) == 2
    assert [day in key for day, key in zip(days, keys, strict=True)] == [True, True]
    assert counted()["calls"] == 2
