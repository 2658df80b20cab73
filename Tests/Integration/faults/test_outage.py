"""R9 and R10: a CRM that is away for long, and logs that it never takes."""

import itertools
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from connected_org import OrgProcess, connected, hire, wait_until_in
from filing import FILED_WITHIN, Scene, Talk, is_write
from form import either
from load import STORY
from program import until
from webhooks import PhoneSystem, ReportedCall

CALLS, TOGETHER, LINES = either(60, 20_000), 10, 4
# Seconds.
AWAY, BEFORE, RINGS_EVERY, DRAINED_WITHIN = either(40, 600), either(15, 120), 0.5, 900
PACE = AWAY * TOGETHER / CALLS
CALLERS = [f"+49221472{number:04}" for number in range(either(20, 200))]

# Logs that fail before it is known that the CRM is away, and the seconds before each that asks whether it is back.
UNTIL_KNOWN, PAUSES = 3, [5, 10, 20] + [30] * 100
GROUPS, GROUP = either(3, 10), either(10, 50)
WORDS = {
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": "No calls about gears on Sundays",
    "STRING_TOO_LONG": "Subject: data value too large (max length=255)",
    "INVALID_FIELD": "No such column 'Gears__c' on sobject of type Task",
}
queues = itertools.count(1)


@contextmanager
def scene_of(program: str, folder: Path) -> Iterator[Scene]:
    """With people who have the numbers of `CALLERS`, an agent, and ten more at extensions from 2000."""
    with OrgProcess() as org:
        for number in CALLERS:
            org.add(kind="Contact", LastName=f"Caller {number[-4:]}", Phone=number)
        about = {"names": "everybody", "agents": "users", "users": {"anna": "ada@callmatch.example"}, "every": None}
        server = connected(program, folder / "crm", org, **about).start()
        agent = hire(server, "anna", "1001")
        for place in range(TOGETHER):
            server.command("user", "add", f"agent{place}", "--extension", str(2000 + place))
        wait_until_in(agent)
        yield Scene(server, org, agent, PhoneSystem.added(agent, "office"))
        assert server.stop() == 0
        assert org.info()["mistakes"] == []


def record(record_property, when: str, seconds: list[float]) -> None:
    for name, part in (("p50", 0.5), ("p99", 0.99)):
        value = sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * part))]
        record_property(f"{when}: {name} ms", f"{value * 1000:.0f}")


def report_ten(scene: Scene, number: str, due: float) -> list[ReportedCall]:
    """Ten agents are called, answer and are done: each message is one step of ten calls."""
    threading.Event().wait(max(0, due - time.monotonic()))
    calls = [ReportedCall(scene.phones, number, str(2000 + place)) for place in range(TOGETHER)]
    for kind, after in STORY:
        scene.phones.report(*[call.event(kind, after) for call in calls])
    return calls


def ring(scene: Scene, number: str) -> tuple[ReportedCall, float]:
    """A call at one more agent's phone, and how long from its event until their open desk shows who it is."""
    queue, sent = f"outage-{next(queues)}", []
    call = ReportedCall(scene.phones, number, queue=queue)

    def is_shown(desk: dict) -> bool:
        if not sent:
            sent.append(time.monotonic())
            call.report("offered")
        return (queue, "single") in [(each.get("queue"), each["match"]["outcome"]) for each in desk["calls"]]

    scene.agent.desk_where(is_shown)
    shown = time.monotonic()
    scene.phones.report(call.event("answered", 1), call.event("ended", 2))
    return call, shown - sent[0]


def at_work(scene: Scene, seconds: float) -> tuple[list[ReportedCall], list[float]]:
    """The calls of so many seconds, all acknowledged, and how long those at the one agent took to be shown."""
    began = time.monotonic()
    turns = [began + turn * PACE for turn in range(round(seconds / PACE))]
    rung: list[tuple[ReportedCall, float]] = []
    with ThreadPoolExecutor(LINES) as lines:
        rounds = lines.map(lambda turn, number: report_ten(scene, number, turn), turns, itertools.cycle(CALLERS))
        for turn in range(round(seconds / RINGS_EVERY)):
            threading.Event().wait(max(0, began + turn * RINGS_EVERY - time.monotonic()))
            rung.append(ring(scene, CALLERS[turn % len(CALLERS)]))
        calls = [call for calls in rounds for call in calls]
    return calls + [call for call, _ in rung], [took for _, took in rung]


