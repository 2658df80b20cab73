"""An org that answers nonsense or not at all: the server says what is wrong, and goes on by itself."""

import contextlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from connected_org import OrgProcess, connected, connection, hire, ref, wait_until_in
from program import Client, Server, until

ADA = "+493023125042"

# What is asked of the org: where it goes, and by which words the connection names it.
CALLS = {
    "token": (r"/services/oauth2/token", r"sign|token"),
    "describe": (r"/sobjects/Contact/describe", r"describe"),
    "query": (r"/query(All)?\?", r"query|page of"),
}
BAD = {
    "html 503": ("html", {}),
    "html 200": ("mangle", {"how": "html"}),
    "truncated": ("cut_json", {}),
    "cut off": ("truncate", {}),
    "elsewhere": ("redirect", {"headers": {"Location": "https://evil.example/"}}),
    "nulls": ("mangle", {"how": "nulls"}),
    "text as numbers": ("mangle", {"how": "text_as_numbers"}),
    "numbers as text": ("mangle", {"how": "numbers_as_text"}),
    "a list": ("mangle", {"how": "wrapped"}),
    "nothing": ("reply", {"body": ""}),
}
# Says what somebody can do, or that nothing needs to be done.
WHAT_HELPS = re.compile(r"\b(check|ask|try|tried|look|set|allow|goes on|again|by itself)", re.I)
RED_WITHIN, GREEN_WITHIN = 30, 75


@dataclass
class Scene:
    server: Server
    org: OrgProcess
    admin: Client
    agent: Client

    def is_red(self) -> dict | None:
        crm = connection(self.admin)
        return crm if crm["state"] == "red" else None

    def knows_ada(self) -> bool:
        found = self.admin.post("admin/matching/try", {"number": ADA}).json()
        return [each["name"] for each in found["candidates"]] == ["Ada Lovelace"]

    def provoke(self, call: str) -> None:
        """Makes the server ask for what it keeps otherwise."""
        if call == "token":
            self.org.expire_tokens()
        if call == "describe":
            self.server.restart()

    def recovers(self) -> None:
        wait_until_in(self.admin, GREEN_WITHIN)


@pytest.fixture(scope="module")
def scene(program: str, tmp_path_factory) -> Iterator[Scene]:
    users = {"admin": "admin@callmatch.example", "anna": "ada@callmatch.example"}
    with OrgProcess() as org:
        folder = tmp_path_factory.mktemp("faults")
        about = {"names": "everybody", "agents": "users", "users": users, "patience": 2}
        server = connected(program, folder, org, **about).start()
        admin, agent = hire(server, "admin", "1001"), hire(server, "anna", "1002", role="agent")
        wait_until_in(admin)
        yield Scene(server, org, admin, agent)
        assert server.stop() == 0
        assert org.info()["mistakes"] == []


@contextlib.contextmanager
def going_on(scene: Scene) -> Iterator[None]:
    """Whatever happens inside, the server is the same and knows whom it knew."""
    yield
    assert scene.server.process.poll() is None
    assert scene.server.nobody().request("GET", "/health").status_code == 200
    assert scene.knows_ada()


# The answer with a token holds no numbers.
CASES = [(call, bad) for call in CALLS for bad in BAD if (call, bad) != ("token", "numbers as text")]


@pytest.mark.parametrize(("call", "bad"), CASES)
def test_bad_answers_are_said_in_words(scene: Scene, call: str, bad: str):
    path, words = CALLS[call]
    kind, about = BAD[bad]
    scene.recovers()
    with scene.org.failing(kind, path=path, **about), going_on(scene):
        scene.provoke(call)
        text = until(scene.is_red, RED_WITHIN, "the connection is red")["text"]
        assert "127.0.0.1" in text, text
        assert re.search(words, text, re.I), text
        assert WHAT_HELPS.search(text), text
        assert "<html" not in text and "evil.example" not in text
    assert all("evil" not in each["target"] for each in scene.org.requests(clear=True))
    scene.recovers()
    assert scene.knows_ada()


