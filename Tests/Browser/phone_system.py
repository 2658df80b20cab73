"""The pretend phone's rules, and a phone system that reports by signed events what it cannot do."""

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
    """Seconds since 1970 as the events write times."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def set_phone_rules(admin, no_answer: float = 120, to: str = "voicemail") -> None:
    """The pretend phone's. Unless a test is about it, no call goes away while a slow machine looks."""
    admin.put("demo/rules", {"noAnswerSeconds": no_answer, "to": to})


class PhoneSystem:
    """A source of our own event dialect, with the address and secret that the server gave it."""

    def __init__(self, admin, name: str):
        made = admin.post("admin/sources", {"name": name, "dialect": "callmatch"})
        self.address = made["address"]
        self._key = base64.b64decode(made["secret"].removeprefix("whsec_"))

    def new_call(self, number: str, extension: str) -> "ReportedCall":
        return ReportedCall(self, number, extension)

    def send(self, *events: dict) -> None:
        body = json.dumps(list(events))
        message, now = f"msg_{next(numbers)}_{time.time_ns()}", str(int(time.time()))
        signed = hmac.new(self._key, f"{message}.{now}.{body}".encode(), hashlib.sha256).digest()
        answer = requests.post(
            self.address,
            data=body,
            timeout=20,
            headers={
                "content-type": "application/json",
                "webhook-id": message,
                "webhook-timestamp": now,
                "webhook-signature": "v1," + base64.b64encode(signed).decode(),
            },
        )
        assert answer.ok, answer.text


class ReportedCall:
    def __init__(self, system: PhoneSystem, number: str, extension: str):
        self._system = system
        self._number = number
        self._extension = extension
        self._id = f"call-{next(numbers)}-{time.time_ns()}"

    def event(self, event: str, at: float | None = None, **more) -> dict:
        """An event to be sent; `at` is in seconds since 1970, now if it is left out."""
        return {
            "call": self._id,
            "event": event,
            "at": iso(time.time() if at is None else at),
            "direction": "inbound",
            "from": {"number": self._number},
            "to": {"number": "+493023125000"},
            "extension": self._extension,
            **more,
        }

    def report(self, event: str, at: float | None = None, **more) -> None:
        self._system.send(self.event(event, at, **more))

    def end(self) -> None:
        self.report("ended", cause="completed")
