"""Forged, old and malformed events: none is taken, and the sender is told no more than it needs."""

import base64
import json
import os
import re
import time
from collections.abc import Callable

import pytest
from program import Client, Server
from webhooks import PhoneSystem, ReportedCall, signature, signed_headers

NUMBER = "+4917655502001"


@pytest.fixture
def call(phones: PhoneSystem) -> ReportedCall:
    return ReportedCall(phones, NUMBER)


@pytest.fixture
def untouched(server: Server):
    """After the test there is not one call more than before."""
    before = server.audit()
    yield
    assert server.audit() == before


def other_secret() -> str:
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()


def ago(seconds: int) -> str:
    return str(int(time.time()) - seconds)


def resigned(secret: str, body: bytes, message: str = "msg-1", timestamp: str | None = None) -> dict:
    return signed_headers(secret, body, message, timestamp)


def with_signature(change: Callable[[str], str]) -> Callable:
    """The right headers, with the signature changed."""

    def forge(secret: str, body: bytes) -> dict:
        headers = resigned(secret, body)
        return headers | {"webhook-signature": change(headers["webhook-signature"])}

    return forge


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
    return lambda secret, body: {k: v for k, v in resigned(secret, body).items() if k != name}


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
    "another secret": lambda secret, body: resigned(other_secret(), body),
    "the empty secret": lambda secret, body: resigned("whsec_", body),
    "the secret as text": lambda secret, body: resigned(
        "whsec_" + base64.b64encode(secret.encode()).decode(), body
    ),
    "another body": lambda secret, body: resigned(secret, body + b" "),
    "another id": lambda secret, body: resigned(secret, body) | {"webhook-id": "msg-2"},
    "another time": lambda secret, body: resigned(secret, body) | {"webhook-timestamp": ago(5)},
    "a point in the id": lambda secret, body: resigned(secret, body, "msg.1"),
    "an empty id": lambda secret, body: resigned(secret, body, "") | {"webhook-id": ""},
    "an id of 65 letters": lambda secret, body: resigned(secret, body, "m" * 65),
    "an id in letters": lambda secret, body: resigned(secret, body, "mäh"),
    "301 seconds old": lambda secret, body: resigned(secret, body, timestamp=ago(302)),
    "301 seconds ahead": lambda secret, body: resigned(secret, body, timestamp=ago(-302)),
    "a year old": lambda secret, body: resigned(secret, body, timestamp=ago(365 * 86400)),
    "1e9": lambda secret, body: resigned(secret, body, timestamp="1e9"),
    "negative": lambda secret, body: resigned(secret, body, timestamp="-" + ago(0)),
    "with a plus": lambda secret, body: resigned(secret, body, timestamp="+" + ago(0)),
    "milliseconds": lambda secret, body: resigned(secret, body, timestamp=ago(0) + "000"),
    "a fraction": lambda secret, body: resigned(secret, body, timestamp=ago(0) + ".0"),
    "20 digits": lambda secret, body: resigned(secret, body, timestamp="0" * 10 + ago(0)),
    "zero": lambda secret, body: resigned(secret, body, timestamp="0"),
    "no time": lambda secret, body: resigned(secret, body, timestamp="now"),
}


def shape(answer) -> tuple:
    headers = {k.lower(): v for k, v in answer.headers.items() if k.lower() != "date"}
    return answer.status_code, answer.content, tuple(sorted(headers.items()))


def test_no_forgery_is_taken_and_all_are_answered_alike(untouched, phones, call):
    """Not even a byte tells which check failed, or that there is no such source."""
    body = json.dumps(call.event("offered")).encode()
    shapes = {}
    for name, forge in FORGERIES.items():
        headers = {k: v.encode() for k, v in forge(phones.secret, body).items()}
        shapes[name] = shape(phones.post(body, headers))
    nowhere = PhoneSystem(phones.address + "-not-there", phones.secret)
    shapes["no such source"] = shape(nowhere.post(body, resigned(phones.secret, body)))
    assert {status for status, *_ in shapes.values()} == {401}
    assert len(set(shapes.values())) == 1, {name: shape[:2] for name, shape in shapes.items()}


def test_a_header_that_comes_twice_is_refused(untouched, server: Server, phones, call):
    """Of two, another program on the way may have read the other one."""
    from http.client import HTTPConnection

    body = json.dumps(call.event("offered")).encode()
    headers = resigned(phones.secret, body)
    for twice in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.putrequest("POST", f"/api/v1/events/{phones.name}")
        for name, value in [*headers.items(), (twice, headers[twice])]:
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        assert connection.getresponse().status == 401, twice
        connection.close()


def test_one_right_signature_among_several_is_enough(phones, call):
    """A sender that changes its secret signs with both; other versions are for other receivers."""
    body = json.dumps(call.event("offered")).encode()
    headers = resigned(phones.secret, body, phones.message_id())
    wrong = signature(other_secret(), "msg", ago(0), body)
    for text in (
        f"{wrong} {headers['webhook-signature']}",
        f"{headers['webhook-signature']} {wrong}",
        f"v1a,{wrong[3:]} v2,what {headers['webhook-signature']}",
    ):
        assert phones.post(body, headers | {"webhook-signature": text}).status_code == 200
    call.report("ended")


