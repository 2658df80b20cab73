"""Servers that share a store: who does what only one may do, and what happens when that one dies, stands still or leaves."""

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from connected_org import OrgProcess, connected, consent, wait_until_in
from program import Client, Server, until
from store_cluster import Cluster

DEMO = {"kind": "phone", "name": "demo"}
# Seconds: the length of a lease, and a second to notice.
TAKEN_OVER_WITHIN = 12
# Longer in the long form of the suite of faults (script/faults R19).
FROZEN = 60 if os.environ.get("CALLMATCH_FAULTS") == "long" else 9


@pytest.fixture
def pair(cluster: Cluster, program: str, tmp_path: Path) -> Iterator[list[Server]]:
    """Two servers on a store of their own; what a test stops it may leave stopped."""
    store = cluster.new_store()
    pair = [Server(program, tmp_path / name, "--database", store).start() for name in ("one", "two")]
    yield pair
    for node in pair:
        if node.process:
            assert node.stop() == 0, node.log.read_text()[-2000:]


def told(node: Server) -> dict:
    return node.sign_in("admin").json("admin/nodes")


def leader(nodes: list[Server], duty: dict = DEMO) -> Server | None:
    """The server that does it, when exactly one does, and says so of itself."""
    doing = [node for node in nodes if duty in told(node)["nodes"][0]["duties"]]
    return doing[0] if len(doing) == 1 else None


def led(nodes: list[Server], within: float = TAKEN_OVER_WITHIN, duty: dict = DEMO) -> Server:
    return until(lambda: leader(nodes, duty), within, "one server does it")


def other(nodes: list[Server], node: Server) -> Server:
    return next(each for each in nodes if each is not node)


def ring(agent: Client, number: str) -> str:
    answer = agent.post("demo/ring", {"number": number})
    assert answer.status_code == 202, answer.text
    return answer.json()["call"]


def live(agent: Client, call: str, state: str) -> dict:
    return agent.call_where(lambda each: each["id"] == call and each["state"] == state)


def test_each_server_sees_the_others_and_who_does_what(nodes):
    first = led(nodes)
    for node in nodes:
        seen = until(lambda node=node: len(told(node)["nodes"]) == 2 and told(node), 10)
        assert (seen["engine"], seen["isShared"], seen["vacant"]) == ("PostgreSQL", True, [])
        assert {each["state"] for each in seen["nodes"]} == {"up"}
        assert [each["isThis"] for each in seen["nodes"]] == [True, False]
        assert seen["nodes"][0]["address"] == node.address
        assert [DEMO in each["duties"] for each in seen["nodes"]].index(True) == (node is not first)


def test_one_server_alone_does_everything(server: Server):
    seen = told(server)
    assert (seen["engine"], seen["isShared"], seen["vacant"]) == ("SQLite", False, [])
    (own,) = seen["nodes"]
    assert (own["state"], own["isThis"], own["duties"]) == ("up", True, [DEMO])


def test_a_call_is_answered_at_the_server_that_does_not_have_the_phone_system(nodes):
    away = other(nodes, led(nodes))
    ada = away.sign_in("ada")
    call = ring(ada, "03023125042")
    rung = ada.call_where(lambda each: each["id"] == call and "answer" in each["can"])
    assert rung["title"] == "Ada Lovelace"
    assert ada.post(f"calls/{call}/answer").status_code == 204
    talked = ada.call_where(lambda each: each["id"] == call and "hold" in each["can"])
    assert talked["state"] == "talking"
    assert ada.post(f"calls/{call}/hold").status_code == 204
    ada.call_where(lambda each: each["id"] == call and "retrieve" in each["can"])
    # What is not possible is refused in the same words as anywhere.
    refused = ada.post(f"calls/{call}/answer")
    assert refused.status_code == 409, refused.text
    assert ada.post(f"calls/{call}/hang-up").status_code == 204
    live(ada, call, "wrapUp")
    assert ada.post(f"calls/{call}/done").status_code == 204
    ada.desk_where(lambda desk: (call, "filed") in [(each["id"], each["log"]) for each in desk["recent"]])


