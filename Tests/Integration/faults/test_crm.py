"""F13 to F20 and F36: a CRM that refuses, loses, or is not there. (Nonsense, F18, is next door.)"""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from urllib.parse import unquote

import pytest
from connected_org import ref, wait_until_in
from filing import LOVELACE, Scene, Talk, is_write
from program import Client, until
from webhooks import ReportedCall

HOUR = 3600
TOKEN = "/services/oauth2/token"


def test_f13_the_key_is_there_already(setting: Scene, talk: Talk):
    """Another upsert of our key is not seen yet, and the org says DUPLICATE_VALUE.

    Expected: that record is changed, and there is one.
    Control: the first write was refused.
    """
    setting.org.configure(upsert_blind_seconds=60)
    other = setting.org.add(kind="Task", CallKey__c=talk.key, Subject="By the other one")
    talk.edit(notes="Ours.")
    talk.end()
    task = talk.filed()
    setting.org.configure(upsert_blind_seconds=0)
    assert (task["Id"], task["Description"].startswith("Ours.")) == (other, True)
    statuses = [each["status"] for each in setting.writes()]
    assert statuses[0] >= 400 and statuses[-1] in (200, 204), statuses


@pytest.mark.parametrize(("kind", "is_done"), [("lost_reply", True), ("lost_request", False)])
def test_f14_the_answer_is_lost(setting: Scene, talk: Talk, kind: str, is_done: bool):
    """The org writes the log and the answer is lost, twice; or the request is lost before anything is done.

    Expected: one record in the end.
    Control: the first kind was written by the org before the answer was lost, the second was not.
    """
    with setting.org.failing(kind, path=talk.path, times=2):
        talk.edit(notes="Once.")
        talk.end()
        task = talk.filed()
    assert task["Description"].startswith("Once.")
    lost = [each for each in setting.writes() if kind in each["faults"]]
    assert [each["status"] is not None for each in lost] == [is_done] * len(lost) and lost


@pytest.mark.parametrize("status", [503, 429])
def test_f15_left_alone_for_an_hour(setting: Scene, talk: Talk, status: int):
    """The org says 503 or 429 with `Retry-After: 3600` to the logs of three calls.

    Expected: one is tried, once, and all wait for that hour; calls pop as before; none is lost.
    Control: one is tried by hand after that, and all are filed: nothing but the hour held them back.
    """
    talks = [talk, Talk(setting), Talk(setting)]
    about = {"code": "SERVER_UNAVAILABLE", "status": status, "headers": {"Retry-After": str(HOUR)}}
    with setting.org.failing("error", method="PATCH|POST", path="/sobjects/Task", **about):
        talk.end().until("waiting")
        for each in talks[1:]:
            each.end()
        ring = ReportedCall(setting.phones, LOVELACE)
        ring.report("offered")
        shown = [each for each in setting.agent.desk()["calls"] if each["state"] == "ringing"]
        assert [each["title"] for each in shown] == ["Ada Lovelace"]
        ring.report("ended", after=1)
        # The missed call is a log of its own.
        until(lambda: len(setting.waiting()) == len(talks) + 1, what="it waits, too")
        figures = setting.agent.request("GET", "/metrics").text
        assert 'callmatch_crm_left_alone{crm="' in figures
        assert f'callmatch_call_logs{{state="ready"}} {len(talks) + 1}.0\n' in figures
        waiting = setting.waiting()
        assert {each: waiting[each]["attempts"] for each in waiting} == {
            each: int(each == talk.id) for each in waiting
        }
        due = datetime.fromisoformat(waiting[talk.id]["nextAttemptAt"]).timestamp()
        assert HOUR - 60 <= due - time.time() <= 1.2 * HOUR
        assert [each["target"].rsplit("/", 1)[1] for each in setting.writes()] == [talk.key]
    assert setting.agent.post(f"admin/deliveries/{setting.waiting()[talk.id]['id']}/retry").status_code == 204
    for each in talks:
        each.filed()
    until(lambda: setting.waiting() == {}, what="all are filed")


def tokens_asked(setting: Scene) -> int:
    return len([each for each in setting.org.requests(clear=True) if each["target"].startswith(TOKEN)])


