"""Who may see and do what. The table stands in Fixtures/rights.tsv."""

import json

import pytest
from program import Client
from rights import WHO, Row, Scene, operations_without_a_row, steady, table


def test_the_table_knows_every_operation():
    assert not operations_without_a_row()


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
