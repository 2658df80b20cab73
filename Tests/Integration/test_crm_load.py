"""A big org: the first load comes in whole though the server is killed in it, and changes follow.

CALLMATCH_PEOPLE  how many contacts and leads (200,000)
"""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from connected_org import CRM, OrgProcess, connected, connection, hire, ref
from program import Client, Server, until

PEOPLE = int(os.environ.get("CALLMATCH_PEOPLE", "200000"))
# Of the first load, when the server is killed.
KILLED_AT = (0.3, 0.6)
LOADS_WITHIN = 900
CHANGES_WITHIN = 60


@dataclass
class Load:
    """A server with a big org behind it, and how its people came in."""

    server: Server
    org: OrgProcess
    admin: Client
    # People that were in, and how many were expected, each time we looked.
    looks: list[tuple[int, int | None]] = field(default_factory=list)
    # MiB, of each process.
    peaks: list[int] = field(default_factory=list)
    seconds: float = 0

    def look(self) -> dict:
        crm = connection(self.admin)
        self.looks.append((crm["people"], crm.get("expected")))
        return crm

    def reaches(self, share: float) -> bool:
        crm = self.look()
        assert crm["loading"], f"the load is over before it could be ended: {crm}"
        return crm["people"] >= share * PEOPLE

    def is_in(self) -> bool:
        crm = self.look()
        return crm["state"] == "green" and not crm["loading"]

    def note_peak(self) -> None:
        status = Path(f"/proc/{self.server.process.pid}/status").read_text()
        self.peaks.append(int(status.split("VmHWM:")[1].split()[0]) >> 10)

    @contextlib.contextmanager
    def store(self) -> Iterator[sqlite3.Connection]:
        """The server's own, to be read."""
        file = self.server.folder / "callmatch.sqlite"
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as store:
            yield store