def look_at_people(setting: Scene, times: int) -> set[int]:
    """What an agent's questions about some people are answered, all of them at once."""
    people = [setting.org.people[name] for name in ("Ada Lovelace", "Charles Babbage", "Wiebke Petersen")]

    def look(person: str) -> int:
        agent = Client(setting.agent.address, setting.agent.token)
        return agent.get(f"people/contact/{person}/related", scope="contact").status_code

    with ThreadPoolExecutor(9) as threads:
        return set(threads.map(look, people * times))


def test_f16_tokens(setting: Scene, talk: Talk):
    """The token ends while many ask at once; later the org refuses to give a new one.

    Expected: one new token for all. Refused: asked for once and not in a loop, it is said, and the log waits.
    Control: while a token is good none is asked for; let in again, the log that waited is filed.
    """
    setting.org.expire_tokens()
    talk.end()
    assert look_at_people(setting, times=3) == {200}
    talk.filed()
    assert tokens_asked(setting) == 1
    Talk(setting).end().filed()
    assert tokens_asked(setting) == 0
    later = Talk(setting)
    refusal = {"error": "invalid_grant", "error_description": "user hasn't approved this consumer"}
    with setting.org.failing("reply", path=TOKEN, status=400, body=json.dumps(refusal)):
        setting.org.expire_tokens()
        later.end().until("waiting")
        until(lambda: setting.crm["state"] == "red" and "approved" in setting.crm["text"], what="it is said")
        look_at_people(setting, times=9)
        assert tokens_asked(setting) == 1
    # A new start asks at once; else it is a minute.
    setting.server.restart()
    later.filed()
    wait_until_in(setting.agent)
    assert tokens_asked(setting) == 1


ROBOT = "robot@callmatch.example"
RULE = "No calls about gears on Sundays"
STOPPED = ["Deleted", "Merged", "Master", "Stays"]


def people_of(setting: Scene) -> dict[str, str]:
    """Contacts of these names that have come in, by name."""
    made = {
        name: setting.org.add(kind="Contact", LastName=name, Phone=f"0221 4718{place:03}")
        for place, name in enumerate(STOPPED)
    }
    for name in made:
        until(lambda name=name: setting.agent.json("people", search=name)["people"], what=f"{name} comes in")
    return made


def test_f17_refused_for_good(setting: Scene, talk: Talk):
    """A validation rule refuses one log; of others the contact is deleted or merged; an optional field goes away.

    Expected: the one is parked at once with the org's words, and filed after the repair; the others are filed at once:
    without the contact, which the text says, under the one that is left, without the field, which is said.
    Control: a log with a contact that stays is filed under it; the field that is there again is written again.
    """
    made = people_of(setting)
    talks = {name: Talk(setting) for name in STOPPED if name != "Master"}
    for name, each in talks.items():
        each.choose(ref(made[name]))
    choice = setting.agent.desk()["organisation"]["dispositions"][0]
    talks["Stays"].edit(disposition=choice)
    talk.edit(subject="Gears")
    setting.org.add_validation(kind="Task", when="Subject LIKE 'Gears%'", message=RULE, field="Subject")
    setting.org.restrict(user=ROBOT, hide_fields=["Task.CallDisposition"])
    setting.org.delete(record=made["Deleted"])
    setting.org.merge(master=made["Master"], losers=[made["Merged"]])
    for each in (talk, *talks.values()):
        each.end()
    found = {name: each.filed() for name, each in talks.items()}
    whom = {name: task.get("WhoId") for name, task in found.items()}
    assert whom == {"Deleted": None, "Merged": made["Master"], "Stays": made["Stays"]}
    said = [name for name, task in found.items() if "no longer in Salesforce" in (task.get("Description") or "")]
    assert said == ["Deleted"]
    assert found["Stays"].get("CallDisposition") is None and "CallDisposition" in setting.crm["text"]
    assert RULE in talk.until("attention")["attention"]
    assert setting.waiting("parked")[talk.id]["attempts"] == 1
    assert (setting.tasks(talk.key), setting.server.audit()["parked"]) == ([], 1)
    setting.org.clear_rules()
    setting.org.release(user=ROBOT)
    talk.retry()
    assert talk.filed()["Subject"] == "Gears"
    setting.server.restart()
    later = Talk(setting)
    later.edit(disposition=choice)
    assert later.end().filed()["CallDisposition"] == choice