def ready(scene: Scene) -> int:
    """Logs that wait for the CRM, now and then."""
    threading.Event().wait(0.2)
    return int(re.search(r'call_logs\{state="ready"\} (\d+)', scene.agent.request("GET", "/metrics").text)[1])


@contextmanager
def outage(org: OrgProcess) -> Iterator[list[tuple[float, dict]]]:
    """At first the org says 503, later it hangs up. What it is asked meanwhile, and after how many seconds."""
    asked, over, began = [], threading.Event(), time.monotonic()
    faults = [org.fault(kind="html", times=None)]
    org.requests(clear=True)

    def note() -> None:
        while not over.wait(0.2):
            moment = time.monotonic() - began
            asked.extend((moment, each) for each in org.requests(clear=True))
            if len(faults) == 1 and moment > AWAY / 2:
                faults.append(org.fault(kind="lost_request", times=None))
                org.mend(fault=faults[0])

    with ThreadPoolExecutor(1) as aside:
        noting = aside.submit(note)
        try:
            yield asked
        finally:
            over.set()
        noting.result()
    org.mend()


def check_each_is_there_once(scene: Scene, calls: list[ReportedCall]) -> None:
    """Each call has one log, each log is one activity, and the org has no other of ours."""
    held = [each for number in CALLERS for each in scene.server.export(number)["calls"]]
    keys = {each["call"]["id"]["value"]: [log["key"] for log in each["logs"]] for each in held}
    assert len(held) == len(keys) and set(keys) == {call.id for call in calls}
    filed = Counter(key for (key,) in scene.org.columns(kind="Task", names=["CallKey__c"]) if key)
    assert filed == Counter(key for (key,) in keys.values())
    counts = json.loads(scene.server.run("audit", "--json", timeout=1800).stdout)
    assert (counts["delivered"], counts["calls"], counts["unexplained"]) == (len(calls), len(calls), 0), counts


def drain(scene: Scene, backlog: int, record_property) -> None:
    """The org is there again: how soon that is noticed, and how long until all is filed."""
    asked, back = scene.org.configure()["api_used"], time.monotonic()
    until(lambda: ready(scene) < backlog, 90, "it is noticed that the org is back")
    noticed = time.monotonic()
    until(lambda: ready(scene) == 0, DRAINED_WITHIN, "all are filed")
    drained = time.monotonic()
    record_property("noticed that it is back after s", f"{noticed - back:.1f}")
    record_property("all filed after s", f"{drained - back:.1f}")
    record_property("requests/s then", f"{(scene.org.configure()['api_used'] - asked) / (drained - noticed):.0f}")


def test_r9_hours_without_the_crm(program, tmp_path: Path, record_property):
    """The CRM is away for ten minutes, in which 20,000 calls are made (short: 40 s, 60 calls).

    Expected: callers are shown as before; but for the first ones, one log each half minute is sent; in the end each
    call is one record there.
    Control: before, with the CRM there, a request was sent for each call, and it was filed.
    """
    with scene_of(program, tmp_path) as scene:
        rules = scene.agent.json("admin/call-log")
        assert scene.agent.put("admin/call-log", {**rules, "wrapUpSeconds": 0}).status_code == 200
        scene.org.requests(clear=True)
        calls, took = at_work(scene, BEFORE)
        record(record_property, "shown before", took)
        until(lambda: scene.server.audit()["delivered"] == len(calls), FILED_WITHIN, "they are filed")
        assert len(scene.writes()) == len(calls)
        record_property("control", f"with the CRM there {len(calls)} calls, {len(calls)} logs sent, and filed")
        with outage(scene.org) as asked:
            began = time.monotonic()
            more, took = at_work(scene, AWAY)
            until(lambda: ready(scene) == len(more), FILED_WITHIN, "each has a log that waits")
            seconds = time.monotonic() - began
        tries = [moment for moment, each in asked if is_write(each)]
        record(record_property, "shown meanwhile", took)
        record_property("away for s", f"{seconds:.0f}")
        record_property("calls meanwhile", len(more))
        record_property("logs sent after s", " ".join(f"{moment:.0f}" for moment in tries))
        record_property("all requests meanwhile", len(asked))
        most = UNTIL_KNOWN + sum(moment <= seconds for moment in itertools.accumulate(PAUSES))
        assert UNTIL_KNOWN < len(tries) <= most, tries
        drain(scene, len(more), record_property)
        check_each_is_there_once(scene, calls + more)
        record_property("lost", 0)


