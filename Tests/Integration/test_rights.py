"""Who may see and do what. The table stands in Fixtures/rights.tsv."""

import json
import threading
from collections.abc import Callable

import pytest
from program import Client, Server, until
from rights import WHO, Row, Scene, everything_of, operations_without_a_row, steady, table

NUMBER = "0176 5550100"


@pytest.fixture
def people(server: Server) -> dict[str, Client]:
    """Fresh sessions: some rows end them."""
    names = {"Ada": "ada", "Ben": "ben", "administrator": "admin"}
    signed_in = {who: server.sign_in(name) for who, name in names.items()}
    return {"nobody": server.nobody()} | signed_in


@pytest.fixture
def scene(people: dict[str, Client]) -> Scene:
    return Scene(people["Ada"], people["administrator"])


def test_the_table_knows_every_operation():
    assert not operations_without_a_row()


def test_only_ada_sees_and_touches_her_calls(server: Server, scene: Scene, people: dict):
    """First those who may not, and nothing may have changed by that; then Ada herself."""
    wrong = []
    for row in [row for row in table() if row.is_about_a_call]:
        scene.bring_about(row.when)
        path, body = scene.path(row), scene.body(row)
        before = everything_of(people["Ada"], server, NUMBER)
        for who in ("nobody", "Ben", "administrator"):
            status = scene.ask(people[who], row, path, body)
            if status not in row.expected[who]:
                wrong.append(f"{row} by {who}: {status}, not {row.expected[who]}")
        after = everything_of(people["Ada"], server, NUMBER)
        if after != before:
            wrong.append(f"{row} changed something: {before} → {after}")
        status = scene.ask(people["Ada"], row, path, body)
        if status not in row.expected["Ada"]:
            wrong.append(f"{row} by Ada: {status}, not {row.expected['Ada']}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("row", [row for row in table() if not row.is_about_a_call], ids=str)
def test_who_may(scene: Scene, people: dict, row: Row):
    path = scene.path(row)
    for who in WHO:
        status = scene.ask(people[who], row, path, scene.body(row))
        assert status in row.expected[who], f"{row} by {who}: {status}"


@pytest.mark.parametrize(
    "row",
    [row for row in table() if row.path.startswith("/api/v1/admin") and row.method != "get"],
    ids=str,
)
def test_what_an_agent_may_not_do_is_not_done(scene: Scene, people: dict, row: Row):
    """A refusal after the deed would be none: all settings are as before."""
    before = settings_of(people["administrator"])
    path, body = scene.path(row), changed(row, scene.body(row))
    for who in ("nobody", "Ada", "Ben"):
        assert row.is_refused(who)
        scene.ask(people[who], row, path, body)
    assert settings_of(people["administrator"]) == before


def settings_of(admin: Client) -> str:
    pages = ("matching", "call-log", "people", "sources")
    kept = {page: admin.json(f"admin/{page}") for page in pages}
    for person in kept["people"]["people"]:
        person["lastSeen"] = person["signedIn"] = None
    return json.dumps(kept, sort_keys=True)


def changed(row: Row, body):
    """A body that would be seen afterwards."""
    if row.path.endswith("/matching"):
        return {**body, "country": "FR"}
    if row.path.endswith("/call-log"):
        return {**body, "wrapUpSeconds": 77}
    if row.path.endswith("/people/{id}"):
        return {"displayName": "Mallory", "disabled": True, "role": "administrator"}
    return {**body, "id": "mallory", "name": "mallory"} if isinstance(body, dict) else body


def test_a_stream_shows_nothing_of_others(people: dict):
    """Ben's stream while Ada's call rings, is talked on, and is written about."""
    ada, ben = people["Ada"], people["Ben"]
    canary = "canary-7Q2M-notes"
    with Overheard(ben) as overheard:
        answer = ada.post("demo/ring", {"number": "0176 5550177", "name": "CANARY CALLER"})
        call = answer.json()["call"]
        ada.call_where(lambda shown: shown["id"] == call)
        ada.post(f"calls/{call}/answer")
        contact = ada.json("people", search="babbage")["people"][0]["ref"]
        shown = ada.call_where(lambda shown: shown["id"] == call and shown["state"] == "talking")
        ada.post(f"calls/{call}/person", {"person": contact})
        shown = ada.call_where(lambda shown: shown["id"] == call and "log" in shown)
        edit = {"version": shown["log"]["version"], "notes": canary}
        assert ada.patch(f"calls/{call}/log", edit).status_code == 200
        ada.call_where(lambda shown: shown.get("log", {}).get("notes") == canary)
        ada.post(f"calls/{call}/hang-up")
        ada.call_where(lambda shown: shown["id"] == call and shown["state"] == "wrapUp")
        # A change of Ben's own is the last frame: what was to come has come by then.
        ben.patch("agent", {"sound": False})
        overheard.until(lambda text: '"sound":false' in text)
        ben.patch("agent", {"sound": True})
    for secret in (call, canary, "CANARY CALLER", "5550177"):
        assert secret not in overheard.text
        assert secret not in json.dumps([ben.desk(), ben.json("recent", limit=100)])


class Overheard:
    """Everything that a stream brings, kept by a thread of its own."""

    def __init__(self, client: Client):
        self._answer = client.request("GET", "/api/v1/desk/stream", stream=True, timeout=(5, 60))
        self.text = ""
        self._is_over = False
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> "Overheard":
        self._reader.start()
        self.until(lambda text: "event: desk" in text)
        return self

    def __exit__(self, *_) -> None:
        self._is_over = True

    def until(self, holds: Callable[[str], bool]) -> None:
        until(lambda: holds(self.text), 15, "the stream brings it")

    def _read(self) -> None:
        with self._answer:
            for part in self._answer.iter_content(chunk_size=None):
                if self._is_over:
                    return
                self.text += part.decode()


def test_who_rang_with_ada_sees_the_call_and_not_her_log(people: dict):
    """A group call is Ben's too; what Ada writes about it is hers."""
    ada, ben = people["Ada"], people["Ben"]
    call = ada.post("demo/ring", {"number": "03023125042", "group": True}).json()["call"]
    ben.call_where(lambda shown: shown["id"] == call and "answer" in shown["can"])
    ada.call_where(lambda shown: shown["id"] == call and "answer" in shown["can"])
    assert ada.post(f"calls/{call}/answer").status_code == 204
    log = ada.call_where(lambda shown: shown["id"] == call and "log" in shown)["log"]
    edit = {"version": log["version"], "notes": "canary-group"}
    assert ada.patch(f"calls/{call}/log", edit).status_code == 200
    seen = ben.json(f"calls/{call}")
    assert seen["call"]["answeredBy"] == "Ada Okafor"
    assert "log" not in seen["call"] and "canary" not in json.dumps(seen)
    for version in (0, log["version"], log["version"] + 1):
        answer = ben.patch(f"calls/{call}/log", {"version": version, "notes": "Ben was here"})
        assert answer.status_code == 409 and "canary" not in answer.text
    before = steady(ada.desk())
    for command in ("answer", "hang-up", "hold", "retry"):
        assert ben.post(f"calls/{call}/{command}").status_code == 409
    assert steady(ada.desk())["calls"] == before["calls"]
    ada.post(f"calls/{call}/hang-up")
