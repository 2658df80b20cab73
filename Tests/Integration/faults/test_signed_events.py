"""F31 to F33: events whose signature, time or id is not right, and messages that somebody sends again."""

import base64
import contextlib
import json
import os
import re
import sqlite3
import time
from collections.abc import Callable
from http.client import HTTPConnection

import pytest
from program import Client, Server, until
from webhooks import PhoneSystem, ReportedCall, known_as, signature, signed_headers

NUMBER = "+4917655506201"
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


@pytest.fixture
def call(phones: PhoneSystem) -> ReportedCall:
    return ReportedCall(phones, NUMBER)


def other_secret() -> str:
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()


def ago(seconds: int) -> str:
    return str(int(time.time()) - seconds)


def signed(secret: str, body: bytes, message: str = "msg-1", timestamp: str | None = None) -> dict:
    return signed_headers(secret, body, message, timestamp)


def with_signature(change: Callable[[str], str]) -> Callable:
    """The right headers, with the signature changed."""

    def forge(secret: str, body: bytes) -> dict:
        headers = signed(secret, body)
        return headers | {"webhook-signature": change(headers["webhook-signature"])}

    return forge


def at(timestamp: Callable[[], str]) -> Callable:
    """Signed rightly, at another time."""
    return lambda secret, body: signed(secret, body, timestamp=timestamp())


def flipped(text: str) -> str:
    raw = bytearray(base64.b64decode(text.removeprefix("v1,")))
    raw[-1] ^= 1
    return "v1," + base64.b64encode(raw).decode()


def longer(text: str) -> str:
    raw = base64.b64decode(text.removeprefix("v1,"))
    return "v1," + base64.b64encode(raw + b"\0").decode()


def shorter(text: str) -> str:
    raw = base64.b64decode(text.removeprefix("v1,"))
    return "v1," + base64.b64encode(raw[:16]).decode()


def without(name: str) -> Callable:
    return lambda secret, body: {k: v for k, v in signed(secret, body).items() if k != name}


# Each gives the headers of a request that somebody forged, from the right secret and the body.
FORGERIES: dict[str, Callable[[str, bytes], dict]] = {
    "no headers": lambda secret, body: {},
    "no id": without("webhook-id"),
    "no timestamp": without("webhook-timestamp"),
    "no signature": without("webhook-signature"),
    "empty signature": with_signature(lambda text: ""),
    "only the version": with_signature(lambda text: "v1,"),
    "no version": with_signature(lambda text: text.removeprefix("v1,")),
    "unknown version": with_signature(lambda text: text.replace("v1,", "v9,")),
    "the other kind's version": with_signature(lambda text: text.replace("v1,", "v1a,")),
    "last bit flipped": with_signature(flipped),
    "a byte more": with_signature(longer),
    "half of it": with_signature(shorter),
    "a letter less": with_signature(lambda text: text[:-2]),
    "all in capitals": with_signature(lambda text: "v1," + text[3:].upper()),
    "hexadecimal": with_signature(lambda text: "v1," + base64.b64decode(text[3:]).hex()),
    "seventeen signatures": with_signature(lambda text: " ".join(["v1,AAAA"] * 17 + [text])),
    "commas between two": with_signature(lambda text: f"v1,AAAA,{text}"),
    "another secret": lambda secret, body: signed(other_secret(), body),
    "the empty secret": lambda secret, body: signed("whsec_", body),
    "the secret as text": lambda secret, body: signed(
        "whsec_" + base64.b64encode(secret.encode()).decode(), body
    ),
    "a space more in the body": lambda secret, body: signed(secret, body + b" "),
    "another id": lambda secret, body: signed(secret, body) | {"webhook-id": "msg-2"},
    "another time": lambda secret, body: signed(secret, body) | {"webhook-timestamp": ago(5)},
    "a point in the id": lambda secret, body: signed(secret, body, "msg.1"),
    "an empty id": lambda secret, body: signed(secret, body, "") | {"webhook-id": ""},
    "an id of 65 letters": lambda secret, body: signed(secret, body, "m" * 65),
    "an id in letters": lambda secret, body: signed(secret, body, "mäh"),
}

