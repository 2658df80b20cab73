"""The checker of every fault: what was acknowledged must be what the program says it holds."""

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from program import Server

# A call and what happened in it.
Event = tuple[str, str]


class Ledger:
    """Events that were acknowledged, written down by those who were told so."""

    def __init__(self):
        self._acknowledged: dict[str, set[Event]] = {}
        self._lock = threading.Lock()

    def note(self, number: str, call: str, kind: str) -> None:
        with self._lock:
            self._acknowledged.setdefault(number, set()).add((call, kind))

    def add(self, other: "Ledger") -> None:
        for number, events in other._acknowledged.items():
            for event in events:
                self.note(number, *event)

    @property
    def events(self) -> set[Event]:
        with self._lock:
            return set().union(*self._acknowledged.values())

    def __len__(self) -> int:
        with self._lock:
            return sum(map(len, self._acknowledged.values()))

    def lost(self, server: Server) -> set[Event]:
        """What was acknowledged and the server does not hold, as `callmatch export` tells it."""
        with self._lock:
            noted = {number: set(events) for number, events in self._acknowledged.items()}
        return set().union(*(events - set(exported(server, number)) for number, events in noted.items()))

    def check(self, server: Server) -> None:
        """Nothing is lost, nothing is there twice, and the audit can explain every call."""
        assert not (lost := self.lost(server)), f"{len(lost)} acknowledged and lost: {sorted(lost)[:5]}"
        with self._lock:
            numbers = list(self._acknowledged)
        for number in numbers:
            twice = [event for event, times in exported(server, number).items() if times > 1]
            assert not twice, f"kept twice: {twice[:5]}"
        counts = server.audit()
        assert counts["unexplained"] == 0, counts

    def check_file(self, folder: Path) -> int:
        """The same of a store that nobody has open, which must be whole as well. How many events it holds."""
        with sqlite3.connect(folder / "callmatch.sqlite") as store:
            assert store.execute("pragma integrity_check").fetchone() == ("ok",)
            kept = facts(json.loads(text) for (text,) in store.execute("select json from call"))
        assert not (lost := self.events - set(kept)), f"{len(lost)} lost: {sorted(lost)[:5]}"
        assert max(kept.values(), default=1) == 1, "kept twice"
        return len(kept)


def facts(calls: Iterable[dict]) -> Counter[Event]:
    """The events that calls consist of, and how often each is there."""
    return Counter((call["id"]["value"], fact["kind"]) for call in calls for fact in call["facts"])


def exported(server: Server, number: str) -> Counter[Event]:
    return facts(held["call"] for held in server.export(number)["calls"])