def finish(scene: Scene, talks: list[Talk], expected: int) -> list[float]:
    """How long it takes from the agent's last word to the activity, of each that is filed."""
    ids, done, filed = {talk.id for talk in talks}, {}, {}
    scene.phones.report(*[talk.reported.event("ended", 61, cause="completed") for talk in talks])
    scene.agent.desk_where(lambda desk: ids <= {each["id"] for each in desk["calls"] if each["state"] == "wrapUp"})
    scene.org.requests(clear=True)

    def say_done() -> None:
        for talk in talks:
            done[talk.key] = time.monotonic()
            assert scene.agent.post(f"calls/{talk.id}/done").status_code == 204

    def are_filed() -> bool:
        for each in filter(is_write, scene.org.requests()):
            if each["status"] in (200, 201):
                filed.setdefault(each["target"].rsplit("/", 1)[1], time.monotonic())
        return len(filed) == expected

    with ThreadPoolExecutor(1) as aside:
        saying = aside.submit(say_done)
        until(are_filed, FILED_WITHIN, "the others are filed")
        saying.result()
    return [moment - done[key] for key, moment in filed.items()]


def poisoned(scene: Scene, code: str) -> tuple[Talk, list[float]]:
    """The first of a group is refused and parked: it, and how long the others took."""
    talks = [Talk(scene, number) for number in CALLERS[:GROUP]]
    scene.org.fault(kind="error", path=talks[0].path, code=code, message=WORDS[code], status=400, times=None)
    took = finish(scene, talks, GROUP - 1)
    assert WORDS[code] in talks[0].until("attention")["attention"]
    # A field that is not known is left out, once.
    tries = sum(talks[0].key in each["target"] for each in scene.writes())
    assert tries == (2 if code == "INVALID_FIELD" else 1), tries
    return talks[0], took


def test_r10_one_poisoned_log_delays_no_other(program, tmp_path: Path, record_property):
    """The org refuses 1 of 50 logs for good, for three reasons in turn, and it is before the others (short: 1 of 10).

    Expected: it is parked at once with the org's words, the others are filed; after the repair one click files it.
    Control: without such a log all are filed.
    """
    with scene_of(program, tmp_path) as scene:
        alone = []
        for _ in range(GROUPS):
            alone += finish(scene, [Talk(scene, number) for number in CALLERS[:GROUP]], GROUP)
        assert scene.server.audit()["delivered"] == GROUPS * GROUP
        record(record_property, "without it", alone)
        record_property("control", f"without it {len(alone)} of {GROUPS * GROUP} are filed")
        found = [poisoned(scene, code) for code in (list(WORDS) * GROUPS)[:GROUPS]]
        record(record_property, "beside it", [took for _, others in found for took in others])
        record_property("parked", len(found))
        assert [each["attempts"] for each in scene.waiting("parked").values()] == [1] * len(found)
        scene.org.mend()
        for talk, _ in found:
            talk.retry()
            talk.filed()
        counts = scene.server.audit()
        assert (counts["delivered"], counts["unexplained"]) == (2 * GROUPS * GROUP, 0), counts
        record_property("filed after one click", len(found))
