"""Phone systems that report one call after the other, and write down what they were told."""

import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ledger import Ledger
from webhooks import PhoneSystem, ReportedCall, signed_headers

# What happens in each call, and how many seconds after its beginning.
STORY = (("offered", 0), ("answered", 1), ("ended", 2))
# Nobody's extension: the calls are on nobody's desk.
EXTENSION = "1900"
# What is told of a number, by `export`, should not be much.
CALLS_OF_A_CALLER = 100
# Seconds before a sender tries again.
PATIENCE = 0.05
# Seconds without an answer after which a sender gives up the connection.
ANSWERS_WITHIN = 20

numbers = itertools.count(1)

Lost = (OSError, http.client.HTTPException)


def next_number() -> str:
    """A caller's number that no other load has."""
    return f"+4917655{next(numbers):06}"


@dataclass
class Load:
    """So many lines of one phone system, and what came of their events."""

    phones: PhoneSystem
    ledger: Ledger
    lines: int = 4
    # Events a second of all lines together; without it each sends as soon as it is answered.
    rate: float | None = None
    # Calls that a line reports side by side, an event of each in one message.
    together: int = 1
    # Whether an event that was not acknowledged is sent again until it is.
    insists: bool = True
    # By moment of the answer (monotonic), how long it took; both in seconds.
    answers: list[tuple[float, float]] = field(default_factory=list)
    refused: int = 0
    # Refusals that did not say when to come again.
    rude: int = 0
    unanswered: int = 0
    faults: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> "Load":
        self._began, self._turn = time.monotonic(), itertools.count()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(self.lines)]
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> "Load":
        """What is on its way is waited for."""
        self.over.set()
        for thread in self._threads:
            thread.join(ANSWERS_WITHIN + 10)
        assert not self.faults, self.faults
        return self

    @property
    def has_ended(self) -> bool:
        """Every line has given up."""
        return not any(thread.is_alive() for thread in self._threads)

    def percentile(self, part: float) -> float:
        """In milliseconds, how long an acknowledgement took."""
        times = sorted(took for _, took in self.answers)
        return times[min(len(times) - 1, int(len(times) * part))] * 1000 if times else 0

    def after(self, moment: float) -> int:
        """How many acknowledgements came later."""
        return sum(at > moment for at, _ in self.answers)

    def _run(self) -> None:
        line = Line(self.phones)
        try:
            for done in itertools.count():
                if done % CALLS_OF_A_CALLER == 0:
                    number = next_number()
                calls = [
                    ReportedCall(self.phones, number, extension=EXTENSION) for _ in range(self.together)
                ]
                for kind, after in STORY:
                    if not self._report(line, calls, kind, after):
                        return
        except Exception as fault:
            self.faults.append(repr(fault))
        finally:
            line.close()

    def _report(self, line: "Line", calls: list[ReportedCall], kind: str, after: float) -> bool:
        """False when there is nothing more to do for this line."""
        body = json.dumps([call.event(kind, after) for call in calls]).encode()
        message = self.phones.message_id()
        self._keep_pace()
        while not self.over.is_set():
            began = time.monotonic()
            try:
                status, retry_after = line.send(body, message)
            except Lost:
                self.unanswered += 1
                if not self.insists:
                    return False
            else:
                if status == 200:
                    self.answers.append((time.monotonic(), time.monotonic() - began))
                    for call in calls:
                        self.ledger.note(call.number, call.id, kind)
                    return True
                assert status == 503, f"answered {status}"
                self.refused += 1
                self.rude += not (retry_after and int(retry_after) > 0)
            self.over.wait(PATIENCE)
        return False

    def _keep_pace(self) -> None:
        if self.rate:
            due = self._began + next(self._turn) * self.together / self.rate
            self.over.wait(max(0, due - time.monotonic()))


class Line:
    """One connection of a sender, opened anew when it is lost."""

    def __init__(self, phones: PhoneSystem):
        self.secret = phones.secret
        address = urlsplit(phones.address)
        self._path = address.path
        self._connection = http.client.HTTPConnection(address.hostname, address.port, ANSWERS_WITHIN)

    def send(self, body: bytes, message: str) -> tuple[int, str | None]:
        """The status, and when to come again if that was said."""
        try:
            headers = signed_headers(self.secret, body, message)
            self._connection.request("POST", self._path, body, headers)
            answer = self._connection.getresponse()
            answer.read()
        except Lost:
            self.close()
            raise
        return answer.status, answer.headers["Retry-After"]

    def close(self) -> None:
        self._connection.close()


@contextmanager
def under_load(phones: PhoneSystem, ledger: Ledger, **about):
    """A load for as long as the block lasts."""
    load = Load(phones, ledger, **about).start()
    try:
        yield load
    finally:
        load.stop()


def has_passed(seconds: float) -> Callable[[], bool]:
    """A condition that holds so long after now: the length of a load."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end