@pytest.fixture(scope="module")
def load(program: str, tmp_path_factory) -> Iterator[Load]:
    """The first load, in which the server is killed twice."""
    with OrgProcess() as org:
        org.load_contacts(count=PEOPLE, accounts=1000, leads=PEOPLE // 4)
        folder = tmp_path_factory.mktemp("load")
        server = connected(
            program, folder, org, names="everybody", agents="users", users={}
        ).start()
        load = Load(server, org, hire(server, "admin", "1001"))
        began = time.monotonic()
        for share in KILLED_AT:
            until(lambda share=share: load.reaches(share), LOADS_WITHIN, "the load goes on")
            load.note_peak()
            server.kill()
            server.start()
        until(load.is_in, LOADS_WITHIN, "the load ends")
        load.note_peak()
        load.seconds = time.monotonic() - began
        yield load
        assert server.stop() == 0
        assert org.info()["mistakes"] == []


def test_the_load_says_how_far_it_is(load: Load):
    said = f"{PEOPLE} people in {load.seconds:.0f} s, at most {max(load.peaks)} MiB, {load.peaks}"
    print(f"\n{said}; {connection(load.admin)}")
    steps = sorted({people for people, _ in load.looks})
    assert len([people for people in steps if 0 < people < PEOPLE]) >= 5, steps
    expected = [expected for _, expected in load.looks if expected]
    assert expected and all(abs(each - PEOPLE) < 0.05 * PEOPLE for each in expected), expected


def test_every_record_has_come_in_once(load: Load):
    theirs, numbers = {}, set()
    for kind in ("Contact", "Lead", "Account"):
        more = {"Contact": ["MobilePhone", "OtherPhone"], "Lead": ["MobilePhone"]}
        names = ["Id", "Name", "Phone", *more.get(kind, [])]
        for record, name, *phones in load.org.columns(kind=kind, names=names):
            theirs[record] = name
            numbers |= {(record, phone) for phone in phones if phone}
    with load.store() as store:
        people = store.execute("select ref, json ->> 'name' from person").fetchall()
        ours = {name_of(ref): name for ref, name in people}
        stored = {
            (name_of(ref), text)
            for ref, text in store.execute("select distinct ref, stored from person_number")
        }
        (searched,) = store.execute("select count(distinct ref) from person_search_row").fetchone()
        (live,) = store.execute(
            "select count(*) from person where is_live and successor is null"
        ).fetchone()
    assert len(people) == len(ours)
    assert ours == theirs
    # Of the sample organisation's texts some hold no number.
    assert stored <= numbers and len(numbers - stored) < 10, sorted(numbers - stored)[:20]
    assert searched == live


def name_of(ref: str) -> str:
    """The org's id in a name of ours: `salesforce/contact/003…`."""
    return ref.rsplit("/", 1)[-1]


def matched(load: Load, number: str) -> list[str]:
    """The ids of those who have a number."""
    found = load.admin.post("admin/matching/try", {"number": number}).json()
    return [each["ref"]["id"] for each in found["candidates"]]


def comes(load: Load, number: str, *records: str) -> None:
    """Until these have the number and nobody else has."""
    until(
        lambda: sorted(matched(load, number)) == sorted(records),
        CHANGES_WITHIN,
        f"{number} is that of {records}, not of {matched(load, number)}",
    )


def add(load: Load, number: str, kind: str = "Contact", **fields: str) -> str:
    own = {"Company": "Change & Co."} if kind == "Lead" else {}
    record = load.org.add(kind=kind, LastName="Changed", Phone=number, **own, **fields)
    comes(load, number, record)
    return record


def test_a_change_comes_in(load: Load):
    record = add(load, "0221 4711101")
    load.org.change(record=record, Phone="0221 4711102", LastName="Renamed")
    comes(load, "0221 4711102", record)
    comes(load, "0221 4711101")
    found = load.admin.json("people", search="renamed")["people"]
    assert [each["ref"] for each in found] == [ref(record)]


def test_a_deletion_comes_in(load: Load):
    record = add(load, "0221 4711103")
    load.org.delete(record=record)
    comes(load, "0221 4711103")
    load.org.undelete(record=record)
    comes(load, "0221 4711103", record)


def test_a_merge_leaves_the_winner(load: Load):
    winner, loser = add(load, "0221 4711104"), add(load, "0221 4711105")
    load.org.merge(master=winner, losers=[loser])
    comes(load, "0221 4711105")
    comes(load, "0221 4711104", winner)


def test_a_converted_lead_is_its_contact(load: Load):
    lead = add(load, "0221 4711106", kind="Lead")
    contact = load.org.convert(lead=lead)["ConvertedContactId"]
    account = load.org.record(record=contact)["AccountId"]

    def is_converted() -> bool:
        found = matched(load, "0221 4711106")
        return contact in found and lead not in found

    until(is_converted, CHANGES_WITHIN, "the contact stands for the lead")
    # The new account has the lead's number, too.
    assert set(matched(load, "0221 4711106")) <= {contact, account}


def test_a_commit_that_shows_later_than_its_stamp_is_not_missed(load: Load):
    add(load, "0221 4711107")
    earlier = datetime.now(UTC) - timedelta(minutes=2)
    late = load.org.add(
        kind="Contact",
        LastName="Late",
        Phone="0221 4711108",
        SystemModstamp=earlier.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    comes(load, "0221 4711108", late)


def test_nothing_is_lost_over_a_restart(load: Load):
    load.server.stop()
    record = load.org.add(kind="Contact", LastName="Meanwhile", Phone="0221 4711109")
    load.server.start()
    assert not connection(load.admin)["loading"]
    comes(load, "0221 4711109", record)


def test_records_of_the_load_belong_to_this_crm(load: Load):
    with load.store() as store:
        (others,) = store.execute(
            "select count(*) from person where ref not like ?", [f"{CRM}/%"]
        ).fetchone()
    assert others == 0
