"""The stream of pictures: at once, whole, and soon after each change."""

import json
import time
from collections.abc import Iterator

import pytest
from program import Client, Server
from webhooks import ReportedCall

SOON = 3  # seconds; far less than the 15 between two pictures that nothing has caused


def frames(client: Client, within: float = 30, **headers: str) -> Iterator[dict]:
    """The events of a stream, field by field, until it is closed."""
    stream = client.request(
        "GET", "/api/v1/desk/stream", stream=True, timeout=(5, within), headers=headers
    )
    with stream:
        assert stream.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        event: dict[str, str] = {}
        for line in stream.iter_lines(chunk_size=None):
            if line:
                name, _, value = line.decode().partition(": ")
                event[name] = value
            elif event:
                yield event
                event = {}


def desks(client: Client, **about) -> Iterator[dict]:
    for event in frames(client, **about):
        if "data" in event:
            yield json.loads(event["data"])


def soon(pictures: Iterator[dict], is_so) -> dict:
    """The first picture of which it holds; it must come soon."""
    began = time.monotonic()
    for desk in pictures:
        if is_so(desk):
            assert time.monotonic() - began < SOON, "it came, but late"
            return desk
        assert time.monotonic() - began < SOON, f"not soon: {json.dumps(desk)[:2000]}"
    raise AssertionError("the stream ended")


def test_the_first_picture_comes_at_once(ada: Client):
    began = time.monotonic()
    stream = frames(ada)
    assert next(stream) == {"retry": "500"}
    first = next(stream)
    assert time.monotonic() - began < SOON
    desk = json.loads(first["data"])
    assert (first["event"], first["id"]) == ("desk", str(desk["version"]))
    assert {**desk, "version": 0, "now": ""} == {**ada.desk(), "version": 0, "now": ""}


def test_versions_grow_also_over_a_restart(server: Server, ada: Client, phones):
    pictures = desks(ada)
    versions = [next(pictures)["version"]]
    call = ReportedCall(phones, "+4917655508001")
    for kind in ("offered", "answered", "ended"):
        call.report(kind)
        versions.append(next(pictures)["version"])
    server.restart()
    again = desks(ada, **{"Last-Event-ID": str(versions[-1])})
    versions.append(next(again)["version"])
    assert versions == sorted(set(versions))


def test_a_ring_is_shown_to_whom_it_rings(ada: Client, ben: Client, phones):
    pictures, of_ben = desks(ada), desks(ben)
    next(pictures), next(of_ben)
    call = ReportedCall(phones, "+4917655508002", queue="stream")
    call.report("offered")
    shown = soon(pictures, lambda desk: any(c.get("queue") == "stream" for c in desk["calls"]))
    assert shown["line"]["state"] == "ringing"
    call.report("ended")
    soon(pictures, lambda desk: not any(c.get("queue") == "stream" for c in desk["calls"]))
    ben.patch("agent", {"notifications": True})
    assert not any(c.get("queue") == "stream" for c in next(of_ben)["calls"])


@pytest.mark.parametrize("field", ["sound", "notifications"])
@pytest.mark.parametrize("value", [True, False])
def test_a_preference_is_shown_in_every_window(ada: Client, field: str, value: bool):
    ada.patch("agent", {field: not value})
    windows = [desks(ada), desks(ada)]
    for window in windows:
        assert next(window)["agent"]["preferences"][field] is not value
    assert ada.patch("agent", {field: value}).status_code == 204
    for window in windows:
        soon(window, lambda desk: desk["agent"]["preferences"][field] is value)


def test_a_setting_is_shown_to_everybody(ada: Client, admin: Client):
    pictures = desks(ada)
    next(pictures)
    settings = admin.json("admin/call-log")
    changed = [*settings["dispositions"], f"Added {time.time_ns()}"]
    assert admin.put("admin/call-log", {**settings, "dispositions": changed}).status_code == 200
    soon(pictures, lambda desk: desk["organisation"]["dispositions"] == changed)


def test_an_extension_is_shown_to_its_new_owner(server: Server, admin: Client):
    admin.post("admin/people", {"id": "mona", "extensions": ["1090"]})
    pictures = desks(server.sign_in("mona"))
    assert next(pictures)["agent"]["extensions"] == ["1090"]
    admin.patch("admin/people/mona", {"extensions": ["1091", "1090"], "displayName": "Mona"})
    shown = soon(pictures, lambda desk: desk["agent"]["displayName"] == "Mona")
    assert sorted(shown["agent"]["extensions"]) == ["1090", "1091"]


def test_a_slow_window_holds_up_nobody(server: Server, ada: Client, phones):
    """One that reads nothing gets the newest picture later; the others get theirs at once."""
    asleep = ada.request("GET", "/api/v1/desk/stream", stream=True, timeout=(5, 30))
    awake = desks(ada)
    next(awake)
    for number in range(200):
        call = ReportedCall(phones, f"+49176555{81000 + number}")
        phones.report(call.event("offered"), call.event("ended", 1))
    call = ReportedCall(phones, "+4917655508003", queue="last")
    call.report("offered")
    began = time.monotonic()
    for desk in awake:
        if any(shown.get("queue") == "last" for shown in desk["calls"]):
            break
        assert time.monotonic() - began < 10
    call.report("ended")
    asleep.close()


def test_something_comes_every_fifteen_seconds(ada: Client):
    """So that no proxy takes the connection for dead."""
    pictures = desks(ada, within=20)
    next(pictures)
    began = time.monotonic()
    next(pictures)
    assert time.monotonic() - began < 17
