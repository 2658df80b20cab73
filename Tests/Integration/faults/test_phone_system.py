"""F30: a phone system's connection that breaks, falls silent, talks nonsense or floods."""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from asterisk_double import AsteriskDouble, TalkingCall, block, moment
from program import Client, Server, until

LOVELACE = "+493023125042"
# Two pings, the pauses between attempts, and a second for each.
BACK_WITHIN = 30
# How it stands in words while it is connected; the second for as long as it runs after an event without a time.
CONNECTED = ("Connected", "Its events have no time")


@dataclass
class Office:
    """The phone system, and the server that is connected to it."""

    interface: AsteriskDouble
    server: Server
    admin: Client
    ada: Client

    @property
    def condition(self) -> dict:
        sources = self.admin.json("admin/sources")["sources"]
        return next(source for source in sources if source["name"] == "office")

    def comes_back(self, after: int) -> None:
        """Connected again after so many visits, with the calls taken stock of."""

        def is_back() -> bool:
            return self.interface.visits > after and self.condition["text"].startswith(CONNECTED)

        until(is_back, BACK_WITHIN, "it is connected again")

    def says(self, words: str) -> None:
        """Until *Connections* says it, in red."""

        def is_said() -> bool:
            condition = self.condition
            return condition["state"] == "red" and words in condition["text"]

        until(is_said, BACK_WITHIN, f"it is said: {words}")

    def kept(self) -> list[str]:
        """What was not understood, from a backup: nobody else opens the store of a running server."""
        backup = self.server.folder.with_name("kept.sqlite")
        backup.unlink(missing_ok=True)
        self.server.command("backup", str(backup))
        with contextlib.closing(sqlite3.connect(backup)) as store:
            return [body for (body,) in store.execute("select body from kept_message where source = 'office'")]

    def goes_on(self) -> None:
        """The call is the same one, and still there."""
        calls = [call for call in self.ada.desk()["calls"] if call["system"] == "office"]
        assert [(call["state"], call["title"]) for call in calls] == [("talking", "Ada Lovelace")]

    def is_over(self) -> dict:
        """The call, once it is over."""
        desk = self.ada.desk_where(lambda desk: desk["calls"][0]["state"] == "wrapUp", BACK_WITHIN)
        return desk["calls"][0]


@pytest.fixture(scope="module")
def connected(program: str, tmp_path_factory) -> Iterator[Office]:
    interface = AsteriskDouble()
    folder = tmp_path_factory.mktemp("manager")
    (folder / "callmatch.yaml").write_text(interface.settings("office"))
    server = Server(program, folder / "data", "--config", str(folder / "callmatch.yaml")).start()
    office = Office(interface, server, server.sign_in("admin"), server.sign_in("ada"))
    yield office
    assert server.audit()["unexplained"] == 0
    assert server.stop() == 0
    interface.close()


@pytest.fixture
def office(connected: Office) -> Iterator[Office]:
    """Connected, with a customer who talks with Ada; afterwards that call is over."""
    interface = connected.interface
    interface.is_silent = interface.is_taken = False
    interface.calls = [TalkingCall(LOVELACE, name=moment())]
    before = interface.visits
    if before:
        interface.reset()
    connected.comes_back(before)
    (call,) = connected.ada.desk_where(lambda desk: len(desk["calls"]) == 1)["calls"]
    assert (call["state"], call["title"]) == ("talking", "Ada Lovelace")
    yield connected
    interface.calls = []
    for call in connected.ada.desk()["calls"]:
        if call["state"] == "talking":
            interface.reset()
            connected.is_over()
        assert connected.ada.post(f"calls/{call['id']}/done").status_code == 204


NOISE = block(("Event", "VarSet"), ("Timestamp", "1795357563.397635"), ("Variable", "A"), ("Value", "b"))
UNKNOWN = block(("Event", "FromTheFuture"), ("Timestamp", "1795357563.397635"), ("Uniqueid", "9.9"))
BROKEN = [
    b"no colon at all\r\n\r\n",
    b": no key\r\n\r\n",
    b"\xff\xfe\x00 not text: \xff\r\n\r\n",
    b"\r\n\r\n\r\n",
    block(("Event", "Hangup"), ("Timestamp", "soon"), ("Uniqueid", "42.2")),
    block(("Event", "BridgeEnter"), ("Timestamp", "1"), ("Uniqueid", "x" * 300)),
    block(("Response", "Success"), ("ActionID", "never-asked")),
]
# As they are kept: those of `BROKEN` that are neither an event nor an answer, and the unknown one.
STRANGE = {
    "no colon at all",
    "no key",
    "\ufffd\ufffd\ufffd not text: \ufffd",
    "Event: FromTheFuture\nTimestamp: 1795357563.397635\nUniqueid: 9.9",
}