@pytest.mark.parametrize("bad", BAD)
def test_bad_related_records_are_refused_in_words(scene: Scene, bad: str):
    """The composite request, asked when an agent looks at a caller whom nobody has looked at yet."""
    kind, about = BAD[bad]
    number = f"0221 4719{list(BAD).index(bad):03}"
    person = ref(scene.org.add(kind="Contact", LastName=f"Looked at {bad}", Phone=number))
    path = f"people/contact/{person['id']}/related"
    until(lambda: has(scene, number, person["id"]), what="it comes in")
    with scene.org.failing(kind, path="/composite", **about), going_on(scene):
        answer = scene.agent.get(path)
        assert answer.status_code == 502, answer.text
        detail = answer.json()["detail"]
        assert "127.0.0.1" in detail and WHAT_HELPS.search(detail), detail
    answer = scene.agent.get(path)
    assert (answer.status_code, answer.json().get("asOf")) == (200, None)
    # From now on there is an answer to fall back on, and its time is told.
    with scene.org.failing(kind, path="/composite", **about), going_on(scene):
        answer = scene.agent.get(path)
        assert answer.status_code == 200 and answer.json()["asOf"], answer.text


def test_an_answer_without_end_is_cut_off(scene: Scene):
    with scene.org.failing("pad", path=CALLS["query"][0], bytes=40_000_000), going_on(scene):
        assert "MiB" in until(scene.is_red, RED_WITHIN, "the connection is red")["text"]
    scene.recovers()


def test_a_slow_answer_is_not_waited_for(scene: Scene):
    with scene.org.failing("hang", path=CALLS["query"][0], seconds=60), going_on(scene):
        until(scene.is_red, RED_WITHIN, "the connection is red")
    scene.recovers()


@pytest.mark.parametrize("how", ["lost_request", "html"])
def test_after_an_outage_of_ten_minutes_everything_comes_in(scene: Scene, how: str):
    """Ten minutes by the org's clock: longer than the overlap with which changes are asked for."""
    org, numbers = scene.org, {"lost_request": "0221 4712", "html": "0221 4713"}
    scene.recovers()
    before = org.add(kind="Contact", LastName="Before", Phone=f"{numbers[how]}101")
    gone = org.add(kind="Contact", LastName="Gone", Phone=f"{numbers[how]}102")
    until(lambda: has(scene, f"{numbers[how]}102", gone), what="it comes in")
    with org.failing(how, path="/services/"), going_on(scene):
        until(scene.is_red, RED_WITHIN, "the connection is red")
        org.set_clock(advance=300)
        org.change(record=before, Phone=f"{numbers[how]}103")
        org.delete(record=gone)
        during = org.add(kind="Lead", LastName="During", Company="X", Phone=f"{numbers[how]}104")
        org.set_clock(advance=300)
    scene.recovers()
    for tail, records in (("101", []), ("102", []), ("103", [before]), ("104", [during])):
        until(lambda tail=tail, records=records: has(scene, numbers[how] + tail, *records))
    later = org.add(kind="Contact", LastName="Later", Phone=f"{numbers[how]}105")
    until(lambda: has(scene, f"{numbers[how]}105", later), what="it goes on")


def has(scene: Scene, number: str, *records: str) -> bool:
    found = scene.admin.post("admin/matching/try", {"number": number}).json()
    return sorted(each["ref"]["id"] for each in found["candidates"]) == sorted(records)


def test_the_days_requests_are_used_up(scene: Scene):
    """It says so, stops asking for a while, and a call still finds whom we know."""
    used = scene.org.configure()["api_used"]
    scene.org.configure(api_most=used)
    with going_on(scene):
        crm = until(scene.is_red, RED_WITHIN, "the connection is red")
        assert "limit" in crm["text"].lower(), crm["text"]
        asked = len(scene.org.requests(clear=True))
        began = time.monotonic()
        until(lambda: time.monotonic() > began + 5, within=10)
        assert len(scene.org.requests(clear=True)) <= 5, f"{asked} before"
    scene.org.configure(api_most=100_000)
    scene.recovers()
