#!/usr/bin/env python3
"""A connected org (Tests/Salesforce): its first load, and names from an index of a million numbers.

CALLMATCH_PEOPLE   contacts and leads of the first load (200,000)
CALLMATCH_NUMBERS  synced numbers that the rings are matched with (1,000,000)

Arguments, for a trial, are the parts to measure: `first-load`, `match`.
"""

import contextlib
import sqlite3
import statistics
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import requests

from crm_scene import (
    ADA,
    AGENTS,
    GIVEN_UP,
    LATENCY,
    NEVER,
    NUMBERS,
    PEOPLE,
    QUESTIONS,
    RINGS,
    RINGS_A_SECOND,
    Ring,
    SAME_CORES,
    Window,
    figure,
    known_numbers,
    load,
    org_of,
    percentile,
    say,
    server_with,
)
from connected_org import hire
from program import Client, Server, until
from webhooks import PhoneSystem, ReportedCall


def first_load() -> None:
    few = max(PEOPLE // 10, 1)
    loads = []
    for people, settings in ((PEOPLE, {"bulk_from": min(10_000, PEOPLE // 4)}), (few, {"bulk_from": NEVER})):
        with org_of(people) as org, server_with(org, **settings) as server:
            loads.append(load(server, org)[0])
    ours, other = loads
    figure(
        "crm-first-load",
        "people/s",
        PEOPLE / ours.seconds,
        few / other.seconds,
        PEOPLE,
        f"{PEOPLE} people by bulk jobs in {ours.seconds:.1f} s, server at most {ours.peak} MiB (VmHWM), processor "
        f"{ours.ours:.1f} s ours and {ours.orgs:.1f} s the org's; other: {few} people by plain queries in "
        f"{other.seconds:.1f} s, {other.peak} MiB, {other.ours:.1f} s ours and {other.orgs:.1f} s the org's, which "
        f"looks through all of its people for each page; {SAME_CORES}",
        more=True,
    )


# From the ring to the name --------------------------------------------------------------------


def rows_of_numbers(server: Server) -> int:
    file = server.folder / "callmatch.sqlite"
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as store:
        return store.execute("select count(*) from person_number").fetchone()[0]


def match() -> None:
    settings = {"names": "everybody", "agents": "users", "users": {}}
    # A number each and every third one a mobile, too.
    with org_of(-(-NUMBERS * 3 // 4)) as org, server_with(org, **settings) as server:
        loaded, admin = load(server, org)
        rows = rows_of_numbers(server)
        assert rows >= NUMBERS, f"{rows} numbers are not {NUMBERS}"
        people = known_numbers(org, RINGS)
        org.requests(clear=True)
        rings = ring_all(server, admin, people)
        timing = admin.json("admin/health")["ringToPanel"]
        asked = [each["target"] for each in org.requests()]
    times = [(ring.named - ring.sent) * 1000 for ring in rings]
    at_once = sum(ring.named == ring.shown for ring in rings)
    logs = sum("/Task" in target for target in asked)
    live = live_questions()
    say(f"outside: {statistics.quantiles(times, n=10)}; server: {timing}; asked: {Counter(asked).most_common(5)}")
    for part in (50, 99):
        outside = percentile(times, part / 100)
        figure(
            f"crm-match-1m, p{part}",
            "ms",
            timing[f"p{part}"],
            percentile(live, part / 100),
            len(rings),
            f"the server's own figure, from the event to the frame; from sending it to the frame with the name, "
            f"outside, {outside:.2f} ms; {at_once} of {len(rings)} first frames had the name; {rows} numbers of "
            f"{-(-NUMBERS * 3 // 4)} people, {RINGS_A_SECOND} rings/s, {len(asked)} requests of the org meanwhile, "
            f"{logs} of them logs; server at most {loaded.peak} MiB in the load ({loaded.seconds:.0f} s); other: one "
            f"search (parameterizedSearch) in a small org that takes {LATENCY * 1000:.0f} ms, "
            f"{len(live)} times; {SAME_CORES}",
        )


def ring_all(server: Server, admin: Client, people: list[tuple[str, str, str]]) -> list[Ring]:
    """Rings agents in turn, with one call at each at a time where the names come in time."""
    phones = PhoneSystem.added(admin, "bench")
    rings: dict[str, Ring] = {}
    pool = ThreadPoolExecutor(8)

    def notice(call: dict, now: float) -> None:
        ring = rings.get(call["number"]["e164"])
        if ring is None or ring.named:
            return
        ring.shown = ring.shown or now
        if call["title"] == ring.name:
            ring.named = now
            pool.submit(ring.call.report, "ended", 1, cause="notAnswered")

    def send(ring: Ring) -> None:
        ring.sent = time.perf_counter()
        ring.call.report("offered")

    extensions = [str(2001 + agent) for agent in range(AGENTS)]
    agents = [hire(server, f"agent{extension}", extension) for extension in extensions]
    windows = [Window(agent, notice).open() for agent in agents]
    began, pause, sending = time.perf_counter(), threading.Event(), []
    for number, (caller, name, _) in enumerate(people):
        pause.wait(max(0, began + number / RINGS_A_SECOND - time.perf_counter()))
        ring = Ring(name, ReportedCall(phones, caller, extensions[number % AGENTS]))
        rings[caller] = ring
        sending.append(pool.submit(send, ring))
    for each in sending:
        each.result()
    until(lambda: all(ring.named for ring in rings.values()), GIVEN_UP, "every name is shown")
    for window in windows:
        window.is_over = True
    pool.shutdown()
    return list(rings.values())


def live_questions() -> list[float]:
    """Milliseconds of a search for a number in an org that takes its time."""
    times = []
    with org_of(0) as org, requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {org.token(user=ADA)}"
        fields = ["Id", "Name", "Phone"]
        asked = {"q": "30 23125042", "in": "PHONE", "fields": fields}
        asked["sobjects"] = [{"name": kind, "fields": fields} for kind in ("Contact", "Lead", "Account")]
        with org.failing("latency", seconds=LATENCY, path="/parameterizedSearch"):
            for _ in range(QUESTIONS):
                began = time.perf_counter()
                answer = session.post(f"{org.url}/services/data/v67.0/parameterizedSearch", json=asked, timeout=30)
                times.append((time.perf_counter() - began) * 1000)
                found = [each["Name"] for each in answer.json()["searchRecords"]]
                assert "Ada Lovelace" in found, answer.text
    return times


PARTS = {"first-load": first_load, "match": match}


def main() -> None:
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()


if __name__ == "__main__":
    main()
