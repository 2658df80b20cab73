"""What was acknowledged survives: the server is killed again and again under load.

CALLMATCH_KILLS  how often (100; 500 in the long form)
CALLMATCH_SEED   when exactly; printed, so that a run can be repeated
"""

import os
import random
import sqlite3
import threading
import time
from dataclasses import dataclass, field

import pytest
import requests
from form import either
from program import Client, Server, until
from webhooks import PhoneSystem, ReportedCall

KILLS = int(os.environ.get("CALLMATCH_KILLS", either(100, 500)))
SEED = int(os.environ.get("CALLMATCH_SEED", time.time_ns() % 1_000_000))

EVENTS_A_SECOND = 50
SENDERS = 5
EDITS_OF_A_CALL = 12
LOAD_NUMBER = "+4917655505001"
KNOWN_NUMBER = "+493023125042"
# A log that was on its way when the server was killed waits for the end of its lease, a minute.
FILED_WITHIN = 90
# Seconds that a client waits before it tries again; short beside the time between two kills.
PATIENCE = 0.05
# Seconds: a log that was on its way to the CRM at the last kill waits for the end of its lease, a minute.
FILED_WITHIN = 90

Lost = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


@dataclass
class Ledger:
    """What the server has acknowledged, written down by those who were told so."""

    events: set[tuple[str, str]] = field(default_factory=set)
    # By call, the last notes that were acknowledged.
    notes: dict[str, str] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)
    repeats: int = 0
    lost_answers: int = 0
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Worker(threading.Thread):
    """Works until it is told to stop; what goes wrong is written down, for a thread cannot fail a test."""

    def __init__(self, ledger: Ledger, stop: threading.Event):
        super().__init__(daemon=True)
        self.ledger = ledger
        self.stop = stop

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self.work()
        except Exception as fault:
            self.ledger.faults.append(f"{type(self).__name__}: {fault!r}")

    def insist(self, ask) -> requests.Response:
        """Asks until there is an answer that is not about the server's own trouble."""
        while True:
            try:
                answer = ask()
            except Lost:
                self.ledger.lost_answers += 1
                self.pause()
                continue
            if answer.status_code != 503:
                return answer
            self.pause()

    def pause(self) -> None:
        threading.Event().wait(PATIENCE)


class Sender(Worker):
    """One line of a phone system: whole calls, event by event, each sent until it is acknowledged."""

    def __init__(self, phones: PhoneSystem, *about):
        super().__init__(*about)
        self.phones = PhoneSystem(phones.address, phones.secret)
        self.due = time.monotonic()

    def work(self) -> None:
        call = ReportedCall(self.phones, LOAD_NUMBER, extension="1900")
        for kind, after in (("offered", 0), ("answered", 1), ("ended", 2)):
            self.keep_pace()
            event, message = call.event(kind, after), self.phones.message_id()
            answer = self.insist(lambda: self.phones.send(event, message=message))
            assert answer.status_code == 200, answer.text
            with self.ledger.lock:
                self.ledger.events.add((call.id, kind))
                self.ledger.repeats += answer.json()["status"] == "known"

    def keep_pace(self) -> None:
        self.due = max(self.due + SENDERS / EVENTS_A_SECOND, time.monotonic() - 1)
        threading.Event().wait(max(0, self.due - time.monotonic()))


class Writer(Worker):
    """An agent who writes notes: what is acknowledged is there, what is not is there whole or not at all."""

    def __init__(self, phones: PhoneSystem, agent: Client, *about):
        super().__init__(*about)
        self.phones = PhoneSystem(phones.address, phones.secret)
        self.agent = agent

    def work(self) -> None:
        call = ReportedCall(self.phones, KNOWN_NUMBER)
        for kind, after in (("offered", 0), ("answered", 1)):
            self.report(call.event(kind, after))
        shown = self.desk_call(call)
        if shown is None:
            return
        version, notes = shown["log"]["version"], shown["log"]["notes"]
        for edit in range(EDITS_OF_A_CALL):
            version, notes = self.write(shown["id"], version, notes, f"{call.id} edit {edit}")
        self.report(call.event("ended", 9))
        path = f"calls/{shown['id']}/done"
        assert self.insist(lambda: self.agent.post(path)).status_code == 204
        self.ledger.finished.add(shown["id"])

    def report(self, event: dict) -> None:
        message = self.phones.message_id()
        answer = self.insist(lambda: self.phones.send(event, message=message))
        assert answer.status_code == 200, answer.text

    def desk_call(self, call: ReportedCall) -> dict | None:
        """The call as the desk shows it, with its log."""
        while not self.stop.is_set():
            calls = self.insist(lambda: self.agent.get("desk")).json()["calls"]
            for shown in calls:
                if shown["system"] == self.phones.name and shown.get("log"):
                    if shown["state"] == "talking":
                        return shown
            self.pause()
        return None

    def write(self, call: str, version: int, before: str, notes: str) -> tuple[int, str]:
        """One edit. Without an answer the log is read: it holds the one text or the other."""
        edit = {"version": version, "notes": notes}
        path = f"calls/{call}"
        try:
            answer = self.agent.patch(f"{path}/log", edit)
        except Lost:
            self.ledger.lost_answers += 1
            answer = None
        if answer is not None and answer.status_code == 200:
            self.ledger.notes[call] = notes
            return answer.json()["version"], notes
        assert answer is None or answer.status_code == 503, answer.text
        log = self.insist(lambda: self.agent.get(path)).json()["call"]["log"]
        assert (log["version"], log["notes"]) in [(version, before), (version + 1, notes)], log
        self.ledger.notes[call] = log["notes"]
        return log["version"], log["notes"]