# The same where only the time is not right.
TIMES: dict[str, Callable[[str, bytes], dict]] = {
    "301 seconds old": at(lambda: ago(302)),
    "301 seconds ahead": at(lambda: ago(-302)),
    "a year old": at(lambda: ago(365 * 86400)),
    "1e9": at(lambda: "1e9"),
    "negative": at(lambda: "-" + ago(0)),
    "with a plus": at(lambda: "+" + ago(0)),
    "milliseconds": at(lambda: ago(0) + "000"),
    "a fraction": at(lambda: ago(0) + ".0"),
    "20 digits": at(lambda: "0" * 10 + ago(0)),
    "zero": at(lambda: "0"),
    "no time": at(lambda: "now"),
}


def shape(answer) -> tuple:
    headers = {k.lower(): v for k, v in answer.headers.items() if k.lower() != "date"}
    return answer.status_code, answer.content, tuple(sorted(headers.items()))


def shapes(phones: PhoneSystem, call: ReportedCall, forgeries: dict[str, Callable]) -> dict[str, tuple]:
    """What each forgery is answered."""
    body = json.dumps(call.event("offered")).encode()
    found = {}
    for name, forge in forgeries.items():
        headers = {k: v.encode() for k, v in forge(phones.secret, body).items()}
        found[name] = shape(phones.post(body, headers))
    return found


