"""R31 and R18: the audit finds what differs, and the messages that are known take little room."""

import itertools
import json
import secrets
import shutil
import string
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from asterisk_double import TalkingCall, moment
from form import either
from program import Client, Server, until
from stored_rows import opened
from test_phone_system import Office, connected, office  # noqa: F401
from webhooks import PhoneSystem, ReportedCall, known_as

LOVELACE = "+493023125042"
# Nobody's number, on nobody's extension: such a call gets no log.
NOBODY = ("+4917655506301", "1900")
STAGES = ("live", "open", "ready", "delivered", "parked", "unlogged")
# An open one whose caller nobody knows, from a time when such calls were logged.
STRANGE, STRANGER = "strange", "+4917655506302"
# Seconds of wrap-up, and until a log is tried again: longer than any run of these tests.
LONG_ENOUGH = 1800
DELIVERED_WITHIN = 30

OF_CALL = "where call_id = :call"
LATER = f"strftime('%s', 'now') * 1000 + {LONG_ENOUGH * 1000}"
RECORD = f"where call_key = (select log_key from call_log {OF_CALL})"


@dataclass(frozen=True)
class Difference:
    """A change that nobody should have made, by the stage of the call of which it is made."""

    name: str
    stage: str
    sql: str


def log_is(stage: str, other: str) -> Difference:
    """Not to be sent now: what is sent is put right by that."""
    change = f"update call_log set stage = '{other}', due_at = {LATER} {OF_CALL}"
    return Difference(f"log of {stage} is {other}", stage, change)


def stage_is(stage: str, other: str) -> Difference:
    return Difference(f"{stage} is {other}", stage, f"update call set stage = '{other}' where id = :call")


PAIRS = list(itertools.permutations(STAGES, 2))
NEIGHBOURS = list(zip(STAGES, STAGES[1:] + STAGES[:1], strict=True))
OTHER_LOGS = [
    ("live", "delivered"), ("open", "delivered"), ("open", "parked"), ("ready", "draft"), ("ready", "delivered"),
    ("ready", "parked"), ("delivered", "draft"), ("delivered", "ready"), ("delivered", "parked"),
    ("parked", "draft"), ("parked", "ready"), ("parked", "delivered"),
]  # fmt: skip
ONE_EVENT = "where id = (select id from call_event where call_id = :call limit 1)"
AN_EVENT_GONE = f"delete from call_event {ONE_EVENT}"
PLANTED = [
    Difference("record deleted", "delivered", f"delete from crm_activity {RECORD}"),
    Difference("record of another key", "delivered", f"update crm_activity set call_key = 'cm-other' {RECORD}"),
    Difference("older version filed", "delivered", f"update call_log set delivered_version = 0 {OF_CALL}"),
    Difference("no version filed", "delivered", f"update call_log set delivered_version = null {OF_CALL}"),
    Difference("newer version here", "delivered", f"update call_log set version = version + 1 {OF_CALL}"),
    Difference("record not named", "delivered", f"update call_log set record = null {OF_CALL}"),
    Difference("key changed", "delivered", f"update call_log set log_key = 'cm-other' {OF_CALL}"),
    Difference("log of another call", "delivered", f"update call_log set call_id = 'other' {OF_CALL}"),
    Difference(
        "record of another id", "delivered",
        f"update call_log set record = json_replace(record, '$.id.value', 'act_other') {OF_CALL}",
    ),
    *(Difference(f"log of {each} deleted", each, f"delete from call_log {OF_CALL}") for each in (*STAGES[:5], STRANGE)),
    Difference("part done", "open", f"update call_part set is_done = 1 {OF_CALL}"),
    Difference("part deleted", "open", f"delete from call_part {OF_CALL}"),
    Difference("part without an answer", "open", f"update call_part set answered_at = null {OF_CALL}"),
    Difference("call deleted", "delivered", "delete from call where id = :call"),
    *(Difference(f"part of {each} deleted", each, f"delete from call_part {OF_CALL}") for each in STAGES[2:5]),
    *(Difference("event deleted", stage, AN_EVENT_GONE) for stage in ("live", "delivered")),
    Difference("fact changed", "delivered", "update call set json = json_set(json, '$.facts[1].at', 5) where id = :call"),
    Difference("event changed", "live", f"update call_event set json = json_set(json, '$.at', 5) {ONE_EVENT}"),
    Difference("event of no form", "delivered", f"update call_event set json = '[]' {ONE_EVENT}"),
    Difference("call of no form", "live", "update call set json = '[]' where id = :call"),
    Difference("call of no stage", "delivered", "update call set stage = 'filed' where id = :call"),
    Difference("log of no stage", "delivered", f"update call_log set stage = 'filed' {OF_CALL}"),
    Difference("part of no state", "open", f"update call_part set state = 'away' {OF_CALL}"),
    Difference("end gone", "delivered", "update call set json = json_remove(json, '$.endedAt') where id = :call"),
    Difference(
        "end invented", "live",
        "update call set json = json_set(json, '$.endedAt', started_at + 5000) where id = :call",
    ),
    *itertools.starmap(log_is, either(OTHER_LOGS[::4], OTHER_LOGS)),
    *itertools.starmap(stage_is, either(NEIGHBOURS[::2], PAIRS)),
]  # fmt: skip


