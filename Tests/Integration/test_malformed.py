"""Signed events that cannot be read: refused whole, with the field that is wrong and what would help."""

import json

import pytest
from program import Server
from webhooks import PhoneSystem, ReportedCall, signed_headers

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
    answer = phones.post(body, signed_headers(phones.secret, body, phones.message_id()))
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
        answer = phones.post(body, signed_headers(phones.secret, body, phones.message_id()))
        assert (answer.status_code, answer.json().get("field")) in ((400, "call"), (400, None))
