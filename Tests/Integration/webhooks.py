"""A phone system that reports its calls by signed events.

The signature of Standard Webhooks 1.0.0 is written down here a second time, apart from the program's
own: what the two agree on is the specification, not one of them.
"""

import base64
import hashlib
import hmac
import itertools
import json
import time
from datetime import UTC, datetime

import requests

numbers = itertools.count(1)


def iso(seconds: float) -> str:
    """Seconds since 1970 as events write times."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def signature(secret: str, message: str, timestamp: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{message}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed.digest()).decode()


def signed_headers(secret: str, body: bytes, message: str, timestamp: str | None = None) -> dict:
    timestamp = timestamp or str(int(time.time()))
    return {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(secret, message, timestamp, body),
    }


def known_as(source: str, message: str) -> str:
    """How the store keeps that a message was taken."""
    digest = hashlib.sha256(f"{source}\0{message}".encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class PhoneSystem:
    """A source of signed events, with the address and secret that the server gave it."""

    def __init__(self, address: str, secret: str):
        self.address = address
        self.secret = secret
        self.name = address.rsplit("/", 1)[1]
        # Seconds by which the sender's clock is ahead.
        self.ahead = 0
        self._connection = requests.Session()

    @classmethod
    def added(cls, admin, name: str) -> "PhoneSystem":
        answer = admin.post("admin/sources", {"name": name, "dialect": "callmatch"})
        assert answer.status_code == 201, answer.text
        return cls(answer.json()["address"], answer.json()["secret"])

    def message_id(self) -> str:
        return f"msg_{next(numbers)}_{time.time_ns()}"

    def post(self, body: bytes, headers: dict) -> requests.Response:
        return self._connection.post(self.address, data=body, headers=headers, timeout=30)

    def send(self, *events: dict, message: str | None = None) -> requests.Response:
        """Signs and sends; one event as an object, several as an array."""
        body = json.dumps(events[0] if len(events) == 1 else list(events)).encode()
        moment = str(int(time.time() + self.ahead))
        headers = signed_headers(self.secret, body, message or self.message_id(), moment)
        return self.post(body, headers)

    def report(self, *events: dict) -> None:
        """Sends what must be accepted."""
        answer = self.send(*events)
        assert (answer.status_code, answer.json()) == (200, {"status": "accepted"}), answer.text


class ReportedCall:
    """An inbound call of a phone system, event by event."""

    def __init__(
        self, system: PhoneSystem, number: str, extension: str = "1001", id: str | None = None, **more
    ):
        self.system = system
        self.number = number
        self.id = id or f"call-{next(numbers)}-{time.time_ns()}"
        self.began = time.time()
        self._about = {
            "call": self.id,
            "direction": "inbound",
            "from": {"number": number},
            "to": {"number": "+493023125000"},
            **more,
        }
        self.extension = extension

    def event(self, kind: str, after: float = 0, **more) -> dict:
        """One event, `after` seconds from the beginning; `ended` is about the whole call."""
        own = {} if kind == "ended" else {"extension": self.extension}
        return {**self._about, **own, "event": kind, "at": iso(self.began + after), **more}

    def report(self, kind: str, after: float = 0, **more) -> None:
        self.system.report(self.event(kind, after, **more))