def kill_again_and_again(server: Server, chance: random.Random) -> None:
    """At any moment of its life: while it serves, and one time in five while it starts."""
    moment = threading.Event()
    for _ in range(KILLS):
        moment.wait(chance.uniform(0, 0.8))
        server.kill()
        if chance.random() < 0.2:
            server.spawn()
            moment.wait(chance.uniform(0, 0.3))
            server.kill()
        server.start()


@pytest.fixture
def ledger(server: Server, admin: Client, phones: PhoneSystem, capsys) -> Ledger:
    """What the clients were told while the server was killed."""
    ledger, stop = Ledger(), threading.Event()
    ada = server.sign_in("ada")
    clients = [Sender(phones, ledger, stop) for _ in range(SENDERS)]
    clients.append(Writer(phones, ada, ledger, stop))
    for client in clients:
        client.start()
    until(lambda: ledger.notes or ledger.faults, 30, "notes")
    began = time.monotonic()
    try:
        kill_again_and_again(server, random.Random(SEED))
    finally:
        took = time.monotonic() - began
        stop.set()
        for client in clients:
            client.join(60)
    with capsys.disabled():
        print(
            f"\n{KILLS} kills in {took:.0f} s (CALLMATCH_SEED={SEED}): {len(ledger.events)} events "
            f"({len(ledger.events) / took:.0f}/s), {len(ledger.notes)} calls with notes, "
            f"{ledger.lost_answers} answers lost, {ledger.repeats} repeats told apart"
        )
    return ledger


def test_r1_kills_at_any_moment(server: Server, admin: Client, ledger: Ledger, record_property):
    """The server is killed at any moment under 50 events a second and an agent who writes notes.

    Expected: every acknowledged event and note is there, each log is in the CRM once, the audit explains all.
    Control: that of F21.
    """
    record_property("kills", KILLS)
    record_property("acknowledged", len(ledger.events))
    record_property("calls with notes", len(ledger.notes))
    record_property("answers lost", ledger.lost_answers)
    assert not ledger.faults, ledger.faults
    assert len(ledger.events) > KILLS and len(ledger.notes) > KILLS / 50
    held = server.export(LOAD_NUMBER)["calls"]
    kept = {
        (call["call"]["id"]["value"], fact["kind"]) for call in held for fact in call["call"]["facts"]
    }
    assert not ledger.events - kept, "acknowledged and lost"
    facts = sum(len(call["call"]["facts"]) for call in held)
    assert facts == len(kept), "stored twice"
    check_notes(server, ledger)
    until(lambda: server.audit()["ready"] == 0, FILED_WITHIN, "all is filed")
    counts = server.audit()
    assert counts["unexplained"] == 0, counts
    assert server.stop() == 0
    with sqlite3.connect(server.folder / "callmatch.sqlite") as store:
        assert store.execute("pragma integrity_check").fetchone() == ("ok",)
    server.start()


def check_notes(server: Server, ledger: Ledger) -> None:
    """The newest notes are in the log, and of a finished call in the CRM, once."""
    ada = server.sign_in("ada")
    for call, notes in ledger.notes.items():
        log = ada.json(f"calls/{call}")["call"]["log"]
        assert log["notes"] == notes, f"{call}: acknowledged {notes}, kept {log}"
        if call in ledger.finished:
            until(lambda: ada.json(f"calls/{call}")["call"]["log"]["state"] == "filed", FILED_WITHIN)
            filed = ada.json(f"calls/{call}")["call"]["log"]["crmUrl"].removeprefix("/crm/")
            assert ada.json(f"records/{filed}")["activity"]["notes"] == notes
    with_notes = [
        kept
        for kept in server.export(KNOWN_NUMBER)["calls"]
        for log in kept["logs"]
        if log["notes"]
    ]
    assert len(with_notes) == len(ledger.notes)