@dataclass
class Stock:
    """A store without a server, with one call in every stage."""

    folder: Path
    # By stage, the id of its call.
    calls: dict[str, str]


def told(server: Server) -> tuple[int, dict]:
    """How the command ends, and what it says."""
    done = server.run("audit", "--json")
    assert done.stdout.startswith("{"), done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout)


def set_rules(admin: Client, page: str, **settings) -> None:
    assert admin.put(f"admin/{page}", admin.json(f"admin/{page}") | settings).status_code == 200


def report_calls(server: Server, admin: Client) -> dict[str, str]:
    """All calls as they are before anybody is done with them; their ids."""
    phones = PhoneSystem.added(admin, "office")
    reported = {}
    others = {"unlogged": NOBODY, STRANGE: (STRANGER, "1001")}
    for stage in (*STAGES, STRANGE):
        set_rules(admin, "matching", requireMatch=stage != STRANGE)
        number, extension = others.get(stage, (LOVELACE, "1001"))
        call = reported[stage] = ReportedCall(phones, number, extension)
        kinds = [("offered", 0), ("answered", 1)] + ([] if stage == "live" else [("ended", 61)])
        for kind, after in kinds:
            call.report(kind, after)
    set_rules(admin, "matching", requireMatch=True)
    kept = [each for number in (LOVELACE, NOBODY[0], STRANGER) for each in server.export(number)["calls"]]
    by_value = {each["call"]["id"]["value"]: each["id"] for each in kept}
    return {stage: by_value[call.id] for stage, call in reported.items()}


@pytest.fixture(scope="module")
def stock(program: str, tmp_path_factory) -> Stock:
    server = Server(program, tmp_path_factory.mktemp("stock") / "data").start()
    admin = server.sign_in("admin")
    set_rules(admin, "call-log", wrapUpSeconds=LONG_ENOUGH)
    calls = report_calls(server, admin)
    assert server.stop() == 0
    with opened(server.folder) as store:
        # Somebody whom the CRM does not have: it refuses their logs.
        for stage in ("ready", "parked"):
            change = f"update call_log set person = 'callmatch/contact/gone' {OF_CALL}"
            assert store.execute(change, {"call": calls[stage]}).rowcount == 1
    ada = server.start().sign_in("ada")
    for stage in ("ready", "delivered", "parked"):
        assert ada.post(f"calls/{calls[stage]}/done").status_code == 204
    until(lambda: server.audit()["parked"] == 2 and server.audit()["delivered"] == 1, DELIVERED_WITHIN)
    assert server.stop() == 0
    with opened(server.folder) as store:
        # As a try that failed would leave it.
        for change in (log_is("parked", "ready"), stage_is("parked", "ready")):
            assert store.execute(change.sql, {"call": calls["ready"]}).rowcount == 1
    return Stock(server.folder, calls)


@pytest.fixture
def copy(program: str, stock: Stock, tmp_path: Path) -> Server:
    """Not started yet."""
    return Server(program, Path(shutil.copytree(stock.folder, tmp_path / "data")))


def test_control_of_r31_nothing_planted(copy: Server, record_property):
    """A store with a call in every stage is copied, and nothing is changed.

    Expected: the audit counts one of each, and names none.
    """
    status, counts = told(copy.start())
    assert {stage: counts[stage] for stage in STAGES} == dict.fromkeys(STAGES, 1) | {"open": 2}
    assert (status, counts["unexplained"], counts["examples"]) == (0, 0, [])
    record_property("control", "a copy without a change: 0 found")


