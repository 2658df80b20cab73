"""The program on PostgreSQL: several servers on one store, and a database that dies, freezes and comes back."""

import json
import signal
import subprocess
import time

import pytest
from program import Client, Server, session_token, until
from store_cluster import Cluster
from test_stream import desks, soon
from webhooks import PhoneSystem, ReportedCall

ADA = "+493023125042"


@pytest.fixture(scope="module")
def phones(nodes: list[Server]) -> PhoneSystem:
    return PhoneSystem.added(nodes[0].sign_in("admin"), "office")


def test_a_call_at_one_server_pops_at_the_other(nodes, phones):
    there = nodes[1].sign_in("ada")
    pictures = desks(there)
    next(pictures)
    call = ReportedCall(phones, ADA)
    call.report("offered")
    desk = soon(pictures, lambda desk: desk["calls"])
    assert [each["title"] for each in desk["calls"]] == ["Ada Lovelace"]
    call.report("ended", after=1)
    soon(pictures, lambda desk: all(each["state"] == "ended" for each in desk["calls"]))


def test_a_session_counts_at_every_server(nodes):
    token = session_token(nodes[0].link("ben"))
    for node in nodes:
        assert Client(node.address, token).get("session").json()["agent"]["id"] == "ben"


def test_a_setting_of_one_server_is_that_of_the_other(nodes):
    one, two = (node.sign_in("admin") for node in nodes)
    rules = one.get("admin/call-log").json()
    changed = {**rules, "wrapUpSeconds": rules["wrapUpSeconds"] + 7}
    assert one.put("admin/call-log", changed).status_code == 200
    until(
        lambda: two.get("admin/call-log").json()["wrapUpSeconds"] == changed["wrapUpSeconds"],
        what="the setting arrives",
    )


def ready(node: Server) -> int:
    return node.nobody().request("GET", "/ready").status_code


def stored_calls(cluster: Cluster) -> list[str]:
    asked = subprocess.run(
        ["psql", cluster.address, "-Atc", "select value from call"],
        capture_output=True,
        text=True,
        check=True,
    )
    return asked.stdout.split()


def test_a_database_that_is_frozen_is_said_and_found_again(cluster, nodes, phones):
    cluster.signal(signal.SIGSTOP)
    try:
        until(lambda: phones.send(ReportedCall(phones, ADA).event("offered")).status_code == 503, within=20)
        assert ready(nodes[0]) == 503
        began = time.monotonic()
        answer = phones.send(ReportedCall(phones, ADA).event("offered"))
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert json.loads(answer.content)["title"] == "The store cannot take this now"
        # Nobody waits for what is known to be away.
        assert time.monotonic() - began < 2
    finally:
        cluster.signal(signal.SIGCONT)
    for node in nodes:
        until(lambda node=node: ready(node) == 200, within=20, what="the store is back")
    call = ReportedCall(phones, ADA)
    call.report("offered")
    call.report("ended", after=1)
    assert call.id in stored_calls(cluster)


def test_a_wrong_address_is_said_without_its_password(program, tmp_path):
    server = Server(
        program, tmp_path / "data", "--database", "postgresql://me:secret@127.0.0.1:1/calls"
    )
    server.spawn()
    assert server.process.wait(60) == 1
    said = server.log.read_text()
    assert "127.0.0.1:1/calls" in said
    assert "secret" not in said


def test_settings_show_no_password(program, tmp_path):
    shown = subprocess.run(
        [program, "settings", "--data", str(tmp_path)]
        + ["--database", "postgresql://me:secret@db/calls?password=secret"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "database: postgresql://me:•••@db/calls?password=••• (command line)" in shown