def test_the_rules_of_the_demo_phone_are_those_of_every_server(nodes):
    led(nodes)
    for node, seconds in zip(nodes, (33, 34)):
        rules = {"noAnswerSeconds": seconds, "to": "voicemail"}
        assert node.sign_in("admin").put("demo/rules", rules).status_code == 204
        for each in nodes:
            assert each.sign_in("ada").json("demo")["rules"] == rules


def test_who_is_killed_is_followed_by_another(pair):
    first = led(pair)
    second = other(pair, first)
    ada = second.sign_in("ada")
    call = ring(ada, "03023125042")
    live(ada, call, "ringing")
    first.kill()
    began = time.monotonic()
    # The call goes on, and its buttons come back.
    ada.call_where(lambda each: each["id"] == call and "answer" in each["can"], within=30)
    assert time.monotonic() - began < TAKEN_OVER_WITHIN
    assert ada.post(f"calls/{call}/answer").status_code == 204
    live(ada, call, "talking")
    assert ada.post(f"calls/{call}/hang-up").status_code == 204
    live(ada, call, "wrapUp")
    assert second.audit()["unexplained"] == 0
    first.start()
    assert led(pair) is second


def test_who_leaves_is_followed_at_once(pair):
    first = led(pair)
    second = other(pair, first)
    until(lambda: len(told(second)["nodes"]) == 2, 10)
    assert first.stop() == 0
    # Far less than the length of a lease.
    assert led([second], within=3) is second
    assert [each["state"] for each in told(second)["nodes"]] == ["up"]


