#!/usr/bin/env python3
"""What a call asks of a connected org (Tests/Salesforce), from the ring to the filed log."""

import re
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from crm_scene import (
    ADA,
    CALLS,
    GIVEN_UP,
    LATENCY,
    SAME_CORES,
    Window,
    figure,
    known_numbers,
    load,
    org_of,
    say,
    server_with,
)
from connected_org import CRM, OrgProcess, asked_for_calls, consent, hire
from program import Client, until
from webhooks import PhoneSystem, ReportedCall


@dataclass
class Asked:
    """What the org was asked in each call."""

    # In all of the call.
    each: list[Counter] = field(default_factory=list)
    # Before the first frame with the call: what had come, and what had been answered.
    came: int = 0
    answered: int = 0
    # Milliseconds from sending the ring to this frame.
    waited: list[float] = field(default_factory=list)

    @property
    def counts(self) -> list[int]:
        return [each.total() for each in self.each]

    def __str__(self) -> str:
        kinds = sum(self.each, Counter())
        parts = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
        spread = ", ".join(f"{calls} with {count}" for count, calls in sorted(Counter(self.counts).items()))
        return (
            f"{parts} ({spread}; the first call {self.counts[0]}); when the first frames with the calls were read, "
            f"{statistics.median(self.waited):.0f} ms after the ring (p50), {self.came} requests had come and "
            f"{self.answered} been answered"
        )


def kind_of(request: dict) -> str:
    """Such as `POST composite` or `GET query`."""
    path = request["target"].split("?")[0].split("/", 4)[-1]
    return f"{request['method']} {re.sub('/(?=[^/]*[0-9])[^/]{15,}$', '/…', path)}"


def requests_of(**settings) -> Asked:
    with org_of(1000) as org, server_with(org, **settings) as server:
        _, admin = load(server, org)
        anna = hire(server, "anna", "1001", role="agent")
        if settings["agents"] == "own":
            assert consent(anna, org, ADA).status_code == 200
        phones, asked = PhoneSystem.added(admin, "bench"), Asked()
        people = known_numbers(org, CALLS)
        with org.failing("latency", seconds=LATENCY, path="/services/data/"):
            for caller, name, record in people:
                a_call(org, anna, ReportedCall(phones, caller), (caller, name, record), asked)
        return asked


def a_call(org: OrgProcess, anna: Client, call: ReportedCall, about: tuple[str, str, str], asked: Asked) -> None:
    """From the ring to the log in the org, with the panel's own questions."""
    number, name, record = about
    logs = len(org.columns(kind="Task", names=["Id"]))
    org.requests(clear=True)
    first = threading.Event()

    def notice(shown: dict, now: float) -> None:
        if shown["number"]["e164"] == number and not first.is_set():
            before = asked_for_calls(org)
            asked.waited.append((now - began) * 1000)
            asked.came += len(before)
            asked.answered += sum(each["status"] is not None for each in before)
            first.set()

    window = Window(anna, notice).open()
    began = time.perf_counter()
    call.report("offered")
    assert first.wait(GIVEN_UP), f"{number} is not shown"
    window.is_over = True

    def is_it(shown: dict) -> bool:
        return shown["number"]["e164"] == number

    shown = anna.call_where(lambda shown: is_it(shown) and shown["title"] == name)
    assert shown["match"]["outcome"] == "single", shown
    # As `panel-related.js` asks.
    scope = anna.desk()["agent"]["preferences"]["filter"]
    anna.json(f"people/contact/{record}/related", scope=scope, crm=CRM)
    call.report("answered", after=1)
    anna.call_where(lambda shown: is_it(shown) and shown["state"] == "talking")
    call.report("ended", after=20)
    anna.call_where(lambda shown: is_it(shown) and shown["state"] == "wrapUp")
    assert anna.post(f"calls/{shown['id']}/done").status_code == 204
    until(lambda: len(org.columns(kind="Task", names=["Id"])) > logs, GIVEN_UP, "the log is in the org")
    # The desk says so when the answer has come.
    anna.desk_where(lambda desk: desk["recent"] and desk["recent"][0]["log"] == "filed")
    asked.each.append(Counter(map(kind_of, asked_for_calls(org, clear=True))))


def api_requests() -> None:
    ours = requests_of(agents="own")
    say(f"own: {ours}")
    other = requests_of(agents="users", users={"anna": ADA})
    say(f"users: {other}")
    figure(
        "crm-requests",
        "requests/call",
        statistics.mean(ours.counts),
        statistics.mean(other.counts),
        CALLS,
        f"an agent's own token, one match, related records, log: {ours}; other: the integration user asks "
        f"(agents: users): {other}; an org that takes {LATENCY * 1000:.0f} ms, without signing in and looking for "
        f"changes; {SAME_CORES}; goal: 2, none before the first frame",
    )


if __name__ == "__main__":
    api_requests()