def reset(office: Office) -> None:
    """In the middle of a message; the call goes on meanwhile."""
    before = office.interface.visits
    office.interface.send(NOISE[:20])
    office.interface.reset()
    office.comes_back(before)
    office.goes_on()


def reset_and_end(office: Office) -> None:
    """The call ends while nobody listens: its end is rebuilt, and marked as that."""
    before = office.interface.visits
    office.interface.calls = []
    office.interface.reset()
    office.comes_back(before)
    call = office.is_over()
    assert call["reconstructed"] and call["endedAt"]


def fall_silent(office: Office) -> None:
    """The connection stays open, and nothing is answered."""
    before = office.interface.visits
    office.interface.is_silent = True
    until(lambda: office.condition["state"] == "red", BACK_WITHIN, "the loss is noticed")
    office.interface.is_silent = False
    office.comes_back(before)
    office.goes_on()


def send_an_endless_line(office: Office) -> None:
    before = office.interface.visits
    office.interface.send_without_end(b"Event: " + b"x" * 2_000_000)
    office.comes_back(before)
    office.goes_on()


def send_an_endless_message(office: Office) -> None:
    before = office.interface.visits
    office.interface.send_without_end(b"Key: value\r\n" * 2000)
    office.comes_back(before)
    office.goes_on()


def send_ten_thousand_events(office: Office) -> None:
    """At once; what stands behind them comes through, on the same connection."""
    before = office.interface.visits
    office.interface.send(NOISE * 10_000)
    office.interface.send(office.interface.calls[0].hangups())
    office.is_over()
    assert office.interface.visits == before


def send_what_nobody_knows(office: Office) -> None:
    """Broken blocks, events without what they need, unknown ones: the next one is understood.

    What is no event of a known kind is counted, and kept as it stood.
    """
    before, counted = office.interface.visits, office.condition["unknown"]
    for message in (*BROKEN, UNKNOWN):
        office.interface.send(message)
    until(lambda: office.condition["unknown"] == counted + len(STRANGE), what="they are counted")
    assert "“FromTheFuture”" in office.condition["text"]
    metrics = office.admin.request("GET", "/metrics").text
    assert f'callmatch_phone_system_unknown{{system="office"}} {counted + len(STRANGE)}.0' in metrics
    until(lambda: set(office.kept()) >= STRANGE, what="they are kept")
    office.goes_on()
    office.interface.send(office.interface.calls[0].hangups())
    office.is_over()
    assert office.interface.visits == before


def give_the_place_away(office: Office) -> None:
    """Another program has the user's only place: we are put out and not let in, until it leaves."""
    before = office.interface.visits
    office.interface.is_taken = True
    office.interface.reset()
    office.says("refused user name or secret")
    # Nothing can be done about the call, which is said by leaving out the buttons.
    assert office.ada.desk()["calls"][0]["can"] == []
    assert office.interface.visits == before
    office.interface.is_taken = False
    office.comes_back(before)
    office.goes_on()


def send_events_without_time(office: Office) -> None:
    """They are dropped and counted, and it is said for as long as the server runs."""
    office.interface.send(block(("Event", "Hangup"), ("Uniqueid", office.interface.calls[0].ids[1])))
    office.says("have no time")
    office.goes_on()


FAULTS = [
    reset,
    reset_and_end,
    fall_silent,
    send_an_endless_line,
    send_an_endless_message,
    send_ten_thousand_events,
    send_what_nobody_knows,
    give_the_place_away,
    send_events_without_time,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_f30_the_phone_systems_connection(office: Office, fault):
    """During a call the connection to a phone system is reset, falls silent, has a line or a message without end,
    broken and unknown messages, 10,000 events at once, or is given to another program.

    Expected: it is connected again and takes stock, the call is one call, what is wrong is said.
    Control: a call that did end meanwhile is over; an event that is in order ends it on the same connection.
    """
    fault(office)
