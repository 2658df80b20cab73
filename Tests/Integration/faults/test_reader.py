"""The connection to a phone system: its reader waits for nobody, and one that is away or silent is looked for again."""

import signal
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from asterisk_double import SHOWN, AsteriskDouble, TalkingCall, block, moment
from dropped import DroppingCable
from form import either
from load import has_passed, next_number
from program import Server, until
from store_cluster import Cluster
from webhooks import iso

# Seconds.
FROZEN, STOPPED = either(4, 10), 2
LOOKS_EVERY, CALL_EVERY = 0.001, 0.04
# What passes does not wait for them. A silence should be noticed after two pings, 10 s.
WITHIN, NOTICED_WITHIN = 120, 30
# Attempts to connect after a loss, the last of which is let in; and channels, two for each call.
ATTEMPTS, CHANNELS = either((4, 100), (8, 500))
GONE, STAYING, NEW = 20, 5, CHANNELS // 2 - 5
UNSEEN = {"kind": "unknown", "raw": "end not seen"}
# Of linux/netlink.h, sock_diag.h and inet_diag.h: what the kernel says of one connection, and where in its answer.
SOCK_DIAG, BY_FAMILY, UNREAD_AT = 4, 20, 72
# Of linux/in.h.
IP_RECVERR = 11
LOOPBACK, NO_INTERFACE_NO_COOKIE = socket.inet_aton("127.0.0.1").ljust(16, b"\0"), bytes(4) + b"\xff" * 8


class Exchange(AsteriskDouble):
    """Notes who comes, and may turn them away. It falls silent on the connection it has, not on the next one."""

    def __init__(self, *place):
        self.arrivals, self.turns_away = [], 0
        super().__init__(*place)

    def _serve(self, connection: socket.socket) -> None:
        self.arrivals.append(time.monotonic())
        self.is_silent = False
        if self.turns_away:
            self.turns_away -= 1
            connection.close()
        else:
            super()._serve(connection)

    def unread(self, kernel: socket.socket) -> int:
        """Bytes that have arrived at the other end and that it has not read."""
        ends = struct.pack("!HH", self._connection.getpeername()[1], self.port) + 2 * LOOPBACK + NO_INTERFACE_NO_COOKIE
        asked = struct.pack("=IHHQBBHI", 72, BY_FAMILY, 1, 0, socket.AF_INET, socket.IPPROTO_TCP, 0, 0xFFFFFFFF)
        kernel.send(asked + ends)
        answer = kernel.recv(4096)
        assert struct.unpack_from("=H", answer, 4) == (BY_FAMILY,), "the kernel knows no such connection"
        return struct.unpack_from("=I", answer, UNREAD_AT)[0]

    def left_unread(self, seconds: float) -> tuple[float, float]:
        """How long at most something lay unread in the next seconds, and how long nobody looked; in milliseconds."""
        last, since, longest, away = (began := time.monotonic()), None, 0.0, 0.0
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, SOCK_DIAG) as kernel:
            while last < began + seconds:
                is_unread, now = self.unread(kernel) > 0, time.monotonic()
                longest = max(longest, now - since) if since else longest
                since = (since or now) if is_unread else None
                away, last = max(away, now - last), now
                threading.Event().wait(LOOKS_EVERY)
        return round(longest * 1000, 1), round(away * 1000, 1)


class BridgedCall(TalkingCall):
    """One of many: in a bridge of its own."""

    def statuses(self) -> list[list[tuple[str, str]]]:
        own = ("BridgeID", self.ids[0])
        return [[own if field[0] == "BridgeID" else field for field in fields] for fields in super().statuses()]


def calls_of(number: str, count: int) -> list[TalkingCall]:
    return [BridgedCall(number, f"{number}-{each}") for each in range(count)]


def missed_call(number: str, id: str) -> bytes:
    """A caller rings at 1001 and gives up: four messages."""
    caller = (
        ("Channel", "PJSIP/trunk-00000001"), ("ChannelStateDesc", "Ring"), ("CallerIDNum", number), ("Exten", "1001"),
        ("Uniqueid", id), ("Linkedid", id), ("ChanVariable", SHOWN),
    )  # fmt: skip
    phone = (
        ("Channel", "PJSIP/1001-00000002"), ("ChannelStateDesc", "Down"), ("Uniqueid", f"{id}.phone"),
        ("Linkedid", id), ("ChanVariable", SHOWN.replace("CALLERID", "CONNECTEDLINE")),
    )  # fmt: skip
    rung = [(f"Dest{key}", value) for key, value in phone]
    told = (("Newchannel", *caller), ("DialBegin", *caller, *rung), ("Hangup", *phone), ("Hangup", *caller))
    return b"".join(block(("Event", event), ("Timestamp", moment()), *fields) for event, *fields in told)