def test_r19_who_stood_still_and_wakes_up_changes_nothing(pair, record_property):
    """The server that holds the lease of a phone system is frozen while another takes over, and wakes up.

    Expected: one call and one log; what it still wanted to say is refused, a button that was pressed there is carried out
    by the other one, and afterwards it can do everything again.
    Control: before it wakes up, the other server holds the lease.
    """
    first = led(pair)
    second = other(pair, first)
    ada = second.sign_in("ada")
    # So it has something to say when it wakes up: by its rules, nobody has answered.
    rules = {"noAnswerSeconds": 4, "to": "voicemail"}
    assert first.sign_in("admin").put("demo/rules", rules).status_code == 204
    cleo = second.sign_in("cleo")
    talk = ring(cleo, "0176 5550102")
    cleo.call_where(lambda each: each["id"] == talk and "answer" in each["can"])
    assert cleo.post(f"calls/{talk}/answer").status_code == 204
    live(cleo, talk, "talking")
    call = ring(ada, "03023125042")
    live(ada, call, "ringing")
    os.kill(first.process.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        led([second])
        taken = time.monotonic() - began
        ada.call_where(lambda each: each["id"] == call and "answer" in each["can"], within=30)
        assert ada.post(f"calls/{call}/answer").status_code == 204
        live(ada, call, "talking")
        silent = until(
            lambda: [each for each in told(second)["nodes"] if each["state"] == "silent"], 30
        )
        assert [each["isThis"] for each in silent] == [False]
        until(lambda: time.monotonic() - began > FROZEN, FROZEN + 5)
        pressed = press(first, cleo, f"calls/{talk}/hold")
    finally:
        os.kill(first.process.pid, signal.SIGCONT)
    assert (answer := pressed.getresponse()).status == 204, answer.read()
    live(cleo, talk, "held")
    # It believes that it has the lease until it asks.
    until(lambda: {each["state"] for each in told(first)["nodes"]} == {"up"}, 20)
    assert led(pair) is second
    # Whatever it still had to say has been refused once this, which it asks of the other one, has come.
    later = ring(first.sign_in("ben"), "0176 5550100")
    live(first.sign_in("ben"), later, "ringing")
    shown = ada.call_where(lambda each: each["id"] == call)
    assert shown["state"] == "talking"
    assert ada.post(f"calls/{call}/hang-up").status_code == 204
    live(ada, call, "wrapUp")
    assert ada.post(f"calls/{call}/done").status_code == 204
    ada.desk_where(lambda desk: (call, "filed") in [(each["id"], each["log"]) for each in desk["recent"]])
    assert second.audit()["unexplained"] == 0
    # And it can do everything again.
    assert second.stop() == 0
    assert led([first], within=3) is first
    ben = first.sign_in("ben")
    again = ring(ben, "0176 5550101")
    live(ben, again, "ringing")
    assert first.audit()["unexplained"] == 0
    record_property("frozen for s", FROZEN)
    record_property("taken over after s", f"{taken:.1f}")


def test_who_has_lost_a_phone_system_shows_its_buttons(pair):
    """It stood still while another server took over. Nothing changes afterwards that could tell it.

    Control: the buttons are those of the other server, which has picked the call up.
    """
    first = led(pair)
    second = other(pair, first)
    cleo = second.sign_in("cleo")
    call = ring(cleo, "0176 5550102")
    live(cleo, call, "ringing")
    os.kill(first.process.pid, signal.SIGSTOP)
    try:
        led([second])
        cleo.call_where(lambda each: each["id"] == call and "answer" in each["can"], within=30)
        assert cleo.post(f"calls/{call}/answer").status_code == 204
        cleo.call_where(lambda each: each["id"] == call and "hold" in each["can"])
    finally:
        os.kill(first.process.pid, signal.SIGCONT)
    until(lambda: DEMO not in told(first)["nodes"][0]["duties"], TAKEN_OVER_WITHIN, "it knows that it has lost it")
    first.sign_in("cleo").call_where(lambda each: each["id"] == call and "hold" in each["can"])


def press(server: Server, agent: Client, path: str) -> http.client.HTTPConnection:
    """A button that is pressed at a server which cannot answer yet."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    headers = {**agent.headers, "Content-Type": "application/json"}
    connection.request("POST", f"/api/v1/{path}", body="{}", headers=headers)
    return connection


def ready(server: Server) -> tuple[int, dict]:
    answer = server.nobody().request("GET", "/ready")
    return answer.status_code, answer.json()


def test_a_server_that_stops_says_so_first(program: str, tmp_path: Path):
    server = Server(program, tmp_path / "data", "--drain", "3").start()
    assert ready(server) == (200, {"status": "ready"})
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    until(lambda: ready(server) == (503, {"status": "stopping"}), 3)
    # Whoever is here is served until the end.
    assert server.nobody().request("GET", "/health").status_code == 200
    assert server.process.wait(20) == 0
    assert time.monotonic() - began >= 3


def test_a_second_signal_ends_the_waiting(program: str, tmp_path: Path):
    server = Server(program, tmp_path / "data", "--drain", "600").start()
    server.process.send_signal(signal.SIGTERM)
    until(lambda: ready(server)[0] == 503, 5)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(20) == 0


@pytest.mark.parametrize("drain", ["-1", "601", "soon"])
def test_a_time_that_is_none_is_refused(program: str, tmp_path: Path, drain: str):
    done = subprocess.run(
        [program, "serve", "--data", str(tmp_path), f"--drain={drain}"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "drain (command line)" in done.stderr


def test_one_server_brings_in_the_people_of_a_crm(cluster: Cluster, program: str, tmp_path: Path):
    duty = {"kind": "crm", "name": "salesforce"}
    store = cluster.new_store()
    with OrgProcess() as org:
        pair = crm_servers(program, tmp_path, org, store)
        pair[0].start()
        pair[0].command("user", "add", "anna", "--extension", "1001", "--role", "administrator")
        wait_until_in(pair[0].sign_in("anna"))
        key = (pair[0].folder / "secrets.key").read_bytes()
        pair[1].folder.mkdir()
        (pair[1].folder / "secrets.key").write_bytes(key)
        (pair[1].folder / "secrets.key").chmod(0o600)
        pair[1].start()
        two = pair[1].sign_in("anna")
        wait_until_in(two)
        assert [duty in each["duties"] for each in two.json("admin/nodes")["nodes"]] == [False, True]
        pair[0].kill()
        org.add(kind="Contact", LastName="Brandnew", Phone="+492214712211")
        brandnew = "select count(*) from person where json like '%Brandnew%'"
        until(lambda: cluster.ask(store, brandnew) == "1", 30, "the new contact comes in")
        assert two.json("admin/nodes")["nodes"][0]["duties"] == [duty]
        assert pair[1].stop() == 0
        assert org.info()["mistakes"] == []


def crm_servers(program: str, folder: Path, org: OrgProcess, store: str) -> list[Server]:
    """Two servers with the same settings, not started yet."""
    one = connected(program, folder / "one", org, agents="own")
    one.options = (*one.options, "--database", store)
    (folder / "two").mkdir()
    return [one, Server(program, folder / "two" / "data", *one.options)]


def test_a_server_with_another_key_is_refused(cluster: Cluster, program: str, tmp_path: Path):
    store = cluster.new_store()
    with OrgProcess() as org:
        one, two = crm_servers(program, tmp_path, org, store)
        one.start()
        one.command("user", "add", "anna", "--extension", "1001", "--role", "administrator")
        assert consent(one.sign_in("anna"), org, "ada@callmatch.example").status_code == 200
        two.spawn()
        assert two.process.wait(60) == 1
        said = two.log.read_text()
        assert str(two.folder / "secrets.key") in said
        assert "Copy this file" in said
        assert one.stop() == 0


def test_a_button_is_pressed_once_for_each_time(nodes):
    """What one agent presses many times at once is done once, and refused otherwise."""
    away = other(nodes, led(nodes))
    ada = away.sign_in("ada")
    call = ring(ada, "03023125042")
    ada.call_where(lambda each: each["id"] == call and "answer" in each["can"])
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ada.post(f"calls/{call}/answer").status_code, range(8)))
    assert sorted(answers) == [204] + [409] * 7
    assert ada.post(f"calls/{call}/hang-up").status_code == 204
    live(ada, call, "wrapUp")


def test_a_database_that_is_away_for_long_does_not_end_what_a_server_does(pair, cluster):
    first = led(pair)
    second = other(pair, first)
    ada = first.sign_in("ada")
    call = ring(ada, "03023125042")
    live(ada, call, "ringing")
    cluster.signal(signal.SIGSTOP)
    began = time.monotonic()
    until(lambda: time.monotonic() - began > 8, 10)
    cluster.signal(signal.SIGCONT)
    for node in pair:
        until(lambda node=node: ready(node)[0] == 200, 30)
    holder = led(pair)
    for node in pair:
        there = node.sign_in("ada")
        rung = ring(there, "0176 5550102")
        there.call_where(lambda each, rung=rung: each["id"] == rung and "decline" in each["can"])
        assert there.post(f"calls/{rung}/decline").status_code == 204
    assert holder.audit()["unexplained"] == second.audit()["unexplained"] == 0


def test_no_source_has_the_name_of_a_phone_system(program: str, tmp_path: Path):
    settings = tmp_path / "callmatch.yaml"
    server = Server(program, tmp_path / "data").start()
    server.command("source", "add", "office", "--dialect", "callmatch")
    assert server.stop() == 0
    settings.write_text(
        "phone-systems:\n  office:\n    kind: asterisk\n    host: 127.0.0.1\n    user: a\n    secret: b\n"
    )
    server.options = ("--config", str(settings))
    server.spawn()
    assert server.process.wait(60) == 1
    assert "“office” is the name of an event source already" in server.log.read_text()
