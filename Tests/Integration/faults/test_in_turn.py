"""Servers that share a store are stopped and started again in turn, and nobody notices."""

import itertools
import json
import threading
from pathlib import Path

import pytest
import requests
from balancer import Balancer
from form import either
from ledger import Ledger
from load import Load, under_load
from program import Client, Server, until
from store_cluster import Cluster
from webhooks import PhoneSystem, ReportedCall

TURNS = either(4, 50)
# Seconds: how long a server goes on when it has said that it is not ready, and until a call is shown.
DRAIN, SHOWN_WITHIN = "1", 15


class Window(threading.Thread):
    """An agent's window: its stream is opened anew when it ends. The numbers of the calls that it has shown."""

    def __init__(self, agent: Client):
        super().__init__(daemon=True)
        self.numbers: set[str] = set()
        self.opened = 0
        self.over = threading.Event()
        self._agent = agent

    def run(self) -> None:
        while not self.over.wait(0.05):
            try:
                self._follow()
            except requests.RequestException:
                continue

    def _follow(self) -> None:
        with self._agent.request("GET", "/api/v1/desk/stream", stream=True, timeout=(5, 20)) as stream:
            self.opened += stream.status_code == 200
            for line in stream.iter_lines(chunk_size=None):
                if self.over.is_set():
                    return
                if line.startswith(b"data: {"):
                    calls = json.loads(line.removeprefix(b"data: "))["calls"]
                    self.numbers |= {call["number"]["e164"] for call in calls}


def insist(call: ReportedCall, kind: str, after: float = 0) -> None:
    """Reported until it is acknowledged, as a phone system does."""
    event, message = call.event(kind, after), call.system.message_id()

    def is_taken() -> bool:
        try:
            return call.system.send(event, message=message).status_code == 200
        except requests.ConnectionError:
            return False

    until(is_taken, 30, f"{kind} is taken")


@pytest.fixture
def pair(cluster: Cluster, program: str, tmp_path: Path):
    store = cluster.new_store()
    options = ("--database", store, "--drain", DRAIN)
    pair = [Server(program, tmp_path / name, *options).start() for name in ("one", "two")]
    yield pair
    assert [server.stop() for server in pair] == [0, 0]


def nothing_is_taken(pair: list[Server], balancer: Balancer, load: Load, ledger: Ledger) -> None:
    """The control: both are stopped, and started again."""
    assert [server.stop() for server in pair] == [0, 0]
    until(lambda: not balancer.ready, 10, "the balancer has no server")
    taken, failed = len(ledger), load.unanswered
    until(lambda: load.unanswered > failed + 20, 20, "events find nobody")
    assert len(ledger) == taken
    for server in pair:
        server.start()
    until(lambda: len(ledger) > taken, 20, "it goes on")


def test_r19_servers_in_turn(pair, ledger: Ledger, record_property):
    """Two servers behind a load balancer are stopped (SIGTERM) and started again in turn, under load, an agent's window open.

    Expected: no acknowledged event is lost, and the window shows each call that begins while a server is away.
    Control: when both are stopped, nothing is taken.
    """
    admin, ada = pair[0].sign_in("admin"), pair[0].sign_in("ada")
    with Balancer(pair) as balancer:
        until(lambda: len(balancer.ready) == 2, 10, "both are ready")
        added = PhoneSystem.added(admin, "office")
        phones = PhoneSystem(added.address.replace(pair[0].address, balancer.address), added.secret)
        window = Window(Client(balancer.address, ada.token))
        window.start()
        with under_load(phones, ledger, rate=100) as load:
            for turn in range(TURNS):
                server, call = pair[turn % 2], ReportedCall(phones, f"+491765551{turn:04}")
                assert server.stop() == 0
                insist(call, "offered")
                until(lambda call=call: call.number in window.numbers, SHOWN_WITHIN, "the call is shown")
                server.start()
                until(lambda: len(balancer.ready) == 2, 10, "it is ready again")
                insist(call, "ended", after=1)
            moments = sorted(moment for moment, _ in load.answers)
            longest = max(after - before for before, after in itertools.pairwise(moments))
            retried = load.unanswered
            assert load.refused == 0
            nothing_is_taken(pair, balancer, load, ledger)
        window.over.set()
    record_property("restarts", TURNS)
    record_property("calls shown meanwhile", TURNS)
    record_property("window opened", window.opened)
    record_property("acknowledged", len(ledger))
    record_property("sent again, without an answer", retried)
    record_property("refused", load.refused)
    record_property("longest time in which nothing was taken, s", f"{longest:.2f}")
    ledger.check(pair[0])
    record_property("lost", 0)
    record_property("control", "with both stopped nothing was taken")