@contextmanager
def telling(exchange: Exchange, number: str) -> Iterator[list[str]]:
    """Of one call after the other; their ids."""
    ids, over = [], threading.Event()

    def tell() -> None:
        while not over.wait(CALL_EVERY):
            ids.append(f"missed-{len(ids)}")
            exchange.send(missed_call(number, ids[-1]))

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    yield ids
    over.set()
    thread.join()


@contextmanager
def standing_still(send: Callable[[signal.Signals], None]) -> Iterator[None]:
    send(signal.SIGSTOP)
    try:
        yield
    finally:
        send(signal.SIGCONT)


@pytest.fixture
def exchanges() -> list[Exchange]:
    return [Exchange(), Exchange()]


def connected(program: str, folder: Path, exchanges: list[Exchange], *options: str) -> Server:
    """A server, once it has taken stock at each."""
    kind, config = "phone-systems:\n", folder / "callmatch.yaml"
    each = (exchange.settings(f"office{number}").removeprefix(kind) for number, exchange in enumerate(exchanges))
    config.write_text(kind + "".join(each))
    server = Server(program, folder / "data", "--config", str(config), *options).start()
    until(lambda: are_connected(server, exchanges), WITHIN, "it is connected")
    return server


def are_connected(server: Server, exchanges: list[Exchange]) -> bool:
    systems = server.sign_in("admin").json("admin/sources")["sources"]
    return sum(system["text"].startswith("Connected") for system in systems) == len(exchanges)


def held(server: Server, number: str) -> dict[str, dict]:
    """The calls of a number, as `callmatch export` tells them."""
    return {held["call"]["id"]["value"]: held["call"] for held in server.export(number)["calls"]}


def ends(call: dict) -> list[dict]:
    return [fact for fact in call["facts"] if fact["kind"] == "ended"]


def stop_with(server: Server, live: int) -> None:
    """So many calls are live, here and at each phone system; then the server stops."""
    counts = server.audit()
    assert (counts["live"], counts["unexplained"]) == (live, 0), counts
    assert not any(each["gone"] or each["missing"] for each in counts["phoneSystems"]), counts
    assert server.stop() == 0


def test_r11_the_reader_never_waits_for_the_store(program, cluster: Cluster, exchanges, tmp_path, record_property):
    """PostgreSQL stands still while a phone system tells of 25 calls a second, in 100 messages.

    Expected: the socket is read all the while, on one connection, and every call is kept once the store goes on.
    Control: a server that stands still itself leaves it unread for as long.
    """
    exchange, number = exchanges[0], next_number()
    server = connected(program, tmp_path, [exchange], "--database", cluster.new_store())
    with telling(exchange, number) as told:
        before, _ = exchange.left_unread(STOPPED)
        with standing_still(cluster.signal):
            so_far = len(told)
            frozen, away = exchange.left_unread(FROZEN)
            meanwhile = len(told) - so_far
            until(lambda: server.nobody().request("GET", "/ready").status_code == 503, WITHIN, "the store is away")
        until(lambda: server.nobody().request("GET", "/ready").status_code == 200, WITHIN, "the store is back")
        with standing_still(server.process.send_signal):
            stopped, _ = exchange.left_unread(STOPPED)
    record_property("longest unread, ms", before)
    record_property(f"longest unread with the store frozen for {FROZEN} s, ms", frozen)
    record_property("longest without a look, ms", away)
    record_property("calls told meanwhile", meanwhile)
    record_property("control", f"the server stopped for {STOPPED} s: unread for {stopped:.0f} ms")
    assert meanwhile > FROZEN
    assert frozen < FROZEN * 1000 / 4
    assert stopped > STOPPED * 1000 / 2
    until(lambda: set(held(server, number)) == set(told) and server.audit()["live"] == 0, WITHIN, "all are kept")
    assert not any(fact["isReconstructed"] for call in held(server, number).values() for fact in call["facts"])
    assert len(exchange.arrivals) == 1
    stop_with(server, live=0)