def status_with_twice(phones: PhoneSystem, port: int, body: bytes, name: str) -> int:
    """What a request with one header twice is answered."""
    headers = signed(phones.secret, body)
    with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.putrequest("POST", f"/api/v1/events/{phones.name}")
        for key, value in [*headers.items(), (name, headers[name])]:
            connection.putheader(key, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        return connection.getresponse().status


def test_f31_forgeries(server: Server, phones, call, counted, record_property):
    """Signatures that are missing, wrong, cut, longer, empty, of another secret, id or body; headers that come twice.

    Expected: 401, alike to the byte, as for a source that there is not; no call.
    Control: the same body, signed rightly, is taken; so are a sender and a receiver that change their secret.
    """
    found = shapes(phones, call, FORGERIES)
    nowhere = PhoneSystem(phones.address + "-not-there", phones.secret)
    found |= shapes(nowhere, call, {"no such source": signed})
    assert {status for status, *_ in found.values()} == {401}
    assert len(set(found.values())) == 1, {name: each[:2] for name, each in found.items()}
    body = json.dumps(call.event("offered")).encode()
    assert [status_with_twice(phones, server.port, body, name) for name in HEADERS] == [401] * 3
    assert counted() == {}
    # The very same body is taken when nothing is forged.
    assert phones.post(body, signed(phones.secret, body, phones.message_id())).status_code == 200
    assert counted() == {"calls": 1, "live": 1}
    call.report("ended")
    record_property("forgeries", len(found) + len(HEADERS))


def test_control_of_f31_a_sender_changes_its_secret(phones, call):
    """A sender that changes its secret signs with both; signatures of other versions are for other receivers.

    Expected: one right signature among several is enough, and none among two is 401.
    """
    body = json.dumps(call.event("offered")).encode()
    headers = signed(phones.secret, body, phones.message_id())
    wrong = signature(other_secret(), "msg", ago(0), body)
    for text, status in (
        (f"{wrong} {headers['webhook-signature']}", 200),
        (f"{headers['webhook-signature']} {wrong}", 200),
        (f"v1a,{wrong[3:]} v2,what {headers['webhook-signature']}", 200),
        (f"{wrong} {wrong}", 401),
    ):
        assert phones.post(body, headers | {"webhook-signature": text}).status_code == status
    call.report("ended")


def test_control_of_f31_the_server_changes_its_secret(server: Server, phones, call):
    """The store has a new and an old secret of a source, and then the new one alone.

    Expected: both are taken as long as both are there; then the old one is 401.
    """
    old, new = phones.secret, other_secret()
    statuses = []
    for kept in (old, None):
        server.stop()
        with contextlib.closing(sqlite3.connect(server.folder / "callmatch.sqlite")) as store, store:
            change = "update event_source set secret = ?, previous_secret = ? where name = ?"
            store.execute(change, (new, kept, phones.name))
        server.start()
        for secret in (new, old, other_secret()):
            sender = PhoneSystem(phones.address, secret)
            statuses.append(sender.send(call.event("offered")).status_code)
    assert statuses == [200, 200, 401, 200, 401, 401]
    phones.secret = new
    call.report("ended")


def test_f32_times(admin: Client, phones, call, counted):
    """Times 301 s old or ahead, a year old, `1e9`, negative, of 20 digits, in milliseconds, or no times.

    Expected: 401, alike to the byte, no call; the administrator is told by how much the clock differs.
    Control: 295 s old and ahead are taken.
    """
    found = shapes(phones, call, TIMES)
    assert {status for status, *_ in found.values()} == {401}
    assert len(set(found.values())) == 1, {name: each[:2] for name, each in found.items()}
    body = json.dumps(call.event("offered")).encode()
    assert phones.post(body, signed(phones.secret, body, timestamp=ago(4000))).status_code == 401
    assert counted() == {}
    sources = {source["name"]: source for source in admin.json("admin/sources")["sources"]}
    assert re.search(r"clock differs by -400[0-2] seconds", sources[phones.name]["text"])
    for seconds in (295, -295, 0):
        headers = signed(phones.secret, body, phones.message_id(), ago(seconds))
        assert phones.post(body, headers).status_code == 200
    assert counted() == {"calls": 1, "live": 1}
    call.report("ended")


def test_f33_a_replay_after_a_restart(server: Server, phones, call, counted):
    """A message is sent again inside its window after a stop and after a kill, also with another content under its id.

    Expected: 200 "known", and nothing changes.
    Control: the other content, under an id of its own, changes the call.
    """
    event, message = call.event("offered"), phones.message_id()
    assert phones.send(event, message=message).json() == {"status": "accepted"}
    changed = call.event("offered", queue="Changed", sequence=7)
    for restart in (server.restart, lambda: (server.kill(), server.start())):
        restart()
        for repeat in (event, changed):
            again = phones.send(repeat, message=message)
            assert (again.status_code, again.json()) == (200, {"status": "known"})
    facts = [len(each["call"]["facts"]) for each in server.export(NUMBER)["calls"] if is_of(each, call)]
    assert (facts, counted()) == ([1], {"calls": 1, "live": 1})
    assert phones.send(changed).json() == {"status": "accepted"}
    (told,) = [each["call"] for each in server.export(NUMBER)["calls"] if is_of(each, call)]
    assert (len(told["facts"]), told["queue"]) == (2, "Changed")
    call.report("ended")


def is_of(kept: dict, call: ReportedCall) -> bool:
    return kept["call"]["id"]["value"] == call.id


def test_r18_a_message_is_known_for_a_week(server: Server, phones, call, counted):
    """Messages that were taken seven and nine days ago are sent again after a restart.

    Expected: the younger one is known, without effect.
    Control: the older one, which no sender repeats any more, has been forgotten.
    """
    event, messages = call.event("offered"), [phones.message_id() for _ in range(2)]
    for message in messages:
        assert phones.send(event, message=message).json() == {"status": "accepted"}
    server.stop()
    with contextlib.closing(sqlite3.connect(server.folder / "callmatch.sqlite")) as store, store:
        for message, days in zip(messages, (7, 9), strict=True):
            change = "update message set received_at = received_at - ? where id = ?"
            changed = store.execute(change, (days * 86_400_000, known_as(phones.name, message)))
            assert changed.rowcount == 1
    server.start()

    def known() -> list[str]:
        file = f"file:{server.folder}/callmatch.sqlite?mode=ro"
        with contextlib.closing(sqlite3.connect(file, uri=True)) as store:
            return [known for (known,) in store.execute("select id from message")]

    until(lambda: known_as(phones.name, messages[1]) not in known(), within=30, what="the old one is forgotten")
    assert phones.send(event, message=messages[0]).json() == {"status": "known"}
    assert phones.send(event, message=messages[1]).json() == {"status": "accepted"}
    # Which changes nothing all the same: the event itself is known.
    assert counted() == {"calls": 1, "live": 1}
    call.report("ended")