def test_the_clock_may_differ_by_five_minutes(server: Server, admin: Client, phones, call):
    body = json.dumps(call.event("offered")).encode()
    for seconds in (295, -295, 0):
        headers = resigned(phones.secret, body, phones.message_id(), ago(seconds))
        assert phones.post(body, headers).status_code == 200
    headers = resigned(phones.secret, body, phones.message_id(), ago(4000))
    assert phones.post(body, headers).status_code == 401
    sources = {source["name"]: source for source in admin.json("admin/sources")["sources"]}
    assert re.search(r"clock differs by -400[0-2] seconds", sources[phones.name]["text"])
    call.report("ended")


# Right signature, wrong content -----------------------------------------------------------------

AT = "2026-11-22T15:04:05.123Z"
OFFERED = {"call": "1", "event": "offered", "at": AT}

# Body → the field that the refusal names.
MALFORMED = [
    (b"", None),
    (b"{", None),
    (b"null", None),
    (b"[1]", "[0]"),
    (b"\xff\xfe{}", None),
    (b"<event/>", None),
    (b"[" * 10_000, None),
    (b'{"call":"1","event":"offered","at":"' + AT.encode() + b'"} x', None),
    ({}, "event"),
    ({"event": "offered"}, "call"),
    ({"event": "offered", "call": "1"}, "at"),
    ({**OFFERED, "event": 5}, "event"),
    ({**OFFERED, "event": ""}, "event"),
    ({**OFFERED, "call": 17}, "call"),
    ({**OFFERED, "call": ""}, "call"),
    ({**OFFERED, "call": "x" * 257}, "call"),
    ({**OFFERED, "call": "ä" * 129}, "call"),
    ({**OFFERED, "call": "a\u0000b"}, "call"),
    ({**OFFERED, "at": 1_795_000_000}, "at"),
    ({**OFFERED, "at": "2026-11-22T15:04:05"}, "at"),
    ({**OFFERED, "at": "yesterday"}, "at"),
    ({**OFFERED, "at": "2026-02-30T00:00:00Z"}, "at"),
    ({**OFFERED, "at": "1999-12-31T23:59:59Z"}, "at"),
    ({**OFFERED, "direction": "in"}, "direction"),
    ({**OFFERED, "from": "+4930123456"}, "from"),
    ({**OFFERED, "from": {}}, "from.number"),
    ({**OFFERED, "from": {"number": 4930}}, "from.number"),
    ({**OFFERED, "from": {"number": "1", "name": 5}}, "from.name"),
    ({**OFFERED, "to": {"name": "x"}}, "to.number"),
    ({**OFFERED, "extension": 1001}, "extension"),
    ({**OFFERED, "queue": ["Sales"]}, "queue"),
    ({**OFFERED, "sequence": "1"}, "sequence"),
    ({**OFFERED, "sequence": 1.5}, "sequence"),
    ({**OFFERED, "conversation": "y" * 257}, "conversation"),
    ([OFFERED, {**OFFERED, "at": "now"}], "[1].at"),
    ([OFFERED, OFFERED, {"event": "ended", "at": AT}], "[2].call"),
    (b'{"call":"1","call":"2","event":"offered","at":"' + AT.encode() + b'"}', "call"),
    ({"Call": "1", "event": "offered", "at": AT}, "call"),
]


@pytest.mark.parametrize(("content", "field"), MALFORMED)
def test_a_body_that_cannot_be_read_names_the_field(untouched, phones, content, field):
    """The whole body is refused, and it says what would help."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    answer = phones.post(body, resigned(phones.secret, body, phones.message_id()))
    problem = answer.json()
    assert answer.status_code == 400, problem
    assert problem.get("field") == field
    assert problem["title"] and problem["detail"]
    if field:
        assert field in problem["detail"]


def test_a_refused_message_may_come_again_mended(server: Server, phones, call):
    """Nothing of it was stored, so its id is not known."""
    message = phones.message_id()
    assert phones.send({**call.event("offered"), "at": "now"}, message=message).status_code == 400
    answer = phones.send(call.event("offered"), message=message)
    assert answer.json() == {"status": "accepted"}
    call.report("ended")


def test_a_hundred_events_at_once_and_no_more(server: Server, phones, call):
    events = [{**call.event("offered"), "call": f"{call.id}-{n}"} for n in range(101)]
    answer = phones.send(*events)
    assert (answer.status_code, "100" in answer.json()["detail"]) == (413, True)
    before = server.audit()["calls"]
    phones.report(*events[:100])
    assert server.audit()["calls"] == before + 100
    for part in (events[:50], events[50:100]):
        phones.report(*[{**event, "event": "ended"} for event in part])


def test_numbers_in_json_keep_their_digits(server: Server, phones):
    """An id is text: a number is refused before two ids can become one."""
    for wrong in (12345678901234567890, 1e400):
        body = json.dumps({**OFFERED, "call": "X"}).replace('"X"', str(wrong)).encode()
        answer = phones.post(body, resigned(phones.secret, body, phones.message_id()))
        assert (answer.status_code, answer.json().get("field")) in ((400, "call"), (400, None))