def test_r15_a_phone_system_with_500_channels_comes_back(program, exchanges, tmp_path, record_property):
    """A phone system drops its connection, turns us away several times, and comes back with 500 channels (short: 100).

    Expected: the pauses between attempts grow and stay at 15 s; the calls that it has are live, and the phones of
    those that it does not know any more have ended, marked as "end not seen" and at the time of the loss.
    Control: calls that go on have not ended.
    """
    exchange, (gone, staying, new) = exchanges[0], (next_number(), next_number(), next_number())
    remaining = calls_of(staying, STAYING)
    exchange.calls = remaining + calls_of(gone, GONE)
    server = connected(program, tmp_path, [exchange])
    until(lambda: len(held(server, gone)) == GONE and len(held(server, staying)) == STAYING, WITHIN, "calls")
    exchange.calls = remaining + calls_of(new, NEW)
    exchange.turns_away = ATTEMPTS - 1
    lost_at = time.monotonic()
    exchange.reset()
    until(lambda: len(exchange.arrivals) == 1 + ATTEMPTS, WITHIN, "it is let in again")
    back_at, back = time.monotonic(), iso(time.time())
    until(lambda: len(held(server, new)) == NEW, WITHIN, "all its calls are here")
    record_property(f"longest until all {CHANNELS} channels are here, s", f"{time.monotonic() - back_at:.2f}")
    until(lambda: all(map(ends, held(server, gone).values())), WITHIN, "what is gone has ended")
    record_property("longest until what is gone has ended, s", f"{time.monotonic() - back_at:.2f}")
    moments = [lost_at, *exchange.arrivals[1:]]
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    record_property("pauses before attempts, s", " ".join(f"{pause:.1f}" for pause in pauses))
    record_property("control", f"{STAYING} calls that go on are live")
    # Each is twice the one before, give or take a fifth. A slow machine may make them longer.
    assert all(pause > 0.2 * 2**number for number, pause in enumerate(pauses[:4])), pauses
    assert max(pauses) < 15 + 5, pauses
    phones = [end for call in held(server, gone).values() for end in ends(call) if "leg" in end]
    assert len(phones) == GONE
    assert all(end["cause"] == UNSEEN and end["isReconstructed"] and end["at"] < back for end in phones), phones
    assert not any(ends(call) for number in (staying, new) for call in held(server, number).values())
    stop_with(server, live=STAYING + NEW)


def test_r16_a_silent_peer_is_noticed(program, exchanges, tmp_path, record_property):
    """A phone system keeps its connection open and answers nothing any more, at different moments between two pings.

    Expected: it is noticed, and a new connection is made.
    Control: another phone system, which answers, is left alone.
    """
    silent, answering = exchanges
    server = connected(program, tmp_path, exchanges)
    took = []
    for number in range(either(1, 6)):
        until(has_passed(number), number + WITHIN)
        silent.is_silent, began = True, time.monotonic()
        until(lambda: len(silent.arrivals) == number + 2, NOTICED_WITHIN, "somebody comes again")
        took.append(silent.arrivals[-1] - began)
        until(lambda: are_connected(server, exchanges), WITHIN, "it is connected again")
    record_property(f"longest of {len(took)} until a new connection, s", f"{max(took):.1f}")
    record_property("control", f"one that answers had {len(answering.arrivals)} connection")
    assert len(answering.arrivals) == 1
    assert server.stop() == 0


def test_r16_packets_are_dropped(program, tmp_path, record_property):
    """The network drops all packets to and from a phone system without a word, in a call that ends meanwhile.

    Expected: it is noticed, tried again and again, and connected once packets pass; the call is over.
    Control: a socket that sends to it meanwhile is told of no fault, and another phone system is left alone.
    """
    number, took = next_number(), []
    with DroppingCable() as cable:
        exchanges = [Exchange(cable.address, cable.listen), Exchange()]
        far, near = exchanges
        far.calls = [BridgedCall(number, "dropped")]
        server = connected(program, tmp_path, exchanges)
        for turn in range(either(1, 3)):
            until(has_passed(turn), WITHIN)
            with socket.create_connection((cable.address, far.port)) as stranger:
                # So that a word of the network is a fault too.
                stranger.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
                cable.drop()
                began = time.monotonic()
                stranger.sendall(b"Action: Ping\r\n\r\n")
                until(lambda: not are_connected(server, exchanges), NOTICED_WITHIN, "it is noticed")
                took.append(time.monotonic() - began)
                assert stranger.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
                far.calls = []
                cable.carry()
            until(lambda: are_connected(server, exchanges), WITHIN, "it is connected again")
        # It is connected before it has told which calls it has.
        until(lambda: ends(held(server, number)["dropped.1"]), WITHIN, "the call is over")
        call = held(server, number)["dropped.1"]
        assert any(end["cause"] == UNSEEN for end in ends(call)), call
        record_property(f"longest of {len(took)} until packets that are dropped are noticed, s", f"{max(took):.1f}")
        assert len(near.arrivals) == 1
        stop_with(server, live=0)