KEY = {"kind": "Task", "name": "CallKey__c", "type": "string", "length": 64, "external_id": True}


def test_f19_two_records_with_our_key(setting: Scene, talk: Talk):
    """The key field of the org is not unique, and two activities have our key: the org says 300.

    Expected: parked with both ids, and neither is changed.
    Control: when one of them is deleted, the other one is changed.
    """
    setting.org.add_field(**KEY, unique=False)
    twins = [setting.org.add(kind="Task", CallKey__c=talk.key, Subject="Twin") for _ in range(2)]
    attention = talk.end().until("attention")["attention"]
    assert all(twin in attention for twin in twins)
    assert [task["Subject"] for task in setting.tasks(talk.key)] == ["Twin", "Twin"]
    setting.org.delete(record=twins[0])
    setting.org.add_field(**KEY, unique=True)
    talk.retry()
    task = talk.filed()
    assert (task["Id"], task["Subject"]) == (twins[1], "Call from Ada Lovelace")


NOTES = ["Old.", "New.", "Newest."]


def test_f20_an_old_try_wakes_up_after_an_edit(setting: Scene, talk: Talk):
    """Notes are edited while an older version waits for its next try, and again while one is under way.

    Expected: no older version is sent after a newer one, and the newest is there.
    Control: the older ones were sent before.
    """
    old, new, newest = NOTES
    talk.edit(notes=old)
    number = setting.org.fault(kind="html", path=talk.path, times=None)
    talk.end().until("waiting")
    talk.edit(notes=new)
    until(lambda: new in written(setting), what="it is tried anew")
    setting.org.mend(fault=number)
    # The answer to it comes so late that there is a newer one by then.
    setting.org.fault(kind="late_reply", path=talk.path, seconds=1)
    until(lambda: any("late_reply" in each["faults"] for each in setting.org.requests()), what="it is under way")
    talk.edit(notes=newest)
    until(lambda: talk.filed()["Description"].startswith(newest), what="the newest is there")
    tries = written(setting)
    assert tries == sorted(tries, key=NOTES.index) and set(tries) == set(NOTES)
    assert setting.waiting() == {}


def written(setting: Scene) -> list[str]:
    """Which notes the org was given, in order."""
    bodies = [each["body"] for each in setting.org.requests() if is_write(each)]
    return [json.loads(body)["Description"].split()[0] for body in bodies]


REAL = [f"47160{number:02}" for number in range(5)]
HOSTILE = ["' OR Name LIKE '%", "}) RETURNING User", "%' OR Id != null --", "0221} RETURNING Contact(Id)"]


def queries(setting: Scene) -> list[str]:
    return [unquote(each["target"]).replace("+", " ") + each["body"] for each in setting.org.requests()]


def is_asked_for(setting: Scene, digits: str) -> bool:
    """Somebody new calls, and is found. Whoever came in meanwhile with the changes of the org need not be asked for."""
    real = setting.org.add(kind="Contact", LastName="Real", Phone=f"0221 {digits}")
    call = ReportedCall(setting.phones, f"+49221{digits}")
    call.report("offered")
    found = setting.agent.call_where(lambda each: each["state"] == "ringing" and each["match"]["outcome"] == "single")
    call.report("ended", after=1)
    assert found["match"]["candidates"][0]["ref"]["id"] == real
    return any(digits in each for each in queries(setting))


def test_f36_numbers_that_are_queries(setting: Scene):
    """Calls come from numbers that would be a part of a query to the org.

    Expected: nobody is found, and no query has anything of them.
    Control: a number that is one is asked for and found, though nobody here knows it.
    """
    setting.org.requests(clear=True)
    for number in HOSTILE:
        call = ReportedCall(setting.phones, number)
        call.report("offered")
        (shown,) = [each for each in setting.agent.desk()["calls"] if each["state"] == "ringing"]
        call.report("ended", after=1)
        assert shown["match"]["candidates"] == []
        assert shown["match"]["outcome"] in ("none", "unusable")
    assert any(is_asked_for(setting, digits) for digits in REAL), "each came in by itself before it was asked for"
    asked = queries(setting)
    assert not [each for each in asked if any(word in each for word in ("OR Name", "RETURNING User", "null --"))]
