"""The generic CTI dialect of Zammad, in its three forms: JSON, form and multipart."""

import itertools
import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from program import Client, Server, until

KNOWN_NUMBER = "493023125042"  # Ada Lovelace's, as this dialect writes it
numbers = itertools.count(1)


class CTI:
    """A phone system of this dialect."""

    def __init__(self, admin: Client, name: str):
        added = admin.post("admin/sources", {"name": name, "dialect": "zammad"})
        assert added.status_code == 201, added.text
        self.name = name
        self.address = added.json()["address"]

    def json(self, **fields) -> requests.Response:
        return requests.post(self.address, json=fields, timeout=30)

    def form(self, **fields) -> requests.Response:
        return requests.post(self.address, data=fields, timeout=30)

    def multipart(self, **fields) -> requests.Response:
        parts = [
            (name, (None, one))
            for name, value in fields.items()
            for one in (value if isinstance(value, list) else [value])
        ]
        return requests.post(self.address, files=parts, timeout=30)

    def raw(self, body: bytes, media: str) -> requests.Response:
        headers = {"Content-Type": media} if media else {}
        return requests.post(self.address, data=body, headers=headers, timeout=30)


@pytest.fixture(scope="module")
def cti(admin: Client) -> CTI:
    return CTI(admin, "zammad-like")


@pytest.fixture
def message() -> dict[str, str]:
    """An inbound call of its own that rings at Ada's."""
    return {
        "callId": f"id-{next(numbers)}-{time.time_ns()}",
        "direction": "in",
        "from": KNOWN_NUMBER,
        "to": "493023125000",
        "user": "Ada Okafor",
        "queue": f"queue-{next(numbers)}",
    }


def accepted(answer: requests.Response) -> bool:
    return (answer.status_code, answer.text) == (200, "{}")


FORMS = ["json", "form", "multipart"]


@pytest.mark.parametrize("form", FORMS)
def test_a_call_from_its_ring_to_its_log(ada: Client, cti: CTI, message, counted, form: str):
    send = getattr(cti, form)
    assert accepted(send(event="newCall", **message))
    shown = ada.call_where(lambda shown: shown.get("queue") == message["queue"])
    assert (shown["title"], shown["state"], shown["system"]) == ("Ada Lovelace", "ringing", cti.name)
    assert accepted(send(event="answer", answeringNumber="1001", **message))
    ada.call_where(lambda call: call["id"] == shown["id"] and call["state"] == "talking")
    assert accepted(send(event="hangup", cause="normalClearing", **message))
    ada.call_where(lambda call: call["id"] == shown["id"] and call["state"] == "wrapUp")
    assert ada.post(f"calls/{shown['id']}/done").status_code == 204
    ada.desk_where(lambda desk: desk["recent"] and desk["recent"][0]["log"] == "filed")
    assert counted() == {"calls": 1, "delivered": 1}


@pytest.mark.parametrize("user", ["Ada Okafor", "ada", "1001", "ADA", "ada@example.com"])
def test_whom_it_rings_may_be_named_in_many_ways(ada: Client, cti: CTI, message, user: str):
    assert accepted(cti.json(event="newCall", **message | {"user": user}))
    ada.call_where(lambda shown: shown.get("queue") == message["queue"])
    cti.json(event="hangup", **message)


def test_several_phones(ada: Client, ben: Client, cti: CTI, message):
    """`user[]` in a form, a list in JSON."""
    several = {"user[]": ["Ada Okafor", "Ben Lindqvist"]}
    message.pop("user")
    for send in (cti.form, cti.multipart):
        own = message | {"callId": f"{message['callId']}-{send.__name__}"}
        assert accepted(send(event="newCall", **own, **several))
        for client in (ada, ben):
            client.call_where(lambda shown: shown.get("queue") == message["queue"])
        assert accepted(send(event="hangup", cause="cancel", **own))
        for client in (ada, ben):
            client.desk_where(lambda desk: not desk["calls"])
    assert accepted(cti.json(event="newCall", user=["ada", "ben"], **message))
    ben.call_where(lambda shown: shown.get("queue") == message["queue"])
    cti.json(event="hangup", **message)


@pytest.mark.parametrize("word", ["newCall", "answer", "hangup"])
def test_a_hundred_repeats_at_once_are_one_event(
    server: Server, cti: CTI, message, counted, word: str
):
    number = f"4917655503{next(numbers):03}"
    about = message | {"from": number}
    with ThreadPoolExecutor(20) as threads:
        sent = [threads.submit(cti.json, event=word, **about) for _ in range(100)]
    assert all(accepted(task.result()) for task in sent)
    assert counted()["calls"] == 1
    (kept,) = server.export("+" + number)["calls"]
    assert len(kept["call"]["legs"]) <= 1
    assert len({fact["kind"] for fact in kept["call"]["facts"]}) == 1
    cti.json(event="hangup", **about)


