"""F37: agents who ask for what is another's."""

import json
import os
import re

from overheard import Overheard
from program import Server
from rights import Scene, everything_of, table

NUMBER = "0176 5550100"


def test_f37_anothers_call(server: Server, scene: Scene, people: dict):
    """Another agent, an administrator and nobody ask for Ada's call by every route that names one, listen to their own
    streams while she talks and writes, and ask for the export.

    Expected: not found, nothing of it comes, the store is as before, and the log names who asked for what.
    Control: Ada herself gets all of it, by the same routes and on her own stream, and the log says nothing of her.
    """
    counted = refused(people["administrator"])
    asked = assert_only_ada_may(server, scene, people)
    assert_it_is_written_down(server, people, asked, refused(people["administrator"]) - counted)
    assert_nothing_is_overheard(people)
    for who, client in people.items():
        assert client.post("operator", {"export": {"number": NUMBER}}).status_code == 404, who
    assert server.export(NUMBER)["calls"]


def assert_only_ada_may(server: Server, scene: Scene, people: dict) -> list[tuple[str, str, str]]:
    """First those who may not, and nothing may have changed by that; then Ada herself.

    Gives who asked for what: (who, method, path).
    """
    wrong, asked = [], []
    for row in [row for row in table() if row.is_about_a_call]:
        scene.bring_about(row.when)
        path, body = scene.path(row), scene.body(row)
        before = everything_of(people["Ada"], server, NUMBER)
        for who in ("nobody", "Ben", "administrator"):
            asked.append((who, row.method.upper(), path))
            status = scene.ask(people[who], row, path, body)
            if status not in row.expected[who]:
                wrong.append(f"{row} by {who}: {status}, not {row.expected[who]}")
        after = everything_of(people["Ada"], server, NUMBER)
        if after != before:
            wrong.append(f"{row} changed something: {difference(before, after)}")
        asked.append(("Ada", row.method.upper(), path))
        status = scene.ask(people["Ada"], row, path, body)
        if status not in row.expected["Ada"]:
            wrong.append(f"{row} by Ada: {status}, not {row.expected['Ada']}")
    assert not wrong, "\n".join(wrong)
    return asked


def refused(administrator) -> int:
    """How many requests were for what is not there, or not theirs, as the figures say."""
    text = administrator.request("GET", "/metrics").text
    return int(float(re.search(r'^callmatch_requests_refused_total{signed_in="yes"} (\S+)$', text, re.M)[1]))


def assert_it_is_written_down(server: Server, people: dict, asked: list, counted: int) -> None:
    """One line for each, with the id of who asked; who was not signed in was told so, and asked for nothing."""
    ids = {"Ben": "ben", "administrator": people["administrator"].desk()["agent"]["id"]}
    lines = [line for line in server.log.read_text().splitlines() if "not there, or not theirs" in line]
    for who, method, path in asked:
        marks = (f"agent={ids.get(who, who.lower())}", f"method={method}", f"path={path}")
        # Spaces around: one path begins another.
        found = [line for line in lines if all(f" {mark} " in f"{line} " for mark in marks)]
        assert len(found) == (who in ids), (marks, found)
    assert counted == sum(who in ids for who, _, _ in asked)


def difference(before: str, after: str) -> str:
    """Where two texts begin to differ."""
    place = len(os.path.commonprefix([before, after]))
    return f"{before[place - 80 : place + 80]} → {after[place - 80 : place + 80]}"


def assert_nothing_is_overheard(people: dict) -> None:
    """Ben's stream while Ada's call rings, is talked on, and is written about."""
    ada, ben = people["Ada"], people["Ben"]
    canary = "canary-7Q2M-notes"
    with Overheard(ben) as overheard, Overheard(ada) as own:
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
        own.until(lambda text: canary in text)
    for secret in (call, canary, "CANARY CALLER", "5550177"):
        assert secret in own.text
        assert secret not in overheard.text
        assert secret not in json.dumps([ben.desk(), ben.json("recent", limit=100)])