@pytest.mark.parametrize("difference", PLANTED, ids=lambda difference: difference.name.replace(" ", "-"))
def test_r31_every_planted_difference_is_found(copy: Server, stock: Stock, record_property, difference):
    """One row of a store is changed as nobody should: a stage, a log, a filed record, an agent's part, a call's end.

    Expected: `callmatch audit` names that call and no other, and ends with 1.
    Control: a copy without a change has none.
    """
    call = stock.calls[difference.stage]
    with opened(copy.folder) as store:
        assert store.execute(difference.sql, {"call": call}).rowcount == 1
    status, counts = told(copy.start())
    record_property("planted", 1)
    record_property("found", int(call in counts["examples"]))
    assert (status, set(counts["examples"]) - {"other"}) == (1, {call}), counts
    assert counts["unexplained"] == len(counts["examples"])


def test_r31_a_phone_system_says_otherwise(office: Office, record_property):  # noqa: F811
    """A phone system has a call of which it told nothing, and has none any more of whose end it told nothing.

    Expected: `callmatch audit` names the phones of the one as missing and of the other as gone, and ends with 1.
    Control: before and afterwards, with the same calls on both sides, it names none.
    """
    (ours,) = office.interface.calls
    other = TalkingCall("+4917655506302", name=moment())
    # The phones that talk; the trunk is none.
    here, there = ours.ids[1], other.ids[1]
    pictures = [
        ([ours], [], []),
        ([ours, other], [], [there]),
        ([], [here], []),
        ([other], [here], [there]),
        ([ours], [], []),
    ]
    for calls, gone, missing in pictures:
        office.interface.calls = calls
        status, counts = told(office.server)
        assert counts["phoneSystems"] == [{"system": "office", "gone": gone, "missing": missing}]
        assert (status, counts["unexplained"]) == (int(bool(gone or missing)), 0)
        record_property("planted", len(gone + missing))
        record_property("found", len(gone + missing))


# Messages that are known, and the room that they may take: 100 MiB for a million.
KNOWN_MESSAGES = either(50_000, 1_000_000)
MOST_BYTES = 100 * 2**20 * KNOWN_MESSAGES // 1_000_000
WEEK = 7 * 86_400_000  # milliseconds
LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase


def message_id(at: int) -> str:
    """As senders of Standard Webhooks make them: 20 bytes that begin with the second, in 27 letters."""
    left, text = (at // 1000 - 1_400_000_000) << 128 | secrets.randbits(128), ""
    for _ in range(27):
        left, letter = divmod(left, 62)
        text = LETTERS[letter] + text
    return f"msg_{text}"


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("callmatch.sqlite*"))


def test_r18_a_million_messages_known(program: str, tmp_path: Path, record_property):
    """A store knows a million messages of the last week (short: 50,000), and is asked for one of them and a new one.

    Expected: they take 100 MiB at most, in proportion; the one is known, the other is taken. Times are figures.
    Control: the new one, sent again, is known too.
    """
    server = Server(program, tmp_path / "data").start()
    phones = PhoneSystem.added(server.sign_in("admin"), "office")
    call = ReportedCall(phones, *NOBODY)
    call.report("offered")
    assert server.stop() == 0
    before, now = size(server.folder), time.time_ns() // 1_000_000
    moments = (now - WEEK + WEEK * number // KNOWN_MESSAGES for number in range(KNOWN_MESSAGES))
    with opened(server.folder) as store:
        known = message_id(now - WEEK // 2)
        rows = ((known_as(phones.name, message_id(at)), at) for at in moments)
        store.executemany("insert into message (id, received_at) values (?, ?)", rows)
        store.execute("insert into message values (?, ?)", (known_as(phones.name, known), now - WEEK // 2))
    grown = size(server.folder) - before
    record_property("messages", KNOWN_MESSAGES)
    record_property("MiB", f"{grown / 2**20:.1f}")
    server.start()
    new = message_id(now)
    for name, message, status in (("repeat", known, "known"), ("new", new, "accepted"), ("again", new, "known")):
        began = time.monotonic()
        assert phones.send(call.event("answered", 1), message=message).json() == {"status": status}
        record_property(f"{name}: ms", f"{(time.monotonic() - began) * 1000:.1f}")
    record_property("resident at most MiB", server.peak_memory() >> 20)
    assert server.stop() == 0
    assert grown <= MOST_BYTES, f"{grown / 2**20:.1f} MiB"