def test_any_order_ends_in_the_same_call(server: Server, cti: CTI, message, counted):
    number = f"4917655503{next(numbers):03}"
    words = ("newCall", "answer", "hangup")
    told = set()
    for order in itertools.permutations(words):
        about = message | {"callId": f"{message['callId']}-{'-'.join(order)}", "from": number}
        for word in order:
            assert accepted(cti.json(event=word, **about))
        kept = next(
            kept["call"]
            for kept in server.export("+" + number)["calls"]
            if kept["call"]["id"]["value"] == about["callId"]
        )
        told.add((kept["state"], kept["legs"][0]["state"], kept["legs"][0].get("extension")))
    assert told == {("ended", "ended", "1001")}
    assert counted()["calls"] == 6


def test_an_unknown_event_is_counted_and_kept(server, admin: Client, cti, message, tmp_path):
    def tally() -> dict:
        return next(s for s in admin.json("admin/sources")["sources"] if s["name"] == cti.name)

    before = tally()
    assert accepted(cti.json(event="canary-transfer", **message))
    assert tally()["unknown"] == before["unknown"] + 1
    backup = tmp_path / "backup.sqlite"
    server.command("backup", str(backup))
    with sqlite3.connect(backup) as store:
        kept = [body for (body,) in store.execute("select body from kept_message")]
    assert [json.loads(body)["callId"] for body in kept if "canary-transfer" in body] == [
        message["callId"]
    ]


# Fields that are missing or wrong → status and the dialect's own words.
WRONG = [
    ({"event": None}, 422, "event is missing"),
    ({"callId": None}, 422, "callId is missing"),
    ({"callId": ""}, 422, "callId is missing"),
    ({"direction": None}, 422, "Invalid direction!"),
    ({"direction": "sideways"}, 422, "Invalid direction!"),
    ({"callId": "x" * 257}, 400, "callId must have at most 256 bytes, and no NUL"),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("change", "status", "words"), WRONG)
def test_what_is_wrong_is_said(cti: CTI, message, counted, form, change, status, words):
    fields = {"event": "newCall", **message, **change}
    fields = {name: value for name, value in fields.items() if value is not None}
    answer = getattr(cti, form)(**fields)
    assert (answer.status_code, answer.json()) == (status, {"error": words})
    assert counted() == {}


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"event=newCall", "text/plain", 415),
        (b"<a/>", "application/xml", 415),
        (b"event=newCall", "multipart/form-data", 400),
        (b"--b\r\nrubbish", "multipart/form-data; boundary=b", 400),
        (b"--b\r\n\r\n\r\n--c--", "multipart/form-data; boundary=b", 400),
        (b"%", "application/x-www-form-urlencoded", 422),
        (b"event", "application/x-www-form-urlencoded", 422),
        (b"event=newCall&filling=" + b"x" * 65_536, "application/x-www-form-urlencoded", 413),
        (b'{"event":"newCall","filling":"' + b"x" * 65_536 + b'"}', "application/json", 413),
    ],
)
def test_bodies_that_cannot_be_read(server, cti: CTI, counted, body, media, status):
    answer = cti.raw(body, media)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.json()["error"]
    assert counted() == {}


def test_json_that_curl_announces_as_a_form(ada: Client, cti: CTI, message):
    body = json.dumps({"event": "newCall", **message}).encode()
    assert accepted(cti.raw(body, "application/x-www-form-urlencoded"))
    ada.call_where(lambda shown: shown.get("queue") == message["queue"])
    cti.json(event="hangup", **message)


def test_a_plus_that_became_a_space(ada: Client, cti: CTI, message):
    """In a form, `+49…` that was not escaped arrives as ` 49…`."""
    fields = "&".join(f"{name}={value}" for name, value in message.items() if name != "from")
    body = f"event=newCall&from=+{KNOWN_NUMBER}&{fields}".replace("Ada Okafor", "ada").encode()
    assert accepted(cti.raw(body, "application/x-www-form-urlencoded"))
    shown = ada.call_where(lambda shown: shown.get("queue") == message["queue"])
    assert shown["title"] == "Ada Lovelace"
    cti.json(event="hangup", **message)


def test_it_is_known_after_a_restart(server: Server, cti: CTI, message, counted):
    assert accepted(cti.json(event="newCall", **message))
    server.restart()
    assert accepted(cti.json(event="newCall", **message))
    assert accepted(cti.json(event="hangup", **message))
    until(lambda: counted().get("calls") == 1, 5, "one call")


def test_the_token_is_in_no_log(server: Server, cti: CTI, message):
    """The secret stands in the address, so it is cut out of every log."""
    cti.raw(b"{", "application/json")
    assert cti.address.rsplit("/", 1)[1] not in server.log.read_text()


def test_a_token_at_a_wrong_place_is_not_in_the_log(server: Server, cti: CTI, message):
    """An address with something behind the token: refused, and written down without the token."""
    token = cti.address.rsplit("/", 1)[1]
    assert requests.post(f"{cti.address}/in", json=message, timeout=30).status_code == 404
    log = until(lambda: "path=/api/v1/cti/" in server.log.read_text() and server.log.read_text(), what="it is written")
    assert token not in log
